"""What has been read of a sentence so far, word by word, and the SceneSpec that it comes to."""

from dataclasses import dataclass, field

from pleinair.fiction.spec import MOST_OF_A_THING, Element, SceneSpec

SKY = ("sun", "moon", "stars", "cloud", "fog", "rainbow", "aurora", "lightning")
UNCOUNTED = ("grass", "reeds", "snow", "sand", "fog", "aurora", "sea")
FALLING = ("rain", "snow", "storm")
STYLE_RANK = {"hokusai": 3, "hiroshige": 2, "vangogh": 2, "monet": 2}  # who is named outranks how it is painted


@dataclass(eq=False)
class Mention:
    """One thing that is spoken of, and what is said of it."""

    thing: str | None
    kind: str | None = None
    said: dict[str, str] = field(default_factory=dict)
    words: list[str] = field(default_factory=list)
    loose: bool = False  # its thing is only the nearest: without a color the kind says enough
    stated: bool = False  # the noun states its thing beside the kind (a sandy beach)
    ground: bool = False  # spoken of to say where another is: under the PEAKS, 湖边
    topic: bool = False  # a ground that opens its clause: 湖边有 …
    modifier: bool = False  # before 的, or a noun before a noun
    fronted: bool = False  # told by where it is: in the distance, mountains
    definite: bool = False
    turned: bool = False  # an edit turns the scene, or what was named before, into it
    added: bool = False  # an edit adds it, so it says nothing of the scene's kind
    hour: bool = False  # it tells the time too (夕阳), so it heads no sentence
    weak: bool = False  # only borne by another word (snowy), not a word of its own

    def say(self, name: str, value: str, words: str = "") -> None:
        """Take up what is said of it; what was said first stays."""
        if name == "count" and (self.thing in UNCOUNTED or not 1 <= int(value) <= MOST_OF_A_THING):
            return
        self.said.setdefault(name, value)
        if words:
            self.words.append(words)

    def element(self) -> Element | None:
        """As an element of a scene, if it is a thing."""
        if self.thing is None:
            return None
        said = {name: value for name, value in self.said.items() if name != "count"}
        return Element(self.thing, int(self.said["count"]) if "count" in self.said else None, **said)


@dataclass
class Draft:
    """All that was read, in the order of reading."""

    mentions: list[Mention] = field(default_factory=list)
    facts: list[tuple[str, str, str, bool]] = field(default_factory=list)  # name, value, words, borne by a noun
    without: list[tuple[str, str]] = field(default_factory=list)  # thing, words
    refused: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    denied: list[tuple[str, str]] = field(default_factory=list)  # name, value of facts that a sentence denies
    general: list[str] = field(default_factory=list)  # scene, landscape: understood, and all is left open

    def ban(self, thing: str, words: str) -> None:
        """The thing must not be there; what was said of it before is unsaid."""
        self.mentions = [mention for mention in self.mentions if mention.thing != thing or mention.kind]
        self.without.append((thing, words))

    def bear(self, thing: str, words: str) -> None:
        """A word of another sort states the thing too (snowy, moonlit)."""
        if not any(mention.thing == thing for mention in self.mentions):
            self.mentions.append(Mention(thing, words=[words], weak=True))

    def take(self, mention: Mention) -> None:
        """A thing is spoken of; it replaces one that was only borne by another word."""
        if mention.thing:
            self.without = [ban for ban in self.without if ban[0] != mention.thing]
            self.mentions = [each for each in self.mentions if not (each.weak and each.thing == mention.thing)]
        self.mentions.append(mention)

    def fact(self, name: str) -> tuple[str, str] | None:
        """The value of season, time, mood or style and its words: the last that has a word of its own."""
        said = [(value, words, borne) for each, value, words, borne in self.facts if each == name]
        if name == "style" and said:
            rank = max(STYLE_RANK.get(value, 1) for value, _, _ in said)
            said = [one for one in said if STYLE_RANK.get(one[0], 1) == rank]
        own = [one for one in said if not one[2]] or said
        return own[-1][:2] if own else None

    def weather(self) -> tuple[str, str] | None:
        """The last weather; fog never wins over what falls, it becomes a thing."""
        now: tuple[str, str] | None = None
        for name, value, words, _ in self.facts:
            if name != "weather":
                continue
            if now and now[0] in FALLING and value == "fog":
                self.bear("fog", words)
                continue
            if now and now[0] == "fog" and value in FALLING:
                self.bear("fog", now[1])
            now = value, words
        return now

    def head(self) -> Mention | None:
        """The mention that says what the scene is of, if its noun is a kind."""
        mentions = [each for each in self.mentions if not each.weak and not each.added]
        main = [each for each in mentions if not (each.ground or each.modifier or _aside(each))]
        first = main[0] if main else None
        topics = [
            each
            for each in mentions
            if each.kind and each.topic and (first is None or mentions.index(each) < mentions.index(first))
        ]
        if first and first.kind and not first.fronted:
            return first
        if topics:
            return topics[0]
        if first:
            kinds = [each for each in main if each.kind and (each.said.get("depth") != "background")]
            if first.kind:
                return kinds[0] if kinds else first
            kinds = [each for each in mentions if each.kind]
            if all(each.loose for each in kinds if each.thing):
                return kinds[0] if kinds else None
            return next((each for each in kinds if not each.thing), None)
        return next((each for each in mentions if each.kind), None)

    def spec(self) -> SceneSpec:
        """The scene that all this comes to."""
        weather, head = self.weather(), self.head()
        elements = [
            element
            for mention in self.mentions
            if _stands(mention, head) and (element := mention.element()) is not None
        ]
        there = {element.what for element in elements}
        season, time, mood = (self.fact(name) for name in ("season", "time", "mood"))
        return SceneSpec(
            kind=head.kind if head else None,
            elements=tuple(elements),
            without=tuple(dict.fromkeys(thing for thing, _ in self.without if thing not in there)),
            season=season and season[0],
            time=time and time[0],
            weather=weather and weather[0],
            mood=mood and mood[0],
        )


def _aside(mention: Mention) -> bool:
    """What tells the hour heads no sentence: 夕阳下的湖 is of the lake."""
    return mention.hour


def _stands(mention: Mention, head: Mention | None) -> bool:
    """Whether a mention is an element: the head only if something is said of it."""
    if mention is not head:
        return not (mention.loose and mention.kind == "desert") or "color" in mention.said
    said = {name for name in mention.said if name != "count"} | (
        {"count"} if int(mention.said.get("count", 1)) > 1 else set()
    )
    return mention.stated or bool(said & {"color"} if mention.loose else said)
