"""A sentence as tokens: the longest words that the lexicon knows, English and Chinese side by side, and the rest."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from pleinair.errors import SettingError
from pleinair.fiction.words import Entry, Lexicon, lexicon

MOST_WORDS = 400
_HAN = "\u3400-\u9fff\uf900-\ufaff〇"
_PIECE = re.compile(rf"[a-z]+(?:'[a-z]+)?|\d+[a-z]*|[{_HAN}]+|[^\s\w]|\w")
_STOPS = ".。;；!！?？:：\n"
_COMMAS = ",，|/()（）—–"
_DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "双": 2}
_NUMBER = re.compile(r"[零〇一二两三四五六七八九十百]+")
_MEASURES = "棵株座块颗朵片条个只轮道群丛簇根间处汪泓湾潭股缕丝团抹层排行弯枝匹艘位名栋张幅方池重支汀所辆头面堆杆"
_APART = frozenset(["trait", "where", "after", "thing"])


@dataclass(frozen=True)
class Token:
    """A word or phrase as it stands in the sentence (lower case), and what the lexicon says of it, if anything."""

    text: str
    role: str  # one of words.ROLES, or unknown, comma, stop
    entry: Entry
    chinese: bool = False
    hyphened: bool = False  # a hyphen joins it to the word before

    def says(self, name: str) -> str | None:
        """What the lexicon says of it under that name."""
        return self.entry.get(name)


@dataclass(frozen=True)
class _Piece:
    text: str
    chinese: bool
    hyphened: bool


def tokenize(sentence: str) -> tuple[Token, ...]:
    """The sentence's tokens. Raises SettingError for a sentence that is empty, without words, or far too long."""
    if not sentence.strip():
        raise SettingError("the sentence is empty; say what the scene shows, for example: a lake at dusk")
    pieces = _pieces(sentence[: 100 * MOST_WORDS])
    count = sum(len(piece.text) if piece.chinese else piece.text.isalnum() for piece in pieces)
    if count > MOST_WORDS or len(sentence) > 100 * MOST_WORDS:
        raise SettingError(f"the sentence is too long: at most {MOST_WORDS} words or Chinese characters")
    if not count:
        raise SettingError("the sentence has no words; say what the scene shows, for example: a lake at dusk")
    words = lexicon()
    tokens: list[Token] = []
    at = 0
    while at < len(pieces):
        if pieces[at].chinese:
            tokens.extend(_chinese(pieces[at].text, words))
            at += 1
        else:
            at = _english(pieces, at, tokens, words)
            _join_number(tokens)
    return tuple(tokens)


def _pieces(sentence: str) -> list[_Piece]:
    folded = unicodedata.normalize("NFKC", sentence).lower().replace("’", "'").replace("·", "")
    folded = "".join(each for each in unicodedata.normalize("NFD", folded) if not unicodedata.combining(each))
    folded = re.sub(r"(?<=\w)-(?=\w)", "\0", re.sub("[‐‑‒]", "-", folded))
    pieces: list[_Piece] = []
    for found in _PIECE.finditer(folded.replace("\0", "-")):
        if found[0] == "-" and pieces:
            continue
        hyphened = found.start() > 0 and folded[found.start() - 1] == "\0"
        pieces.append(_Piece(found[0], bool(re.match(f"[{_HAN}]", found[0])), hyphened))
    return pieces


def _english(pieces: list[_Piece], at: int, tokens: list[Token], words: Lexicon) -> int:
    """Append the token that begins at a piece; return where the next begins."""
    run = []
    for piece in pieces[at : at + words.longest_english]:
        if piece.chinese:
            break
        run.append(piece.text)
    after = pieces[at + 1 :]
    for length in range(len(run), 0, -1):
        for spoken in (run[:length], [*run[: length - 1], run[length - 1].removesuffix("'s")]):
            entry = words.english.get(tuple(spoken))
            following = pieces[at + length].text if at + length < len(pieces) else ""
            if entry and following not in entry.unless:
                text = " ".join(run[:length])
                tokens.append(Token(text, entry.role, entry, hyphened=pieces[at].hyphened))
                return at + length
    tokens.append(_alone(run[0], pieces[at].hyphened, bool(after and after[0].hyphened), words))
    return at + 1


