"""The visible register as sets, read in one query: which documents are of a type, of a body, in a field, stand how on a day.

A set is a whole number whose bits are the documents, so that the results of any mix of conditions are counted without asking the database:
`a & b` are the documents of both, `(a & b).bit_count()` says how many. 50,000 documents make sets of 6 kB each.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict, namedtuple
from datetime import date

from django.db import models
from django.db.models import F, Value

from documents.law.relations import Relation
from documents.law.validity import Acting, dated_on, strongest, validity_if
from documents.models import Document
from portal.cache.revision import kept

#: What all rows of the one query have; each part of it fills in what it knows.
_BLANK = {
    "of": None, "document": None, "key": Value(0), "other": Value(None, models.BigIntegerField()), "word": Value(""), "said": Value(""),
    "issued": Value(None, models.DateField()), "first": Value(None, models.DateField()), "last": Value(None, models.DateField()),
}  # fmt: skip
Row = namedtuple("Row", _BLANK)
_YES = ord("1")


def sets():
    """Return the `Sets` of this moment, read once for each generation of the content."""
    return kept("sets of the register", Sets)


class Sets:
    """`all`: the set of all visible documents; `families`, `types`, `agencies`, `fields`: {value or key: set}. An agency has what it issued with others too."""

    def __init__(self):
        rows = defaultdict(list)
        for row in map(Row._make, _rows()):
            rows[row.of].append(row)
        documents = sorted(
            rows["document"], key=lambda row: row.issued or date.max
        )  # so that those of some days lie side by side
        self._days = [row.issued for row in documents if row.issued]
        self._keys = [row.document for row in documents]
        self._places = {key: place for place, key in enumerate(self._keys)}
        self.all = (1 << len(documents)) - 1
        self.families = self._by(enumerate(row.word for row in documents))
        self.types = self._by(enumerate(row.key for row in documents))
        self.fields = self._by(self._placed(rows["field"]))
        alone = enumerate(row.other for row in documents)
        self.agencies = self._by([*alone, *self._placed(rows["issuer"])])
        self._facts = [(row.said, row.first, row.last) for row in documents]
        self._acting = defaultdict(list)
        for row in rows["acting"]:
            if row.document in self._places:
                self._acting[self._places[row.document]].append(
                    Acting(row.key, row.first, row.last)
                )
        self._stood = (None, {})

    def _placed(self, rows):
        """Give (place, key) of `rows` about visible documents."""
        return (
            (self._places[row.document], row.key) for row in rows if row.document in self._places
        )

    def _by(self, pairs):
        """Return {value: set} of `pairs` (place, value)."""
        found = defaultdict(self._nobody)
        for place, value in pairs:
            found[value][place] = _YES
        return {value: _set_of(marks) for value, marks in found.items()}

    def _nobody(self):
        return bytearray(b"0" * len(self._places))

    def of(self, keys):
        """Return the set of the documents with `keys` (iterable of int); those that are not visible are left out."""
        marks, places = self._nobody(), self._places
        for key in keys:
            if key in places:
                marks[places[key]] = _YES
        return _set_of(marks)

    def keys(self, found):
        """Return the keys (list of int) of the documents in the set `found` (int)."""
        marks, keys, place = f"{found:b}"[::-1], [], -1
        while (place := marks.find("1", place + 1)) >= 0:
            keys.append(self._keys[place])
        return keys

    def issued_between(self, first=None, last=None):
        """Return the set of the documents issued on the days `first` to `last` (date or None), both included; without either all documents."""
        if not (first or last):
            return self.all
        start = bisect_left(self._days, first) if first else 0
        end = bisect_right(self._days, last) if last else len(self._days)
        return (1 << max(start, end)) - (1 << start)

    def with_validity(self, day):
        """Return {member of `Validity`: set} on `day` (date), as `validity_on` says; the last day asked for is remembered."""
        asked, found = self._stood
        if asked != day:
            effects = {place: strongest(day, acting) for place, acting in self._acting.items()}
            stands = (
                (place, validity_if(dated_on(day, first, last), said, effects.get(place, 0)))
                for place, (said, first, last) in enumerate(self._facts)
            )
            found = self._by(stands)
            self._stood = (day, found)
        return found


def _set_of(marks):
    """Return the set (int) of the places at which `marks` (bytearray of the digits 0 and 1) has a 1."""
    return int(marks[::-1] or b"0", 2)


def _rows():
    """Return the rows (as `Row` names their columns) of all that the sets are made of, in one query."""
    documents, acting = Document.objects.visible(), Relation.objects.acting()
    facts = {
        "key": F("type"),
        "other": F("agency"),
        "word": F("family"),
        "said": F("validity_given"),
    }
    days = {"issued": F("issued_on"), "first": F("effective_on"), "last": F("expires_on")}
    parts = [
        (documents, {"of": Value("document"), "document": F("pk")} | facts | days),
        (
            Document.fields.through.objects,
            {"of": Value("field"), "document": F("document"), "key": F("field")},
        ),
        (
            Document.co_agencies.through.objects,
            {"of": Value("issuer"), "document": F("document"), "key": F("agency")},
        ),
        (
            acting,
            {
                "of": Value("acting"),
                "document": F("target"),
                "key": F("effect"),
                "first": F("first_day"),
                "last": F("acts_until"),
            },
        ),
    ]
    queries = [
        rows.order_by().values_list(*(columns.get(name, blank) for name, blank in _BLANK.items()))
        for rows, columns in parts
    ]
    return queries[0].union(*queries[1:], all=True)
