"""The translator: shapes, windows, styles, and how it begins."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks.layers import blurred, doubled, halved, washed
from pleinair.networks.translator import BROAD_TRIM, DILATIONS, STRIDE, Translator, active, one_hot, translator_of
from tests.export.painters import STYLES, small_translator

SMALL = small_translator()
HALO = SMALL.halo
FIRST = one_hot(torch.tensor([0]), len(STYLES))


def picture(height: int, width: int, count: int = 1, seed: int = 0) -> Tensor:
    """Pictures (n, 3, h, w) in [-1, 1]."""
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def painted(pictures: Tensor, mix: Tensor = FIRST, padded: bool = False) -> Tensor:
    with torch.no_grad():
        result: Tensor = SMALL(pictures, mix, padded)
    return result


class TestShapes:
    @settings(max_examples=10, deadline=None)
    @given(height=st.integers(1, 8), width=st.integers(1, 8), count=st.integers(1, 2))
    def test_unpadded(self, height: int, width: int, count: int) -> None:
        pictures = picture(4 * height + 2 * HALO, 4 * width + 2 * HALO, count)
        assert painted(pictures).shape == (count, 3, 4 * height, 4 * width)

    @settings(max_examples=10, deadline=None)
    @given(height=st.integers(4, 10), width=st.integers(4, 10))
    def test_padded(self, height: int, width: int) -> None:
        assert painted(picture(4 * height, 4 * width), padded=True).shape == (1, 3, 4 * height, 4 * width)

    @pytest.mark.parametrize(
        ("dilations", "reach", "halo"), [((1,), 26, 28), ((1, 2), 38, 40), ((4, 1), 46, 48), (DILATIONS, 86, 88)]
    )
    def test_the_halo_is_the_reach_rounded_up_to_the_stride(
        self, dilations: tuple[int, ...], reach: int, halo: int
    ) -> None:
        net = Translator(2, 2, dilations)
        assert (net.reach, net.halo, net.stride) == (reach, halo, STRIDE)
        with torch.no_grad():
            assert net(picture(2 * halo + 4, 2 * halo + 8), torch.ones(1, 2) / 2).shape == (1, 3, 4, 8)

    def test_the_width_is_that_of_full_size(self) -> None:
        net = Translator(2, 8, (1,))
        assert net.enter.weight.shape == (8, 3, 3, 3)
        assert net.blocks[0].conv0.weight.shape == (32, 32, 3, 3)  # type: ignore[union-attr]


class TestHalo:
    def test_valid_is_the_interior_of_padded(self) -> None:
        pictures = picture(2 * HALO + 16, 2 * HALO + 12)
        # The quarter grid of the valid convolutions lies 2 px away from that of the padded ones.
        inner = painted(pictures[:, :, 2:-2, 2:-2], padded=True)
        cut = HALO - 2
        torch.testing.assert_close(painted(pictures), inner[:, :, cut:-cut, cut:-cut], atol=1e-5, rtol=1e-5)

    def seen(self, rows: slice) -> Tensor:
        """The rows of the picture that rows of the painting look at."""
        pictures = picture(2 * HALO + 24, 2 * HALO + 4).requires_grad_()
        SMALL(pictures, FIRST)[:, :, rows].square().sum().backward()
        assert pictures.grad is not None
        return pictures.grad.abs().sum((0, 1, 3)).nonzero().flatten()

    @pytest.mark.parametrize("start", [0, 4, 8])
    def test_a_window_looks_no_further_than_the_halo_and_no_less(self, start: int) -> None:
        rows = self.seen(slice(start, start + 8))
        first, last = int(rows[0]), int(rows[-1])
        assert start <= first < start + STRIDE  # a halo smaller by a stride would not do
        assert start + 8 + 2 * HALO - STRIDE <= last < start + 8 + 2 * HALO

    def test_a_pixel_outside_of_the_halo_changes_nothing_and_one_inside_does(self) -> None:
        pictures = picture(2 * HALO + 16, 2 * HALO + 16)
        window = slice(8, 12)
        before = painted(pictures)[:, :, window, window]
        for row, changes in ((7, False), (7 + STRIDE, True), (12 + 2 * HALO, False), (11 + 2 * HALO - STRIDE, True)):
            other = pictures.clone()
            other[:, :, row] = -other[:, :, row]
            after = painted(other)[:, :, window, window]
            assert torch.equal(after, before) is not changes, row


class TestWindows:
    @settings(max_examples=12, deadline=None)
    @given(data=st.data(), height=st.integers(2, 8), width=st.integers(2, 8))
    def test_a_window_paints_as_the_whole_does(self, data: st.DataObject, height: int, width: int) -> None:
        pictures = picture(4 * height + 2 * HALO, 4 * width + 2 * HALO, seed=height)
        top, left = (4 * data.draw(st.integers(0, size - 1)) for size in (height, width))
        tall = 4 * data.draw(st.integers(1, height - top // 4))
        wide = 4 * data.draw(st.integers(1, width - left // 4))
        part = painted(pictures[:, :, top : top + tall + 2 * HALO, left : left + wide + 2 * HALO])
        whole = painted(pictures)[:, :, top : top + tall, left : left + wide]
        torch.testing.assert_close(part, whole, atol=1e-5, rtol=1e-5)

    def test_windows_off_the_stride_do_not(self) -> None:
        pictures = picture(2 * HALO + 16, 2 * HALO + 16)
        part = painted(pictures[:, :, 1 : 1 + 2 * HALO + 8, : 2 * HALO + 8])
        assert (part - painted(pictures)[:, :, 1:9, :8]).abs().max() > 1e-3

    def test_a_picture_shifted_by_the_stride_is_the_shifted_painting(self) -> None:
        pictures = picture(2 * HALO + 16, 2 * HALO + 16)
        shifted = painted(pictures[:, :, 4:, 8:])
        torch.testing.assert_close(shifted, painted(pictures)[:, :, 4:, 8:], atol=1e-5, rtol=1e-5)

    def test_brightness_elsewhere_does_not_matter(self) -> None:
        """There is no normalization over space, so what lies beyond the halo may be anything."""
        pictures = picture(2 * HALO + 64, 2 * HALO + 4)
        other = pictures.clone()
        other[:, :, 2 * HALO + 8 :] = 1
        assert torch.equal(painted(pictures)[:, :, :8], painted(other)[:, :, :8])


class TestStyles:
    def test_a_mixed_batch_is_its_pictures_one_by_one(self) -> None:
        pictures = picture(32, 24, count=3)
        mix = torch.eye(3)
        together = painted(pictures, mix, padded=True)
        for n in range(3):
            alone = painted(pictures[n : n + 1], mix[n : n + 1], padded=True)
            torch.testing.assert_close(together[n : n + 1], alone, atol=1e-4, rtol=1e-4)

    def test_styles_paint_differently(self) -> None:
        pictures = picture(24, 24).expand(3, -1, -1, -1)
        out = painted(pictures, torch.eye(3), padded=True)
        assert (out[0] - out[1]).abs().mean() > 0.01
        assert (out[1] - out[2]).abs().mean() > 0.01

    def test_mixes_lie_between(self) -> None:
        pictures = picture(24, 24).expand(3, -1, -1, -1)
        mix = torch.tensor([[1.0, 0, 0], [0.5, 0.5, 0], [0, 1.0, 0]])
        out = painted(pictures, mix, padded=True)
        far = (out[0] - out[2]).abs().mean()
        assert (out[0] - out[1]).abs().mean() < far
        assert (out[2] - out[1]).abs().mean() < far

    def test_layers_are_named_as_in_the_state(self) -> None:
        names = [name for name, _ in SMALL.layers()]
        assert names[0] == "enter"
        assert "blocks.1.conv0" in names
        assert len(names) == 7 + 2 * 2
        assert {name.rpartition(".")[0] for name in SMALL.state_dict()} == set(names)

    def test_one_hot(self) -> None:
        assert one_hot(torch.tensor([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]


class TestBeginning:
    @pytest.mark.parametrize("seed", [0, 1])
    def test_the_untrained_translator_is_nearly_the_identity(self, seed: int) -> None:
        torch.manual_seed(seed)
        net = Translator(4)
        pictures = picture(64, 64, count=2, seed=seed)
        with torch.no_grad():
            difference = net(pictures, one_hot(torch.tensor([0, 3]), 4), padded=True) - pictures
        assert difference.abs().mean() < 0.35
        assert difference.abs().mean() > 0.001

    def test_blocks_begin_as_a_whisper(self) -> None:
        torch.manual_seed(0)
        block = Translator(2).blocks[2]
        x = torch.randn(1, 64, 24, 24)
        with torch.no_grad():
            added = block(x, torch.tensor([[1.0, 0.0]]), True) - x
        assert 0.05 < added.std() / x.std() < 0.4

    def test_activations_keep_their_size_along_the_trunk(self) -> None:
        torch.manual_seed(0)
        net = Translator(2)
        sizes: list[float] = []
        for block in net.blocks:
            block.register_forward_hook(lambda _module, _inputs, output: sizes.append(float(output.std())))
        with torch.no_grad():
            net(picture(64, 64), torch.tensor([[1.0, 0.0]]), padded=True)
        assert max(sizes) < 2 * min(sizes)

    def test_same_seed_same_network(self) -> None:
        one, other = (small_translator(seed=5).state_dict() for _ in range(2))
        assert all(torch.equal(one[name], other[name]) for name in one)

    def test_every_parameter_learns(self) -> None:
        net = small_translator()
        net(picture(32, 32, count=3), torch.eye(3), padded=True).square().sum().backward()
        for name, parameter in net.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.any(), name

    def test_the_default_is_small(self) -> None:
        net = Translator(8)
        assert sum(p.numel() for p in net.parameters()) < 600_000

    def test_the_rectifier(self) -> None:
        assert active(torch.tensor([-1.0, 0.0, 2.0])).tolist() == pytest.approx([-0.2, 0, 2])


BROAD = small_translator(broad=True)


def broadly(pictures: Tensor, padded: bool = False, net: Translator = BROAD) -> Tensor:
    with torch.no_grad():
        result: Tensor = net(pictures, FIRST, padded)
    return result


class TestBroad:
    @pytest.mark.parametrize(("dilations", "reach", "halo"), [((1,), 57, 64), ((1, 2), 81, 88), (DILATIONS, 177, 184)])
    def test_it_looks_twice_as_far_in_strides_of_eight(self, dilations: tuple[int, ...], reach: int, halo: int) -> None:
        net = Translator(2, 2, dilations, broad=True)
        assert (net.reach, net.halo, net.stride) == (reach, halo, 2 * STRIDE)

    @settings(max_examples=10, deadline=None)
    @given(height=st.integers(1, 5), width=st.integers(1, 5), count=st.integers(1, 2))
    def test_unpadded(self, height: int, width: int, count: int) -> None:
        pictures = picture(8 * height + 2 * BROAD.halo, 8 * width + 2 * BROAD.halo, count)
        assert broadly(pictures).shape == (count, 3, 8 * height, 8 * width)

    @settings(max_examples=10, deadline=None)
    @given(height=st.integers(3, 6), width=st.integers(3, 6))
    def test_padded(self, height: int, width: int) -> None:
        assert broadly(picture(8 * height, 8 * width), padded=True).shape == (1, 3, 8 * height, 8 * width)

    def test_valid_is_the_interior_of_padded(self) -> None:
        halo = BROAD.halo
        pictures = picture(2 * halo + 24, 2 * halo + 32)
        inner = broadly(pictures, padded=True)[:, :, halo:-halo, halo:-halo]
        torch.testing.assert_close(broadly(pictures), inner, atol=1e-5, rtol=1e-5)

    @settings(max_examples=8, deadline=None)
    @given(data=st.data(), height=st.integers(2, 5), width=st.integers(2, 5))
    def test_a_window_paints_as_the_whole_does(self, data: st.DataObject, height: int, width: int) -> None:
        margin = 2 * BROAD.halo
        pictures = picture(8 * height + margin, 8 * width + margin, seed=height)
        top, left = (8 * data.draw(st.integers(0, size - 1)) for size in (height, width))
        part = broadly(pictures[:, :, top : top + 8 + margin, left : left + 8 + margin])
        whole = broadly(pictures)[:, :, top : top + 8, left : left + 8]
        torch.testing.assert_close(part, whole, atol=1e-5, rtol=1e-5)

    def test_what_is_trimmed_is_not_looked_at_and_the_next_pixel_is(self) -> None:
        pictures = picture(2 * BROAD.halo + 8, 2 * BROAD.halo + 8)
        for row, changes in ((BROAD_TRIM - 1, False), (-BROAD_TRIM, False), (STRIDE + 2 * STRIDE, True)):
            other = pictures.clone()
            other[:, :, row] = -other[:, :, row]
            assert torch.equal(broadly(other), broadly(pictures)) is not changes, row

    def kept(self, *shares: float) -> Translator:
        """One that adds nothing, and keeps shares of detail more or less: finest band first."""
        net = Translator(3, 2, (1,), broad=True)
        assert net.keep is not None
        with torch.no_grad():
            net.leave.weight.zero_()
            net.keep.weight.zero_()
            net.keep.bias.copy_(torch.tensor(shares).expand(3, -1))
        return net

    def test_a_network_that_changes_no_share_leaves_the_picture(self) -> None:
        pictures = picture(32, 32)
        assert torch.equal(broadly(pictures, True, self.kept(0, 0, 0)), pictures)

    def test_the_finest_band_is_what_half_the_size_cannot_hold(self) -> None:
        pictures = picture(32, 32)
        wiped = broadly(pictures, True, self.kept(-1, 0, 0))
        torch.testing.assert_close(wiped, blurred(pictures, True))

    def test_bands_together_leave_the_wash_of_half_the_size(self) -> None:
        pictures = picture(48, 48)
        wiped = broadly(pictures, True, self.kept(-1, -1, -1))
        torch.testing.assert_close(wiped, doubled(washed(halved(pictures, True), True), True), atol=1e-5, rtol=1e-4)

    def test_the_untrained_one_is_nearly_the_identity(self) -> None:
        torch.manual_seed(0)
        net = Translator(3, 8, broad=True)
        pictures = picture(64, 64)
        assert (broadly(pictures, True, net) - pictures).abs().mean() < 0.3


def test_a_translator_is_made_from_what_a_saving_says() -> None:
    made = translator_of(3, {"width": 4, "dilations": [1, 2], "broad": True})
    assert (made.styles, made.width, made.broad, len(made.blocks)) == (3, 4, True, 2)
    assert made.blocks[1].conv0.dilation == 2  # type: ignore[union-attr]
    assert not translator_of(1, {"width": 4, "dilations": []}).broad
    with pytest.raises(KeyError):
        translator_of(1, {"width": 4})
