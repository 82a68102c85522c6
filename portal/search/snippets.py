"""What of a text is shown beside an answer, with the words that were searched marked where they really stand.

A text is given to the template as pieces, [(str, is marked), …]: it is escaped there, and no mark can ever stand inside a tag.
"""

import re

from portal.search import tokens
from portal.search.tokens import PART

#: Letters of an excerpt, about.
LENGTH = 240
#: Places looked at in one part of a text at most.
MOST_PLACES = 400

_ONLY_BETWEEN = re.compile(r"[\s/&.-]{1,3}")


class Marker:
    """Finds in texts what a `Query` asked for; a word is there what it is in the index."""

    def __init__(self, query):
        self.count = len(query.terms)
        self.phrases = [tuple(word.folded for word in words) for words in query.phrases]
        self._runs = {}
        self._start = ""
        for number, term in enumerate(query.terms):
            runs = [term.words] if term.is_phrase else [(word,) for word in term.words]
            for run in (*runs, *term.others):
                self._runs.setdefault(run[0].folded, []).append((tuple(word.folded for word in run), number))
            if query.goes_on and number == self.count - 1:
                self._start, self._last = term.words[-1].folded, number
        for runs in self._runs.values():
            runs.sort(key=lambda run: -len(run[0]))

    def places(self, value):
        """Give (start, end, number of the term) of all that was asked for in `value` (str), in its order."""
        standing = [(word.folded, start, end) for word, start, end in tokens.places(value)]
        place = 0
        while place < len(standing):
            folded, start, end = standing[place]
            for run, number in self._runs.get(folded, ()):
                last = place + len(run) - 1
                if last < len(standing) and all(standing[place + n][0] == word for n, word in enumerate(run)):
                    yield start, standing[last][2], number
                    place = last
                    break
            else:
                if self._start and folded.startswith(self._start):
                    yield start, end, self._last
            place += 1

    def holds_phrases(self, texts):
        """Return whether each phrase of three words and more stands in one of `texts` (list of str)."""
        if not self.phrases:
            return True
        said = [" ".join(word.folded for word in tokens.words(part)) for text in texts for part in text.split(PART)]
        return all(any(f" {' '.join(phrase)} " in f" {each} " for each in said) for phrase in self.phrases)

    def asked_in(self, value):
        """Return which of the terms (set of int) stand in `value` (str)."""
        return {number for _, _, number in self.places(value)}

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
        for start, end, _ in self.places(value):
            if spans and _ONLY_BETWEEN.fullmatch(value, spans[-1][1], start):
                spans[-1][1] = end
            else:
                spans.append([start, end])
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
            places = [place for _, place in zip(range(MOST_PLACES), self.places(part), strict=False)]
            first = 0
            for last in range(len(places)):
                while places[last][0] - places[first][0] > LENGTH * 2 // 3:
                    first += 1
                held = {term for _, _, term in places[first : last + 1]}
                worth = (len(held.difference(but)), len(held), min(last - first, 6))
                if best is None or worth > best[0]:
                    best = (worth, number, part, places[first][0], places[last][1])
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
