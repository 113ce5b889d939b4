"""The steadiness figure calibrated: what is known to flicker says so, fading and graying gain nothing, masks hold."""

import json
from itertools import pairwise

import numpy as np
import pytest

from pleinair.errors import DataError, MissingExtraError
from pleinair.images.picture import Pixels
from pleinair.metrics import motion
from pleinair.metrics.motion import Flow, Steadiness, estimated, gradient_energy, measured, steadiness, warped

pytest.importorskip("cv2")
H, W, STEP, COUNT = 96, 128, 2, 8


@pytest.fixture(scope="module")
def pan() -> list[Pixels]:
    """A camera that goes right by two pixels a frame, with a little grain."""
    from PIL import Image

    coarse = np.random.default_rng(0).integers(0, 256, (H // 6, 200 // 6, 3)).astype(np.uint8)
    wide = np.asarray(Image.fromarray(coarse).resize((200, H), Image.Resampling.BICUBIC), np.float32)
    rng = np.random.default_rng(1)
    return [
        np.clip(wide[:, STEP * n : STEP * n + W] + rng.normal(0, 1.5, (H, W, 3)), 0, 255).astype(np.uint8)
        for n in range(COUNT)
    ]


@pytest.fixture(scope="module")
def exact() -> list[Flow]:
    there = np.zeros((H, W, 2), np.float32)
    there[..., 0] = -STEP
    seen = np.ones((H, W), bool)
    seen[:, :STEP] = False
    return [Flow(there, seen)] * (COUNT - 1)


def noisy(frames: list[Pixels], amount: float) -> list[Pixels]:
    rng = np.random.default_rng(2)
    return [np.clip(frame + rng.normal(0, amount, frame.shape), 0, 255).astype(np.uint8) for frame in frames]


def test_the_source_is_as_steady_as_itself(pan: list[Pixels]) -> None:
    found = steadiness(pan, pan)
    assert found.ratio == pytest.approx(1)
    assert found.painted == found.source


def test_flow_is_found(pan: list[Pixels]) -> None:
    flow = estimated(pan[0], pan[1])
    inner = flow.there[8:-8, 8:-8]
    assert np.abs(inner - (-STEP, 0)).mean() < 0.3
    assert flow.seen[8:-8, 8:-8].mean() > 0.95
    assert flow.seen[:, 0].mean() < 0.2  # what leaves the picture


def test_estimated_and_exact_flow_agree(pan: list[Pixels], exact: list[Flow]) -> None:
    painted = noisy(pan, 6)
    one, other = steadiness(painted, pan).ratio, steadiness(painted, pan, exact).ratio
    assert one == pytest.approx(other, rel=0.35)


def test_flicker_raises_it_in_proportion(pan: list[Pixels], exact: list[Flow]) -> None:
    """Independent noise of deviation s adds s² (1 + what cubic interpolation keeps, here all) to the warp error."""
    plain = steadiness(pan, pan, exact)
    for amount in (4.0, 8.0):
        painted = noisy(pan, amount)
        table = steadiness(painted, pan, exact).table
        added = table[:, 0].mean() - plain.table[:, 0].mean()
        assert added == pytest.approx(2 * (amount / 255) ** 2, rel=0.1)
    figures = [steadiness(noisy(pan, amount), pan).ratio for amount in (0.5, 2.0, 4.0, 8.0)]
    assert figures == sorted(figures)
    assert figures[-1] > 5


def test_fading_and_brightening_gain_nothing(pan: list[Pixels], exact: list[Flow]) -> None:
    painted = noisy(pan, 6)
    faded = [np.rint(100 + 0.4 * (each.astype(float) - 100)).astype(np.uint8) for each in painted]
    assert steadiness(faded, pan, exact).ratio == pytest.approx(steadiness(painted, pan, exact).ratio, rel=0.05)


def test_a_ghost_costs(pan: list[Pixels], exact: list[Flow]) -> None:
    """Mixing with the last frame where it stood, not where it went, is worse than not mixing."""
    ghosts = [pan[0], *(((a.astype(float) + b) / 2).astype(np.uint8) for a, b in pairwise(pan))]
    clear = [np.roll(each, 0) for each in pan]
    assert steadiness(ghosts, pan, exact).painted > 0
    still = [pan[0]] * COUNT  # a painting that sticks to the screen
    assert steadiness(still, pan, exact).ratio > 10 * steadiness(clear, pan, exact).ratio


def test_deep_frames_give_the_same(pan: list[Pixels], exact: list[Flow]) -> None:
    deep = [each.astype(np.uint16) * 257 for each in pan]
    assert steadiness(deep, deep, exact).painted == pytest.approx(steadiness(pan, pan, exact).painted, rel=1e-4)


def test_what_is_hidden_does_not_count(pan: list[Pixels], exact: list[Flow]) -> None:
    painted = [each.copy() for each in pan]
    for number, each in enumerate(painted):
        each[40:60, 40:80] = 255 * (number % 2)
    seen = exact[0].seen.copy()
    seen[36:64, 36:90] = False
    hidden = [Flow(exact[0].there, seen)] * (COUNT - 1)
    assert steadiness(painted, pan, exact).ratio > 5
    assert steadiness(painted, pan, hidden).ratio == pytest.approx(1, abs=0.1)


def test_warping_takes_the_next_frame_back() -> None:
    ramp = np.broadcast_to(np.arange(20, dtype=np.float32)[None, :, None], (10, 20, 3)).copy()
    there = np.full((10, 20, 2), (1.5, 0), np.float32)
    assert np.allclose(warped(ramp, there)[:, 3:-4], ramp[:, 3:-4] + 1.5, atol=1e-4)
    assert np.allclose(gradient_energy(ramp)[:, 1:-1], 1)


def test_a_cut_between_does_not_count(pan: list[Pixels]) -> None:
    rng = np.random.default_rng(3)
    other = [rng.integers(0, 256, pan[0].shape).astype(np.uint8)]
    assert len(steadiness([*pan, *other], [*pan, *other]).table) == len(pan) - 1


def test_clips_that_do_not_belong_together(pan: list[Pixels]) -> None:
    with pytest.raises(DataError, match="same number of frames"):
        steadiness(pan[:-1], pan)
    with pytest.raises(DataError, match="64x96 pixels painted"):
        steadiness([each[:, :64] for each in pan], pan)
    with pytest.raises(DataError, match="no two frames"):
        steadiness(pan[:1], pan[:1])


def test_nothing_seen_gives_nothing(pan: list[Pixels], exact: list[Flow]) -> None:
    assert measured(pan[0], pan[1], Flow(exact[0].there, np.zeros((H, W), bool))) == (0.0, 0.0)


def test_the_figure_as_a_line(pan: list[Pixels]) -> None:
    found: Steadiness = steadiness(noisy(pan, 5), pan)
    result = found.result("painted.mp4", "source.mp4")
    assert result.interval is not None
    assert result.interval[0] <= result.value <= result.interval[1]
    line = json.loads(result.to_json())
    assert line["protocol"]["name"] == "steadiness"
    assert line["pictures"] == COUNT
    assert line["details"]["painted"] / line["details"]["source"] == pytest.approx(found.ratio)


def test_without_opencv_the_command_to_type_is_said(monkeypatch: pytest.MonkeyPatch, pan: list[Pixels]) -> None:
    monkeypatch.setattr(motion, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"pleinair\[film\]"):
        estimated(pan[0], pan[1])
