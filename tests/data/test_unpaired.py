"""Unpaired sampling: a picture is a function of seed and number, ranks share one batch, crops are what they claim."""

import threading
import time
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.data import unpaired
from pleinair.data.pack import VALIDATION, Pack, halvings
from pleinair.data.unpaired import (
    ENLARGE,
    Batch,
    Domain,
    Unpaired,
    ahead,
    drawn_scale,
    even_draw,
    resized_window,
    uniform_draws,
    usual_sources,
)
from pleinair.errors import DataError, SettingError
from tests.data.pictures import pack_of, scene

NAMES = ("ink", "prints", "photo")
numbers = st.integers(0, 2**40)
seeds = st.integers(0, 2**31)


@pytest.fixture(scope="module")
def packs(tmp_path_factory: pytest.TempPathFactory) -> list[Pack]:
    folder = tmp_path_factory.mktemp("packs")
    sizes = [(70, 60), (40, 90), (24, 24), (130, 64)]
    return [pack_of(folder / f"{name}.pack", sizes, first=10 * i) for i, name in enumerate(NAMES)]


def sampler(packs: list[Pack], seed: int = 0, crop: int = 16, identity: float = 0.2) -> Unpaired:
    domains = [Domain(name, pack.train, (20, 60)) for name, pack in zip(NAMES, packs, strict=True)]
    return Unpaired(domains, crop=crop, seed=seed, sources=usual_sources(NAMES, (), identity))


def fields(batch: Batch) -> tuple[npt.NDArray[np.generic], ...]:
    return batch.content, batch.style, batch.styles, batch.source


def assert_equal(one: Batch, other: Batch) -> None:
    for a, b in zip(fields(one), fields(other), strict=True):
        np.testing.assert_array_equal(a, b)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, start=numbers, count=st.integers(0, 7), crop=st.integers(1, 40))
def test_shapes_and_ranges(packs: list[Pack], seed: int, start: int, count: int, crop: int) -> None:
    batch = sampler(packs, seed, crop).batch(start, count)
    assert batch.content.shape == batch.style.shape == (count, 3, crop, crop)
    assert batch.content.dtype == batch.style.dtype == np.uint8
    assert batch.styles.shape == batch.source.shape == (count,)
    assert batch.styles.dtype == batch.source.dtype == np.int64
    assert all(0 <= style < 3 for style in batch.styles)
    assert all(0 <= source < 3 for source in batch.source)


@settings(max_examples=25, deadline=None)
@given(seed=seeds, start=numbers)
def test_the_same_seed_and_number_give_the_same_pictures(packs: list[Pack], seed: int, start: int) -> None:
    assert_equal(sampler(packs, seed).batch(start, 4), sampler(packs, seed).batch(start, 4))


@settings(max_examples=25, deadline=None)
@given(start=numbers, before=st.integers(0, 5), after=st.integers(0, 5))
def test_resuming_goes_on_with_the_pictures_that_would_have_come(
    packs: list[Pack], start: int, before: int, after: int
) -> None:
    whole = sampler(packs).batch(start, before + after)
    parts = [sampler(packs).batch(start, before), sampler(packs).batch(start + before, after)]
    for i, field in enumerate(fields(whole)):
        np.testing.assert_array_equal(field, np.concatenate([fields(part)[i] for part in parts]))


@settings(max_examples=25, deadline=None)
@given(start=numbers, count=st.integers(0, 9), ranks=st.integers(1, 5))
def test_all_ranks_together_see_what_one_would(packs: list[Pack], start: int, count: int, ranks: int) -> None:
    whole = sampler(packs).batch(start, count)
    for rank in range(ranks):
        part = sampler(packs).batch(start, count, rank, ranks)
        for shared, own in zip(fields(whole), fields(part), strict=True):
            np.testing.assert_array_equal(shared[rank::ranks], own)


def test_other_seeds_and_numbers_give_other_pictures(packs: list[Pack]) -> None:
    first = sampler(packs, 0).batch(0, 8).content
    assert (first != sampler(packs, 1).batch(0, 8).content).any()
    assert (first != sampler(packs, 0).batch(8, 8).content).any()


