"""Feature matching in an objective: who is remembered, who is judged, and what two ranks make of it."""

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from pleinair.losses.matching import Population, described
from pleinair.networks.classifier import SqueezeNet, load_squeezenet
from pleinair.networks.spectrum import BlockSpectrum
from pleinair.objectives.matching import MEANT, RIPPLED, Meaning, matched, onlookers, remembered, rows_of
from tests.training.rehearsal import write_classifier

WIDTHS, D = (1, 2), 6
NOBODY = torch.zeros(4, dtype=torch.bool)
STYLES = torch.tensor([0, 0, 1, 1])


def alone(rows: Tensor) -> Tensor:
    return rows


def drawn(count: int, mean: float = 0.0, seed: int = 0) -> Tensor:
    return torch.randn(count, D, generator=torch.Generator().manual_seed(seed)) + mean


def population() -> Population:
    known = Population(WIDTHS, 2, 16, 16)
    for style in (0, 1):
        known.keep(style, drawn(12, style + 1.0, style), drawn(12, seed=5 + style))
    return known


def test_every_picture_has_the_gap_of_its_style() -> None:
    known = population()
    terms = matched(known, alone, drawn(4), drawn(4, seed=1), STYLES, NOBODY)
    assert terms.keys() == {"matching", "spread"}
    for number, name in enumerate(terms):
        wanted = [known.gaps(style, drawn(2))[number] for style in (0, 1)]
        assert terms[name].tolist() == pytest.approx([float(wanted[i]) for i in STYLES.tolist()])
    assert terms["matching"][2] > terms["matching"][0]


def test_both_sides_are_remembered_by_style() -> None:
    known = Population(WIDTHS, 2, 16, 16)
    painted, works = drawn(4), drawn(4, seed=1)
    matched(known, alone, painted, works, STYLES, NOBODY)
    assert torch.equal(known.painted[1, :2], painted[2:])
    assert torch.equal(known.works[0, :2], works[:2])
    assert known.many.tolist() == [[2, 2], [2, 2]]


def test_what_already_was_of_the_style_is_neither_remembered_nor_judged() -> None:
    known, kept = population(), torch.tensor([True, False, True, True])
    before = known.many.clone()
    painted = drawn(4).requires_grad_()
    terms = matched(known, alone, painted, drawn(4, seed=1), STYLES, kept)
    assert (known.many - before).tolist() == [[1, 0], [2, 2]]
    assert [bool(value) for value in terms["matching"]] == [False, True, False, False]
    torch.autograd.backward(terms["matching"].sum() + terms["spread"].sum())
    assert painted.grad is not None
    assert painted.grad.any(1).tolist() == [False, True, False, False]


def test_two_ranks_learn_what_one_learns() -> None:
    """Each has every second picture; their slopes are averaged."""
    painted, works, styles = drawn(4), drawn(4, seed=1), torch.tensor([0, 0, 0, 1])
    whole = painted.clone().requires_grad_()
    both = matched(population(), alone, whole, works, styles, NOBODY)
    torch.autograd.backward(both["matching"].mean() + both["spread"].mean())
    assert whole.grad is not None
    slopes = torch.zeros(4, D)
    for rank in (0, 1):
        mine = painted.clone().requires_grad_()
        rows = slice(rank, None, 2)

        def gather(part: Tensor) -> Tensor:
            """Rank after rank, out of the whole that this part belongs to."""
            for everything in (painted, works, styles, NOBODY):
                if part.dtype == everything.dtype and torch.equal(part, everything[rows]):  # noqa: B023
                    return torch.cat((everything[0::2], everything[1::2]))
            raise AssertionError("gathers what is not of the batch")

        terms = matched(population(), gather, mine[rows], works[rows], styles[rows], NOBODY[rows])
        torch.autograd.backward(terms["matching"].mean() + terms["spread"].mean())
        assert mine.grad is not None
        slopes += mine.grad / 2
    torch.testing.assert_close(slopes, whole.grad)


def test_what_one_style_is_made_of_is_matched_kind_by_kind() -> None:
    """Style 0 is painted from domains 1 and 2: too high from one, too low from the other. Together, all seems met."""
    styles, sources = torch.zeros(8, dtype=torch.long), torch.tensor([1, 2] * 4)
    rows = rows_of(styles, sources, apart=0, count=2)
    assert rows.tolist() == [3, 4] * 4
    away = torch.tensor([1.0, -1.0] * 4)[:, None]
    works = torch.cat((drawn(4), -drawn(4)))
    nobody = torch.zeros(8, dtype=torch.bool)
    apart, together = (Population(WIDTHS, 2, 16, 16, more=3) for _ in range(2))
    kind_by_kind = matched(apart, alone, works + 3 * away, works, styles, nobody, rows)["matching"]
    as_one = matched(together, alone, works + 3 * away, works, styles, nobody)["matching"]
    assert float(kind_by_kind.min()) > 10 * float(as_one.max())
    assert apart.many[0].tolist() == [0, 0, 0, 4, 4]
    assert apart.many[1].tolist() == [8, 0, 0, 0, 0]
    assert together.many[0].tolist() == [8, 0, 0, 0, 0]


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 6)), min_size=1, max_size=12), st.integers(-1, 3))
def test_rows_are_of_styles_or_of_domains(pairs: list[tuple[int, int]], apart: int) -> None:
    styles, sources = torch.tensor(pairs).T
    rows = rows_of(styles, sources, apart, 4).tolist()
    for (style, source), row in zip(pairs, rows, strict=True):
        assert row == (4 + source if style == apart else style)


