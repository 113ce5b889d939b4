"""Statistics of a translator's convolutions: gathered, measured, put into its weights."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from pleinair.networks import layers
from pleinair.networks.layers import STATISTICS, StyledConv
from pleinair.networks.statistics import by_style, fit, keeping, measure, observing, settled
from pleinair.networks.translator import Translator, one_hot, translator_of

STYLES = 3
CLOSE = 2e-4


def translator(rank: int = 2, broad: bool = False, statistics: bool = True, seed: int = 0) -> Translator:
    """A translator whose styles differ in everything."""
    torch.manual_seed(seed)
    made = Translator(STYLES, 4, (1, 2), broad=broad, rank=rank, statistics=statistics)
    with torch.no_grad():
        for _, layer in made.layers():
            layer.scale.normal_(0, 0.3)
            layer.gain.add_(torch.randn_like(layer.gain) * 0.2)
            layer.bias.normal_(0, 0.3)
            if rank:
                layer.own_out.normal_(0, 0.3)
    return made


def seen(made: Translator) -> Translator:
    """One that has looked at a batch of each style, ready to paint."""
    for style in range(STYLES):
        with torch.no_grad(), observing(made, alone):
            made(pictures(4, seed=style), mix(style), padded=True)
    return made


def pictures(count: int = 2, height: int = 32, width: int = 40, seed: int = 0) -> Tensor:
    return torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def mix(*styles: int) -> Tensor:
    return one_hot(torch.tensor(styles), STYLES)


def alone(rows: Tensor) -> Tensor:
    """What one rank gathers."""
    return rows


def looked(layer: StyledConv, x: Tensor, styles: Tensor) -> None:
    layer.noted.zero_()
    layer.observe(x, styles)
    layer.fold(layer.noted)


def convolution(rank: int = 0) -> StyledConv:
    torch.manual_seed(0)
    return StyledConv(4, 5, 3, STYLES, rank=rank, statistics=True)


class TestObserving:
    def test_the_first_look_is_taken_whole(self) -> None:
        layer, x = convolution(), torch.randn(2, 4, 16, 16) * 3 + 5
        looked(layer, x, mix(1))
        variance, mean = torch.var_mean(x[:, :, ::2, ::2], (0, 2, 3), correction=0)
        torch.testing.assert_close(layer.mean[1], mean, rtol=1e-4, atol=1e-4)
        torch.testing.assert_close(layer.variance[1], variance, rtol=1e-3, atol=1e-3)

    def test_the_first_looks_count_alike_and_later_ones_little(self) -> None:
        layer = convolution()
        for value in (1.0, 2.0, 6.0):
            looked(layer, torch.full((1, 4, 8, 8), value), mix(0))
        torch.testing.assert_close(layer.mean[0], torch.full((4,), 3.0))
        layer.observed.fill_(500)
        looked(layer, torch.full((1, 4, 8, 8), 4.0), mix(0))
        torch.testing.assert_close(layer.mean[0], torch.full((4,), 3 + layers.MOMENTUM))

    def test_only_the_styles_of_the_batch_are_touched(self) -> None:
        layer = convolution()
        looked(layer, torch.randn(3, 4, 8, 8), mix(0, 2, 2))
        before = {name: getattr(layer, name).clone() for name in STATISTICS}
        assert before["observed"].tolist() == [1, 0, 1]
        looked(layer, torch.randn(2, 4, 8, 8), mix(0, 0))
        for name in STATISTICS:
            assert torch.equal(getattr(layer, name)[1:], before[name][1:])
            assert not torch.equal(getattr(layer, name)[0], before[name][0])

    def test_a_mixed_batch_says_what_its_styles_say_alone(self) -> None:
        x, mixed, alone = torch.randn(4, 4, 8, 8) + 2, convolution(), convolution()
        looked(mixed, x, mix(0, 2, 2, 0))
        looked(alone, x[[0, 3]], mix(0))
        looked(alone, x[[1, 2]], mix(2))
        for name in STATISTICS:
            torch.testing.assert_close(getattr(mixed, name), getattr(alone, name))

    def test_counting_ends(self) -> None:
        layer = convolution()
        layer.observed.fill_(layers.ENOUGH)
        looked(layer, torch.randn(1, 4, 8, 8), mix(0))
        assert layer.observed[0] == layers.ENOUGH  # a resume pack holds it in 16 bits

    def test_only_what_is_painted_meanwhile(self) -> None:
        made = seen(translator())
        before = [value.clone() for value in made.state_dict().values()]
        made(pictures(seed=7), mix(0), padded=True).mean().backward()
        assert all(torch.equal(a, b) for a, b in zip(before, made.state_dict().values(), strict=True))
        with observing(made, alone):
            made(pictures(seed=7), mix(0), padded=True)
        assert not all(torch.equal(a, b) for a, b in zip(before, made.state_dict().values(), strict=True))

    def test_what_is_painted_meanwhile_is_painted_as_before(self) -> None:
        """Statistics are changed afterwards, so that ranks with other pictures paint alike."""
        made = seen(translator())
        wanted = made(pictures(seed=7), mix(0), padded=True)
        with observing(made, alone):
            assert torch.equal(made(pictures(seed=7), mix(0), padded=True), wanted)
        assert not torch.equal(made(pictures(seed=7), mix(0), padded=True), wanted)

    def test_after_a_failure_nothing_is_observed(self) -> None:
        made = seen(translator())
        before = [value.clone() for value in made.state_dict().values()]
        with pytest.raises(ZeroDivisionError), observing(made, alone):
            raise ZeroDivisionError
        made(pictures(seed=7), mix(0), padded=True)
        assert all(torch.equal(a, b) for a, b in zip(before, made.state_dict().values(), strict=True))

    def test_two_ranks_learn_what_one_would(self) -> None:
        one, two = seen(translator()), seen(translator())
        shown, styles = pictures(4, seed=9), mix(0, 1, 1, 2)
        with torch.no_grad(), observing(one, alone):
            one(shown, styles, padded=True)
        rows: list[Tensor] = []

        def other(mine: Tensor) -> Tensor:
            rows.append(mine)
            return mine

        twin = copy.deepcopy(two)
        with torch.no_grad(), observing(twin, other):
            twin(shown[2:], styles[2:], padded=True)
        with torch.no_grad(), observing(two, lambda mine: torch.cat((mine, rows[0]))):
            two(shown[:2], styles[:2], padded=True)
        wanted, found = one.state_dict(), two.state_dict()
        for name in wanted:
            torch.testing.assert_close(found[name], wanted[name], rtol=1e-4, atol=1e-4)

    def test_without_statistics_nothing_is_sent(self) -> None:
        with observing(translator(statistics=False), lambda rows: pytest.fail(f"{rows.shape} to agree upon")):
            pass

    def test_inputs_come_to_unit_size(self) -> None:
        layer, x = convolution(), torch.randn(4, 4, 32, 32) * 7 - 30  # modulated as at first
        looked(layer, x, mix(1))
        y = layer(x, mix(1), padded=False).detach()
        assert float(y.std()) == pytest.approx(1, abs=0.2)
        assert float(y.mean()) == pytest.approx(0, abs=0.2)

    def test_an_input_that_never_varies_is_not_blown_up(self) -> None:
        layer, x = convolution(), torch.full((1, 4, 8, 8), 3.0)
        looked(layer, x, mix(1))
        assert layer(x + 0.01, mix(1), padded=False).abs().max() < 2

    def test_a_picture_cannot_change_them(self) -> None:
        """A bright spot far away leaves every pixel that no convolution brings it to."""
        made, quiet = seen(translator()), pictures(1, 32, 96)
        loud = quiet.clone()
        loud[..., :4] = 1
        with torch.no_grad():
            found, wanted = (made(x, mix(1), padded=True) for x in (loud, quiet))
        assert torch.equal(found[..., made.reach + 8 :], wanted[..., made.reach + 8 :])
        assert not torch.equal(found[..., :8], wanted[..., :8])


class TestSettled:
    @settings(max_examples=12, deadline=None)
    @given(rank=st.sampled_from([0, 2]), broad=st.booleans(), seed=st.integers(0, 5), style=st.integers(0, STYLES - 1))
    def test_it_paints_as_before(self, rank: int, broad: bool, seed: int, style: int) -> None:
        made = seen(translator(rank, broad, seed=seed))
        plain = settled(made)
        with torch.no_grad():
            found, wanted = (one(pictures(), mix(style), padded=True) for one in (plain, made))
        torch.testing.assert_close(found, wanted, rtol=CLOSE, atol=CLOSE * float(wanted.abs().max()))

    def test_nothing_is_left_of_the_statistics_and_the_first_is_untouched(self) -> None:
        made = seen(translator())
        plain = settled(made)
        assert not list(plain.buffers())
        assert not keeping(plain)
        assert len(keeping(made)) == len(list(made.layers())) - 1
        other = translator(statistics=False)
        other.load_state_dict(plain.state_dict())  # strict: it is a network without statistics

    def test_without_any_it_is_a_copy(self) -> None:
        made = translator(statistics=False)
        plain = settled(made)
        assert plain is not made
        assert all(torch.equal(a, b) for a, b in zip(plain.parameters(), made.parameters(), strict=True))

    def test_the_shared_weights_stay(self) -> None:
        made = seen(translator())
        for (_, before), (_, after) in zip(made.layers(), settled(made).layers(), strict=True):
            assert torch.equal(before.weight, after.weight)

    @pytest.mark.parametrize("rank", [0, 2])
    def test_one_style_is_a_plain_convolution(self, rank: int) -> None:
        layer, x = convolution(rank), torch.randn(2, 4, 12, 10) + 4
        looked(layer, x, mix(2))
        weight, bias = layer.baked(mix(2)[0])
        many = layer.eval()(x, mix(2, 2), padded=False)
        torch.testing.assert_close(torch.nn.functional.conv2d(x, weight, bias), many, rtol=CLOSE, atol=CLOSE)


class TestFit:
    def test_every_input_comes_to_unit_size(self) -> None:
        """However much each convolution before it makes of the picture."""
        made, inputs = translator().eval(), dict[str, Tensor]()
        with torch.no_grad():
            for _, layer in made.layers():
                layer.gain.add_(1.5)
        fit(made, [(pictures(4, seed=style), mix(style)) for style in range(STYLES)])
        for name, layer in made.layers():
            layer.register_forward_pre_hook(lambda _, given, name=name: inputs.__setitem__(name, given[0]))
        with torch.no_grad():
            made(pictures(4, seed=1), mix(1), padded=True)
        for name, layer in made.layers():
            if layer.statistics:
                x = inputs[name][:, :, ::2, ::2]
                torch.testing.assert_close(x.mean((0, 2, 3)), layer.mean[1], rtol=1e-3, atol=1e-3)
                torch.testing.assert_close(x.var((0, 2, 3)), layer.variance[1], rtol=5e-2, atol=1e-3)

    def test_nothing_stays_of_what_was_seen_before_nor_of_the_looking(self) -> None:
        made, fresh = seen(translator()), translator()
        shown = [(pictures(4), mix(0))]
        fit(made, shown)
        fit(fresh, shown)
        for name, value in fresh.state_dict().items():
            assert torch.equal(made.state_dict()[name], value), name
        assert all(layer.observed.tolist() == [1, 0, 0] for layer in keeping(made))
        assert not any(layer._forward_pre_hooks for _, layer in made.layers())


class TestMeasure:
    def test_what_learned_without_goes_on_as_it_painted(self) -> None:
        old, made = translator(statistics=False).eval(), translator().eval()
        made.load_state_dict(old.state_dict(), strict=False)
        average = copy.deepcopy(made)
        measure(made, [(pictures(4, seed=style), mix(style)) for style in range(STYLES)], [average])
        assert all(layer.observed.eq(1).all() for layer in keeping(made))
        with torch.no_grad():
            for style in range(STYLES):
                wanted = old(pictures(), mix(style), padded=True)
                for one in (made, average):
                    torch.testing.assert_close(one(pictures(), mix(style), padded=True), wanted, rtol=1e-3, atol=1e-3)

    def test_the_statistics_are_those_of_the_pictures(self) -> None:
        made, inputs = translator().eval(), dict[str, Tensor]()
        measure(made, [(pictures(4), mix(1))])
        for name, layer in made.layers():
            layer.register_forward_pre_hook(lambda _, given, name=name: inputs.__setitem__(name, given[0]))
        with torch.no_grad():
            made(pictures(4), mix(1), padded=True)
        for name, layer in made.layers():
            if layer.statistics:
                mean = inputs[name][:, :, ::2, ::2].mean((0, 2, 3))
                torch.testing.assert_close(layer.mean[1], mean, rtol=1e-2, atol=1e-2)

    def test_a_style_that_was_not_shown_paints_as_before_too(self) -> None:
        made = translator().eval()
        before = made(pictures(), mix(2), padded=True).detach()
        measure(made, [(pictures(4), mix(0))])
        assert all(layer.observed.tolist() == [1, 0, 0] for layer in keeping(made))
        torch.testing.assert_close(made(pictures(), mix(2), padded=True), before, rtol=1e-3, atol=1e-3)

    def test_others_get_the_same_statistics(self) -> None:
        made, other = translator(), translator(seed=1)
        measure(made, [(pictures(4), mix(0))], [other])
        for one, twin in zip(keeping(made), keeping(other), strict=True):
            assert all(torch.equal(getattr(one, name), getattr(twin, name)) for name in STATISTICS)


class TestByStyle:
    def test_so_many_of_each_or_what_there_is(self) -> None:
        batches = [(torch.full((3, 1, 1, 1), float(n)), torch.tensor([0, n % 2, 2])) for n in range(4)]
        found = by_style(iter(batches), [0, 1], 2)
        assert {style: len(some) for style, some in found.items()} == {0: 2, 1: 2}
        assert found[1].flatten().tolist() == [1, 3]
        assert by_style(iter(batches), [7], 2) == {}

    def test_it_looks_no_further_than_it_must(self) -> None:
        endless = ((torch.zeros(2, 1, 1, 1), torch.tensor([0, 1])) for _ in iter(int, 1))
        assert [len(some) for some in by_style(endless, [0, 1], 5).values()] == [5, 5]


@pytest.mark.parametrize("said", [{}, {"statistics": False}, {"statistics": True}])
def test_a_saving_says_whether_there_are_any(said: dict[str, bool]) -> None:
    made = translator_of(2, {"width": 4, "dilations": [1], **said})
    assert bool(keeping(made)) == said.get("statistics", False)
