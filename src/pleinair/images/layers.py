"""Which channels of a file of many are its color, by their names."""

from collections.abc import Sequence
from dataclasses import dataclass

LETTERS = {"r": 0, "red": 0, "g": 1, "green": 1, "b": 2, "blue": 2, "a": 3, "alpha": 3}
BEST = ("combined", "beauty", "rgba", "rgb", "color", "composite")  # what renderers call the finished picture
# Words in the names of layers that hold data in channels named like colors.
DATA = ("crypto", "normal", "position", "depth", "vector", "motion", "velocity", "mist", "index", "uv", "mask", "matte")


@dataclass(frozen=True)
class Colors:
    """A layer's name ("" for channels without one) and the places of its R, G, B among the channels, and of its alpha.

    A gray layer has the same place three times.
    """

    layer: str
    places: tuple[int, int, int]
    alpha: int | None = None


def colors_of(names: Sequence[str]) -> Colors | None:
    """The color among channels named as in OpenEXR (R, G, B, A; LAYER.R …; Y for gray), or None if all are data.

    Channels without a layer come first, then a layer that is named as finished pictures are (of Blender's that of the
    compositor before those of view layers), then the first other.
    """
    found = colors_among(names)
    return min(found, key=lambda colors: rank(colors.layer)) if found else None  # of equals the first


def colors_among(names: Sequence[str]) -> list[Colors]:
    """All layers of color among the channels, in the order in which their first channels come."""
    layers: dict[str, dict[int, int]] = {}
    for place, name in enumerate(names):
        layer, _, letter = name.rpartition(".")
        if letter.lower() in LETTERS:
            layers.setdefault(layer, {}).setdefault(LETTERS[letter.lower()], place)
    whole = [
        Colors(layer, (found[0], found[1], found[2]), found.get(3))
        for layer, found in layers.items()
        if {0, 1, 2} <= found.keys() and (is_finished(layer) or not _is_data(layer))
    ]
    if not whole and "Y" in names and not {"RY", "BY"} & set(names):
        gray = list(names).index("Y")
        return [Colors("", (gray, gray, gray), layers.get("", {}).get(3))]
    return whole


def is_finished(layer: str) -> bool:
    """Whether a layer is named as finished pictures are, as `ViewLayer.Combined` or, for two eyes,
    `ViewLayer.Combined.left`: whatever the view layer is called."""
    return any(word in BEST for word in layer.lower().split(".")[-2:])


def rank(layer: str, part: str = "") -> int:
    """How far a layer is from being the finished picture; part: the name of the part it is in, if there are several."""
    if not layer:
        return 0 if not part or is_finished(part) else 5 if _is_data(part) else 1
    if layer.lower().startswith("composite"):
        return 2
    return 3 if is_finished(layer) else 4


def is_called(wanted: str, layer: str, part: str = "") -> bool:
    """Whether a layer is the one that is wanted: by its whole name, or by that of its view layer or part."""
    whole = f"{part}.{layer}" if part and layer else layer or part
    names = {name.lower() for name in (layer, part, whole) if name}
    return any(name == wanted.lower() or name.startswith(f"{wanted.lower()}.") for name in names)


def _is_data(name: str) -> bool:
    return any(word in name.lower() for word in DATA)
