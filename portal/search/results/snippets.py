"""Cut the snippet of a text that is shown beside an answer, and mark the words searched in it.

A text is given to the template as pieces, [(text, is marked), …]: it is escaped there, and no mark
can ever stand inside a tag.
"""

import re
from collections import deque
from collections.abc import Collection, Iterator
from itertools import islice
from typing import NamedTuple

from portal.search.query import tokens
from portal.search.query.read import Query, Words
from portal.search.query.tokens import PART, Word
from portal.text import vietnamese

#: A text in pieces: (text, is marked).
Pieces = list[tuple[str, bool]]

#: Letters of an excerpt, about.
LENGTH = 240
#: Places looked at in one part of a text at most.
MOST_PLACES = 400

_ONLY_BETWEEN = re.compile(r"[\s/&.-]{1,3}")
#: Letters with accents as they are without them, one for one, so that a long text is looked through
#: at once and not word by word.
_PLAIN = {
    place: plain for place in range(0xC0, 0x1F00) if len(plain := vietnamese.fold(chr(place))) == 1
}
_BETWEEN = rf"(?:[^\w{PART}]|_)+"


def _pattern(words: Words) -> re.Pattern[str]:
    """Return the pattern of the snippet's marked words, side by side in text without accents."""
    said = [("0*" if word.folded.isdigit() else "") + "&?".join(word.folded) for word in words]
    return re.compile(rf"(?<![^\W_]){_BETWEEN.join(said)}(?![^\W_])", re.I)


class Excerpt(NamedTuple):
    """A part of a text as it is shown; whether there is more before and behind it."""

    value: str
    begins_within: bool = False
    goes_on: bool = False


class Match(NamedTuple):
    """Where a term stands in a text; `is_close`: whole, and with the accents that were typed."""

    start: int
    end: int
    term: int
    is_close: bool


class Marker:
    """Finds the words of a query in texts, as the index takes them."""

    def __init__(self, query: Query) -> None:
        self.count = len(query.terms)
        self._phrases = [_pattern(words) for words in query.phrases]
        self._runs = {}
        self._start = ""
        for number, term in enumerate(query.terms):
            runs = [term.words] if term.is_phrase else [(word,) for word in term.words]
            for run in (*runs, *term.others):
                self._runs.setdefault(run[0].folded, []).append((run, number))
            if query.goes_on and number == self.count - 1:
                self._start, self._last = term.words[-1].folded, number
        for runs in self._runs.values():
            runs.sort(key=lambda run: -len(run[0]))
        self._longest = max(
            (len(run) for runs in self._runs.values() for run, _ in runs), default=1
        )

    def places(self, value: str) -> Iterator[Match]:
        """Give each place of a snippet's `value` where a term stands, read as far as needed."""
        words = tokens.places(value)
        standing: deque[tuple[Word, int, int]] = deque()
        while True:
            standing.extend(islice(words, self._longest - len(standing)))
            if not standing:
                return
            first, start, end = standing.popleft()
            for run, number in self._runs.get(first.folded, ()):
                said = [first, *(word for word, _, _ in islice(standing, len(run) - 1))]
                if [word.folded for word in said] == [word.folded for word in run]:
                    for _ in run[1:]:
                        _, _, end = standing.popleft()
                    is_close = all(
                        not asked.is_accented or asked.exact == word.exact
                        for asked, word in zip(run, said, strict=True)
                    )
                    yield Match(start, end, number, is_close)
                    break
            else:
                if self._start and first.folded.startswith(self._start):
                    yield Match(start, end, self._last, is_close=False)

    def holds_phrases(self, texts: list[str]) -> bool:
        """Tell of each phrase of four words and more whether a snippet's text of `texts` has it."""
        if not self._phrases:
            return True
        plain = tokens.PART.join(texts).translate(_PLAIN)
        return all(phrase.search(plain) for phrase in self._phrases)

    def terms_in(self, value: str) -> set[int]:
        """Return which of the snippet's terms stand in `value`."""
        return {place.term for place in self.places(value)}

    def marked(self, parts: list[Excerpt]) -> list[Pieces]:
        """Return the snippet `parts`, which are read together, as pieces with marked words.

        Where a term stands as it was typed, what only resembles it (số: sở, Sơn) is not marked.
        """
        found = [list(self.places(part.value)) for part in parts]
        close = {place.term for places in found for place in places if place.is_close}
        return [
            _pieces(part, [place for place in places if place.is_close or place.term not in close])
            for part, places in zip(parts, found, strict=True)
        ]

    def excerpt(self, body: str, but: Collection[int] = ()) -> tuple[int, Excerpt] | None:
        """Return (number of the part, snippet) of the place in `body` that holds most of the terms.

        `but`: terms that the reader sees already; a place with the rest is better. None where no
        term stands in `body`.
        """
        best = None
        for number, part in enumerate(body.split(PART)):
            places = [
                place for _, place in zip(range(MOST_PLACES), self.places(part), strict=False)
            ]
            first = 0
            for last in range(len(places)):
                while places[last].start - places[first].start > LENGTH * 2 // 3:
                    first += 1
                within = places[first : last + 1]
                held, close = (
                    {place.term for place in within},
                    {place.term for place in within if place.is_close},
                )
                worth = (len(held.difference(but)), len(held), len(close), min(last - first, 6))
                if best is None or worth > best[0]:
                    best = (worth, number, part, places[first].start, places[last].end)
            if best and best[0][0] >= self.count - len(but) > 0:
                break
        if best is None:
            return None
        _, number, part, start, end = best
        room = max(LENGTH - (end - start), 60)
        begin = _word_start(part, max(0, start - room // 3))
        shown = _cut_after(part[begin:], max(LENGTH, end - begin + 40))
        return number, Excerpt(shown, begin > 0, begin + len(shown) < len(part))


def beginning(value: str, length: int = LENGTH) -> Excerpt:
    """Return the beginning of `value` as a snippet."""
    shown = _cut_after(value, length)
    return Excerpt(shown, goes_on=len(shown) < len(value))


def _pieces(part: Excerpt, places: list[Match]) -> Pieces:
    """Return a snippet as pieces, marked at `places`; words side by side are marked as one."""
    spans = []
    for place in places:
        if spans and _ONLY_BETWEEN.fullmatch(part.value, spans[-1][1], place.start):
            spans[-1][1] = place.end
        else:
            spans.append([place.start, place.end])
    found, end = [("… ", False)] if part.begins_within else [], 0
    for start, stop in spans:
        if start > end:
            found.append((part.value[end:start], False))
        found.append((part.value[start:stop], True))
        end = stop
    if end < len(part.value):
        found.append((part.value[end:], False))
    return [*found, (" …", False)] if part.goes_on else found


def _word_start(value: str, place: int) -> int:
    """Return the snippet's start: a beginning of a word of `value` at or after `place`."""
    if place == 0:
        return 0
    blank = value.find(" ", place, place + 30)
    return place if blank < 0 else blank + 1


def _cut_after(value: str, length: int) -> str:
    """Return a snippet of `value` cut between words after about `length` letters."""
    if len(value) <= length:
        return value
    return value[:length].rsplit(" ", 1)[0].rstrip(" ,;:.") or value[:length]
