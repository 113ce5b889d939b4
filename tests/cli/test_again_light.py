"""`pleinair again` with EXR, HDR, 16 bits, gutters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from pleinair.cli.main import main
from pleinair.images import Picture, read, write
from pleinair.images.told import told
from tests.images.lights import deep, read_exr, render, rgbe, same_bits, scene, write_exr
from tests.images.pictures import rgb_profile, smooth, tiff

pytestmark = pytest.mark.usefixtures("shelf")


@pytest.fixture
def twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Stylizes a picture into `painted`, makes it again into `again`, and gives the line that was said of it."""

    def run(source: Path, *options: str) -> str:
        words = ["--style", "shanshui", "--out", str(tmp_path / "painted"), *options]
        assert main(["stylize", str(source), *words]) == 0
        capsys.readouterr()
        painted = str(tmp_path / "painted" / source.name)
        assert main(["again", painted, "--source", str(source), "--out", str(tmp_path / "again")]) == 0
        return capsys.readouterr().out.strip()

    return run


@deep
@pytest.mark.parametrize("options", [(), ("--exposure", "2.5", "--strength", "0.7")])
def test_a_render(tmp_path: Path, twice: Callable[..., str], options: tuple[str, ...]) -> None:
    path = write_exr(tmp_path / "a.exr", render(40, 60))
    assert twice(path, *options) == "a.exr: the same light, bit for bit"
    one, other = (read_exr(tmp_path / folder / "a.exr") for folder in ("painted", "again"))
    assert all(same_bits(one[name], other[name]) for name in one)
    assert not same_bits(one["R"], render(40, 60)["R"])


@deep
def test_a_panorama_of_light(tmp_path: Path, twice: Callable[..., str]) -> None:
    (tmp_path / "a.hdr").write_bytes(rgbe(scene(40, 60)))
    assert twice(tmp_path / "a.hdr", "--wrap", "x") == "a.hdr: the same light, bit for bit"


@deep
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_sprites(tmp_path: Path, twice: Callable[..., str], dtype: type[np.uint8 | np.uint16]) -> None:
    alpha = np.zeros((40, 60), dtype)
    alpha[10:30, 10:40] = np.iinfo(dtype).max
    write(Picture(smooth(40, 60).astype(dtype), alpha), tmp_path / "a.png", {})
    assert twice(tmp_path / "a.png", "--gutter", "3") == "a.png: the same pixels, bit for bit"


def fine(height: int, width: int) -> npt.NDArray[np.uint16]:
    """A smooth picture (h, w, 3) whose low bytes matter."""
    low = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint16)
    return smooth(height, width).astype(np.uint16) * np.uint16(256) + low


LOOKS = {
    "plain": (),
    "faint": ("--strength", "0.35", "--keep-colors"),
    "full size, small windows": ("--working-size", "full", "--window", "64"),
    "small size": ("--working-size", "64"),
    "tile": ("--wrap", "xy"),
    "turn": ("--wrap", "x"),
    "mix": ("--mix", "shanshui=0.3,hokusai=0.7"),
}


