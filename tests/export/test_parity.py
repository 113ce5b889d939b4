"""Does the file paint what the network paints?"""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from pleinair.engine.onnx_file import parse, rewritten
from pleinair.engine.protocol import Array
from pleinair.errors import DataError, ParityError
from pleinair.export.parity import LONG_SIDE, MIX, SHORT_SIDE, SHOWN, parity, pictures_of, refuse, surrounded
from pleinair.export.trunk import export_single, export_trunk
from tests.export.painters import STYLES, small_spec, small_translator

NET = small_translator()


def pictures() -> list[Array]:
    rng = np.random.default_rng(0)
    return [rng.uniform(-1, 1, shape).astype(np.float32) for shape in ((3, 21, 33), (3, 1, 1), (3, 40, 5))]


@pytest.fixture
def trunk(tmp_path: Path) -> Path:
    export_trunk(NET, small_spec(NET), tmp_path / "t.onnx", half=False)
    return tmp_path / "t.onnx"


class TestParity:
    def test_a_faithful_file(self, trunk: Path) -> None:
        found = parity(NET, STYLES, trunk, pictures())
        assert list(found) == [*STYLES, MIX]
        assert 0 < max(found.values()) < 0.01

    def test_halves_differ_more_yet_little(self, tmp_path: Path) -> None:
        export_trunk(NET, small_spec(NET), tmp_path / "h.onnx", half=True)
        found = parity(NET, STYLES, tmp_path / "h.onnx", pictures())
        assert 0.01 < max(found.values()) < 3

    def test_a_single_style_is_compared_to_that_style(self, tmp_path: Path) -> None:
        export_single(NET, small_spec(NET), "shanshui", tmp_path / "s.onnx")
        found = parity(NET, STYLES, tmp_path / "s.onnx", pictures())
        assert list(found) == ["shanshui"]
        assert found["shanshui"] < 0.01

    def test_steps_are_of_8_bits(self, trunk: Path) -> None:
        file = parse(trunk.read_bytes())
        shift = file.initializers["leave.styles.bias"].array()
        shift[1] += 2 / 255  # the range [-1, 1] is 255 steps wide
        trunk.write_bytes(rewritten(file, {"leave.styles.bias": shift}))
        found = parity(NET, STYLES, trunk, pictures())
        assert found["monet"] == pytest.approx(1, abs=0.02)
        assert found["photo"] < 0.02

    def test_another_network_is_noticed_in_every_style(self, trunk: Path) -> None:
        other = small_translator()
        with torch.no_grad():
            other.mend.weight[0, 0, 0, 0] += 1
        assert min(parity(other, STYLES, trunk, pictures()).values()) > 1

    def test_tables_of_two_styles_in_the_wrong_order_are_noticed(self, trunk: Path) -> None:
        found = parity(NET, ("photo", "shanshui", "monet"), trunk, pictures())
        assert found["photo"] < 0.01
        assert min(found["monet"], found["shanshui"]) > 1

    def test_values_that_are_no_numbers_are_no_agreement(self, trunk: Path) -> None:
        picture = pictures()[0]
        picture[0, 3, 3] = np.nan
        found = parity(NET, STYLES, trunk, [picture])
        with pytest.raises(ParityError, match="nan"):
            refuse(found, half=True)


class TestRefuse:
    @pytest.mark.parametrize(("worst", "half"), [(0.5, False), (3.0, True), (0.0, False)])
    def test_within_the_bar(self, worst: float, half: bool) -> None:
        refuse({"photo": 0.0, "monet": worst}, half=half)

    @pytest.mark.parametrize(
        ("worst", "half"), [(0.51, False), (3.1, True), (float("nan"), True), (float("inf"), False)]
    )
    def test_above_it(self, worst: float, half: bool) -> None:
        with pytest.raises(ParityError, match="'monet'") as caught:
            refuse({"photo": 0.4, "monet": worst, "shanshui": 0.0}, half=half)
        assert "\n" not in str(caught.value)

    def test_advice(self) -> None:
        with pytest.raises(ParityError, match="--full-precision"):
            refuse({"photo": 4.0}, half=True)


class TestPictures:
    def test_the_samples_of_the_package(self) -> None:
        found = pictures_of()
        assert len(found) == SHOWN
        for number, picture in enumerate(found):
            assert picture.dtype == np.float32
            assert picture.shape == ((3, SHORT_SIDE, LONG_SIDE), (3, LONG_SIDE, SHORT_SIDE))[number % 2]
            assert -1 <= picture.min() < picture.max() <= 1

    def test_small_ones_are_taken_whole(self, tmp_path: Path) -> None:
        pixels = np.random.default_rng(0).integers(0, 256, (7, 5, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "a.png")
        (found,) = pictures_of(tmp_path)
        np.testing.assert_allclose(found, pixels.transpose(2, 0, 1) / 127.5 - 1, atol=1e-6)

    def test_what_is_no_picture_is_passed_over(self, tmp_path: Path) -> None:
        (tmp_path / "notes.txt").write_text("x")
        (tmp_path / "broken.jpg").write_text("x")
        Image.new("RGB", (3, 3)).save(tmp_path / "c.png")
        assert len(pictures_of(tmp_path)) == 1

    @pytest.mark.parametrize("name", ["", "missing"])
    def test_none(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(DataError, match="no pictures to compare"):
            pictures_of(tmp_path / name)

    @settings(max_examples=30, deadline=None)
    @given(height=st.integers(1, 30), width=st.integers(1, 30), halo=st.sampled_from([4, 28, 88]))
    def test_surroundings(self, height: int, width: int, halo: int) -> None:
        picture = np.random.default_rng(0).uniform(-1, 1, (3, height, width)).astype(np.float32)
        padded = surrounded(picture, halo, 4)
        np.testing.assert_array_equal(padded[:, halo : halo + height, halo : halo + width], picture)
        tall, wide = (size - 2 * halo for size in padded.shape[1:])
        assert tall % 4 == wide % 4 == 0
        assert 0 <= tall - height < 4
        assert 0 <= wide - width < 4