def test_a_seed_means_the_same_for_ever() -> None:
    """The stream is Philox, counter-based and frozen: these are its values in every NumPy since 1.17."""
    draws = uniform_draws(7, 3)
    raw = np.random.Philox(key=7, counter=[0, 0, 0, 3]).random_raw(12)
    assert [int(d * 2**53) for d in draws] == [int(r) >> 11 for r in raw]
    np.testing.assert_allclose(draws[:3], [0.270196220959021, 0.876000199949309, 0.060596700602128], atol=1e-14)
    assert even_draw(0, 0) == pytest.approx(0.819172513396164, abs=1e-14)


def test_draws_are_uniform_and_unrelated() -> None:
    draws = np.array([uniform_draws(1, number) for number in range(2000)])
    assert draws.min() >= 0
    assert draws.max() < 1
    assert np.abs(draws.mean(0) - 0.5).max() < 0.03
    assert np.abs(np.corrcoef(draws.T) - np.eye(draws.shape[1])).max() < 0.09
    assert abs(np.corrcoef(draws[:-1, 0], draws[1:, 0])[0, 1]) < 0.07


@settings(max_examples=25, deadline=None)
@given(seed=seeds, start=numbers, styles=st.integers(1, 9))
def test_small_batches_aim_at_all_styles_evenly(seed: int, start: int, styles: int) -> None:
    chosen = [int(even_draw(seed, start + k) * styles) for k in range(4 * styles)]
    counts = np.bincount(chosen, minlength=styles)
    assert counts.min() >= 2
    assert counts.max() <= 6


def test_styles_are_aimed_at_by_weight(packs: list[Pack]) -> None:
    domains = [Domain(name, pack.train, (20, 60)) for name, pack in zip(NAMES, packs, strict=True)]
    weighted = Unpaired(domains, crop=1, seed=3, sources=usual_sources(NAMES, ()), weights=[1, 0, 3])
    counts = np.bincount(weighted.batch(0, 400).styles, minlength=3)
    assert counts[1] == 0
    assert abs(counts[2] - 300) <= 3


def test_groups_of_pictures_aim_at_one_style(packs: list[Pack]) -> None:
    domains = [Domain(name, pack.train, (20, 60)) for name, pack in zip(NAMES, packs, strict=True)]
    grouped = Unpaired(domains, crop=1, seed=3, sources=usual_sources(NAMES, ()), group=4)
    styles = grouped.batch(0, 120).styles.reshape(30, 4)
    assert (styles == styles[:, :1]).all()
    assert len(set(styles[:, 0].tolist())) == 3


def test_content_comes_from_where_the_table_says(packs: list[Pack]) -> None:
    batch = sampler(packs, crop=1).batch(0, 1200)
    photo = NAMES.index("photo")
    to_photo = batch.source[batch.styles == photo]
    assert {int(s) for s in to_photo} == {0, 1, photo}
    for painting in (0, 1):
        share = (batch.source[batch.styles == painting] == painting).mean()
        assert share == pytest.approx(0.2, abs=0.06)
        assert set(batch.source[batch.styles == painting].tolist()) == {painting, photo}


def test_the_style_crop_is_of_the_target_style(tmp_path: Path) -> None:
    """Domains of one gray value each: every crop tells where it was cut from."""
    packs = [_gray_pack(tmp_path, f"{value}", value) for value in (20, 120, 220)]
    content = [_gray_pack(tmp_path, "content", 170)]
    domains = [Domain(pack.name, pack.train, (20, 60)) for pack in packs]
    sources = usual_sources([pack.name for pack in packs], ["content"], 0.3)
    batch = Unpaired(domains, [Domain("c", content[0].train, (20, 60))], crop=8, seed=0, sources=sources).batch(0, 60)
    values = np.array([20, 120, 220, 170])
    np.testing.assert_array_equal(batch.style.min((1, 2, 3)), values[batch.styles])
    np.testing.assert_array_equal(batch.style.max((1, 2, 3)), values[batch.styles])
    np.testing.assert_array_equal(batch.content.max((1, 2, 3)), values[batch.source])
    assert (batch.source == batch.styles).any()


