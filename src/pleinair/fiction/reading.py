"""A sentence read word by word into a Draft: what is said of what, in English and in Chinese alike.

English says a place before its thing (on the left, two pines), after it (two pines on the left) or by another thing
(behind the lake); Chinese names the other thing first (湖后面有山). Both come down to the same few questions: which
noun do these adjectives lead to, is this place said of what came or of what comes, how far does the no reach.
"""

from pleinair.fiction.ahead import FALLS_SHORT, NOUN, leads_to, list_goes_on, noun_follows, opens_noun
from pleinair.fiction.draft import Draft, Mention
from pleinair.fiction.nouns import PLACED, SAID_OF_THINGS, Nouns, Said
from pleinair.fiction.tokens import Token

NOT_SO = ("not", "不", "不是", "isn't", "aren't")  # they deny an adjective, not its noun
OR = ("or", "nor", "或", "或者", "或是", "、")
COLONS = (":", "：")
SUITS: dict[str, tuple[str, ...]] = {  # flowers and mountains in the distance: only the mountains are
    "background": ("mountain", "peak", "hill", "cliff", "glacier", "forest", "island", "dune"),
    "foreground": ("rock", "bush", "grass", "reeds", "flower", "tree", "pine", "palm", "bamboo", "path"),
    "center": (),
}
MODIFIED = ("thing", "trait", "adjective", "fact")


