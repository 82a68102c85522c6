"""Find the answers to a search: how many, by which facts, and the page that is shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import F
from django.db.models.functions import Substr

from documents.law.validity import Validity
from documents.models import Document
from portal.search.index import sources, update
from portal.search.index.sources import KINDS
from portal.search.models import IndexedText, Synonym
from portal.search.query import tokens
from portal.search.query.read import Query, Synonyms, meanings, number_in, read, whole_number
from portal.search.results.snippets import Excerpt, Marker, Pieces, beginning

#: Answers that are counted and can be leafed through; beyond it is said "hơn 10.000".
MOST = 10_000
#: Letters of a text in which the place to show is looked for.
LOOKED_THROUGH = 400_000


#: Answers to a phrase that are looked at before they are counted, and letters of their texts at
#: most.
CHECKED, CHECKED_LETTERS = 500, 4_000_000
#: Documents of one number that are looked at.
PER_NUMBER = 20


@dataclass(frozen=True)
class Hit:
    """One answer of the search. `marked_title` and each of `lines` are pieces.

    `page`: (words, address) of the page of a file in which the last line stands; None elsewhere.
    """

    kind: str
    title: str
    url: str
    date: date | None
    number: str = ""
    marked_title: Pieces = field(default_factory=list)
    lines: list[Pieces] = field(default_factory=list)
    page: tuple[str, str] | None = None
    validity: Validity | None = None

    @property
    def kind_label(self) -> str:
        """Return the hit's kind in words."""
        return KINDS[self.kind]


def synonyms() -> Synonyms:
    """Return the synonyms that staff entered, for the visitor's query.

    One query; the table is made anew only where it says something new.
    """
    return _meanings(tuple(Synonym.objects.values_list("word", "meaning")))


@lru_cache(maxsize=1)
def _meanings(pairs: tuple[tuple[str, str], ...]) -> Synonyms:
    return meanings(
        [(tuple(tokens.words(word)), tuple(tokens.words(meaning))) for word, meaning in pairs]
    )


class Answers:
    """The answers to a query, cut like a list; only the page shown is fetched.

    `chosen`: {name of a fact: value} that narrow them. `by_date`: the newest first, whatever they
    match with.
    """

    def __init__(
        self, typed: str, chosen: dict[str, str] | None = None, by_date: bool = False
    ) -> None:
        self.chosen = {name: tokens.fact(name, value) for name, value in (chosen or {}).items()}
        self.by_date = by_date
        self.asked = read(typed, synonyms()) if typed else Query("")
        self.query = self.asked.narrowed(self.chosen.values())
        self._groups, self._total, self.is_capped = [], 0, False
        self._phrase_matches = None  # what was looked at word by word; None where it was not
        if self.asked:
            update.catch_up()
            counted = update.engine.count(self.asked.everything, MOST + 1)
            if self.asked.phrases and sum(counted.values()) <= CHECKED:
                self._phrase_matches = phrase_matches(self.asked)
                counted = Counter(self._phrase_matches.values())
            self._groups = [(frozenset(facts.split()), number) for facts, number in counted.items()]
            self._total = sum(counted.values())
            self.is_capped = self._total > MOST
            if self.chosen:
                self._total = self._sum(self.chosen.values())
                if self.is_capped:
                    self._total = sum(update.engine.count(self.query.everything, MOST + 1).values())

    def _sum(self, wanted: Iterable[str]) -> int:
        wanted = set(wanted)
        return sum(number for facts, number in self._groups if wanted <= facts)

    @property
    def is_empty(self) -> bool:
        """Tell whether a search was asked and has no hits."""
        return bool(self.asked) and not self._total

    @property
    def is_more(self) -> bool:
        """Tell whether there are more hits than can be leafed through."""
        return self._total > MOST

    def __len__(self) -> int:
        return min(self._total, MOST)

    def counts(self, name: str) -> dict[str, int]:
        """Count the hits by the fact `name`, {value: number}, whatever is chosen of it."""
        others = {token for of, token in self.chosen.items() if of != name}
        start, found = tokens.fact(name, ""), {}
        for facts, number in self._groups:
            if others <= facts:
                for token in facts:
                    if token.startswith(start):
                        value = token.removeprefix(start)
                        found[value] = found.get(value, 0) + number
        return found

    def all_but(self, name: str) -> int:
        """Count the hits when nothing is chosen of the fact `name`."""
        return min(self._sum(token for of, token in self.chosen.items() if of != name), MOST)

    def __getitem__(self, span: slice) -> list[Hit]:
        stop = min(span.stop, len(self))
        start = span.start or 0
        if start >= stop:
            return []
        tiers = [self.query.everything] if self.by_date else self.query.tiers()
        if self._phrase_matches is None:
            return hits(self.query, update.engine.find(tiers, stop, start, self._total))
        return hits(
            self.query,
            [key for key in update.engine.find(tiers, CHECKED) if key in self._phrase_matches][
                start:stop
            ],
        )


