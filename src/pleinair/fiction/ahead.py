"""Looking ahead in a sentence: to which noun adjectives lead, whether a noun comes at all, how far a list goes."""

import re

from pleinair.fiction.tokens import Token

NOUN, FALLS_SHORT, NOTHING = "noun", "falls short", "nothing"  # what adjectives may lead to
_PASSED = ("trait", "adjective", "classifier", "glue", "filler", "fact")
_ENDS = ("comma", "stop", "but")
_LOOKS_LIKE_ADJECTIVE = re.compile(r".*(y|ed|ing|ous|al|ful|ive|ic|ish|en|ent|ant|ern|less|like)$")


def leads_to(tokens: tuple[Token, ...], at: int) -> str:
    """What the adjective at `at` stands before: a noun of the lexicon, some other noun, or nothing."""
    short = strangers = 0
    for here in range(at + 1, len(tokens)):
        token = tokens[here]
        if token.role == "thing":
            return NOUN
        if token.role in ("matter", "refused"):
            beside = tokens[here + 1] if here + 1 < len(tokens) else None
            if token.role == "matter" and beside and beside.role == "thing" and not token.chinese:
                continue
            return FALLS_SHORT
        if token.role == "unknown":
            if token.chinese and (here + 1 == len(tokens) or tokens[here + 1].role != "of"):
                return FALLS_SHORT
            strangers += not _LOOKS_LIKE_ADJECTIVE.match(token.text)
            short = 1
            if strangers > 1:
                break
        elif not _passes(tokens, here):
            break
        short = short or token.role == "fact"
    return FALLS_SHORT if short else NOTHING


def _passes(tokens: tuple[Token, ...], here: int) -> bool:
    """Whether adjectives reach over this token to their noun."""
    token = tokens[here]
    following = tokens[here + 1].role if here + 1 < len(tokens) else "stop"
    if token.role in _PASSED:
        return True
    if token.role == "of":
        return token.chinese or following == "the"
    if token.role == "a":
        return token.chinese or token.text.endswith(" of")
    if token.role == "the":
        return tokens[here - 1].role == "of"
    if token.role in ("comma", "and"):
        next_token = tokens[here + 1] if here + 1 < len(tokens) else None
        if following == "unknown":  # a wide, glimmery river
            return token.role == "comma" and [each.role for each in tokens[here + 2 : here + 3]] == ["thing"]
        return next_token is not None and (
            following == "adjective" or (following == "trait" and next_token.says("count") is None)
        )
    return token.role == "where" and not token.chinese and " " not in token.text


def noun_follows(tokens: tuple[Token, ...], at: int, over_comma: bool = False, facts: bool = False) -> bool:
    """Whether a noun (or, if asked, a fact) comes later in the clause, or right after its comma."""
    wanted = ("thing", "refused", "matter", "fact") if facts else ("thing", "refused", "matter")
    for token in tokens[at + 1 :]:
        if token.role in wanted:
            return True
        if token.role == "comma" and over_comma:
            over_comma = False
        elif token.role in _ENDS:
            return False
    return False


def opens_noun(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether what begins here can be what a preposition stands before."""
    for token in tokens[at:]:
        if token.role in ("thing", "matter", "refused", "pronoun", "fact", "unknown"):
            return True
        if token.role not in ("the", "a", "trait", "adjective", "filler", "classifier", "glue", "where"):
            return False
    return False


def list_goes_on(tokens: tuple[Token, ...], at: int) -> bool:
    """Whether bare nouns follow the comma at `at` and end in an or: no trees, rocks or clouds."""
    for token in tokens[at + 1 :]:
        if token.role == "and":
            return token.text in ("or", "nor", "and", "和", "或", "或者")
        if token.role not in ("thing", "refused", "matter", "fact", "comma", "adjective"):
            return False
    return False
