"""Masks of files and of folders."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pleinair.batch.guiding import GuideFiles
from pleinair.errors import PictureError, SettingError


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    Image.fromarray(np.array([[0, 1], [2, 2]], np.uint8)).save(tmp_path / "ids.png")
    return tmp_path / "ids.png"


def test_a_file_is_for_every_picture(ids: Path) -> None:
    files = GuideFiles(mask=ids, regions=ids, styles={"1": "photo", "2": "keep"}, feather=3)
    files.check()
    guide = files.of(Path("a.jpg"))
    assert (guide.mask, guide.keep, guide.regions, guide.feather) == (ids, None, ids, 3)
    assert guide.styles == {"1": "photo", "2": "keep"}
    assert files.needed == ("photo",)
    assert files.told() == "mask=ids.png; regions=ids.png; 1=photo; 2=keep; feather=3"


def test_of_a_folder_the_file_of_the_same_stem(tmp_path: Path) -> None:
    masks = tmp_path / "masks"
    masks.mkdir()
    (masks / "a.png").touch()
    (masks / "a.txt").touch()
    files = GuideFiles(mask=masks)
    files.check()
    assert files.of(Path("photos/a.jpg")).mask == masks / "a.png"
    with pytest.raises(PictureError, match=r"masks has no file for b\.jpg, as b\.png"):
        files.of(Path("photos/b.jpg"))
    (masks / "a.tif").touch()
    with pytest.raises(PictureError, match=r"several files for a\.jpg: a\.png, a\.tif"):
        files.of(Path("photos/a.jpg"))


def test_what_holds_for_no_picture_is_said_before_painting(ids: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="has no region 9; it has 0, 1, 2"):
        GuideFiles(regions=ids, styles={"9": "photo"}).check()
    with pytest.raises(SettingError, match="is not there"):
        GuideFiles(keep=tmp_path / "none.png").check()
    with pytest.raises(SettingError, match="go together"):
        GuideFiles(regions=ids).check()
    (tmp_path / "bad.png").write_bytes(b"text")
    with pytest.raises(PictureError, match="is not a picture"):
        GuideFiles(regions=tmp_path / "bad.png", styles={"1": "photo"}).check()
    GuideFiles(regions=tmp_path, styles={"9": "photo"}).check()  # a folder: not every map has every region
