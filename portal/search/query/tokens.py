"""Turn texts and queries into the tokens of the search index, the same on every database.

A token is a folded word ("thong"), two or three neighbours ("thong_tu", "thong_tu_lien"), the
beginning of a word ("tho*"), a word or two neighbours with their accents ("=thông"), a fact to
filter by ("@nam:2018"), a title ("~thong-tu"), a number ("#=19-2018-tt-btttt"), its beginning
("#<19-2018") or a part of it ("#19").
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from documents import numbers
from portal.text import vietnamese

#: Changes whenever the same text would give other tokens, or an engine keeps them otherwise:
#: `manage.py reindex --if-needed` looks at it.
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
    """A word of a text: `folded` as it is found, `exact` with its accents and tone."""

    folded: str
    exact: str

    @property
    def is_accented(self) -> bool:
        """Tell whether the token's word has any accent."""
        return self.exact != self.folded


@lru_cache(maxsize=100_000)
def word(written: str) -> Word | None:
    """Return the `Word` to make tokens of for `written`; None where nothing can be searched.

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


def words(value: str) -> list[Word]:
    """Return the words of a clean text in their order, to make tokens of."""
    return [found for found in map(word, _WORD.findall(value)) if found is not None]


def places(value: str) -> Iterator[tuple[Word, int, int]]:
    """Give (word, start, end) of each word of a clean text, to make tokens of."""
    for match in _WORD.finditer(value):
        found = word(match[0])
        if found is not None:
            yield found, match.start(), match.end()


def side_by_side(*neighbours: str) -> str:
    """Return the token of two or three neighbouring words."""
    return "_".join(neighbours)


def exact(written: str) -> str:
    """Return the token of an `exact` word, or of a pair of such words."""
    return "=" + written


def beginning(start: str) -> str:
    """Return the token of all words that begin with the folded `start`."""
    return start[:LONGEST_BEGINNING] + "*"


def fact(name: str, value: object) -> str:
    """Return the token of a fact to filter by: fact("nam", 2018) → "@nam:2018"."""
    return f"@{name}:{value}"


def title(value: Sequence[Word]) -> str:
    """Return the token of a whole title."""
    return "~" + "-".join(word.folded for word in value)[:LONGEST_TITLE]


@lru_cache(maxsize=100_000)
def _beginnings(folded: str) -> tuple[str, ...]:
    return tuple(
        folded[:length] + "*" for length in range(1, min(len(folded), LONGEST_BEGINNING) + 1)
    )


def _of_words(found: list[Word]) -> set[str]:
    """Return the folded tokens of words: the words, their beginnings, neighbours."""
    return _of_run([word.folded for word in found])


def _of_run(folded: list[str]) -> set[str]:
    """Return the tokens of folded words: the words, their beginnings, neighbours."""
    tokens = set(folded)
    for one in list(tokens):
        tokens.update(_beginnings(one))
    tokens.update(map(side_by_side, folded, folded[1:]))
    tokens.update(map(side_by_side, folded, folded[1:], folded[2:]))
    return tokens


def number(written: str) -> str:
    """Return the token of a whole số ký hiệu in any spelling."""
    return "#=" + numbers.key(written)


def of_number(written: str) -> set[str]:
    """Return the tokens of a số ký hiệu: whole, each beginning, each part, parts as words."""
    parts = numbers.segments(written)
    tokens = {number(written)} if parts else set()
    tokens.update(f"#<{'-'.join(parts[:count])}" for count in range(1, len(parts) + 1))
    for part in parts:
        tokens.update({"#" + part, part, *_beginnings(part)})
    return tokens


def of_head(lines: Iterable[str], written: str = "") -> set[str]:
    """Return the tokens of title and trích yếu (`lines`) and of the number `written`."""
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


def of_body(body: str) -> set[str]:
    """Return the tokens of a text whose parts are set apart by `PART`."""
    tokens = set()
    for part in body.split(PART):
        tokens |= _of_words(words(part))
    return tokens


@lru_cache(maxsize=10_000)
def implied_by(token: str) -> frozenset[str]:
    """Return the tokens that follow from `token`: "thong_tu" → "thong", "tu", "thong*" …

    They follow in the head and anywhere alike. Nothing follows from facts and accented words.
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
