"""A cheap score to watch while a painter learns: validation pictures painted as a user would, judged by style.

Shapes: h×w pixels, n pictures, d features.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from pleinair.errors import DataError, SettingError
from pleinair.metrics.content import contours, correlation, summarized
from pleinair.metrics.distances import kernel_distance
from pleinair.metrics.features import Extractor, Matrix, features_of
from pleinair.metrics.sharpness import sharpness_of
from pleinair.metrics.squares import Pixels

Paint = Callable[[list[Pixels], str], list[Pixels]]

CONTENT_FLOOR = 0.70
CONTENT5_FLOOR = 0.45


@dataclass(frozen=True)
class StyleScore:
    """One style's validation: kernel distance of the painted pictures to the style over that of the unpainted ones
    (lower is nearer the style, 1 is no nearer than the photos), content kept with its 5th percentile, sharpness."""

    kd_ratio: float
    content: float
    content5: float
    sharpness: float


class Watch:
    """Holds what does not change between validations: features of the styles, features and contours of the content.

    content: (h, w, 3) uint8 pictures to paint in every style. styles: name → pictures of that style, uint8.
    extractor: (n, 3, 224, 224) RGB in [-1, 1] → (n, d); the `.onnx` features or any network's pooled activations.
    own_content: pictures to paint instead for the styles it names; `photo` is watched from paintings.
    Consumes no randomness. Raises DataError when a set has fewer than three pictures, or when content is no further
    from a style than chance allows, so that a ratio would mean nothing; SettingError for an `own_content` of no known
    style.
    """

    def __init__(
        self,
        content: Sequence[Pixels],
        styles: Mapping[str, Sequence[Pixels]],
        extractor: Extractor,
        own_content: Mapping[str, Sequence[Pixels]] | None = None,
    ) -> None:
        own = own_content or {}
        strangers = sorted(set(own) - set(styles))
        if strangers:
            raise SettingError(f"own content for {strangers}, which are not among the styles {sorted(styles)}")
        self.styles = tuple(styles)
        self._extractor = extractor
        common = _Content(content, extractor) if set(styles) - set(own) else None
        self._content = {style: _Content(own[style], extractor) if style in own else common for style in styles}
        self._references = {style: features_of(pictures, extractor) for style, pictures in styles.items()}
        self._unpainted = {style: self._distance_of_content(style) for style in styles}

    def score(self, paint: Paint) -> dict[str, StyleScore]:
        """Paint each style's content by `paint(pictures, style)` and judge it. Raises DataError for lost pictures."""
        return {style: self._score_style(style, paint) for style in self.styles}

    def _score_style(self, style: str, paint: Paint) -> StyleScore:
        content = self._content_of(style)
        painted = paint(list(content.pictures), style)
        if len(painted) != len(content.pictures):
            raise DataError(f"style {style}: {len(content.pictures)} pictures to paint, {len(painted)} came back")
        distance = kernel_distance(features_of(painted, self._extractor), self._references[style]).value
        kept = summarized([correlation(x, contours(y)) for x, y in zip(content.contours, painted, strict=True)])
        return StyleScore(distance / self._unpainted[style], kept.mean, kept.percentile5, sharpness_of(painted))

    def _content_of(self, style: str) -> "_Content":
        content = self._content[style]
        assert content is not None  # common content is left out only when every style has its own
        return content

    def _distance_of_content(self, style: str) -> float:
        distance = kernel_distance(self._content_of(style).features, self._references[style])
        if distance.value <= 2 * distance.standard_error:
            raise DataError(
                f"style {style}: the content is as near to it as chance allows (KD {distance.value:.0f}); "
                "give content of another kind, or leave the style unwatched"
            )
        return distance.value


class _Content:
    """Pictures to paint, with their contours and features."""

    def __init__(self, pictures: Sequence[Pixels], extractor: Extractor) -> None:
        self.pictures = tuple(pictures)
        self.contours = [contours(picture) for picture in self.pictures]
        self.features: Matrix = features_of(self.pictures, extractor)


def overall(
    scores: Mapping[str, StyleScore], content_floor: float = CONTENT_FLOOR, content5_floor: float = CONTENT5_FLOOR
) -> float:
    """One figure to select and to stop by, lower is better: the mean over styles of the ratio, plus twice what content
    misses of its floors. Above the floors content buys nothing: the scene is to be kept, not to be left alone.
    Raises DataError when there are no scores."""
    if not scores:
        raise DataError("no style was scored; watch at least one")
    losses = [
        each.kd_ratio + 2 * max(0.0, content_floor - each.content) + 2 * max(0.0, content5_floor - each.content5)
        for each in scores.values()
    ]
    return sum(losses) / len(losses)
