"""An edit: a scene and a sentence give the same scene with what the sentence states, and nothing else, changed."""

from dataclasses import replace
from typing import Any

from pleinair.fiction.draft import Draft, Mention
from pleinair.fiction.spec import Element, SceneSpec

# Whoever says trees means pines too.
FAMILIES = {"tree": ("tree", "pine", "palm"), "mountain": ("mountain", "peak"), "flower": ("flower",)}
KIND_OF = {
    "lake": "lake", "pond": "lake", "river": "river", "sea": "coast", "island": "island", "mountain": "mountains",
    "peak": "mountains", "hill": "hills", "dune": "desert", "forest": "forest", "glacier": "glacier",
}  # fmt: skip
WEATHER_OF = {"fog": ("fog",), "cloud": ("cloudy", "overcast"), "snow": ("snow",), "lightning": ("storm",)}


def changed(spec: SceneSpec, draft: Draft) -> SceneSpec:
    """The scene with what was read of an edit done to it."""
    for thing in dict.fromkeys(thing for thing, _ in draft.without):
        spec = _without(spec, thing)
    before: Mention | None = None
    for mention in draft.mentions:
        spec = _told(spec, mention, before)
        before = mention
    return _facts(spec, draft)


def _facts(spec: SceneSpec, draft: Draft) -> SceneSpec:
    for name, value in draft.denied:
        if name in ("season", "time", "weather", "mood") and getattr(spec, name) == value:
            open_again: dict[str, Any] = {name: None}
            spec = replace(spec, **open_again)
    stated: dict[str, Any] = {name: fact[0] for name in ("season", "time", "mood") if (fact := draft.fact(name))}
    weather = draft.weather()
    if weather:
        stated["weather"] = weather[0]
    return replace(spec, **stated)


def _without(spec: SceneSpec, thing: str) -> SceneSpec:
    gone = FAMILIES.get(thing, (thing,))
    return replace(
        spec,
        elements=tuple(element for element in spec.elements if element.what not in gone),
        without=tuple(dict.fromkeys((*spec.without, thing))),
        kind=None if spec.kind is not None and KIND_OF.get(thing) == spec.kind else spec.kind,
        weather=None if spec.weather in WEATHER_OF.get(thing, ()) else spec.weather,
    )


def _told(spec: SceneSpec, mention: Mention, before: Mention | None) -> SceneSpec:
    """What one noun of an edit changes: the thing it points to, the scene's kind, or one thing more."""
    if mention.turned and not mention.definite and not mention.ground:
        if before and before.definite and not before.said and before.thing:
            return _swapped(spec, before, mention)
        if mention.kind and not set(mention.said) & {"place", "depth", "count"}:
            spec = replace(spec, kind=mention.kind)
            said = mention.said and not (mention.loose and "color" not in mention.said)
            return _with(spec, mention) if said else spec
    known = mention.definite or mention.ground
    if known and _points(spec, mention):
        return _adorned(spec, mention)
    if known and mention.kind == spec.kind and not mention.said:
        return spec
    if mention.definite and not mention.said:
        return spec
    return _with(spec, mention)


def _points(spec: SceneSpec, mention: Mention) -> bool:
    return any(element.what in _family(mention) for element in spec.elements)


def _family(mention: Mention) -> tuple[str, ...]:
    return FAMILIES.get(mention.thing or "", (mention.thing or "",))


def _adorned(spec: SceneSpec, mention: Mention) -> SceneSpec:
    """What is said of a thing that is there already."""
    said = mention.element()
    if said is None:
        return spec
    news: dict[str, Any] = {name: value for name in mention.said if (value := getattr(said, name)) is not None}
    return replace(
        spec,
        elements=tuple(
            replace(element, **news) if element.what in _family(mention) else element for element in spec.elements
        ),
    )


def _with(spec: SceneSpec, mention: Mention) -> SceneSpec:
    element = mention.element()
    if element is None or (mention.weak and any(each.what == element.what for each in spec.elements)):
        return spec
    return replace(
        spec,
        elements=(*spec.elements, element),
        without=tuple(thing for thing in spec.without if thing != element.what),
    )


def _swapped(spec: SceneSpec, old: Mention, new: Mention) -> SceneSpec:
    """The pines become palms, or the lake a river, where they stand."""
    if new.kind and old.kind and old.kind == spec.kind:
        spec = replace(spec, kind=new.kind)
    element = new.element()
    if element is None:
        return spec
    if not _points(spec, old):
        return spec if new.kind and new.kind == spec.kind else _with(spec, new)
    said: dict[str, Any] = {name: value for name in new.said if (value := getattr(element, name)) is not None}
    elements: tuple[Element, ...] = tuple(
        replace(each, what=element.what, **said) if each.what in _family(old) else each for each in spec.elements
    )
    return replace(spec, elements=elements, without=tuple(each for each in spec.without if each != element.what))
