"""The nouns of a sentence: which thing each is, what waits to be said of it, and what it is the ground of."""

from dataclasses import replace

from pleinair.fiction.ahead import NOUN, leads_to
from pleinair.fiction.draft import SKY, Draft, Mention
from pleinair.fiction.tokens import Token

Said = list[tuple[str, str, str]]  # name, value, words
PLACED = ("place", "depth")
SAID_OF_THINGS = ("count", "place", "depth", "size", "color")
OPENING = ("the", "a", "not", "trait", "adjective", "has", "of", "unknown")  # before a word, they make it a noun


class Nouns:
    """Where a reading stands, and what it does with the nouns of a sentence."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.tokens = tokens
        self.draft = Draft()
        self.at = 0
        self.waiting: Said = []  # adjectives that wait for their noun
        self.wheres: Said = []  # places said before their things
        self.wheres_used = False
        self.group: list[Mention] = []  # things joined by and
        self.known: Mention | None = None  # the last noun, if it was spoken of before
        self.host: list[Mention] = []  # whom a nearby ground serves: two PINES by the lake
        self.subject: list[Mention] = []  # who stands 在 …
        self.link: Token | None = None
        self.spoken = False  # a noun was read in this clause
        self.lost = False  # the last noun is none that a scene knows
        self.negative = self.negated = self.denied = self.closed = self.joined = self.definite = self.adding = (
            self.turning
        ) = False
        self.clause = 0  # mentions before this clause

    # Neighbors

    def _before(self, back: int = 1) -> str:
        return self.tokens[self.at - back].role if self.at >= back else "stop"

    def _next(self) -> Token | None:
        return self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None

    def _next_role(self) -> str:
        following = self._next()
        return following.role if following else "stop"

    # Nouns

    def _thing(self, token: Token) -> None:
        following = self._next()
        if following and not token.chinese and following.role == "refused" and not token.text.endswith("s"):
            return  # a stone bridge, a mountain village: of no use without its noun
        if self.negative:
            self._deny(token)
            return
        compound = self._is_compound()
        mention = self._mention(token)
        if token.chinese or not compound:
            self._adorn(mention)
        mention.modifier = mention.modifier or compound
        for name, value in token.entry.says:
            if name in ("season", "time", "weather", "mood", "style"):
                self.draft.facts.append((name, value, token.text, True))
            elif name == "also":
                self.draft.bear(value, token.text)
            elif name in SAID_OF_THINGS:
                mention.say(name, value)
        if compound and not token.chinese:
            return
        self._place(mention)
        others = [each for each in self.group if not each.ground] if self.joined and not self.closed else []
        self.group = [*others, mention]
        self.closed = self.joined = self.definite = self.lost = False
        self.spoken = True

    def _adorn(self, mention: Mention) -> None:
        """Say of a noun the adjectives before it; red and white flowers are two mentions of flowers."""
        colors = [said for said in self.waiting if said[0] == "color"]
        for said in self.waiting:
            if said not in colors[1:]:
                mention.say(*said)
        for said in colors[1:]:
            other = replace(mention, said={**mention.said, "color": said[1]}, words=[*mention.words, said[2]])
            self.draft.mentions.append(other)
        self.waiting = []

    def _is_compound(self) -> bool:
        """Whether another noun follows at once, so that this one only says of what sort it is."""
        token, following = self.tokens[self.at], self._next()
        if following and following.role == "glue" and self.at + 2 < len(self.tokens):
            following = self.tokens[self.at + 2]
        if not following or following.role != "thing" or following.chinese != token.chinese:
            return False
        return following.says("thing") not in SKY and token.says("thing") not in SKY

    def _mention(self, token: Token) -> Mention:
        """The mention this noun is: one spoken of before, or a new one."""
        thing, kind = token.says("thing"), token.says("kind")
        bare = token.chinese and not (self.waiting or self.wheres or self.adding) and self._before() != "a"
        if self.definite or bare:
            for known in self.draft.mentions:
                if not known.weak and (known.thing, known.kind) == (thing, kind):
                    known.words.append(token.text)
                    self.known = known
                    return known
        self.known = None
        mention = Mention(
            thing,
            kind,
            words=[token.text],
            loose=token.says("loose") is not None,
            stated=token.says("stated") is not None,
            definite=self.definite,
            added=self.adding,
            turned=self.turning,
        )
        if token.says("time"):
            mention.hour = True
        self.draft.take(mention)
        return mention

    def _place(self, mention: Mention) -> None:
        """Say of a noun the places that wait for it, or take it as what another is placed by."""
        if self.link:
            self._tie(self.link, mention)
            self.link = None
            return
        for said in self.wheres:
            mention.say(*said)
        mention.fronted = mention.fronted or bool(self.wheres)
        self.wheres_used = bool(self.wheres)

    def _tie(self, link: Token, ground: Mention | None) -> None:
        """`ground` stands after an English preposition, or before a Chinese one; None is a thing no scene knows."""
        if ground:
            ground.ground = ground is not self.known
            others = [each for each in self.draft.mentions if not each.weak and each is not ground]
            ground.topic = not self.spoken or not others
            if self.denied and ground.thing == "peak":
                ground.kind = None  # no snow on the peaks: they are told of, the scene is not of them
            to_object = link.says("object")
            if to_object and ground.thing not in SKY:
                name, _, value = to_object.partition(":")
                ground.say(name, value, link.text)
        said: Said = [(name, value, link.text) for name, value in link.entry.says if name in PLACED]
        if not self.spoken:
            if said:
                self.wheres, self.wheres_used = said, False
            self.host = []
            return
        if self.wheres_used:
            self.wheres = []
        self.closed = self.closed or bool(said)
        subject = self.host or ([] if self.lost else self.group)
        for mention in subject:
            for one in said:
                mention.say(*one)
        self.host = list(subject) if link.says("near") else []

    def _deny(self, token: Token) -> None:
        thing = token.says("thing")
        self.waiting, self.lost, self.negated, self.spoken, self.joined = [], True, True, True, False
        self.group, self.link, self.definite = [], None, False
        if thing and not (token.says("loose") and thing == "grass"):
            self.draft.ban(thing, f"no {token.text}")

    def _refused(self, token: Token) -> None:
        if not self.negative:
            self.draft.refused.append(token.text)
        self._matter(token)

    def _matter(self, token: Token) -> None:
        if self.link:
            self._tie(self.link, None)
        if token.role == "matter" or self.negative:
            self.draft.general.append(token.text)
        self.negated = self.negative
        self.waiting, self.link, self.lost, self.joined, self.definite = [], None, True, False, False
        self.wheres_used = self.wheres_used or (token.role == "refused" and bool(self.wheres))
        self.spoken = True

    def _unknown(self, token: Token) -> None:
        self.draft.unknown.append(token.text)
        if (self._before() in OPENING or self.waiting or self.link) and leads_to(self.tokens, self.at) != NOUN:
            if self.link:
                self._tie(self.link, None)
            self.negated = self.negative
            self.waiting, self.link, self.lost, self.spoken = [], None, True, True

    def _adjective(self, token: Token) -> None:
        self.draft.unknown.append(token.text)
