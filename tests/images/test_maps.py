"""Maps as files: there and back, with what they say of themselves, whole or not at all."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.errors import OutputError
from pleinair.images.maps import FARTHEST, depth_code, depth_of, write_classes, write_depth, write_flow, write_gray

TOLD = {"seed": "7", "scene": "{}", "map": "label"}
COLORS = ((1, 2, 3), (40, 50, 60), (255, 0, 128))


def test_classes_are_a_palette(tmp_path: Path) -> None:
    labels = np.array([[0, 1, 2], [2, 1, 0]], np.uint8)
    write_classes(labels, COLORS, tmp_path / "label.png", TOLD)
    with Image.open(tmp_path / "label.png") as image:
        assert image.mode == "P"
        assert np.array_equal(np.asarray(image), labels)
        assert np.asarray(image.convert("RGB"))[0].tolist() == [list(color) for color in COLORS]
        assert 'pleinair:map="label"' in image.info["XML:com.adobe.xmp"]


def test_depth_is_16_bits(tmp_path: Path) -> None:
    depth = np.array([[0.2, 1, 10, 1000], [FARTHEST, 1e6, np.inf, 33.3]], np.float32)
    write_depth(depth, tmp_path / "depth.png", TOLD)
    with Image.open(tmp_path / "depth.png") as image:
        code = np.asarray(image).astype(np.uint16)
    assert code[0, :2].tolist() == [0, 0]
    assert code[1, :3].tolist() == [65534, 65534, 65535]
    assert np.allclose(depth_of(code)[0, 2:], [10, 1000], rtol=2e-4)
    assert np.isinf(depth_of(code)[1, 2])


def test_depth_codes_keep_the_order_and_two_parts_in_ten_thousand() -> None:
    depth = np.geomspace(1, FARTHEST, 5000, dtype=np.float32)
    code = depth_code(depth)
    assert (np.diff(code.astype(int)) > 0).all()
    assert np.abs(depth_of(code) / depth - 1).max() < 2e-4


def test_flow_is_middleburys(tmp_path: Path) -> None:
    flow = np.arange(2 * 3 * 2, dtype=np.float32).reshape(2, 3, 2)
    write_flow(flow, tmp_path / "a.flo")
    data = (tmp_path / "a.flo").read_bytes()
    assert data[:4] == b"PIEH"
    assert np.frombuffer(data[4:12], "<i4").tolist() == [3, 2]
    assert np.array_equal(np.frombuffer(data[12:], "<f4").reshape(2, 3, 2), flow)


def test_gray(tmp_path: Path) -> None:
    values = np.array([[0, 255], [7, 9]], np.uint8)
    write_gray(values, tmp_path / "gray.png", TOLD)
    with Image.open(tmp_path / "gray.png") as image:
        assert np.array_equal(np.asarray(image), values)


def test_a_map_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError):
        write_flow(np.zeros((2, 2, 2), np.float32), tmp_path / "file" / "a.flo")
    with pytest.raises(OutputError):
        write_gray(np.zeros((2, 2), np.uint8), tmp_path / "nowhere" / "a.png", TOLD)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