def _gray_pack(folder: Path, name: str, value: int) -> Pack:
    from pleinair.data.encode import Setting, encode
    from pleinair.data.pack import Entry, write

    gray = np.full((40, 40, 3), value, np.uint8)
    write(folder / f"{name}.pack", name, [(Entry("a", "a", 40, 40, "train", ""), encode(gray, Setting(100)))], {})
    return Pack.open(folder / f"{name}.pack")


def test_content_and_style_are_unrelated_crops(packs: list[Pack]) -> None:
    """Even where both come from one domain."""
    batch = Unpaired([Domain("a", packs[0].train, (20, 60))], crop=16, seed=0, sources=[[1]]).batch(0, 30)
    assert sum((a == b).all() for a, b in zip(batch.content, batch.style, strict=True)) == 0


def test_usual_sources() -> None:
    np.testing.assert_allclose(
        usual_sources(["ink", "photo", "oil"], ["views"], 0.1),
        [[0.1, 0.45, 0, 0.45], [0.45, 0.1, 0.45, 0], [0, 0.45, 0.1, 0.45]],
    )
    np.testing.assert_allclose(usual_sources(["ink"], ["views"]), [[0, 1]])
    np.testing.assert_allclose(usual_sources(["ink"], []), [[1]])


def test_renders_become_photos_and_nothing_else() -> None:
    np.testing.assert_allclose(
        usual_sources(["ink", "photo", "oil"], [], 0.1, ["hills", "seas"], 0.4),
        [[0.1, 0.9, 0, 0, 0], [0.27, 0.1, 0.27, 0.18, 0.18], [0, 0.9, 0.1, 0, 0]],
    )
    np.testing.assert_allclose(usual_sources(["photo"], [], 0.2, ["hills"]), [[0.2, 0.8]])
    # what there are no pictures of is no source of photos, but a target as ever
    np.testing.assert_allclose(
        usual_sources(["photo", "ink", "oil"], [], 0.1, ["hills"], 0.5, ["ink"]),
        [[0.1, 0, 0.45, 0.45], [0.9, 0.1, 0, 0], [0.9, 0, 0.1, 0]],
    )
    np.testing.assert_allclose(usual_sources(["ink"], ["views"], 0.0, ["hills"]), [[0, 1, 0]])


@given(styles=st.integers(1, 5), content=st.integers(0, 2), renders=st.integers(0, 3), share=st.floats(0, 1))
def test_shares_of_sources_add_up(styles: int, content: int, renders: int, share: float) -> None:
    names = ["photo", *(f"s{i}" for i in range(styles - 1))]
    table = usual_sources(names, [f"c{i}" for i in range(content)], 0.1, [f"r{i}" for i in range(renders)], share)
    np.testing.assert_allclose(table.sum(1), 1)
    assert (table[1:, styles + content :] == 0).all()


@settings(max_examples=25, deadline=None)
@given(
    low=st.floats(1, 500),
    more=st.floats(0, 500),
    crop=st.integers(1, 300),
    short=st.integers(1, 600),
    draw=st.floats(0, 1, exclude_max=True),
)
def test_scales_hold_the_crop_and_hardly_enlarge(low: float, more: float, crop: int, short: int, draw: float) -> None:
    side = drawn_scale((low, low + more), crop, short, draw)
    assert side >= crop * (1 - 1e-9)
    assert side <= max(crop, ENLARGE * short) * (1 + 1e-9)
    assert side <= max(crop, low + more) * (1 + 1e-9)
    if low >= crop and low + more <= ENLARGE * short:
        assert low * (1 - 1e-9) <= side


