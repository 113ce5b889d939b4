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

    Channels without a layer come first, then a layer that is named as finished pictures are, then the first other.
    """
    layers: dict[str, dict[int, int]] = {}
    for place, name in enumerate(names):
        layer, _, letter = name.rpartition(".")
        if letter.lower() in LETTERS:
            layers.setdefault(layer, {}).setdefault(LETTERS[letter.lower()], place)
    whole = {
        layer: found
        for layer, found in layers.items()
        if {0, 1, 2} <= found.keys() and not any(word in layer.lower() for word in DATA)
    }
    if whole:
        layer = min(whole, key=_rank)  # of equals the first
        found = whole[layer]
        return Colors(layer, (found[0], found[1], found[2]), found.get(3))
    if "Y" in names and not {"RY", "BY"} & set(names):
        gray = list(names).index("Y")
        return Colors("", (gray, gray, gray), layers.get("", {}).get(3))
    return None


def _rank(layer: str) -> int:
    if not layer:
        return 0
    return 1 if layer.rpartition(".")[2].lower() in BEST else 2
