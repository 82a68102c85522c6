"""Facets: the choices of the register's filter, and how many documents each would find."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Value

from documents.agency_names import successors_of
from documents.filters.bitsets import sets
from documents.law.validity import IN_FORCE
from documents.vocabulary import Agency, DocumentType, Field
from portal.text import vietnamese

if TYPE_CHECKING:
    from documents.filters.form import DocumentFilter
    from documents.models import DocumentQuerySet

#: Names of the filters that offer words which staff keep.
VOCABULARIES = {"co-quan": Agency, "loai": DocumentType, "linh-vuc": Field}


@dataclass(frozen=True)
class Word:
    """One word of a vocabulary in the filter. `successor`: key of the agency that followed it."""

    pk: int
    slug: str
    name: str
    short_name: str = ""
    ended_on: date | None = None
    successor: int | None = None

    @property
    def past(self) -> str:
        """The name of a former agency in the facets, with its last day."""
        words = self.short_name or self.name
        return f"{words}, đến {self.ended_on:%d/%m/%Y}" if self.ended_on else words


def vocabularies() -> dict[str, list[Word]]:
    """Return the words of each facet by its name: by position, then alphabetically. One query."""
    columns = ("of", "position", "pk", "slug", "name", "short", "ended", "successor_key")
    nothing = {
        "short": Value(""),
        "ended": Value(None, models.DateField()),
        "successor_key": Value(None, models.BigIntegerField()),
    }
    facts = {
        Agency: {
            "short": F("short_name"),
            "ended": F("ended_on"),
            "successor_key": F("successor_id"),
        }
    }
    reads = [
        model.objects.order_by()
        .annotate(of=Value(name), **facts.get(model, nothing))
        .values_list(*columns)
        for name, model in VOCABULARIES.items()
    ]
    rows = sorted(
        reads[0].union(*reads[1:], all=True), key=lambda row: (row[1], vietnamese.sort_key(row[4]))
    )
    return {name: [Word(*row[2:]) for row in rows if row[0] == name] for name in VOCABULARIES}


class Issuers:
    """The agencies of the filter, former ones below the one that has their duties now.

    Choosing a present agency means its own documents and those of all before it; choosing a former
    one means its own alone.
    """

    def __init__(self, words: list[Word]) -> None:
        self._by_key = {word.pk: word for word in words}
        self.now = {word.pk: self._last(word.pk) for word in words}
        self._before = defaultdict(list)
        for word in words:
            if self.now[word.pk] != word.pk:
                self._before[self.now[word.pk]].append(word)
        self.present = [word for word in words if self.now[word.pk] == word.pk]

    def _last(self, pk: int) -> int:
        """Return the last successor of an agency of the facet; of a circle the first."""

        def successor_of(pk: int) -> int | None:
            return self._by_key[pk].successor

        line = successors_of(pk, successor_of)
        again = successor_of(line[-1])
        return line[-1] if again is None else min(line[line.index(again) :])

    def before(self, pk: int) -> list[Word]:
        """Return the former agencies below a present one in the facet of agencies."""
        return self._before.get(pk, [])

    def meant_by(self, pk: int) -> list[int]:
        """Return the agencies whose documents the choice of `pk` in the facet finds."""
        return [pk, *(word.pk for word in self.before(pk))]

    def label(self, word: Word) -> str:
        """Return the label of an agency in the facet, and whether former ones are included."""
        if self.before(word.pk):
            return f"{word.past} và các cơ quan trước đây"
        return word.past if word.ended_on or self.now[word.pk] != word.pk else word.name


#: So many documents are looked up by their keys sooner than by conditions.
FEW = 500


class Facets:
    """Counts: how many documents each choice of a filter finds while its other conditions stay.

    `counts`: {name of the filter: {key of the word, `Family` or `Validity`: number}}; what is not
    in there finds nothing. `total`: how many documents the whole filter finds; `few`: their keys
    where they are few, else None. Only words and signers are asked of the database, once.
    """

    def __init__(self, form: "DocumentFilter", documents: "DocumentQuerySet") -> None:
        register = sets()
        by_validity = register.with_validity(form.day)
        agencies = {
            pk: union(register.agencies, form.issuers.meant_by(pk)) for pk in form.issuers.now
        }
        choices = {
            "nhom": register.families,
            "loai": register.types,
            "co-quan": agencies,
            "linh-vuc": register.fields,
            "tinh-trang": by_validity,
        }
        chosen = {name: choices[name].get(value, 0) for name, value in form.chosen().items()}
        law = union(by_validity, IN_FORCE)
        if form.values().get("ngay") and "tinh-trang" not in chosen:
            chosen["tinh-trang"] = law
        free = register.issued_between(*form.days())
        if form.is_worded():
            free &= register.of(form.worded(documents).order_by().values_list("pk", flat=True))
        rest = {
            name: reduce(and_, (bits for other, bits in chosen.items() if other != name), free)
            for name in choices
        }
        self.counts = {
            name: Counter(
                {value: (bits & rest[name]).bit_count() for value, bits in choices[name].items()}
            )
            for name in choices
        }
        self.in_force = (law & rest["tinh-trang"]).bit_count()
        self.of_all_families = rest["nhom"].bit_count()
        matches = reduce(and_, chosen.values(), free)
        self.total = matches.bit_count()
        self.few = register.keys(matches) if self.total <= FEW else None


def union(sets_by_value: dict[Any, int], values: Iterable[Any]) -> int:
    """Return the bit set of a facet's choice that means several of its `values`."""
    return reduce(or_, (sets_by_value.get(value, 0) for value in values), 0)