def phrase_matches(asked: Query) -> dict[int, str]:
    """Return {key: facts} of the hits that hold each phrase of the query.

    Two statements.

    Looked at are the newest `CHECKED` that have its words. After `CHECKED_LETTERS` of text the rest
    is believed: a phrase must not cost seconds where files have a thousand pages.
    """
    keys = update.engine.find([asked.everything], CHECKED)
    rows = IndexedText.objects.filter(pk__in=keys).order_by("-pk").annotate(facts=F("entry__facts"))
    marker, found, left = Marker(asked), {}, CHECKED_LETTERS
    for row in (
        rows.annotate(text=Substr("body", 1, LOOKED_THROUGH)).defer("body").iterator(chunk_size=50)
    ):
        if left < 0 or marker.holds_phrases([row.title, row.summary, row.note, row.text]):
            found[row.pk] = row.facts
        left -= len(row.text)
    return found


def straight_to(typed: str) -> str | None:
    """Return the address of the one document whose whole number was searched; else None."""
    number = number_in(typed)
    if not number:
        return None
    asked = read(typed)
    if not asked.is_number_of(number):
        return None
    update.catch_up()
    keys = update.engine.find([whole_number(number)], PER_NUMBER)
    named = [hit for hit in hits(asked, keys) if asked.is_number_of(hit.number)]
    return named[0].url if len(named) == 1 else None


def suggestions(typed: str, most: int = 8) -> list[tuple[str, str, str]]:
    """Suggest what the words in the search box may become: (title, description, address).

    At most five statements.
    """
    asked = read(typed)
    if not asked or len(typed) < 2:
        return []
    update.catch_up()
    keys = update.engine.find([tier for tier in asked.tiers() if not tier.terms], most)
    rows = (
        IndexedText.objects.filter(pk__in=keys)
        .annotate(kind=F("entry__kind"), object_id=F("entry__object_id"))
        .defer("body")
    )
    by_key = {row.pk: row for row in rows}
    visible = sources.still_visible([(row.kind, row.object_id) for row in by_key.values()])
    shown = [
        by_key[key]
        for key in keys
        if key in by_key and (by_key[key].kind, by_key[key].object_id) in visible
    ]
    return [(row.title[:200], (row.summary or KINDS[row.kind])[:200], row.address) for row in shown]


def hits(asked: Query, keys: list[int]) -> list[Hit]:
    """Return the page of hits of the entries `keys`, in order, without what is not visible."""
    rows = (
        IndexedText.objects.filter(pk__in=keys)
        .annotate(kind=F("entry__kind"), object_id=F("entry__object_id"), day=F("entry__day"))
        .annotate(text=Substr("body", 1, LOOKED_THROUGH))
        .defer("body")
    )
    by_key = {row.pk: row for row in rows}
    found = [by_key[key] for key in keys if key in by_key]
    documents = [row.object_id for row in found if row.kind == "van-ban"]
    shown_documents = (
        {each.pk: each for each in Document.objects.visible().filter(pk__in=documents).for_cards()}
        if documents
        else {}
    )
    visible = sources.still_visible(
        [(row.kind, row.object_id) for row in found if row.kind != "van-ban"]
    )
    visible |= {("van-ban", pk) for pk in shown_documents}
    marker = Marker(asked)
    shown = [row for row in found if (row.kind, row.object_id) in visible]
    shown = [
        row for row in shown if marker.holds_phrases([row.title, row.summary, row.note, row.text])
    ]
    return [
        _hit(row, marker, shown_documents.get(row.object_id) if row.kind == "van-ban" else None)
        for row in shown
    ]


def _hit(row: IndexedText, marker: Marker, document: Document | None) -> Hit:
    """Return the hit of an entry: its title, how it begins, and the best place of its text."""
    parts, page = [Excerpt(row.title)], None
    intro = row.summary or row.note
    seen = marker.terms_in(row.title) | marker.terms_in(intro[:600])
    if intro:
        parts.append(beginning(intro, 420 if row.summary else 260))
    if row.kind != "lich" and (len(seen) < marker.count or not intro):
        place = marker.excerpt(row.text, seen)
        if place is not None:
            page = _page(row, place[0])
            if page or not intro or not marker.terms_in(place[1].value) <= seen:
                parts.append(place[1])
        elif not intro and row.text:
            parts.append(beginning(row.text))
    marked_title, *lines = marker.marked(parts)
    return Hit(
        kind=row.kind,
        title=row.title,
        url=row.address,
        date=row.day,
        number=row.number,
        marked_title=marked_title,
        lines=lines,
        page=page,
        validity=document.validity if document else None,
    )


def _page(row: IndexedText, part: int) -> tuple[str, str] | None:
    """Return (words, address) of the file's page where a hit's part of text is, or None."""
    if not 0 < part <= len(row.places):
        return None
    attachment, name, number = row.places[part - 1]
    return f"{name}, trang {number}", f"{row.address}tep/{attachment}/doc/{number}/"
