"""Read what a visitor typed into conditions on tokens, and put answers into tiers.

Words, phrases, words left out, a document number. Nothing typed reaches a database engine as it
was typed. No engine is known here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from documents import numbers
from portal.search.query import tokens
from portal.search.query.tokens import Word

Words = tuple[Word, ...]
#: Tokens, all of which an entry must have; and ways, one of which it must meet.
Way = tuple[str, ...]
Alternatives = tuple[Way, ...]
Synonyms = dict[str, list[tuple[list[str], list[Words]]]]

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
    """What an index entry must have: `terms` anywhere, `in_head` in title, trích yếu or number.

    An entry that meets a way of `none` is left out. A term is a choice of ways; a way is tokens,
    all of which must be there.
    """

    terms: tuple[Alternatives, ...] = ()
    in_head: tuple[Alternatives, ...] = ()
    none: Alternatives = ()


@dataclass(frozen=True)
class Term:
    """A term of a query: its words as typed, and its synonyms (`others`)."""

    words: Words
    others: tuple[Words, ...] = ()
    is_phrase: bool = False

    def ways(self) -> Alternatives:
        """Return the ways to meet this term of the visitor's query, in folded tokens."""
        own = (
            _neighbours(self.words) if self.is_phrase else tuple(word.folded for word in self.words)
        )
        return (own, *(_neighbours(other) for other in self.others))

    def ways_to_begin(self) -> Alternatives:
        """Return the ways to meet this term of the query where its last word may go on."""
        *whole, last = (word.folded for word in self.words)
        start = tokens.beginning(last) if len(last) <= tokens.LONGEST_BEGINNING else last
        return ((*whole, start), *(_neighbours(other) for other in self.others))


def _neighbours(words: Sequence[Word]) -> Way:
    """Return the tokens of query words that stand side by side."""
    folded = [word.folded for word in words]
    if len(folded) < 4:
        return (tokens.side_by_side(*folded),)
    return tuple(map(tokens.side_by_side, folded, folded[1:], folded[2:]))


