"""What a visitor means: words, phrases, what is left out, a number; and in which order answers stand. Pure; no engine is known here.

A query becomes conditions on tokens, so that nothing typed ever reaches an engine as it was typed.
"""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from documents import numbers
from portal.search.query import tokens

MOST_WORDS = 24

_PIECE = re.compile(r'(?P<minus>(?<!\S)-(?=["\w]))?(?:"(?P<phrase>[^"]*)"?|(?P<plain>[^\s"]+))')
_DATED = re.compile(rf"(\d[\w.]*[/-]\S*?)[,;]?\s*\(?{numbers.CITED_DATE}", re.I)
_LEFT_OUT = re.compile(r'(?<!\S)-(?=["\w])')
_APART = re.compile(r"(?<=\S)\s+([-–—/])\s+(?=\S)")
_WRITTEN = re.compile(r"(?<!\S)\d+\w?[/-]\S+")
_DIGIT = re.compile(r"\d")
_QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"'))


@dataclass(frozen=True)
class Condition:
    """What an entry must have: all `terms` anywhere, all terms `in_head` in its title, trích yếu or number, and `none` of those ways.

    A term is ways to meet it (tuple); a way is tokens (tuple of str), all of them.
    """

    terms: tuple = ()
    in_head: tuple = ()
    none: tuple = ()


@dataclass(frozen=True)
class Term:
    """Something asked for: its words as typed (tuple of Word), and other ways to say it (tuple of tuples of Word)."""

    words: tuple
    others: tuple = ()
    is_phrase: bool = False

    def ways(self):
        """Return the ways (tuple) to meet this term, in folded tokens."""
        own = (
            _neighbours(self.words) if self.is_phrase else tuple(word.folded for word in self.words)
        )
        return (own, *(_neighbours(other) for other in self.others))

    def ways_to_begin(self):
        """Return the ways to meet this term where its last word may go on."""
        *whole, last = (word.folded for word in self.words)
        start = tokens.beginning(last) if len(last) <= tokens.LONGEST_BEGINNING else last
        return ((*whole, start), *(_neighbours(other) for other in self.others))


def _neighbours(words):
    """Return the tokens (tuple) of `words` (tuple of Word) standing side by side."""
    folded = [word.folded for word in words]
    if len(folded) < 4:
        return (tokens.side_by_side(*folded),)
    return tuple(map(tokens.side_by_side, folded, folded[1:], folded[2:]))


@dataclass(frozen=True)
class Query:
    """A query as understood. `facts`: tokens (tuple of str) that every answer must have."""

    typed: str
    terms: tuple = ()
    left_out: tuple = ()
    goes_on: bool = False
    number: str = ""
    facts: tuple = ()
    words: tuple = field(default=(), compare=False)

    def __bool__(self):
        return bool(self.terms)

    def is_number_of(self, number):
        """Tell whether the query is nothing but `number` (str), whole, whatever its spelling and the words that go with a number."""
        return bool(number and self.number) and numbers.key(
            numbers.number_in(_tidied(self.typed))
        ) == numbers.key(number)

    @cached_property
    def _parts(self):
        return numbers.segments(self.number)

    @property
    def phrases(self):
        """The phrases (list of tuples of Word) of four words and more, of which each token tells three."""
        return [term.words for term in self.terms if term.is_phrase and len(term.words) > 3]

    def narrowed(self, facts):
        """Return the same query, whose answers must have `facts` (tuple of tokens)."""
        return replace(self, facts=tuple(facts))

    def _condition(self, terms=(), in_head=()):
        """Return the condition with all facts; what is left out is left out of everything."""
        facts = [((token,),) for token in self.facts]
        none = tuple(_neighbours(words) for words in self.left_out)
        terms, in_head = ([*terms, *facts], in_head) if terms else ((), [*in_head, *facts])
        return Condition(tuple(terms), tuple(in_head), none)

    @cached_property
    def everything(self):
        """The condition that all answers meet: whatever is typed with accents finds what it finds without them."""
        if self.goes_on:
            *before, last = self.terms
            return self._condition([*(term.ways() for term in before), last.ways_to_begin()])
        return self._condition(self._ways)

    @cached_property
    def _ways(self):
        return [term.ways() for term in self.terms]

    def tiers(self):
        """Return conditions (list), the best first; each next one holds what the former ones do not. The last is `everything`.

        A number; a title that is just this; title and trích yếu with the very accents, side by side and apart; the same without accents;
        a part there and the rest in the text; the text, side by side and apart; a last word that is only begun.
        The last of those that ask of the head alone holds all that do so, as the last of all holds all.
        """
        is_plain = (
            not any(term.is_phrase or term.others for term in self.terms) and len(self.words) > 1
        )
        title = ((tokens.title(self.words),),)
        side_by_side = [((token,),) for token in _neighbours(self.words)]
        everything = self.everything
        tiers = self._number_tiers()
        if any(word.is_accented for word in self.words):
            exact = [
                ((tokens.exact(word.exact) if word.is_accented else word.folded,),)
                for word in self.words
            ]
            phrases = [term.ways() for term in self.terms if term.is_phrase]
            pairs = (
                list(self._exact_pairs()) or exact
            )  # two neighbours with their accents tell of both words
            tiers.append(self._condition(in_head=[title, *pairs]))
            tiers.append(self._condition(in_head=[*pairs, *phrases]))
            tiers.append(self._condition(in_head=[*exact, *phrases]))
        tiers.append(self._condition(in_head=[title]))
        if is_plain:
            tiers.append(self._condition(in_head=side_by_side))
        tiers.append(self._condition(in_head=self._ways))
        if self.goes_on:
            tiers.append(Condition(in_head=everything.terms, none=everything.none))
        tiers += self._partly_in_head(everything)
        if is_plain:
            tiers.append(self._condition(side_by_side))
        tiers.append(self._condition(self._ways))
        tiers.append(everything)
        return list(dict.fromkeys(tiers))

    def _partly_in_head(self, everything):
        """Give the conditions that a part of the query stands in the head and the rest in the text: all but the number, or one half."""
        number = tokens.words(self.number)
        in_number = {word.folded for word in number}
        besides = [word for word in self.words if word.folded not in in_number]
        if number and besides and len(besides) < len(self.words):
            rest = ((_neighbours(besides),),)
            yield replace(
                everything, terms=(*everything.terms, (_neighbours(number),)), in_head=rest
            )
            yield replace(everything, in_head=rest)
        elif len(self.words) > 3:
            half = (len(self.words) + 1) // 2
            yield replace(
                everything,
                in_head=((_neighbours(self.words[:half]), _neighbours(self.words[-half:])),),
            )

    def _number_tiers(self):
        """Return the conditions (list) that the number asked for is this one, begins so, has these parts; none finds more than `everything`."""
        if not self._parts:
            return []
        key, whole = "-".join(self._parts), self.everything
        ways = [[((f"#={key}",),)], [((f"#<{key}",),)], [(("#" + part,),) for part in self._parts]]
        return [Condition(in_head=(*way, *whole.terms), none=whole.none) for way in ways]

    def _exact_pairs(self):
        for first, second in zip(self.words, self.words[1:], strict=False):
            written = tokens.side_by_side(first.exact, second.exact)
            yield (
                (tokens.exact(written) if first.is_accented or second.is_accented else written,),
            )