class Reader(Nouns):
    """Reads tokens once, from left to right; `draft` is what it has understood."""

    def read(self) -> Draft:
        """Read all of it."""
        for at, token in enumerate(self.tokens):
            self.at = at
            step = getattr(self, "_" + token.role, None)
            if step:
                step(token)
        return self.draft

    # What is said of nouns

    def _trait(self, token: Token) -> None:
        if self._heads_a_list() and all(name in PLACED for name, _ in token.entry.says):
            self._where(token)
            return
        said: Said = [(name, value, token.text) for name, value in token.entry.says if name in SAID_OF_THINGS]
        ahead = leads_to(self.tokens, self.at)
        if self.negative and self._before() == "not" and self.tokens[self.at - 1].text in NOT_SO:
            self.negative = False
        elif ahead == NOUN:
            self.waiting.extend(said)
        elif ahead == FALLS_SHORT and self._before() not in ("is", "verb"):
            return
        elif self.negative:
            self.negative = False
        elif not self.lost:
            for mention in self.group if self._before() == "is" else self.group[-1:]:
                for one in said:
                    mention.say(*one)
            self.closed = True

    def _heads_a_list(self) -> bool:
        """Whether a colon follows: background: hills."""
        following = self._next()
        return following is not None and following.text in COLONS

    def _where(self, token: Token) -> None:
        said: Said = [(name, value, token.text) for name, value in token.entry.says if name in PLACED]
        if self.negative:
            self.negative = self.negated
            self.spoken = True
            return
        following = self._next_role()
        if self._heads_a_list():
            forward = True
        elif token.chinese:
            forward = self._chinese_place_waits()
        elif " " not in token.text and following in MODIFIED and self._before() != "thing":
            self.waiting.extend(said)
            return
        else:
            forward = not self.spoken and noun_follows(self.tokens, self.at, over_comma=True)
        if forward:
            self.wheres = said if self.wheres_used else [*self.wheres, *said]
            self.wheres_used = False
            return
        for mention in self._whom(said):
            for one in said:
                mention.say(*one)
        self.subject, self.closed = [], True

    def _chinese_place_waits(self) -> bool:
        """Whether a Chinese place is said of what comes (远处的山) and not of what came (山在远处)."""
        if self._next_role() == "of" and noun_follows(self.tokens, self.at):
            return True
        if self.subject:
            return False
        return noun_follows(self.tokens, self.at) or (
            not self.spoken and noun_follows(self.tokens, self.at, over_comma=True)
        )

    def _whom(self, said: Said) -> list[Mention]:
        """Of whom a place is said that comes after its things: of all of them if it suits them all."""
        if self.subject or self.host:
            return self.subject or self.host
        if self.lost:
            return []
        group = self.group or [each for each in self.draft.mentions if not each.weak][-1:]
        first = self.draft.mentions[0] if self.draft.mentions else None
        if len(group) > 1 and group[0] is first and first.kind and not all(each.kind for each in group):
            group = group[1:]  # a lake and two pines on the left: the scene is of the lake
        suits = next((SUITS[value] for _, value, _ in said if value in SUITS), None)
        return group if suits is None else [each for each in group if each is group[-1] or each.thing in suits]

    def _link(self, token: Token) -> None:
        self.denied = self.negative and self.negated
        if self.denied:
            self.negative = False
        if self.turning and token.text in ("into", "to", "by"):
            return  # turn the lake into a river
        if opens_noun(self.tokens, self.at + 1):
            self.link = token
        elif any(name in PLACED for name, _ in token.entry.says):
            self._where(token)
        elif token.text == "near":
            for mention in self._whom([("depth", "foreground", token.text)]):
                mention.say("depth", "foreground", token.text)

    def _after(self, token: Token) -> None:
        tied = self._before()
        if tied not in ("thing", "matter", "refused", "fact", "unknown", "pronoun"):
            if any(name in PLACED for name, _ in token.entry.says):
                self._where(token)
            return
        ground = self.group[-1] if tied == "thing" and self.group and not self.lost else None
        waits = not self.subject or (self._next_role() == "of" and noun_follows(self.tokens, self.at))
        if waits:
            self.spoken = False
            self.group = []
            self._tie(token, ground)
            if ground:
                ground.topic = ground.ground and self._next_role() != "of"
            return
        self.group, self.host, self.lost = self.subject, [], False
        self._tie(token, ground)
        self.group, self.subject = self.subject, []

    def _at(self, _token: Token) -> None:
        if self.group and not self.lost and self.spoken:
            self.subject = list(self.group)
        self.joined = False

    def _pronoun(self, _token: Token) -> None:
        if self.link:
            link, self.link = self.link, None
            self._tie(link, None)

    # Facts of the whole scene

    def _fact(self, token: Token) -> None:
        ahead = leads_to(self.tokens, self.at)
        noun = token.says("weather") is not None and ahead != NOUN
        if self.link and ahead != NOUN:
            link, self.link = self.link, None
            if noun:
                self._tie(link, None)
        if self.negative:
            self._deny_fact(token, ahead == NOUN and not token.chinese)
            return
        for name, value in token.entry.says:
            if name == "also":
                self.draft.bear(value, token.text)
            elif name == "without":
                self.draft.ban(value, token.text)
            else:
                self.draft.facts.append((name, value, token.text, False))
        if noun:
            self.waiting, self.lost, self.spoken = [], True, True

    def _deny_fact(self, token: Token, leads: bool) -> None:
        if leads and self._before() == "not":
            self.negated = False
            return
        denied = {"cloudy": "cloud", "overcast": "cloud", "fog": "fog"}.get(token.says("weather") or "")
        thing = denied or token.says("also")
        if thing:
            self.draft.ban(thing, f"no {token.text}")
        self.draft.denied.extend(token.entry.says)
        self.negated, self.lost = True, True

    # What holds a sentence together

    def _not(self, token: Token) -> None:
        so = token.text in NOT_SO and self._next_role() in ("trait", "adjective")
        if token.chinese and self.spoken and not so and not noun_follows(self.tokens, self.at, facts=True):
            self._gone(token)
            return
        self.negative, self.negated, self.waiting = True, False, []

    def _gone(self, token: Token) -> None:
        if noun_follows(self.tokens, self.at, facts=token.chinese) and (token.chinese or not self.spoken):
            self.negative, self.negated = True, False
            return
        if self.lost and self.draft.refused and self._before() in ("refused", "is"):
            self.draft.refused.pop()
        elif self.lost and self.draft.facts and self.draft.facts[-1][:2] == ("weather", "fog"):
            self.draft.facts.pop()
            self.draft.ban("fog", f"no {token.text}")
        for mention in [] if self.lost else self.group:
            if mention in self.draft.mentions:
                self.draft.mentions.remove(mention)
            if mention.thing:
                self.draft.ban(mention.thing, f"{mention.words[-1]} {token.text}")
        self.group, self.lost = [], True

    def _but(self, _token: Token) -> None:
        self.negative = self.negated = False
        self.spoken = False

    def _and(self, token: Token) -> None:
        if self.waiting:
            return
        self.joined, self.host, self.spoken = True, [], False
        if self.negative and self.negated:
            bare = self._next_role() not in ("a", "the", "trait", "where", "link", "has", "after")
            self.negative = token.text in OR or (bare and not token.text.endswith("有"))

    def _comma(self, _token: Token) -> None:
        if self.waiting:
            return
        self.negative = self.negative and self.negated and list_goes_on(self.tokens, self.at)
        if self.wheres_used:
            self.wheres = []
        self.host, self.subject, self.link, self.joined, self.definite = [], [], None, False, False
        self.spoken, self.clause = False, len(self.draft.mentions)

    def _stop(self, token: Token) -> None:
        if token.text in COLONS and self._before() in ("where", "after", "trait"):
            return
        self._comma(token)
        self.wheres, self.negative, self.adding, self.waiting = [], False, False, []

    def _has(self, _token: Token) -> None:
        self.spoken, self.joined = False, False
        self.host = []
        self.turning = self.turning and self._before() == "thing"  # replace the pines with palms
        if self.wheres_used:
            self.wheres = []
        if self._before() != "not":
            self.negative = False

    def _of(self, token: Token) -> None:
        if not token.chinese or self._before() in ("trait", "adjective", "where", "a"):
            return
        if self.negative and self.negated:
            self.negative = False
        if noun_follows(self.tokens, self.at):
            for mention in self.draft.mentions[self.clause :]:
                mention.modifier = not mention.weak
            if self.wheres_used:
                self.wheres = []
            self.lost = False

    def _the(self, _token: Token) -> None:
        self.definite = True

    def _a(self, _token: Token) -> None:
        self.definite = False

    def _add(self, _token: Token) -> None:
        self.adding, self.spoken, self.turning = True, False, False

    def _turn(self, token: Token) -> None:
        self.spoken, self.negative, self.turning = False, False, True
        self.definite = token.text.endswith("the") or token.text in ("把", "将", "將", "让", "讓", "使")

    def _swap(self, token: Token) -> None:
        self.spoken, self.turning, self.definite = False, True, token.text.endswith("the")