@deep
@pytest.mark.parametrize("suffix", ["tif", "png"])
@pytest.mark.parametrize("look", LOOKS)
def test_a_plate_of_16_bits(tmp_path: Path, suffix: str, look: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The painting, and then the painting made again from itself, which tells the same."""
    source = tmp_path / f"plate.{suffix}"
    write(Picture(fine(90, 130), icc=rgb_profile()), source, {})
    style = () if look == "mix" else ("--style", "shanshui")
    assert main(["stylize", str(source), *style, "--out", str(tmp_path / "painted"), *LOOKS[look]]) == 0
    made = tmp_path / "painted" / source.name
    assert not np.array_equal(read(made).pixels, fine(90, 130))
    capsys.readouterr()
    for before, after in (("painted", "again"), ("again", "third")):
        words = ["again", str(tmp_path / before / source.name), "--source", str(source), "--out", str(tmp_path / after)]
        assert main(words) == 0
        shown = capsys.readouterr()
        assert shown.out == f"plate.{suffix}: the same pixels, bit for bit\n"
        assert shown.err == ""
        again = tmp_path / after / source.name
        assert told(again) == told(made)
        assert read(again).pixels.dtype == np.uint16
        assert read(again).icc == rgb_profile()
        assert again.read_bytes() == made.read_bytes()


@deep
@pytest.mark.parametrize("suffix", ["tif", "png"])
def test_a_plate_with_alpha_and_words_of_its_own(tmp_path: Path, twice: Callable[..., str], suffix: str) -> None:
    alpha = np.zeros((40, 60), np.uint16)
    alpha[10:30, 10:40] = np.linspace(1, 65535, 30, dtype=np.uint16)
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:GPano="http://ns.google.com/photos/1.0/panorama/"'
        ' GPano:ProjectionType="equirectangular"/></rdf:RDF></x:xmpmeta>'
    )
    write(Picture(fine(40, 60), alpha, xmp=packet.encode()), tmp_path / f"a.{suffix}", {})
    assert twice(tmp_path / f"a.{suffix}", "--gutter", "2") == f"a.{suffix}: the same pixels, bit for bit"
    for folder in ("painted", "again"):
        picture = read(tmp_path / folder / f"a.{suffix}")
        assert picture.alpha is not None
        assert np.array_equal(picture.alpha, alpha)
        assert b'ProjectionType="equirectangular"' in (picture.xmp or b"")


@deep
@pytest.mark.parametrize("orientation", [3, 6])
@pytest.mark.parametrize(("order", "channels"), [("<", 3), (">", 3), (">", 1)])
def test_a_plate_of_others(
    tmp_path: Path, twice: Callable[..., str], orientation: int, order: str, channels: int
) -> None:
    """Turned, gray, of another byte order: written upright, in color, in ours."""
    samples = fine(40, 60)[:, :, :channels]
    (tmp_path / "a.tif").write_bytes(tiff(samples, order=order, orientation=orientation))
    assert twice(tmp_path / "a.tif") == "a.tif: the same pixels, bit for bit"
    shape = (40, 60) if orientation == 3 else (60, 40)
    assert read(tmp_path / "again" / "a.tif").pixels.shape == (*shape, 3)


@deep
def test_a_plate_whose_metadata_was_taken_out_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.tif").write_bytes(tiff(fine(20, 30)))
    assert main(["again", str(tmp_path / "a.tif"), "--out", str(tmp_path / "again")]) == 1
    assert capsys.readouterr().err == (
        f"pleinair: {tmp_path / 'a.tif'} does not say how it was made: pleinair did not, or its metadata was taken out "
        "since\n"
    )


@deep
def test_what_is_painted_twice_tells_of_the_last_time_only(tmp_path: Path, twice: Callable[..., str]) -> None:
    """The painting of a painting is one of its own: what the first was told must not come into the second."""
    first = write_exr(tmp_path / "a.exr", render(40, 60))
    words = ["stylize", str(first), "--style", "hokusai", "--keep-colors", "--window", "64", "--wrap", "x"]
    assert main([*words, "--out", str(tmp_path / "first")]) == 0
    assert told(tmp_path / "first" / "a.exr")["keepColors"] == "yes"
    assert twice(tmp_path / "first" / "a.exr") == "a.exr: the same light, bit for bit"
    last = told(tmp_path / "painted" / "a.exr")
    assert not {"keepColors", "wrap"} & last.keys()
    assert last["window"] != "64"


@deep
@pytest.mark.parametrize(("options", "chosen"), [((), "Back"), (("--layer", "Fore"), "Fore")])
def test_a_render_of_two_view_layers(
    tmp_path: Path, twice: Callable[..., str], options: tuple[str, ...], chosen: str
) -> None:
    made = render(40, 60)
    layers = {f"{layer}.Combined.{name}": made[name] for layer in ("Back", "Fore") for name in "RGBA"}
    path = write_exr(tmp_path / "a.exr", layers)
    assert twice(path, *options) == "a.exr: the same light, bit for bit"
    before = read_exr(path)
    for folder in ("painted", "again"):
        after = read_exr(tmp_path / folder / "a.exr")
        changed = {name for name in before if not same_bits(before[name], after[name])}
        assert changed == {f"{chosen}.Combined.{name}" for name in "RGB"}
    assert told(tmp_path / "painted" / "a.exr").get("layer") == (options[1] if options else None)
    assert all(same_bits(samples, after[name]) for name, samples in read_exr(tmp_path / "painted" / "a.exr").items())


@deep
def test_layers_of_a_sequence(tmp_path: Path) -> None:
    made = render(24, 32)
    for number in range(2):
        layers = {f"{layer}.Combined.{name}": made[name] for layer in ("Back", "Fore") for name in "RGBA"}
        write_exr(tmp_path / f"s.{number}.exr", layers)
    words = ["--style", "shanshui", "--exposure", "0", "--layer", "Fore.Combined", "--out", str(tmp_path / "out")]
    assert main(["stylize", str(tmp_path / "s.%d.exr"), *words]) == 0
    for number in range(2):
        before, after = (read_exr(folder / f"s.{number}.exr") for folder in (tmp_path, tmp_path / "out"))
        assert {name[:4] for name in before if not same_bits(before[name], after[name])} == {"Fore"}


@deep
def test_a_layer_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write_exr(tmp_path / "a.exr", render(8, 8))
    words = ["--style", "shanshui", "--layer", "Fore", "--out", str(tmp_path / "out")]
    assert main(["stylize", str(path), *words]) == 1
    assert capsys.readouterr().err.startswith(f"pleinair: {path} has no layer 'Fore' of color; there are: ")
    write(Picture(smooth(8, 8)), tmp_path / "a.png", {})
    assert main(["stylize", str(tmp_path / "a.png"), *words]) == 2
    assert capsys.readouterr().err.endswith("Error: --layer is for OpenEXR; there is no such input, so leave it away\n")
    assert not list((tmp_path / "out").iterdir())
