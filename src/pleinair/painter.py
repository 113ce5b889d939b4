"""Painter: a trained model as users hold it.

>>> painter = load("landscape")  # a model, a style, or an .onnx file
>>> painter.stylize("lake.jpg", style="hokusai").save("lake-hokusai.jpg")
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal, overload

import numpy.typing as npt

from pleinair import store
from pleinair.engine.bake import shares
from pleinair.engine.opening import PAINTER, check_kind
from pleinair.engine.protocol import Engine
from pleinair.errors import SettingError
from pleinair.render.borders import Wrap
from pleinair.render.guides import Guide, guided
from pleinair.render.looks import Look
from pleinair.spec import ModelSpec

if TYPE_CHECKING:
    from PIL.Image import Image

ENGINES_KEPT = 4  # baked mixes held in memory; each is a session of a few MiB


class Painter:
    """A model, the style it was asked for by name (if it was), and its engines."""

    def __init__(self, path: Path, spec: ModelSpec, *, style: str | None = None, threads: int | None = None) -> None:
        self.path = path
        self.spec = spec
        self.style = style or (spec.styles[0] if len(spec.styles) == 1 else None)
        self._threads = threads
        self._engines: dict[tuple[tuple[str, float], ...], Engine] = {}
        self._lock = Lock()

    @property
    def styles(self) -> tuple[str, ...]:
        """The styles by name, in the order of the model's tables."""
        return self.spec.styles

    @cached_property
    def sha256(self) -> str:
        """Of the file, in lower-case hexadecimal digits; it is read once. Raises ModelError if it cannot be."""
        return store.sha256_of(self.path)

    @property
    def threads(self) -> int | None:
        """CPU threads per picture; None for as many as there are cores."""
        return self._threads

    def mix(self, style: str | None = None, mix: Mapping[str, float] | None = None) -> dict[str, float]:
        """What a style or a mix of styles comes to: weights above 0 with sum 1, in the order of the model's styles.

        Raises SettingError if both or none are given or the weights cannot be, UnknownStyleError for a foreign name.
        """
        if style is not None and mix is not None:
            raise SettingError("give a style or a mix of styles, not both")
        if mix is None:
            style = style or self.style
            if style is None:
                raise SettingError(f"name a style of {self.spec.name!r}: {', '.join(self.styles)}")
            mix = {style: 1.0}
        for name in mix:
            store.check_style(self.spec, name)
        weights = shares(mix, self.styles)
        return {name: float(weight) for name, weight in zip(self.styles, weights, strict=True) if weight > 0}

    def engine(self, mix: Mapping[str, float]) -> Engine:
        """The engine of a mix as `Painter.mix` gives it, baked when first asked for. Raises ModelError."""
        from pleinair.engine import ort

        key = tuple(sorted(mix.items()))
        with self._lock:  # several pictures may be painted at a time
            engine = self._engines.pop(key, None) or ort.load(self.path, mix, threads=self._threads)
            self._engines[key] = engine  # the last one used stands last
            if len(self._engines) > ENGINES_KEPT:
                del self._engines[next(iter(self._engines))]
        return engine

    @overload
    def stylize(
        self,
        picture: "str | Path | Image",
        *,
        style: str | None = None,
        mix: Mapping[str, float] | None = None,
        strength: float = 1.0,
        keep_colors: bool = False,
        working_size: int | Literal["full"] | None = None,
        wrap: Wrap | Literal["auto"] = "auto",
        guide: Guide | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> "Image": ...

    @overload
    def stylize(
        self,
        picture: npt.NDArray[Any],
        *,
        style: str | None = None,
        mix: Mapping[str, float] | None = None,
        strength: float = 1.0,
        keep_colors: bool = False,
        working_size: int | Literal["full"] | None = None,
        wrap: Wrap | Literal["auto"] = "auto",
        guide: Guide | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> npt.NDArray[Any]: ...

    def stylize(
        self,
        picture: "str | Path | Image | npt.NDArray[Any]",
        *,
        style: str | None = None,
        mix: Mapping[str, float] | None = None,
        strength: float = 1.0,
        keep_colors: bool = False,
        working_size: int | Literal["full"] | None = None,
        wrap: Wrap | Literal["auto"] = "auto",
        guide: Guide | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> "Image | npt.NDArray[Any]":
        """Paint a picture: a path or a Pillow image gives a Pillow image, an array (h, w, 3) uint8 or uint16 an array.

        style or mix: which look; by default the style that the painter was loaded by. strength: 0 (the picture itself,
        bit for bit) to 1.5. keep_colors: only the brushwork changes, the colors stay. working_size: long side in pixels
        at which the brush paints, by default the model's own; "full" paints every pixel. wrap: "none", "x" (360°
        panorama), "xy" (tileable texture) or "auto": x for a file whose metadata (GPano) call it a full turn. guide:
        where is painted and which region in which style, see `pleinair.Guide`. progress: told the share done, 0 to 1;
        with a guide nothing. The size stays; so do alpha, profile and EXIF where the kind can hold them.

        Raises PictureError, SettingError, UnknownStyleError, ModelError.
        """
        from pleinair.images import from_any, to_kind_of
        from pleinair.images.gpano import wrap_told
        from pleinair.render.alpha import within

        if working_size is None:
            working_size = self.spec.working_size
        elif isinstance(working_size, str) and working_size != "full":
            raise SettingError(f"a working size is a number of pixels or 'full', not {working_size!r}")
        source = from_any(picture)
        if wrap == "auto":
            wrap = wrap_told(source.xmp, source.pixels.shape[1], source.pixels.shape[0])[0]
        look = Look(strength, keep_colors, None if working_size == "full" else working_size, wrap)

        def paint(under: npt.NDArray[Any]) -> npt.NDArray[Any]:
            if guide is None:
                return look.painted(under, self.engine(self.mix(style, mix)), progress)
            return self.guided(under, guide, look, self.chosen(style, mix, guide))[0]

        return to_kind_of(replace(source, pixels=within(source, paint)), picture)

    def chosen(
        self, style: str | None, mix: Mapping[str, float] | None, guide: Guide | None
    ) -> dict[str, float] | None:
        """The mix that is asked for as `Painter.mix` gives it; None if none is, and the guide's regions name styles.

        Raises UnknownStyleError for a style of the guide that the model does not have, and as `Painter.mix` does.
        """
        for name in guide.needed if guide else ():
            store.check_style(self.spec, name)
        if style is None and mix is None and self.style is None and guide is not None and guide.styles:
            return None
        return self.mix(style, mix)

    def guided(
        self, pixels: npt.NDArray[Any], guide: Guide, look: Look, mix: Mapping[str, float] | None
    ) -> tuple[npt.NDArray[Any], str]:
        """Pixels (h, w, 3) painted as guided, and a note on its masks; mix: as `Painter.chosen` gives it.

        Raises PictureError for masks that cannot be read or do not fit, SettingError, ModelError.
        """

        def paint(style: str | None) -> npt.NDArray[Any]:
            weights = mix if style is None else {style: 1.0}
            assert weights is not None
            return look.painted(pixels, self.engine(weights))

        return guided(pixels, guide, paint, style=mix is not None, wrap=look.wrap)


def load(name: str | Path, *, threads: int | None = None) -> Painter:
    """The painter of that name: a model's, a style's (in which it then paints by default), or an .onnx file's path.

    threads: how many CPU threads paint; by default as many as there are cores.
    Raises UnknownModelError with the nearest names if there is none, ModelError if the file cannot be used.
    """
    model, style = store.resolve(name)
    check_kind(model.path, model.spec, PAINTER)
    return Painter(model.path, model.spec, style=style, threads=threads)
