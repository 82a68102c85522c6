"""What the index knows of a text: sets of tokens. Pure; the same on every database, and the same for texts and for what is typed.

A token is a folded word ("thong"), two or three neighbours ("thong_tu", "thong_tu_lien"), the beginning of a word ("tho*"), a word or two neighbours with their
accents ("=thông"), a fact to filter by ("@nam:2018"), a number ("#=19-2018-tt-btttt"), its beginning ("#<19-2018") or a part of it ("#19").
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from documents import numbers
from portal.text import vietnamese

#: Changes whenever the same text would give other tokens, or an engine keeps them otherwise: `manage.py reindex --if-needed` looks at it.
VERSION = 5
#: A new part of a text: phrases end here.
PART = "\f"
LONGEST_WORD = 40
LONGEST_BEGINNING = 12
LONGEST_TITLE = 200

_WORD = re.compile(r"(?:[^\W_][\u0300-\u036f]*)+(?:&(?:[^\W_][\u0300-\u036f]*)+)*")
_LETTERS = re.compile(r"[^\W_]+")
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


@dataclass(frozen=True)
class Word:
    """A word where it stands: `folded` as it is found, `exact` with its accents, whichever vowel carries the tone."""

    folded: str
    exact: str

    @property
    def is_accented(self):
        """Whether the word has any accent (bool)."""
        return self.exact != self.folded


@lru_cache(maxsize=100_000)
def word(written):
    """Return the `Word` that `written` (str without blanks) is; None where nothing of it can be searched.

    "Hoà" and "HÒA" → folded "hoa", exact "hoa1"; "05" → "5"; "BGD&ĐT" → "bgddt".
    """
    folded = "".join(_LETTERS.findall(vietnamese.fold(written)))[:LONGEST_WORD]
    if not folded:
        return None
    if folded.isdigit():
        folded = folded.lstrip("0") or "0"
        return Word(folded, folded)
    tones, letters = "", ""
    for character in unicodedata.normalize(
        "NFD", vietnamese.clean(written).casefold().replace("ð", "đ")
    ):
        if character in _TONES:
            tones += _TONES[character]
        else:
            letters += character
    exact = "".join(re.findall(r"[^\W_]|[\u0302\u0306\u031b]", letters))[: 2 * LONGEST_WORD]
    return Word(folded, exact + tones)


def words(value):
    """Return the words (list of Word) of `value` (str, clean) in their order."""
    return [found for found in map(word, _WORD.findall(value)) if found is not None]


def places(value):
    """Give (Word, start, end) of each word of `value` (str, clean) where it stands."""
    for match in _WORD.finditer(value):
        found = word(match[0])
        if found is not None:
            yield found, match.start(), match.end()


def side_by_side(*neighbours):
    """Return the token (str) of two or three `neighbours` (str)."""
    return "_".join(neighbours)


def exact(written):
    """Return the token (str) of `written` (str: the `exact` form of a word, or a pair of such)."""
    return "=" + written


def beginning(start):
    """Return the token (str) of all words that begin with `start` (str, folded)."""
    return start[:LONGEST_BEGINNING] + "*"


def fact(name, value):
    """Return the token (str) of a fact to filter by: fact("nam", 2018) → "@nam:2018"."""
    return f"@{name}:{value}"


def title(value):
    """Return the token (str) of a whole title `value` (list of Word)."""
    return "~" + "-".join(word.folded for word in value)[:LONGEST_TITLE]


@lru_cache(maxsize=100_000)
def _beginnings(folded):
    return tuple(
        folded[:length] + "*" for length in range(1, min(len(folded), LONGEST_BEGINNING) + 1)
    )


def _of_words(found):
    """Return the folded tokens (set) of `found` (list of Word): words, beginnings, neighbours."""
    return _of_run([word.folded for word in found])


def _of_run(folded):
    """Return the same of the words `folded` (list of str)."""
    tokens = set(folded)
    for one in list(tokens):
        tokens.update(_beginnings(one))
    tokens.update(map(side_by_side, folded, folded[1:]))
    tokens.update(map(side_by_side, folded, folded[1:], folded[2:]))
    return tokens


def number(written):
    """Return the token (str) of a whole số ký hiệu `written` (str) in any spelling."""
    return "#=" + numbers.key(written)


def of_number(written):
    """Return the tokens (set) of a số ký hiệu (str): the whole, each beginning, each part; and its parts as words."""
    parts = numbers.segments(written)
    tokens = {number(written)} if parts else set()
    tokens.update(f"#<{'-'.join(parts[:count])}" for count in range(1, len(parts) + 1))
    for part in parts:
        tokens.update({"#" + part, part, *_beginnings(part)})
    return tokens


def of_head(lines, written=""):
    """Return the tokens (set) of the head of an entry: `lines` (title, trích yếu) and its number `written` (str), with accents."""
    tokens = of_number(written)
    for line in lines:
        found = words(line)
        if not found:
            continue
        tokens |= _of_words(found)
        tokens.add(title(found))
        tokens.update(exact(word.exact) for word in found if word.is_accented)
        tokens.update(
            exact(side_by_side(first.exact, second.exact))
            for first, second in zip(found, found[1:], strict=False)
            if first.is_accented or second.is_accented
        )
    return tokens


def of_body(body):
    """Return the tokens (set) of a text (str) whose parts are set apart by `PART`."""
    tokens = set()
    for part in body.split(PART):
        tokens |= _of_words(words(part))
    return tokens


@lru_cache(maxsize=10_000)
def told_by(token):
    """Return the tokens (set) that everything has that has `token` (str), as far as they can be told from it: "thong_tu" → "thong", "tu", "thong*" …

    In the head and anywhere alike. Nothing is told by facts and by words with their accents.
    """
    kind, rest = token[0], token[1:]
    if kind in "@=":
        told = set()
    elif kind == "~":
        told = _of_run(rest.split("-")) if len(rest) < LONGEST_TITLE else set()
    elif kind == "#":
        parts = rest.lstrip("=<").split("-")
        told = (
            {f"#<{'-'.join(parts[:count])}" for count in range(1, len(parts) + 1)}
            if rest[0] in "=<"
            else set()
        )
        told = told.union(*({"#" + part, part, *_beginnings(part)} for part in parts))
    elif token[-1] == "*":
        told = set(_beginnings(token[:-1]))
    else:
        told = _of_run(token.split("_"))
    return frozenset(told - {token})