def test_scales_are_log_uniform() -> None:
    sides = [drawn_scale((64, 256), 32, 512, draw) for draw in np.linspace(0, 1, 101)]
    assert sides[0] == pytest.approx(64)
    assert sides[50] == pytest.approx(128)
    assert sides[100] == pytest.approx(256)


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(33, 180),
    height=st.integers(33, 180),
    share=st.floats(0.15, 1.2),
    crop=st.integers(5, 40),
    x=st.floats(0, 1),
    y=st.floats(0, 1),
)
def test_a_window_is_cut_out_of_the_whole_resized(
    width: int, height: int, share: float, crop: int, x: float, y: float
) -> None:
    levels = halvings(scene(5, width, height, grain=0))
    factor = max(share, crop / min(width, height))
    left, top = x * max(width * factor - crop, 0), y * max(height * factor - crop, 0)
    window = resized_window(levels, factor, left, top, crop)
    box = (left / factor, top / factor, min((left + crop) / factor, width), min((top + crop) / factor, height))
    whole = Image.fromarray(levels[0]).resize((crop, crop), Image.Resampling.BICUBIC, box=box)
    assert window.shape == (crop, crop, 3)
    assert np.abs(window.astype(int) - np.asarray(whole)).mean() < 3


@settings(max_examples=25, deadline=None)
@given(left=st.integers(0, 60), top=st.integers(0, 40), level=st.integers(0, 1))
def test_at_the_size_of_a_level_its_own_pixels_are_cut(left: int, top: int, level: int) -> None:
    levels = halvings(scene(7, 160, 140, grain=40))
    window = resized_window(levels, 0.5**level, left >> level, top >> level, 32)
    left, top = left >> level, top >> level
    np.testing.assert_array_equal(window, levels[level][top : top + 32, left : left + 32])


def test_neighboring_windows_meet_without_a_seam() -> None:
    """The margin carries the filter's support, so that a window's edge is as the inside of a larger one."""
    levels = halvings(scene(6, 200, 200, grain=40))
    large = resized_window(levels, 0.3, 4, 4, 48)
    small = resized_window(levels, 0.3, 12, 20, 16)
    assert np.abs(small.astype(int) - large[16:32, 8:24]).max() <= 1


def test_reducing_does_not_alias() -> None:
    """A checkerboard of single pixels must become gray, not moiré."""
    board = (np.indices((512, 512)).sum(0) % 2 * 255).astype(np.uint8)[..., None].repeat(3, 2)
    for factor in (0.15, 0.24, 0.3, 0.45, 0.5):
        window = resized_window(halvings(board), factor, 1.3, 2.7, 64).astype(float)
        assert np.abs(window - 127.5).max() < 26, factor


def test_flips_happen_half_of_the_time_and_only_if_wanted(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "a.pack", [(32, 32)])
    plain = pack.train[0]
    for flip, expected in ((True, 0.5), (False, 0.0)):
        draws = Unpaired([Domain("a", pack.train, (32, 32), flip)], crop=32, seed=0, sources=[[1]]).batch(0, 200)
        mirrored = [bool((c.transpose(1, 2, 0) == plain[:, ::-1]).all()) for c in draws.content]
        straight = [bool((c.transpose(1, 2, 0) == plain).all()) for c in draws.content]
        assert all(a != b for a, b in zip(mirrored, straight, strict=True))
        assert np.mean(mirrored) == pytest.approx(expected, abs=0.12)


def test_every_picture_and_place_is_reached(tmp_path: Path) -> None:
    """Corners included: over many draws the mean of all crops of a ramp spans it."""
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    pack = _ramp_pack(tmp_path, ramp)
    batch = Unpaired([Domain("a", pack.train, (64, 64), flip=False)], crop=8, seed=0, sources=[[1]]).batch(0, 400)
    assert batch.content.min() <= 4
    assert batch.content.max() >= 251


def _ramp_pack(folder: Path, ramp: npt.NDArray[np.uint8]) -> Pack:
    from pleinair.data.encode import Setting, encode
    from pleinair.data.pack import Entry, write

    pixels = np.broadcast_to(ramp[None, :, None], (64, 64, 3)).copy()
    write(folder / "ramp.pack", "ramp", [(Entry("a", "a", 64, 64, "train", ""), encode(pixels, Setting(100)))], {})
    return Pack.open(folder / "ramp.pack")


