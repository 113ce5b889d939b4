"""From a sentence to a scene: `understand` reads English, Chinese or both, `edit` changes what a sentence names.

Nothing is guessed: what the sentence leaves open stays open in the spec, what it says and the lexicon does not know is
listed as unknown, and people, animals, buildings and objects are refused by name.
"""

from dataclasses import dataclass

from pleinair.errors import SettingError
from pleinair.fiction.changes import changed
from pleinair.fiction.draft import Draft
from pleinair.fiction.reading import Reader
from pleinair.fiction.spec import SceneSpec
from pleinair.fiction.tokens import tokenize

STYLES = ("photo", "hiroshige", "hokusai", "vangogh", "monet", "shanshui", "impressionism")


@dataclass(frozen=True)
class Note:
    """One thing that was understood, and from which words."""

    what: str
    words: str


@dataclass(frozen=True)
class Understood:
    """What a sentence states: a scene, a style or None, and the words that it could not use."""

    spec: SceneSpec
    style: str | None = None
    unknown: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    trace: tuple[Note, ...] = ()
    general: bool = False  # a landscape was named as such, with all of it open

    def explain(self) -> tuple[str, ...]:
        """Lines that say what was understood from which words, and every word that was not."""
        width = max((len(note.what) for note in self.trace), default=0)
        lines = [f"{note.what:<{width}}  from: {note.words}" for note in self.trace]
        if self.refused:
            lines.append(f"refused (only nature is drawn): {', '.join(self.refused)}")
        if self.unknown:
            lines.append(f"not understood: {', '.join(self.unknown)}")
        return tuple(lines)


def understand(sentence: str) -> Understood:
    """What a sentence states, in English, Chinese or both. Raises SettingError if it states nothing at all."""
    draft = Reader(tokenize(sentence)).read()
    return _understood(draft, draft.spec(), None)


def edit(scene: Understood | SceneSpec, sentence: str) -> Understood:
    """The scene with what the sentence states changed and all else as it was: "now in winter", 去掉树 …

    Raises SettingError if the sentence states nothing at all.
    """
    draft = Reader(tokenize(sentence)).read()
    base = scene if isinstance(scene, Understood) else Understood(scene)
    return _understood(draft, changed(base.spec, draft), base.style)


def _understood(draft: Draft, spec: SceneSpec, style: str | None) -> Understood:
    stated = draft.mentions or draft.facts or draft.without or draft.denied
    unknown = tuple(dict.fromkeys(draft.unknown))
    if not (stated or draft.refused or draft.general):
        told = f" (not understood: {', '.join(unknown[:8])})" if unknown else ""
        raise SettingError(f"nothing in the sentence says what the scene shows{told}; try: a lake at dusk")
    named = draft.fact("style")
    refused = tuple(dict.fromkeys(draft.refused))
    return Understood(spec, named[0] if named else style, unknown, refused, _trace(draft, spec), bool(draft.general))


def _trace(draft: Draft, spec: SceneSpec) -> tuple[Note, ...]:
    notes = []
    head = draft.head()
    if head and spec.kind:
        notes.append(Note(f"kind {spec.kind}", ", ".join(head.words)))
    for mention in draft.mentions:
        element = mention.element()
        if element in spec.elements:
            said = ", ".join(f"{name} {value}" for name, value in mention.said.items())
            notes.append(Note(f"{mention.thing}{': ' if said else ''}{said}", ", ".join(dict.fromkeys(mention.words))))
    for name in ("season", "time", "mood", "style"):
        fact = draft.fact(name)
        if fact:
            notes.append(Note(f"{name} {fact[0]}", fact[1]))
    weather = draft.weather()
    if weather:
        notes.append(Note(f"weather {weather[0]}", weather[1]))
    notes.extend(Note(f"without {thing}", words) for thing, words in draft.without if thing in spec.without)
    return tuple(notes)
