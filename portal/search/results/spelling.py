"""Suggest other queries where nothing is found: near spellings, and shorter queries."""

import re

from portal.search.index import update
from portal.search.query import tokens
from portal.search.query.read import Query, Words, read

MOST = 3
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Words whose spelling is tried otherwise; a query that is wrong in more is beyond guessing.
_MOST_WRONG = 2


def instead(asked: Query) -> list[str]:
    """Suggest at most three near spellings of a query that find something.

    At most four statements.
    """
    words = [word.folded for word in asked.words]
    if not words or len(words) > 12:
        return []
    known = update.engine.known([*words, tokens.beginning(words[-1])])
    wrong = [place for place, word in enumerate(words) if word not in known]
    if asked.goes_on and tokens.beginning(words[-1]) in known and len(words) - 1 in wrong:
        wrong.remove(len(words) - 1)
    if wrong and len(wrong) <= _MOST_WRONG:
        tries = _respelled(asked.words, wrong)
    else:
        tries = _loosened(asked)
    tries = [each for each in dict.fromkeys(tries) if each != asked.typed and read(each)][:12]
    if not tries:
        return []
    met = update.engine.met([read(each).everything for each in tries])
    return [each for place, each in enumerate(tries) if place in met][:MOST]


def spellings(word: str) -> set[str]:
    """Return the near spellings of a folded word, which differ by one letter.

    Lost, added, wrong, or two in the wrong order.
    """
    if word.isdigit() or not 2 <= len(word) <= 12:
        return set()
    halves = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {before + after[1:] for before, after in halves if after}
    found |= {
        before + after[1] + after[0] + after[2:] for before, after in halves if len(after) > 1
    }
    found |= {
        before + letter + after[1:] for before, after in halves if after for letter in _LETTERS
    }
    found |= {before + letter + after for before, after in halves for letter in _LETTERS}
    return found - {word, ""}


def _respelled(words: Words, wrong: list[int]) -> list[str]:
    """Return queries with other spellings of the `wrong` words, likeliest first."""
    said = [word.folded for word in words]
    variants = {place: spellings(said[place]) for place in wrong}
    known = update.engine.known(set().union(*variants.values()) or {"-"})
    beside = {place: _pairs(said, place, variants[place] & known) for place in wrong}
    pairs = update.engine.known(
        {pair for found in beside.values() for of in found.values() for pair in of} or {"-"}
    )
    ways = [[]]
    for place in range(len(said)):
        if place in wrong:
            likely = sorted(
                beside[place],
                key=lambda each: (
                    -sum(pair in pairs for pair in beside[place][each]),
                    len(each),
                    each,
                ),
            )
            ways = [[*way, each] for way in ways for each in likely[:4]]
        else:
            ways = [[*way, said[place]] for way in ways]
    return [" ".join(way) for way in ways]


def _pairs(said: list[str], place: int, variants: set[str]) -> dict[str, list[str]]:
    """Return {near spelling: tokens of it beside its neighbours}."""
    found = {}
    for variant in variants:
        pairs = [tokens.side_by_side(said[place - 1], variant)] if place else []
        pairs += [tokens.side_by_side(variant, said[place + 1])] if place + 1 < len(said) else []
        found[variant] = pairs
    return found


def _loosened(asked: Query) -> list[str]:
    """Return queries that ask for less, where no near spelling helps.

    Without quotes, without what is left out, each without one word.
    """
    pieces = re.sub(r'["“”„«»″]', " ", asked.typed).split()
    written = [piece for piece in pieces if not (asked.left_out and piece.startswith("-"))]
    tries = [" ".join(written)]
    if 1 < len(written) <= 8:
        tries += [
            " ".join(written[:place] + written[place + 1 :])
            for place in reversed(range(len(written)))
        ]
    return tries
