"""What a sentence should state, written shortly (`kind=lake pine:2:left`), and the items that both sides come to."""

from pleinair.fiction.language import Understood
from pleinair.fiction.spec import Element

Item = tuple[str, ...]


def items(understood: Understood) -> set[Item]:
    """Everything that was understood, one tuple each."""
    spec = understood.spec
    found: set[Item] = {("refused", word) for word in understood.refused}
    found |= {("without", thing) for thing in spec.without}
    for name in ("kind", "season", "time", "weather", "mood"):
        value = getattr(spec, name)
        if value:
            found.add((name, value))
    if understood.style:
        found.add(("style", understood.style))
    for element in spec.elements:
        found |= element_items(element)
    return found


def element_items(element: Element) -> set[Item]:
    found: set[Item] = {("is", element.what)}
    for name in ("count", "place", "depth", "size", "color"):
        value = getattr(element, name)
        if value is not None:
            found.add((name, element.what, str(value)))
    return found


def expected(short: str) -> set[Item]:
    """`kind=lake time=dusk pine:2:left snow without=tree refused=dog` as items; a thing's marks follow its colon."""
    marks = {
        "left": "place", "center": "place", "right": "place",
        "foreground": "depth", "middle": "depth", "background": "depth",
        "small": "size", "medium": "size", "large": "size",
    }  # fmt: skip
    found: set[Item] = set()
    for word in short.split():
        name, equals, value = word.partition("=")
        if equals:
            found.add((name, value))
            continue
        thing, *said = word.split(":")
        found.add(("is", thing))
        for mark in said:
            found.add(("count" if mark.isdigit() else marks.get(mark, "color"), thing, mark))
    return found