def _join_number(tokens: list[Token]) -> None:
    """Twenty-five is one number."""
    if len(tokens) < 2 or not tokens[-1].hyphened:
        return
    tens, ones = (int(token.says("count") or 0) for token in tokens[-2:])
    if tens >= 20 and tens % 10 == 0 and 0 < ones < 10:
        text = f"{tokens[-2].text} {tokens[-1].text}"
        tokens[-2:] = [Token(text, "trait", Entry("trait", (("count", str(tens + ones)),)))]


def _alone(text: str, hyphened: bool, joined: bool, words: Lexicon) -> Token:
    """A piece that the lexicon does not list: punctuation, digits, treeless, tree-free, or an unknown word."""
    if text in _STOPS:
        return Token(text, "stop", Entry("stop"))
    if text in _COMMAS:
        return Token(text, "comma", Entry("comma"))
    if text.isdigit():
        role = "not" if int(text) == 0 else "trait"
        return Token(text, role, Entry(role, (("count", text),)))
    if text == "free" and hyphened:
        return Token(text, "gone", Entry("gone"), hyphened=True)
    bare = words.english.get((text.removesuffix("less"),)) if text.endswith("less") else None
    thing = bare and bare.get("thing")
    if thing:
        return Token(text, "fact", Entry("fact", (("without", thing),)))
    if not text.isalnum():
        return Token(text, "filler" if text in "\"'“”‘’《》「」『』" else "comma", Entry("comma"))
    return Token(text, "unknown", Entry("unknown"), hyphened=hyphened or joined)


def _chinese(run: str, words: Lexicon) -> list[Token]:
    """A run of Chinese characters, cut so that the fewest are unknown, then into the fewest words, longest first."""
    plain = run.translate(words.simplified)
    best: list[tuple[int, int, int, Token | None]] = [(0, 0, 0, None)] * (len(run) + 1)
    for at in range(len(run) - 1, -1, -1):
        ways = [
            (best[at + len(token.text)][0] + strange, best[at + len(token.text)][1] + 1, -len(token.text), token)
            for token, strange in _choices(run, plain, at, words)
        ]
        best[at] = min(ways, key=lambda way: way[:3])
    tokens: list[Token] = []
    at = 0
    while at < len(run) and (token := best[at][3]):
        at += len(token.text)
        if token.role == "unknown" and tokens and tokens[-1].role == "unknown":
            tokens[-1] = Token(tokens[-1].text + token.text, "unknown", token.entry, chinese=True)
        else:
            tokens.append(token)
    return tokens


def _choices(run: str, plain: str, at: int, words: Lexicon) -> Iterator[tuple[Token, int]]:
    """Every word that may begin here, with the number of its characters that are unknown."""
    number = _NUMBER.match(plain, at)
    counted = _counted(run, plain, number, words) if number else None
    if counted:
        yield counted, 0
    for length in range(min(words.longest_chinese, len(plain) - at), 0, -1):
        entry = words.chinese.get(plain[at : at + length])
        if entry and not (counted and (length < len(counted.text) or entry.role == "a")):
            yield Token(run[at : at + length], entry.role, entry, chinese=True), 0
    yield Token(run[at], "unknown", Entry("unknown"), chinese=True), 1


def _longest(plain: str, at: int, words: Lexicon) -> tuple[Entry | None, int]:
    for length in range(min(words.longest_chinese, len(plain) - at), 0, -1):
        entry = words.chinese.get(plain[at : at + length])
        if entry:
            return entry, length
    return None, 0


def _counted(run: str, plain: str, number: re.Match[str], words: Lexicon) -> Token | None:
    """A number before a measure word or a noun; 一 counts nothing, nor do two digits side by side (两三棵)."""
    end = number.end()
    value = chinese_number(number[0])
    measured = end < len(plain) and plain[end] in _MEASURES
    if measured:
        entry, length = _longest(plain, end, words)
        if length > 1 and entry and entry.role in _APART:
            measured = False
    if not measured:
        entry, _ = _longest(plain, end, words)
        if entry is None or entry.role not in ("thing", "trait", "refused", "matter"):
            return None
    text = run[number.start() : end + measured]
    if value is None or number[0] == "一":
        return Token(text, "a", Entry("a"), chinese=True)
    return Token(text, "trait", Entry("trait", (("count", str(value)),)), chinese=True)


def chinese_number(text: str) -> int | None:
    """The value of a Chinese number up to 999; None for what is no definite number, like 三五."""
    total = digit = 0
    last = ""
    for sign in text:
        if sign in _DIGITS:
            if last in _DIGITS and last not in "零〇":
                return None
            digit = _DIGITS[sign]
        else:
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
        last = sign
    return (total + digit) or None
