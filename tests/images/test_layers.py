"""Which channels are the color."""

import pytest

from pleinair.images.layers import Colors, colors_of


@pytest.mark.parametrize(
    ("names", "layer", "places", "alpha"),
    [
        (("R", "G", "B"), "", (0, 1, 2), None),
        (("A", "B", "G", "R", "Z"), "", (3, 2, 1), 0),
        (("r", "g", "b", "a"), "", (0, 1, 2), 3),
        (("Y",), "", (0, 0, 0), None),
        (("Y", "A", "Z"), "", (0, 0, 0), 1),
        (("Z", "red", "green", "blue"), "", (1, 2, 3), None),
    ],
)
def test_plain_names(names: tuple[str, ...], layer: str, places: tuple[int, int, int], alpha: int | None) -> None:
    assert colors_of(names) == Colors(layer, places, alpha)


def named(layer: str, letters: str) -> list[str]:
    return [f"{layer}.{letter}" for letter in letters]


def test_blenders_layers() -> None:
    names = [
        *named("ViewLayer.CryptoObject00", "RGBA"),
        *named("ViewLayer.DiffCol", "RGB"),
        *named("ViewLayer.Normal", "XYZ"),
        *named("ViewLayer.Combined", "RGBA"),
        "ViewLayer.Depth.Z",
    ]
    assert colors_of(names) == Colors("ViewLayer.Combined", (10, 11, 12), 13)


def test_channels_without_a_layer_come_first() -> None:
    assert colors_of([*named("beauty", "RGBA"), "R", "G", "B"]) == Colors("", (4, 5, 6), None)


def test_of_other_layers_the_first() -> None:
    assert colors_of([*named("key", "RGB"), *named("fill", "RGB")]) == Colors("key", (0, 1, 2), None)


@pytest.mark.parametrize(
    "names",
    [
        [],
        ["Z"],
        ["R", "G"],
        ["N.X", "N.Y", "N.Z"],
        ["U", "V"],
        ["Y", "RY", "BY"],
        named("CryptoMaterial00", "rgba"),
        named("WorldNormal", "RGB"),
        named("objectMask", "RGB"),
        named("Position", "RGB"),
    ],
)
def test_data_is_no_color(names: list[str]) -> None:
    assert colors_of(names) is None
