"""Styled convolutions and resampling."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from pleinair.networks.layers import StyledConv, blurred, cropped, doubled, halved, same

STYLES = 3


def styled(
    inputs: int = 4, outputs: int = 5, kernel: int = 3, dilation: int = 1, gain: float = 1.0, rank: int = 0
) -> StyledConv:
    """A convolution whose styles differ in scale, gain, bias and, with a rank, weights."""
    torch.manual_seed(0)
    conv = StyledConv(inputs, outputs, kernel, STYLES, dilation=dilation, gain=gain, rank=rank)
    with torch.no_grad():
        conv.scale.normal_(0, 0.5)
        conv.gain.add_(torch.randn_like(conv.gain) * 0.5)
        conv.bias.normal_()
        if rank:
            conv.own_out.normal_(0, 0.7)
    return conv


def picture(channels: int = 4, height: int = 12, width: int = 10, count: int = 1) -> Tensor:
    return torch.randn(count, channels, height, width, generator=torch.Generator().manual_seed(1))


def mixes(count: int) -> Tensor:
    """Mixes (n, S) that sum to 1."""
    return torch.softmax(torch.randn(count, STYLES, generator=torch.Generator().manual_seed(2)), 1)


class TestStyledConv:
    @pytest.mark.parametrize("rank", [0, 2])
    @pytest.mark.parametrize("dilation", [1, 2, 4])
    def test_the_baked_convolution_is_the_styled_one(self, dilation: int, rank: int) -> None:
        conv = styled(dilation=dilation, rank=rank)
        for mix in mixes(3):
            weight, bias = conv.baked(mix)
            plain = F.conv2d(picture(), weight, bias, dilation=dilation)
            # Two mixes take the way that modulates activations.
            both = conv(picture(count=1).repeat(2, 1, 1, 1), mix.repeat(2, 1), padded=False)
            torch.testing.assert_close(both, plain.repeat(2, 1, 1, 1), atol=1e-5, rtol=1e-5)

    def test_one_mix_for_all_is_that_mix_for_each(self) -> None:
        conv, pictures, mix = styled(), picture(count=3), mixes(1)
        torch.testing.assert_close(
            conv(pictures, mix, True), conv(pictures, mix.repeat(3, 1), True), atol=1e-5, rtol=1e-5
        )

    @pytest.mark.parametrize("rank", [0, 2])
    def test_a_mixed_batch_is_its_pictures_one_by_one(self, rank: int) -> None:
        conv, pictures, mix = styled(rank=rank), picture(count=4), mixes(4)
        together = conv(pictures, mix, True)
        for n in range(4):
            torch.testing.assert_close(
                together[n : n + 1], conv(pictures[n : n + 1], mix[n : n + 1], True), atol=1e-5, rtol=1e-5
            )

    def test_styles_differ(self) -> None:
        one, other = (styled()(picture(), mix[None], True) for mix in torch.eye(STYLES)[:2])
        assert (one - other).abs().mean() > 0.1

    @pytest.mark.parametrize("gain", [0.1, 1.0, 2.0])
    def test_demodulation_gives_each_filter_the_norm_of_its_gain(self, gain: float) -> None:
        conv = StyledConv(6, 5, 3, STYLES, gain=gain)
        with torch.no_grad():
            conv.scale.normal_()
        for mix in mixes(3):
            norms = conv.baked(mix)[0].square().sum((1, 2, 3)).sqrt()
            torch.testing.assert_close(norms, torch.full_like(norms, gain), rtol=1e-4, atol=0)

    def test_unit_inputs_give_outputs_of_the_gains_size(self) -> None:
        torch.manual_seed(3)
        conv = StyledConv(32, 32, 3, STYLES, gain=math.sqrt(2))
        out = conv(torch.randn(1, 32, 40, 40), mixes(1), False)
        assert out.std().item() == pytest.approx(math.sqrt(2), rel=0.1)

    def test_the_size_of_the_raw_weight_does_not_matter(self) -> None:
        conv = styled()
        before = conv.baked(mixes(1)[0])[0].detach().clone()
        with torch.no_grad():
            conv.weight.mul_(7)
        torch.testing.assert_close(conv.baked(mixes(1)[0])[0], before)

    @pytest.mark.parametrize(("kernel", "dilation", "radius"), [(1, 1, 0), (3, 1, 1), (3, 4, 4), (5, 2, 4)])
    def test_valid_is_the_interior_of_padded(self, kernel: int, dilation: int, radius: int) -> None:
        conv = styled(kernel=kernel, dilation=dilation)
        assert conv.radius == radius
        padded, valid = (conv(picture(), mixes(1), keep) for keep in (True, False))
        assert padded.shape == (1, 5, 12, 10)
        assert valid.shape == (1, 5, 12 - 2 * radius, 10 - 2 * radius)
        torch.testing.assert_close(cropped(padded, valid), valid, atol=1e-5, rtol=1e-5)

    @pytest.mark.parametrize("rank", [0, 2])
    def test_every_parameter_learns(self, rank: int) -> None:
        conv = styled(rank=rank)
        conv(picture(count=2), mixes(2), True).square().sum().backward()
        for name, parameter in conv.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.abs().min() > 0, name

    @pytest.mark.parametrize("rank", [0, 2])
    def test_a_style_that_is_not_asked_for_learns_nothing(self, rank: int) -> None:
        conv = styled(rank=rank)
        mix = torch.tensor([[0.0, 1.0, 0.0], [0.0, 1.0, 0.0]])
        conv(picture(count=2), mix, True).square().sum().backward()
        for name in conv.per_style:
            grad = getattr(conv, name).grad
            assert not grad[0].any()
            assert grad[1].any()

    @pytest.mark.parametrize("rank", [0, 2])
    def test_half_precision_activations_stay_so(self, rank: int) -> None:
        conv = styled(rank=rank)
        with torch.autocast("cpu", torch.bfloat16):
            out = conv(picture(count=2).bfloat16(), mixes(2), True)
        assert out.dtype == torch.bfloat16
        torch.testing.assert_close(out.float(), conv(picture(count=2), mixes(2), True), atol=0.1, rtol=0.05)

    @pytest.mark.parametrize("rank", [0, 2])
    def test_per_style_names_are_those_with_a_row_per_style(self, rank: int) -> None:
        conv = styled(STYLES + 1, STYLES + 2, rank=rank)
        rows = {name for name, parameter in conv.named_parameters() if len(parameter) == STYLES}
        assert rows == set(conv.per_style)


class TestOwnWeights:
    def test_they_begin_as_nothing(self) -> None:
        shared, own = StyledConv(4, 5, 3, STYLES), StyledConv(4, 5, 3, STYLES, rank=3)
        own.load_state_dict({**own.state_dict(), **shared.state_dict()})
        for mix in mixes(3):
            assert torch.equal(own.baked(mix)[0], shared.baked(mix)[0])

    def test_the_formula_written_out(self) -> None:
        conv = styled(rank=2)
        found = conv.weights(torch.eye(STYLES)[1:2])[0]
        for o in range(5):
            own = sum(conv.own_out[1, o, r] * conv.own_in[1, r] for r in range(2)) / math.sqrt(2)
            assert isinstance(own, Tensor)
            torch.testing.assert_close(found[o], conv.weight[o] + own.reshape(4, 3, 3))

    def test_a_mix_has_its_share_of_each(self) -> None:
        conv, one = styled(rank=2), torch.eye(STYLES)
        halves = conv.weights((one[:1] + one[2:]) / 2)
        torch.testing.assert_close(halves, (conv.weights(one[:1]) + conv.weights(one[2:])) / 2)

    def test_no_rank_is_higher_than_there_are_outputs(self) -> None:
        assert StyledConv(4, 3, 3, STYLES, rank=8).rank == 3

    def test_styles_paint_apart_though_all_else_is_shared(self) -> None:
        conv = StyledConv(4, 5, 3, STYLES, rank=2)
        with torch.no_grad():
            conv.own_out.normal_()
        one, other = (conv(picture(), mix[None], True) for mix in torch.eye(STYLES)[:2])
        assert (one - other).abs().mean() > 0.1


class TestHalved:
    @given(height=st.integers(2, 9), width=st.integers(2, 9))
    @settings(max_examples=20, deadline=None)
    def test_sizes(self, height: int, width: int) -> None:
        x = picture(2, 2 * height, 2 * width)
        assert halved(x, True).shape == (1, 2, height, width)
        assert halved(x, False).shape == (1, 2, height - 1, width - 1)

    def test_a_flat_plane_stays(self) -> None:
        torch.testing.assert_close(halved(torch.full((1, 3, 8, 8), 0.7), True), torch.full((1, 3, 4, 4), 0.7))

    def test_a_slope_stays_a_slope(self) -> None:
        slope = torch.arange(16.0)[None, None, None].expand(1, 1, 16, 16)
        torch.testing.assert_close(halved(slope, False)[0, 0, 0], torch.arange(1.5, 14, 2))

    def test_channels_do_not_mix(self) -> None:
        x = picture(2)
        x[:, 1] = 0
        assert not halved(x, True)[:, 1].any()

    def test_the_finest_stripes_vanish(self) -> None:
        stripes = torch.tensor([1.0, -1.0]).repeat(8)[None, None, None].expand(1, 1, 16, 16)
        assert halved(stripes, False).abs().max() < 1e-6

    def test_every_pixel_counts_the_same_whatever_its_phase(self) -> None:
        for place in (8, 9):
            dot = torch.zeros(1, 1, 16, 16)
            dot[0, 0, 8, place] = 1
            assert halved(dot, False).sum().item() == pytest.approx(0.25)

    def test_padded_interior_is_valid(self) -> None:
        x = picture(3, 12, 16)
        # One cell of 2 px later: the padded grid starts one pixel outside.
        torch.testing.assert_close(halved(x, True)[:, :, 1:-1, 1:-1], halved(x[:, :, 1:-1, 1:-1], False))


class TestDoubled:
    @given(height=st.integers(2, 9), width=st.integers(2, 9))
    @settings(max_examples=20, deadline=None)
    def test_sizes(self, height: int, width: int) -> None:
        x = picture(2, height, width)
        assert doubled(x, True).shape == (1, 2, 2 * height, 2 * width)
        assert doubled(x, False).shape == (1, 2, 2 * height - 2, 2 * width - 2)

    def test_a_slope_stays_a_slope(self) -> None:
        slope = torch.arange(8.0)[None, None, None].expand(1, 1, 8, 8)
        torch.testing.assert_close(doubled(slope, False)[0, 0, 0], torch.arange(0.25, 7, 0.5))

    def test_halving_undoes_the_doubling_of_a_flat_plane(self) -> None:
        flat = torch.full((1, 1, 6, 6), -0.3)
        torch.testing.assert_close(halved(doubled(flat, True), True), flat)

    def test_padded_interior_is_valid(self) -> None:
        x = picture(3, 6, 8)
        torch.testing.assert_close(doubled(x, True)[:, :, 1:-1, 1:-1], doubled(x, False))

    def test_the_valid_part_needs_no_pixel_outside(self) -> None:
        x = picture(1, 8, 8)
        torch.testing.assert_close(doubled(x[:, :, 1:-1, 1:-1], False), doubled(x, False)[:, :, 2:-2, 2:-2])


class TestBlurred:
    @given(height=st.integers(3, 9), width=st.integers(3, 9))
    @settings(max_examples=20, deadline=None)
    def test_sizes(self, height: int, width: int) -> None:
        x = picture(2, 2 * height, 2 * width)
        assert blurred(x, True).shape == x.shape
        assert blurred(x, False).shape == (1, 2, 2 * height - 4, 2 * width - 4)

    def test_a_slope_stays_where_it_is(self) -> None:
        slope = torch.arange(16.0)[None, None, None].expand(1, 1, 16, 16)
        torch.testing.assert_close(blurred(slope, False), slope[:, :, 2:-2, 2:-2])

    def test_the_finest_stripes_vanish(self) -> None:
        stripes = torch.tensor([1.0, -1.0]).repeat(8)[None, None, None].expand(1, 1, 16, 16)
        assert blurred(stripes, False).abs().max() < 1e-6


class TestEdges:
    def test_same_reflects(self) -> None:
        x = torch.arange(4.0)[None, None, None].expand(1, 1, 4, 4)
        assert same(x, 2)[0, 0, 0].tolist() == [2, 1, 0, 1, 2, 3, 2, 1]

    def test_no_radius_no_padding(self) -> None:
        x = picture()
        assert same(x, 0) is x

    def test_cropped_takes_the_center(self) -> None:
        x = picture(1, 9, 7)
        torch.testing.assert_close(cropped(x, torch.empty(1, 1, 5, 3)), x[:, :, 2:7, 2:5])
        assert cropped(x, x) is x


def test_layers_are_modules_with_nothing_but_parameters() -> None:
    conv = styled()
    assert isinstance(conv, nn.Module)
    assert not list(conv.buffers())
    assert set(conv.state_dict()) == {"weight", "scale", "gain", "bias"}
