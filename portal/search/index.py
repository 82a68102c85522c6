"""Looks into every room for words; each room says itself what is visible.

Simple for now: every word must stand in the folded text of a row. Its one caller asks `search`, so that a real index
can take its place.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Value
from django.utils import timezone

from documents.models import Document
from documents.validity import Validity
from news.models import Article
from portal.pages.models import Page
from portal.search.forms import KINDS
from schedule.models import Appointment

#: Hits at most of one kind: what nobody turns pages to.
MOST = 500


@dataclass(frozen=True)
class Hit:
    """One result: kind (words), title, address, day, summary, number and standing (documents only)."""

    kind_label: str
    title: str
    url: str
    date: date | None
    summary: str
    number: str = ""
    validity: Validity | None = None


def _articles(query):
    rows = Article.objects.visible().matching(query).for_lists()
    return rows, lambda a: Hit(KINDS["tin-tuc"], a.title, a.get_absolute_url(), timezone.localdate(a.published_at), a.lead)


def _documents(query):
    rows = (
        Document.objects.visible()
        .matching_number_or_words(query)
        .judged_on()
        .newest_first()
        .select_related("type")
        .defer("body", "folded")
    )
    return rows, lambda d: Hit(
        KINDS["van-ban"], d.title, d.get_absolute_url(), d.issued_on, d.summary if d.number else "", d.number, d.validity
    )


def _appointments(query):
    rows = Appointment.objects.visible().matching(query).in_order().reverse()
    return rows, lambda a: Hit(
        KINDS["lich"], a.content, a.get_absolute_url(), a.day, " · ".join(filter(None, [a.time, a.place, a.chair]))
    )


def _pages(query):
    rows = Page.objects.visible().matching(query).in_order()
    return rows, lambda p: Hit(KINDS["trang"], p.title, p.get_absolute_url(), None, p.lead)


_ROOMS = {"van-ban": _documents, "tin-tuc": _articles, "lich": _appointments, "trang": _pages}


def _counts(rows):
    """Return {kind: number of hits, at most `MOST`} of `rows` ({kind: queryset}). One query for all kinds."""
    if not rows:
        return {}
    reads = [found.order_by().values(kind=Value(kind)).annotate(hits=Count("pk")) for kind, found in rows.items()]
    found = {row["kind"]: row["hits"] for row in reads[0].union(*reads[1:], all=True)}
    return {kind: min(found.get(kind, 0), MOST) for kind in rows}


class Results:
    """The hits of all kinds one after the other, cut like a list; only the page shown is fetched."""

    def __init__(self, query, kind=""):
        rooms = {name: room(query) for name, room in _ROOMS.items()} if query else {}
        self.counts = _counts({name: rows for name, (rows, _) in rooms.items()})
        self.parts = [(rows[:MOST], to_hit, self.counts[name]) for name, (rows, to_hit) in rooms.items() if kind in ("", name)]

    def __len__(self):
        return sum(count for _, _, count in self.parts)

    def __getitem__(self, span):
        hits, start, stop = [], span.start or 0, span.stop
        for rows, to_hit, count in self.parts:
            if start < count and stop > 0:
                hits += [to_hit(row) for row in rows[max(start, 0) : min(stop, count)]]
            start, stop = start - count, stop - count
        return hits


def search(query, kind=""):
    """Return the `Results` for `query` (str, as typed) in one kind (key of KINDS) or in all ("")."""
    return Results(query, kind)