def meanings(pairs):
    """Return `pairs` (iterable of pairs of tuples of Word that mean the same) as `read` looks them up.

    {first word (str, folded): [(words (list of str, folded), other ways (list of tuples of Word) to say them), …, the longest first]}.
    """
    others = {}
    for one, other in pairs:
        for here, there in ((one, other), (other, one)):
            others.setdefault(tuple(word.folded for word in here), []).append(there)
    found = {}
    for run in sorted(filter(None, others), key=len, reverse=True):
        found.setdefault(run[0], []).append((list(run), others[run]))
    return found


def read(typed, synonyms=None):
    """Return the `Query` that `typed` (str, clean) means. `synonyms`: what means the same, as `meanings` gives it.

    "cụm từ" in quotes stands side by side, -word is left out, the last word may go on unless a quote or blank closed it.
    """
    asked = _tidied(typed.translate(_QUOTES))
    terms, left_out, last_is_plain = [], [], False
    count, before = 0, ""
    for piece in _PIECE.finditer(asked):
        written = piece["phrase"] if piece["phrase"] is not None else piece["plain"]
        is_phrase = piece["phrase"] is not None
        found = tuple(tokens.words(written))[: MOST_WORDS - count]
        is_left_out = bool(piece["minus"]) and "/" not in before
        before = written
        if not found:
            continue
        count += len(found)
        if is_left_out:
            left_out.append(found)
        elif is_phrase:
            terms.append(Term(found, is_phrase=True))
        else:
            terms += [Term((word,)) for word in found]
        last_is_plain = not is_phrase and not is_left_out
    words = tuple(word for term in terms for word in term.words)
    number = "" if left_out or '"' in asked else _number_in(asked)
    return Query(
        typed,
        tuple(_with_synonyms(terms, synonyms) if synonyms else terms),
        tuple(left_out),
        last_is_plain,
        number,
        words=words,
    )


def number_in(typed):
    """Return the số ký hiệu (str), or the part of one, that `typed` (str, clean) names, as `read` finds it, and sooner; "" for none."""
    asked = _tidied(typed.translate(_QUOTES))
    if _LEFT_OUT.search(asked):
        return read(typed).number
    return "" if '"' in asked else _number_in(asked)


def whole_number(number):
    """Return the condition (Condition) that a document's number is `number` (str, in any spelling)."""
    return Condition(in_head=(((tokens.number(number),),),))


def _number_in(asked):
    """Return the số ký hiệu (str), or the part of one, that `asked` (str) names; "" for none."""
    written = _WRITTEN.search(asked)
    if written:
        return numbers.tidy(written[0])
    return numbers.number_in(asked) if _DIGIT.search(asked) else ""


def _tidied(typed):
    """Return `typed` (str) without what stands round a number only: the word "số", blanks at its dashes, its day of issue."""
    if '"' in typed or not _DIGIT.search(typed):
        return typed
    typed = numbers.BEFORE_NUMBER.sub("", typed)
    return _APART.sub(r"\1", _DATED.sub(r"\1", typed)) if " " in typed else typed


def _with_synonyms(terms, synonyms):
    """Return `terms` (list of Term), each run of words that has another name as one term with that name."""
    said = [
        None if term.is_phrase else term.words[0].folded for term in terms
    ]  # a quote means these very words
    joined, place = [], 0
    while place < len(terms):
        for run, others in synonyms.get(said[place], ()):
            if said[place : place + len(run)] == run:
                words = tuple(term.words[0] for term in terms[place : place + len(run)])
                joined.append(Term(words, tuple(others)))
                place += len(run)
                break
        else:
            joined.append(terms[place])
            place += 1
    return joined
