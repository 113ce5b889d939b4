"""Real scenes by domain and what generated ones are drawn from: a function of seed and number, shared by ranks."""

from dataclasses import fields
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pleinair.data.encode import Setting, encode
from pleinair.data.pack import TRAIN, Entry, Pack, write
from pleinair.data.scenes import DROPPED, SHAKES, Batch, Scenes, kind_of, kinds_in, read_kinds
from pleinair.data.unpaired import Domain, ahead
from pleinair.errors import DataError, SettingError
from pleinair.seeds import HALO, LATENT, NOISE, ROWS
from tests.data.pictures import pack_of, scene

KINDS = ("forest", "lake")
numbers = st.integers(0, 2**40)


def sorted_pack(path: Path) -> Pack:
    """Six pictures: two in the folder forest, two in lake, two in none."""
    sources = ["forest/a.jpg", "forest/b.jpg", "lake/c.jpg", "lake/d.jpg", "e.jpg", "f.jpg"]
    entries = [Entry(Path(s).stem, s, 48 + i, 40, TRAIN, sha=f"{i:064}") for i, s in enumerate(sources)]
    write(path, "photo", [(e, encode(scene(i, e.width, 40), Setting(10_000))) for i, e in enumerate(entries)], {})
    return Pack.open(path)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Pack]:
    folder = tmp_path_factory.mktemp("packs")
    return [sorted_pack(folder / "photo.pack"), pack_of(folder / "ink.pack", [(70, 40), (40, 90)], first=20)]


def sampler(packs: list[Pack], seed: int = 0, side: int = 16, **more: object) -> Scenes:
    domains = [Domain(pack.name, pack.train, (side, 1.5 * side)) for pack in packs]
    return Scenes(domains, side=side, seed=seed, kinds=KINDS, **more)  # type: ignore[arg-type]


def arrays(batch: Batch) -> list[np.ndarray]:
    return [batch.real, batch.domains, *(getattr(batch.drawn, field.name) for field in fields(batch.drawn))]


def assert_equal(one: Batch, other: Batch) -> None:
    for a, b in zip(arrays(one), arrays(other), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**31), start=numbers, count=st.integers(0, 5), side=st.sampled_from([4, 8, 16, 32, 64]))
def test_shapes_and_ranges(packs: list[Pack], seed: int, start: int, count: int, side: int) -> None:
    batch = sampler(packs, seed, side).batch(start, count)
    assert batch.real.shape == (count, 3, side, side)
    assert batch.real.dtype == np.uint8
    assert batch.drawn.marks.shape == (count, 4)
    assert batch.drawn.latents.shape == (count, LATENT)
    assert batch.drawn.noise.shape == (count, NOISE, ROWS, ROWS + 2 * HALO)
    assert batch.drawn.shakes.shape == (count, 2, SHAKES)
    assert ((batch.drawn.shakes >= 0) & (batch.drawn.shakes < 1)).all()
    assert batch.drawn.numbers.tolist() == list(range(start, start + count))
    assert {array.dtype.name for array in arrays(batch)[3:]} == {"float32"}
    np.testing.assert_array_equal(batch.drawn.marks[:, :2].argmax(1) if count else batch.domains, batch.domains)
    assert (batch.drawn.marks[:, :2].sum(1) == 1).all()
    assert (batch.drawn.marks[:, 2:].sum(1) <= 1).all()


@settings(max_examples=15, deadline=None)
@given(start=numbers, before=st.integers(0, 4), after=st.integers(1, 4))
def test_resuming_goes_on_with_what_would_have_come(packs: list[Pack], start: int, before: int, after: int) -> None:
    whole, rest = sampler(packs).batch(start, before + after), sampler(packs).batch(start + before, after)
    for a, b in zip(arrays(whole), arrays(rest), strict=True):
        np.testing.assert_array_equal(a[before:], b)


