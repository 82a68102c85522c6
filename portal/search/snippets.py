"""What of a text is shown beside an answer, with the words that were searched marked where they really stand.

A text is given to the template as pieces, [(str, is marked), …]: it is escaped there, and no mark can ever stand inside a tag.
"""

import re
from functools import lru_cache

from portal import text
from portal.search.tokens import PART

#: Letters of an excerpt, about.
LENGTH = 240
#: Places looked at in one part of a text at most.
MOST_PLACES = 400

_ONLY_BETWEEN = re.compile(r"[\s/&.-]{1,3}")


@lru_cache(maxsize=1)
def _spellings():
    """Return {letter: all letters (str) that fold to it}, small and capital, of the Latin script."""
    found = {}
    for code in (*range(0x41, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        folded = text.fold(chr(code))
        if len(folded) == 1 and folded.isalpha():
            found.setdefault(folded, set()).add(chr(code))
    return {letter: "".join(sorted(letters)) for letter, letters in found.items()}


def _pattern_of_word(folded, may_go_on=False):
    """Return a regular expression (str) for the word `folded` in any spelling."""
    spellings = _spellings()
    between = "" if re.search("[aeiouy]", folded) else "&?"  # BGD&ĐT is bgddt
    letters = between.join(f"[{spellings[c]}]" if c in spellings else re.escape(c) for c in folded)
    zeros = "0*" if folded.isdigit() else ""
    end = r"[^\W_]*" if may_go_on else ""
    return rf"(?<![^\W_]){zeros}{letters}{end}(?![^\W_])"


def _pattern_of_phrase(words):
    return r"[\W_]+".join(_pattern_of_word(word.folded) for word in words)


class Marker:
    """Finds in texts what a `Query` asked for."""

    def __init__(self, query):
        patterns = {}
        last = query.terms[-1] if query.terms and query.goes_on else None
        for term in query.terms:
            if term.is_phrase:
                patterns[_pattern_of_phrase(term.words)] = None
            else:
                for word in term.words:
                    patterns[_pattern_of_word(word.folded, term is last and word is term.words[-1])] = None
            for other in term.others:
                patterns[_pattern_of_phrase(other)] = None
        self.count = len(query.terms)
        self._pattern = re.compile("|".join(f"({pattern})" for pattern in sorted(patterns, key=len, reverse=True)) or "(?!)")
        self._phrases = [re.compile(_pattern_of_phrase(words)) for words in query.phrases]

    def holds_phrases(self, texts):
        """Return whether each phrase of three words and more stands in one of `texts` (list of str)."""
        return all(any(phrase.search(each) for each in texts) for phrase in self._phrases)

    def asked_in(self, value):
        """Return which of the things asked for (set of int) stand in `value` (str)."""
        return {match.lastindex for _, match in zip(range(MOST_PLACES), self._pattern.finditer(value), strict=False)}

    def pieces(self, value, begins_within=False, goes_on=False):
        """Return `value` (str) as pieces [(str, is marked)]; dots where it `begins_within` a text or the text `goes_on`."""
        found, end = [("… ", False)] if begins_within else [], 0
        for start, stop in self._spans(value):
            if start > end:
                found.append((value[end:start], False))
            found.append((value[start:stop], True))
            end = stop
        if end < len(value):
            found.append((value[end:], False))
        return [*found, (" …", False)] if goes_on else found

    def _spans(self, value):
        """Return where `value` (str) is marked: list of [start, end]; words side by side are marked as one."""
        spans = []
        for match in self._pattern.finditer(value):
            if spans and _ONLY_BETWEEN.fullmatch(value, spans[-1][1], match.start()):
                spans[-1][1] = match.end()
            elif match.group():
                spans.append([match.start(), match.end()])
        return spans

    def beginning(self, value, length=LENGTH):
        """Return the beginning of `value` (str), marked, as pieces."""
        if len(value) <= length:
            return self.pieces(value)
        return self.pieces(_cut_after(value, length), goes_on=True)

    def excerpt(self, body, but=()):
        """Return (number of the part, pieces) of the place in `body` (str) that holds most of what was asked; None where nothing stands.

        `but`: what the reader has before his eyes already (set of int): a place with the rest is better.
        """
        best = None
        for number, part in enumerate(body.split(PART)):
            places = [
                (match.start(), match.lastindex)
                for _, match in zip(range(MOST_PLACES), self._pattern.finditer(part), strict=False)
            ]
            first = 0
            for last in range(len(places)):
                while places[last][0] - places[first][0] > LENGTH * 2 // 3:
                    first += 1
                held = {which for _, which in places[first : last + 1]}
                worth = (len(held - but), len(held), min(last - first, 6))
                if best is None or worth > best[0]:
                    best = (worth, number, part, places[first][0], places[last][0])
            if best and best[0][0] >= self.count - len(but) > 0:
                break
        if best is None:
            return None
        _, number, part, start, end = best
        room = max(LENGTH - (end - start), 60)
        begin = _word_start(part, max(0, start - room // 3))
        shown = _cut_after(part[begin:], max(LENGTH, end - begin + 40))
        return number, self.pieces(shown, begin > 0, begin + len(shown) < len(part))


def _word_start(value, place):
    """Return the beginning (int) of a word of `value` (str) at or after `place`, near it."""
    if place == 0:
        return 0
    blank = value.find(" ", place, place + 30)
    return place if blank < 0 else blank + 1


def _cut_after(value, length):
    """Return `value` (str) cut between words after about `length` letters."""
    if len(value) <= length:
        return value
    return value[:length].rsplit(" ", 1)[0].rstrip(" ,;:.") or value[:length]