def test_each_kind_pulls_its_own_paintings() -> None:
    styles = torch.zeros(4, dtype=torch.long)
    rows, nobody = torch.tensor([2, 2, 3, 3]), torch.zeros(4, dtype=torch.bool)
    known, works = Population(WIDTHS, 2, 16, 16, more=2), drawn(4)
    painted = (works + torch.tensor([5.0, 5.0, 0.0, 0.0])[:, None]).requires_grad_()
    terms = matched(known, alone, painted, works.roll(2, 0), styles, nobody, rows)
    torch.autograd.backward(terms["matching"].sum())
    assert painted.grad is not None
    pulled = painted.grad.norm(dim=1)
    assert float(pulled[:2].min()) > 3 * float(pulled[2:].max())


def pictures(count: int, light: float = 0.0, seed: int = 0) -> Tensor:
    return (torch.rand(count, 3, 32, 32, generator=torch.Generator().manual_seed(seed)) - 0.5 + light).clamp(-1, 1)


def test_meaning_is_what_a_classifier_sees_matched() -> None:
    torch.manual_seed(3)
    classifier = SqueezeNet()
    meaning, plain = Meaning(classifier, 2, alone), Population(classifier.widths, 2)
    painted, works = pictures(4, 0.3).requires_grad_(), pictures(4, seed=1)
    terms = meaning.terms(painted, works, STYLES, NOBODY)
    sides = described(classifier(painted)), described(classifier(works))
    wanted = matched(plain, alone, *sides, STYLES, NOBODY)
    assert tuple(terms) == MEANT
    for name, other in zip(MEANT, wanted, strict=True):
        assert torch.allclose(terms[name], wanted[other])
    assert torch.equal(meaning.population.works, plain.works)
    terms["meaning"].sum().backward()  # type: ignore[no-untyped-call]
    assert painted.grad is not None
    assert painted.grad.abs().max() > 0


@pytest.mark.parametrize(("side", "seen_at", "looked_at"), [(32, 1, 32), (32, 64, 64), (32, 32, 32), (64, 48, 64)])
def test_what_is_small_is_enlarged_first(side: int, seen_at: int, looked_at: int) -> None:
    torch.manual_seed(3)
    classifier, shapes = SqueezeNet(), []
    classifier.register_forward_pre_hook(lambda _, given: shapes.append(tuple(given[0].shape[2:])))
    meaning = Meaning(classifier, 2, alone, painted=6, works=7, seen_at=seen_at)
    given = torch.rand(4, 3, side, 2 * side) * 2 - 1
    terms = meaning.terms(given, given.flip(3), STYLES, NOBODY)
    assert shapes == [(looked_at, 2 * looked_at)] * 2
    assert (meaning.population.painted.shape[1], meaning.population.works.shape[1]) == (6, 7)
    assert all(torch.isfinite(value).all() for value in terms.values())


def test_wavelengths_are_matched_under_names_of_their_own() -> None:
    """A mesh of four pixels is told from what has none, beside a classifier and apart from it."""
    classifier, waves = SqueezeNet(), BlockSpectrum(2)
    meaning, ripples = Meaning(classifier, 2, alone), Meaning(waves, 2, alone, names=RIPPLED)
    works = pictures(4)
    mesh = torch.arange(32) % 4 < 2
    woven = works + 0.2 * (mesh[:, None] ^ mesh[None])
    near = ripples.terms(works, works, STYLES, NOBODY)
    assert tuple(near) == RIPPLED
    assert float(near["ripples"].sum()) == pytest.approx(0, abs=1e-5)
    far = Meaning(waves, 2, alone, names=RIPPLED).terms(woven, works, STYLES, NOBODY)
    assert float(far["ripples"].min()) > 0.1
    kept = remembered(None, None, meaning, ripples)
    assert {name: id(part) for name, part in kept.items()} == {
        "meant": id(meaning.population),
        "rippled": id(ripples.population),
    }
    assert onlookers(None, meaning, ripples) == [classifier, waves]
    assert onlookers(None, None) == []


def test_paintings_that_are_the_works_mean_the_same(tmp_path: Path) -> None:
    classifier = load_squeezenet(write_classifier(tmp_path / "squeeze.safetensors"))
    near, far = Meaning(classifier, 2, alone), Meaning(classifier, 2, alone)
    works = pictures(4)
    same = near.terms(works, works, STYLES, NOBODY)
    other = far.terms(pictures(4, 0.4, 2), works, STYLES, NOBODY)
    assert float(same["meaning"].sum()) == pytest.approx(0, abs=1e-5)
    assert float(same["meaning_spread"].sum()) == pytest.approx(0, abs=1e-5)
    assert float(other["meaning"].sum()) > 0.01