@settings(max_examples=15, deadline=None)
@given(start=numbers, ranks=st.integers(1, 3))
def test_ranks_share_one_batch(packs: list[Pack], start: int, ranks: int) -> None:
    whole = sampler(packs).batch(start, 6)
    for rank in range(ranks):
        share = sampler(packs).batch(start, 6, rank, ranks)
        for a, b in zip(arrays(whole), arrays(share), strict=True):
            np.testing.assert_array_equal(a[rank::ranks], b)


def test_batches_made_ahead_are_the_same(packs: list[Pack]) -> None:
    made = ahead(sampler(packs), 8, 4)
    for start, batch in zip((8, 12, 16), islice(made, 3), strict=True):
        assert_equal(batch, sampler(packs).batch(start, 4))
    made.close()


def test_another_seed_is_another_training(packs: list[Pack]) -> None:
    one, other = sampler(packs, 0).batch(0, 4), sampler(packs, 1).batch(0, 4)
    assert not np.array_equal(one.drawn.latents, other.drawn.latents)
    assert not np.array_equal(one.real, other.real)


def test_domains_come_as_often_as_they_weigh(packs: list[Pack]) -> None:
    plan = sampler(packs, weights=[3, 1]).plan(0, 400)
    assert abs(int((plan.domains == 0).sum()) - 300) <= 2
    assert (sampler(packs, weights=[0, 1]).plan(0, 50).domains == 1).all()


def test_kinds_are_those_of_the_pictures_and_sometimes_not_said(packs: list[Pack]) -> None:
    plan = sampler(packs, weights=[1, 0]).plan(0, 600)
    own = np.array([[0, 0, 1, 1, -1, -1][cut.picture] for cut in plan.cuts])
    said = plan.kinds >= 0
    assert (plan.kinds[said] == own[said]).all()
    dropped = 1 - said[own >= 0].mean()
    assert dropped == pytest.approx(DROPPED, abs=0.06)
    assert (sampler(packs, weights=[0, 1]).plan(0, 50).kinds == -1).all()


def test_kinds_of_folders_and_tables(packs: list[Pack]) -> None:
    albums = [pack.train for pack in packs]
    assert kinds_in(albums, {}) == KINDS
    entry = albums[0].entries[0]
    assert kind_of(entry, {}) == "forest"
    for name in ("forest/a.jpg", "a.jpg", "a"):
        assert kind_of(entry, {name: "sea"}) == "sea"
    assert kinds_in(albums, {"e.jpg": "sea", "work0": "ink"}) == ("forest", "ink", "lake", "sea")


@pytest.mark.parametrize("text", ["name,kind\na.jpg,forest\nb.jpg,lake\n", "\ufeffa.jpg , forest\n\nb.jpg,lake"])
def test_tables_of_kinds(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text(text, encoding="utf-8")
    assert read_kinds(path) == {"a.jpg": "forest", "b.jpg": "lake"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no picture"),
        ("name,kind\n", "names no picture"),
        ("a.jpg\n", "row 1 is 'a.jpg'"),
        ("a.jpg,forest\nb.jpg,\n", "row 2 is 'b.jpg,'"),
        ("a,b,c\n", "row 1"),
    ],
)
def test_no_tables_of_kinds(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "kinds.csv"
    path.write_text(text)
    with pytest.raises(DataError, match=said):
        read_kinds(path)


def test_a_table_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "binary.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("missing.csv", "binary.csv"):
        with pytest.raises(DataError, match="cannot be read as a table"):
            read_kinds(tmp_path / name)


@pytest.mark.parametrize("more", [{"side": 18}, {"side": 0}, {"seed": -1}, {"weights": [0, 0]}, {"weights": [1]}])
def test_contradicting_numbers_are_refused(packs: list[Pack], more: dict[str, object]) -> None:
    with pytest.raises(SettingError):
        sampler(packs, **more)  # type: ignore[arg-type]


def test_a_domain_without_pictures_is_refused(packs: list[Pack], tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no pictures in 'ink'"):
        sampler([packs[0], pack_of(tmp_path / "ink.pack", [])])
    with pytest.raises(SettingError, match="scales"):
        Scenes([Domain("photo", packs[0].train, (9, 3))], side=8, seed=0)
