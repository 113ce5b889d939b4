"""A share of a training's content is seen plainly."""

from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
import torch

from pleinair.objectives.translate import Pictures
from pleinair.recipes.plain import plain
from pleinair.training.run import Run
from tests.training.alone import ALONE
from tests.training.rehearsal import PLAIN, STYLES, build, tiny_run


def run(share: float) -> Run:
    made = tiny_run()
    return replace(made, data={**made.data, "plain": share})


def drawn(packs: Path, share: float, start: int = 0, rank: int = 0, ranks: int = 1, count: int = 6) -> list[Pictures]:
    torch.manual_seed(0)
    feed = build(packs)(run(share), ALONE.device, PLAIN, ALONE).batches(start, rank, ranks)
    try:
        return list(islice(feed, count))
    finally:
        feed.close()


def given() -> Pictures:
    pictures = torch.rand(4, 3, 16, 16) * 2 - 1
    return Pictures(pictures, pictures.flip(0), torch.tensor([1, 0, 2, 0]), torch.tensor([0, 0, 0, 2]))


def test_photos_that_are_to_be_painted_are_seen_plainly_and_nothing_else_is() -> None:
    before = given()
    after = plain(run(1.0), before, range(4))
    assert before.kept.tolist() == [False, True, False, False]
    assert [torch.equal(after.content[i], before.content[i]) for i in range(4)] == [False, True, False, True]
    assert after.style is before.style


def test_without_the_style_photo_photos_are_a_domain_of_their_own() -> None:
    made = run(1.0)
    painted = replace(made, styles=STYLES[1:])
    before = replace(given(), styles=torch.tensor([0, 1, 0, 1]), sources=torch.tensor([2, 2, 3, 0]))
    after = plain(painted, before, range(4))
    assert [torch.equal(after.content[i], before.content[i]) for i in range(4)] == [False, False, True, True]


@pytest.mark.parametrize("data", [{"plain": 0.0}, {}])
def test_without_a_share_nothing_changes(data: dict[str, float]) -> None:
    before, made = given(), tiny_run()
    kept = {name: value for name, value in made.data.items() if name != "plain"}
    assert plain(replace(made, data={**kept, **data}), before, range(4)) is before


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_memory_layout_stays(layout: torch.memory_format) -> None:
    before = given()
    before = replace(before, content=before.content.contiguous(memory_format=layout))
    assert plain(run(1.0), before, range(4)).content.is_contiguous(memory_format=layout)


def test_the_recipe_asks_for_it() -> None:
    assert tiny_run().data["plain"] == 0.5


def test_only_content_differs(packs: Path) -> None:
    for a, b in zip(drawn(packs, 1.0), drawn(packs, 0.0), strict=True):
        assert torch.equal(a.style, b.style)
        assert torch.equal(a.styles, b.styles)
        same = [torch.equal(x, y) for x, y in zip(a.content, b.content, strict=True)]
        assert same == (a.kept | (a.sources != 0)).tolist()


def test_a_resumed_training_sees_what_it_would_have_seen(packs: Path) -> None:
    whole, later = drawn(packs, 0.5), drawn(packs, 0.5, start=8, count=4)
    for a, b in zip(whole[2:], later, strict=True):
        assert torch.equal(a.content, b.content)


def test_ranks_together_see_what_one_would(packs: Path) -> None:
    whole, parts = drawn(packs, 0.5, count=3), [drawn(packs, 0.5, rank=rank, ranks=2, count=3) for rank in range(2)]
    for one, first, second in zip(whole, *parts, strict=True):
        together = torch.stack((first.content, second.content), 1).flatten(0, 1)
        assert torch.equal(one.content, together)
