"""The choices of the filter of the lists: the words of the register, and how many documents each of them would find."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import and_, or_

from django.db import models
from django.db.models import F, Value

from documents.filters.bitsets import sets
from documents.law.validity import IN_FORCE
from documents.vocabulary import Agency, DocumentType, Field
from portal.text import vietnamese

#: Names of the filters that offer words which staff keep.
VOCABULARIES = {"co-quan": Agency, "loai": DocumentType, "linh-vuc": Field}


@dataclass(frozen=True)
class Word:
    """One word of a vocabulary as the filter knows it. `heir`: key of the agency that succeeded this one."""

    pk: int
    slug: str
    name: str
    short_name: str = ""
    ended_on: date | None = None
    heir: int | None = None

    @property
    def past(self):
        """The name of a body that is no more, with its last day (str)."""
        words = self.short_name or self.name
        return f"{words}, đến {self.ended_on:%d/%m/%Y}" if self.ended_on else words


def vocabularies():
    """Return {name of the filter: list of Word} in the order to be shown: by position, then alphabetically. One query."""
    columns = ("of", "position", "pk", "slug", "name", "short", "ended", "heir")
    nothing = {
        "short": Value(""),
        "ended": Value(None, models.DateField()),
        "heir": Value(None, models.BigIntegerField()),
    }
    facts = {Agency: {"short": F("short_name"), "ended": F("ended_on"), "heir": F("successor_id")}}
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
    """The agencies, old bodies below the one that has their duties now.

    Choosing a present body means its own documents and those of all before it; choosing a former one means its own alone.
    """

    def __init__(self, words):
        """`words`: list of Word of all agencies, in the order to be shown."""
        self._by_key = {word.pk: word for word in words}
        self.now = {word.pk: self._last(word.pk) for word in words}
        self._before = defaultdict(list)
        for word in words:
            if self.now[word.pk] != word.pk:
                self._before[self.now[word.pk]].append(word)
        self.present = [word for word in words if self.now[word.pk] == word.pk]

    def _last(self, pk):
        """Return the key at the end of the successors of `pk`; of bodies that succeed each other in a circle the first entered."""
        way = [pk]
        while (heir := self._by_key[way[-1]].heir) is not None:
            if heir in way:
                return min(way[way.index(heir) :])
            way.append(heir)
        return way[-1]

    def before(self, pk):
        """Return the former bodies (list of Word) whose duties the present body `pk` has now."""
        return self._before.get(pk, [])

    def meant_by(self, pk):
        """Return the keys (list of int) of the agencies whose documents the choice of `pk` finds."""
        return [pk, *(word.pk for word in self.before(pk))]

    def label(self, word):
        """Return what the choice of `word` is called (str); it says so where former bodies are included."""
        if self.now[word.pk] != word.pk:
            return word.past
        return (
            f"{word.past} và các cơ quan trước đây"
            if self.before(word.pk)
            else word.past
            if word.ended_on
            else word.name
        )


#: So many documents are looked up by their keys sooner than by conditions.
FEW = 500


class Facets:
    """How many documents each choice of a filter finds while all its other conditions stay.

    `counts`: {name of the filter: {key of the word, `Family` or `Validity`: number}}; what is not in there finds nothing.
    `total`: how many documents the whole filter finds; `few`: their keys where they are few, else None. Only words and signers are asked of the database, once.
    """

    def __init__(self, form, documents):
        """`form`: a DocumentFilter; `documents`: what it narrows (DocumentQuerySet), the visible ones."""
        register = sets()
        standing = register.with_validity(form.day)
        agencies = {
            pk: union(register.agencies, form.issuers.meant_by(pk)) for pk in form.issuers.now
        }
        choices = {
            "nhom": register.families,
            "loai": register.types,
            "co-quan": agencies,
            "linh-vuc": register.fields,
            "tinh-trang": standing,
        }
        chosen = {name: choices[name].get(value, 0) for name, value in form.chosen().items()}
        law = union(standing, IN_FORCE)
        if form.values().get("ngay") and "tinh-trang" not in chosen:
            chosen["tinh-trang"] = law
        free = register.issued_between(*form.days())
        if form.is_worded():
            free &= register.of(form.worded(documents).order_by().values_list("pk", flat=True))
        rest = {
            name: reduce(and_, (found for other, found in chosen.items() if other != name), free)
            for name in choices
        }
        self.counts = {
            name: Counter(
                {value: (found & rest[name]).bit_count() for value, found in choices[name].items()}
            )
            for name in choices
        }
        self.in_force = (law & rest["tinh-trang"]).bit_count()
        self.of_all_families = rest["nhom"].bit_count()
        found = reduce(and_, chosen.values(), free)
        self.total = found.bit_count()
        self.few = register.keys(found) if self.total <= FEW else None


def union(found, values):
    """Return the set (int, see `documents.filters.bitsets`) of what has one of `values` in `found` ({value: set})."""
    return reduce(or_, (found.get(value, 0) for value in values), 0)