def test_contradicting_settings_are_refused(packs: list[Pack]) -> None:
    good = Domain("ink", packs[0].train, (20, 60))
    with pytest.raises(SettingError, match="shape"):
        Unpaired([good], crop=8, seed=0, sources=[[1, 1]])
    with pytest.raises(SettingError, match="not all zero"):
        Unpaired([good], crop=8, seed=0, sources=[[0]])
    with pytest.raises(SettingError, match="negative"):
        Unpaired([good, good], crop=8, seed=0, sources=[[1, -1], [1, 1]])
    with pytest.raises(SettingError, match="weights"):
        Unpaired([good], crop=8, seed=0, sources=[[1]], weights=[1, 2])
    with pytest.raises(SettingError, match="no style"):
        Unpaired([], [good], crop=8, seed=0, sources=[[1]])
    with pytest.raises(SettingError, match="crop"):
        Unpaired([good], crop=0, seed=0, sources=[[1]])
    with pytest.raises(SettingError, match="seed"):
        Unpaired([good], crop=8, seed=-1, sources=[[1]])
    with pytest.raises(SettingError, match="scales of 'ink'"):
        Unpaired([Domain("ink", packs[0].train, (60, 20))], crop=8, seed=0, sources=[[1]])


def test_a_domain_without_pictures_is_refused(tmp_path: Path) -> None:
    pack = pack_of(tmp_path / "a.pack", [(40, 40)], [VALIDATION])
    with pytest.raises(DataError, match="no pictures in 'ink'"):
        Unpaired([Domain("ink", pack.train, (20, 60))], crop=8, seed=0, sources=[[1]])


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_made_ahead_are_the_same_and_in_order(packs: list[Pack], threads: int) -> None:
    drawn = sampler(packs)
    made = ahead(drawn, 100, 6, rank=1, ranks=2, depth=3, threads=threads)
    for i, batch in enumerate(islice(made, 10)):
        assert_equal(batch, drawn.batch(100 + 6 * i, 6, 1, 2))
    made.close()


def test_no_more_is_made_than_the_depth(packs: list[Pack], monkeypatch: pytest.MonkeyPatch) -> None:
    starts: list[int] = []
    true_batch = Unpaired.batch

    def counted(self: Unpaired, seen_pictures: int, count: int, rank: int = 0, ranks: int = 1) -> Batch:
        starts.append(seen_pictures)
        return true_batch(self, seen_pictures, count, rank, ranks)

    monkeypatch.setattr(Unpaired, "batch", counted)
    made = ahead(sampler(packs), 0, 2, depth=3)
    assert starts == []  # nothing happens before the first is asked for
    next(made)
    deadline = time.monotonic() + 10
    while len(starts) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert sorted(starts) == [0, 2, 4]
    made.close()


def test_closing_stops_the_threads(packs: list[Pack]) -> None:
    made = ahead(sampler(packs), 0, 2, depth=4, threads=2)
    next(made)
    assert any(thread.name.startswith("pleinair-data") for thread in threading.enumerate())
    made.close()
    assert not any(thread.name.startswith("pleinair-data") for thread in threading.enumerate())


def test_closing_makes_no_more_batches(packs: list[Pack], monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[int] = []
    go_on = threading.Event()

    def slow(_: Unpaired, seen_pictures: int, *__: int) -> int:
        begun.append(seen_pictures)
        if seen_pictures:
            go_on.wait(10)
        return seen_pictures

    monkeypatch.setattr(Unpaired, "batch", slow)
    made = ahead(sampler(packs), 0, 2, depth=8)
    next(made)
    threading.Timer(0.2, go_on.set).start()
    made.close()
    assert begun in ([0], [0, 2])


def test_what_goes_wrong_ahead_is_raised_to_the_reader(packs: list[Pack], monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise DataError("picture 'a' is damaged")

    monkeypatch.setattr(unpaired, "window", broken)
    with pytest.raises(DataError, match="damaged"):
        next(ahead(sampler(packs), 0, 2))


def test_a_second_gives_many_crops(tmp_path: Path) -> None:
    """The bar is 200 crops of 128 px a second on one core; half of it is asked for here, on a loaded machine."""
    pack = pack_of(tmp_path / "a.pack", [(520, 512)] * 3)
    drawn = Unpaired([Domain("a", pack.train, (128, 512))], crop=128, seed=0, sources=[[1]])
    drawn.batch(0, 8)
    start = time.process_time()
    drawn.batch(0, 50)
    assert 100 / (time.process_time() - start) > 100
