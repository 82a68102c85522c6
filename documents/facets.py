"""The choices of the filter of the lists: the words of the register, and how many documents each of them would find."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Count, F, Value

from documents.validity import STANDING_LAW, dated_on, validity_if
from documents.vocabulary import Agency, DocumentType, Field
from portal import text

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
        model.objects.order_by().annotate(of=Value(name), **facts.get(model, nothing)).values_list(*columns)
        for name, model in VOCABULARIES.items()
    ]
    rows = sorted(reads[0].union(*reads[1:], all=True), key=lambda row: (row[1], text.sort_key(row[4])))
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
        return f"{word.past} và các cơ quan trước đây" if self.before(word.pk) else word.past if word.ended_on else word.name


#: The filters whose choices are a column of the document, or of its fields.
PLAIN = {"loai": "type", "co-quan": "agency", "linh-vuc": "fields"}


class Facets:
    """How many documents each choice of a filter finds while all its other conditions stay.

    `counts`: {name of the filter: {key of the word, `Family` or `Validity`: number}}; what is not in there finds nothing.
    `total`: how many documents the whole filter finds. One query, however many choices there are.
    """

    def __init__(self, form, documents):
        """`form`: a DocumentFilter; `documents`: what it narrows (DocumentQuerySet)."""
        parts = [self._part(name, form.narrow(documents, but=name), key=F(column)) for name, column in PLAIN.items()]
        parts.append(self._part("nhom", form.narrow(documents, but="nhom"), word=F("family")))
        joint = form.narrow(documents, but="co-quan").joint()
        parts.append(self._part("lien-tich", joint, key=F("co_agencies"), other=F("agency"), document=F("pk")))
        judged = form.narrow(documents, but="tinh-trang")
        said = {"key": dated_on(form.day), "word": F("validity_given")}
        parts.append(self._part("tinh-trang", judged, **said))
        parts.append(self._part("bi-tac-dong", judged.acted_on(form.day), **said, other=F("effect")))
        rows = defaultdict(list)
        for row in parts[0].union(*parts[1:], all=True):
            rows[row["of"]].append(row)
        self.counts = {name: Counter({row["key"]: row["count"] for row in rows[name]}) for name in ("loai", "linh-vuc")}
        self.counts["nhom"] = Counter({row["word"]: row["count"] for row in rows["nhom"]})
        self.counts["co-quan"] = self._of_agencies(form.issuers, rows["co-quan"], rows["lien-tich"])
        self.counts["tinh-trang"] = self._of_standings(rows["tinh-trang"], rows["bi-tac-dong"])
        self.in_force = sum(self.counts["tinh-trang"][validity] for validity in STANDING_LAW)
        self.of_all_families = self.counts["nhom"].total()
        self.total = self.counts["nhom"][form.family] if form.family else self.of_all_families

    @staticmethod
    def _part(name, documents, **columns):
        """Return the rows that count `documents` by `columns`; all parts of the query have the same ones."""
        shown = {"word": Value(""), "key": Value(0), "other": Value(0), "document": Value(0)} | columns
        return documents.order_by().values(of=Value(name), **shown).annotate(count=Count("pk"))

    @staticmethod
    def _of_standings(rows, acted_on):
        """Return the counts of `Validity`: all as their dates say, then those on which others act taken back and counted as they stand."""
        counts = Counter()
        for row in rows:
            counts[validity_if(row["key"], row["word"], 0)] += row["count"]
        for row in acted_on:
            counts[validity_if(row["key"], row["word"], 0)] -= row["count"]
            counts[validity_if(row["key"], row["word"], row["other"])] += row["count"]
        return counts

    @staticmethod
    def _of_agencies(issuers, single, joint):
        """Return the counts of the agencies; a document that several bodies of one group issued together counts once for it."""
        counts = Counter()
        for row in single:
            if row["key"] is not None:
                for choice in {row["key"], issuers.now[row["key"]]}:
                    counts[choice] += row["count"]
        shared = defaultdict(set)
        for row in joint:
            known = {row["other"], issuers.now.get(row["other"])}
            for choice in {row["key"], issuers.now[row["key"]]} - known:
                shared[choice].add(row["document"])
        for choice, documents in shared.items():
            counts[choice] += len(documents)
        return counts