@dataclass(frozen=True)
class Query:
    """A query as understood; `facts` are tokens that every answer must have."""

    typed: str
    terms: tuple[Term, ...] = ()
    left_out: tuple[Words, ...] = ()
    goes_on: bool = False
    number: str = ""
    facts: Way = ()
    words: Words = field(default=(), compare=False)

    def __bool__(self) -> bool:
        return bool(self.terms)

    def is_number_of(self, number: str) -> bool:
        """Tell whether the visitor's query is nothing but the whole document number `number`.

        Its spelling does not matter, nor the words that go with a number.
        """
        return bool(number and self.number) and numbers.key(
            numbers.number_in(_tidied(self.typed))
        ) == numbers.key(number)

    @cached_property
    def _parts(self) -> list[str]:
        return numbers.segments(self.number)

    @property
    def phrases(self) -> list[Words]:
        """Return the query's phrases of four words and more: one token tells only three of them."""
        return [term.words for term in self.terms if term.is_phrase and len(term.words) > 3]

    def narrowed(self, facts: Iterable[str]) -> "Query":
        """Return the same query, whose answers must have the tokens `facts`."""
        return replace(self, facts=tuple(facts))

    def _condition(
        self, terms: Sequence[Alternatives] = (), in_head: Sequence[Alternatives] = ()
    ) -> Condition:
        """Return a condition of the query with all its facts, and without the left-out words."""
        facts = [((token,),) for token in self.facts]
        none = tuple(_neighbours(words) for words in self.left_out)
        terms, in_head = ([*terms, *facts], in_head) if terms else ((), [*in_head, *facts])
        return Condition(tuple(terms), tuple(in_head), none)

    @cached_property
    def everything(self) -> Condition:
        """Return the condition that all answers to the query meet, with or without accents."""
        if self.goes_on:
            *before, last = self.terms
            return self._condition([*(term.ways() for term in before), last.ways_to_begin()])
        return self._condition(self._ways)

    @cached_property
    def _ways(self) -> list[Alternatives]:
        return [term.ways() for term in self.terms]

    def tiers(self) -> list[Condition]:
        """Return the query's conditions that order answers, the best first; `everything` is last.

        A number; a title that is just this; title and trích yếu with the very accents, side by side
        and apart; the same without accents; a part there and the rest in the text; the text, side
        by side and apart; a last word that is only begun. Each answer belongs to the first tier
        that it meets. The last of those that ask of the head alone holds all that do so, as the
        last of all holds all.
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

    def _partly_in_head(self, everything: Condition) -> Iterator[Condition]:
        """Give the query's conditions that some words stand in the head and the rest in the text.

        The part is all but the number, or one half of the words.
        """
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

    def _number_tiers(self) -> list[Condition]:
        """Return the query's conditions that a document has this number, begins so, has its parts.

        None of them finds more than `everything`.
        """
        if not self._parts:
            return []
        key, whole = "-".join(self._parts), self.everything
        ways = [[((f"#={key}",),)], [((f"#<{key}",),)], [(("#" + part,),) for part in self._parts]]
        return [Condition(in_head=(*way, *whole.terms), none=whole.none) for way in ways]

    def _exact_pairs(self) -> Iterator[Alternatives]:
        for first, second in zip(self.words, self.words[1:], strict=False):
            written = tokens.side_by_side(first.exact, second.exact)
            yield (
                (tokens.exact(written) if first.is_accented or second.is_accented else written,),
            )


def meanings(pairs: Iterable[tuple[Words, Words]]) -> Synonyms:
    """Return pairs of words with the same meaning as the synonym table that `read` looks up.

    {first folded word: [(folded words, synonyms), …, the longest first]}.
    """
    others: dict[tuple[str, ...], list[Words]] = {}
    for left, right in pairs:
        for words, synonym in ((left, right), (right, left)):
            others.setdefault(tuple(word.folded for word in words), []).append(synonym)
    table: Synonyms = {}
    for run in sorted(filter(None, others), key=len, reverse=True):
        table.setdefault(run[0], []).append((list(run), others[run]))
    return table


def read(typed: str, synonyms: Synonyms | None = None) -> Query:
    """Read the visitor's words `typed` (clean) as a `Query`.

    "cụm từ" in quotes stands side by side, -word is left out, the last word may go on unless a
    quote or blank closed it.
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


def number_in(typed: str) -> str:
    """Return the số ký hiệu, or the part of one, in the visitor's query; "" for none.

    The same as `read(typed).number`, and faster.
    """
    asked = _tidied(typed.translate(_QUOTES))
    if _LEFT_OUT.search(asked):
        return read(typed).number
    return "" if '"' in asked else _number_in(asked)


def whole_number(number: str) -> Condition:
    """Return the query's condition that a document's number is `number`, in any spelling."""
    return Condition(in_head=(((tokens.number(number),),),))


def _number_in(asked: str) -> str:
    """Return the số ký hiệu, or the part of one, that the query `asked` names; "" for none."""
    written = _WRITTEN.search(asked)
    if written:
        return numbers.tidy(written[0])
    return numbers.number_in(asked) if _DIGIT.search(asked) else ""


def _tidied(typed: str) -> str:
    """Return the query without the word "số", blanks and day of issue round a number."""
    if '"' in typed or not _DIGIT.search(typed):
        return typed
    typed = numbers.BEFORE_NUMBER.sub("", typed)
    return _APART.sub(r"\1", _DATED.sub(r"\1", typed)) if " " in typed else typed


def _with_synonyms(terms: list[Term], synonyms: Synonyms) -> list[Term]:
    """Return the query's terms, where a run of words that has synonyms is one term."""
    # A quote means these very words.
    folded = ["" if term.is_phrase else term.words[0].folded for term in terms]
    joined, start = [], 0
    while start < len(terms):
        for run, others in synonyms.get(folded[start], ()):
            if folded[start : start + len(run)] == run:
                words = tuple(term.words[0] for term in terms[start : start + len(run)])
                joined.append(Term(words, tuple(others)))
                start += len(run)
                break
        else:
            joined.append(terms[start])
            start += 1
    return joined
