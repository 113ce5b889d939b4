"""Which channels are the color."""

import pytest

from pleinair.images.layers import Colors, colors_among, colors_of, is_called, is_finished, rank


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


@pytest.mark.parametrize("scene", ["ViewLayer", "Misty Mountains", "Index.Matte", "Normal", "雪山"])
@pytest.mark.parametrize("eye", ["", ".left", ".right"])
def test_a_finished_picture_is_one_whatever_its_view_layer_is_called(scene: str, eye: str) -> None:
    names = [*named(f"{scene}.AO{eye}", "RGB"), *named(f"{scene}.Combined{eye}", "RGBA"), f"{scene}.Depth{eye}.Z"]
    assert colors_of(names) == Colors(f"{scene}.Combined{eye}", (3, 4, 5), 6)
    assert is_finished(f"{scene}.Combined{eye}")
    assert not is_finished(f"{scene}.AO{eye}")


def test_the_compositors_picture_comes_before_those_of_view_layers() -> None:
    names = [*named("Back.Combined", "RGBA"), *named("Composite.Combined", "RGBA"), *named("Fore.Combined", "RGBA")]
    assert [colors.layer for colors in colors_among(names)] == ["Back.Combined", "Composite.Combined", "Fore.Combined"]
    chosen = colors_of(names)
    assert chosen is not None
    assert chosen.layer == "Composite.Combined"


def test_parts_are_ranked_by_their_names_too() -> None:
    order = [
        ("", "rgba"),
        ("", "diffuse"),
        ("Composite.Combined", ""),
        ("A.Combined", ""),
        ("A.DiffCol", ""),
        ("", "uv"),
    ]
    ranks = [rank(layer, part) for layer, part in order]
    assert ranks == sorted(set(ranks))
    assert rank("") == rank("", "beauty") == 0


@pytest.mark.parametrize(
    ("wanted", "layer", "part", "is_it"),
    [
        ("Fore.Combined", "Fore.Combined", "", True),
        ("fore", "Fore.Combined", "", True),
        ("Fore", "Foreground.Combined", "", False),
        ("Combined", "Fore.Combined", "", False),
        ("Fore", "Combined", "Fore", True),
        ("Fore.Combined", "Combined", "Fore", True),
        ("diffuse", "", "diffuse", True),
        ("diffuse", "", "", False),
        ("", "", "", False),
    ],
)
def test_a_layer_is_asked_for_by_its_name_or_its_view_layers(wanted: str, layer: str, part: str, is_it: bool) -> None:
    assert is_called(wanted, layer, part) == is_it
