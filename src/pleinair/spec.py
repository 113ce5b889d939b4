"""ModelSpec: what a model file says of itself. It travels inside the `.onnx` as JSON, under the key `pleinair`."""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from pleinair.errors import ModelError

METADATA_KEY = "pleinair"
FORMAT = 1


@dataclass(frozen=True)
class Source:
    """A collection that a model was trained on: its name, what it is, number of pictures, rights."""

    name: str
    title: str
    pictures: int
    license: str


@dataclass(frozen=True)
class Score:
    """One measured figure: which protocol, of which style, and how it was measured."""

    protocol: str
    style: str
    value: float
    note: str = ""


@dataclass(frozen=True)
class ModelSpec:
    """What a model eats and gives.

    A translator eats float pictures in [-1, 1], (n, 3, h + 2·halo, w + 2·halo), h and w multiples of `stride`, and
    gives (n, 3, h, w). `styles` are in the order of the file's style tables; the file opened as it is paints the first.
    `working_size` is the long side in pixels at which strokes have the size they were learned at to please the eye.

    A scene generator (`kind` "scene") eats noise as `seeds` makes it and marks (n, styles + kinds), and gives float
    pictures (n, 3, side, …): `side` is their height in pixels. Its `styles` are the domains that a scene may be of
    (photo, hiroshige …), of which it draws the first if none is named; `kinds` are the kinds of scene (forest, lake …)
    that it was told apart, if any; `halo` are the columns of noise that it wants beyond each edge, 0 where they are
    those that seeds give anyway.

    A generator of what is laid out (`kind` "layout") eats noise, and place by place the shares of its `kinds`, the
    classes of the palette, with the render's colors; it gives float pictures in multiples of `stride`.
    """

    name: str
    styles: tuple[str, ...]
    stride: int
    halo: int
    kind: str = "translator"
    width: int = 16
    version: str = ""
    working_size: int = 1536
    side: int = 0
    kinds: tuple[str, ...] = ()
    license: str = ""
    recipe: str = ""
    receipt: str = ""
    seen_pictures: int = 0
    sources: tuple[Source, ...] = ()
    scores: tuple[Score, ...] = ()
    known_failures: tuple[str, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        if not self.styles or len(set(self.styles)) != len(self.styles):
            raise ModelError(f"model {self.name!r}: styles must be named and distinct, got {list(self.styles)}")
        if self.stride < 1 or self.halo < 0 or self.halo % self.stride:
            raise ModelError(f"model {self.name!r}: halo {self.halo} must be a multiple of stride {self.stride}")

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "ModelSpec":
        """Read a spec; unknown fields of a newer minor writer are ignored, a newer `format` is refused."""
        try:
            raw: dict[str, Any] = json.loads(text)
            if not isinstance(raw, dict) or int(raw.get("format", 0)) > FORMAT:
                raise ModelError("the model was written by a newer pleinair; type: pip install --upgrade pleinair")
            known = {f.name for f in fields(cls)}
            raw = {key: value for key, value in raw.items() if key in known}
            raw["styles"] = tuple(raw["styles"])
            raw["kinds"] = tuple(raw.get("kinds", ()))
            raw["sources"] = tuple(Source(**source) for source in raw.get("sources", ()))
            raw["scores"] = tuple(Score(**score) for score in raw.get("scores", ()))
            raw["known_failures"] = tuple(raw.get("known_failures", ()))
            return cls(**raw)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ModelError(
                f"the model's description cannot be read ({error}); fetch or export the model again"
            ) from error
