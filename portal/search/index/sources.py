"""Read what each room gives to the search index: visible rows only, and what they depend on."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from django.db import connection
from django.db.models import Model, QuerySet, Value
from django.utils import timezone

from documents.files.models import Attachment
from documents.files.text_queue import PageText
from documents.models import Document
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article
from portal.pages.models import Page
from portal.richtext.cleaner import as_plain
from portal.search.query import tokens
from portal.text import vietnamese
from schedule.models import Appointment, Week

KINDS = {"tin-tuc": "Tin tức", "van-ban": "Văn bản", "lich": "Lịch công tác", "trang": "Trang"}
#: Characters of a text at most: what is beyond (a book of 1,500 pages) is not found.
LONGEST = 3_000_000

#: Keys count seconds from here on, in the bits from SECOND on.
BEGINNING, SECOND, LAST_SECOND = datetime(1600, 1, 1), 28, 2**35 - 1
_PLACES = {kind: place for place, kind in enumerate(KINDS)}


@dataclass
class SearchDocument:
    """One visible thing as the search index keeps it.

    `moment`: naive local time by which it is sorted (None: last of all). `facts`: {name: values} to
    filter by. `places`: of each further part of `body`, [key of the file, its name, page number].
    """

    kind: str
    object_id: int
    title: str
    address: str
    moment: datetime | None = None
    number: str = ""
    summary: str = ""
    note: str = ""
    body: str = ""
    places: list[list[int | str]] = field(default_factory=list)
    facts: dict[str, list[str]] = field(default_factory=dict)

    @property
    def key(self) -> int:
        """Return the search key of what a room gives: seconds since 1600, kind, object.

        Unique; grows with the date.
        """
        seconds = 0
        if self.moment is not None:
            seconds = max(1, min(int((self.moment - BEGINNING).total_seconds()), LAST_SECOND))
        return seconds << SECOND | _PLACES[self.kind] << 26 | self.object_id % 2**26

    @property
    def tokens(self) -> str:
        """Return the facts that a room gives to the index as tokens set apart by blanks."""
        facts = {"loai": [self.kind], **self.facts}
        if self.moment is not None:
            facts["nam"] = [self.moment.year]
        return " ".join(
            sorted(
                tokens.fact(name, value)
                for name, values in facts.items()
                for value in set(values)
                if value
            )
        )


def _clean(value: str) -> str:
    """Return a room's text as the index keeps it: clean, on one line, without `tokens.PART`."""
    return vietnamese.clean_line(value)


def _articles(rows: "QuerySet[Article]") -> Iterator[SearchDocument]:
    for article in rows.defer("folded"):
        yield SearchDocument(
            kind="tin-tuc",
            object_id=article.pk,
            title=article.title,
            address=article.get_absolute_url(),
            moment=timezone.make_naive(article.published_at),
            note=_clean(article.lead),
            body=_clean(f"{as_plain(article.body)} {article.signature}"),
        )


def _documents(rows: "QuerySet[Document]") -> Iterator[SearchDocument]:
    rows = (
        rows.select_related("type", "agency")
        .prefetch_related("co_agencies", "fields", "attachments__page_texts")
        .defer("folded")
    )
    for document in rows:
        issuers = [agency for agency in (document.agency, *document.co_agencies.all()) if agency]
        day = document.issued_on
        moment = (
            datetime.combine(day, time()) + timedelta(seconds=min(document.number_value, 86_399))
            if day
            else None
        )
        own = " ".join(
            [
                as_plain(document.body),
                document.signer,
                document.signer_post,
                *(agency.name for agency in issuers),
            ]
        )
        body, places = [_clean(own)], []
        for attachment, page in _pages_of(document):
            body.append(_clean(page.text))
            places.append([attachment.pk, attachment.original_name, page.number])
        yield SearchDocument(
            kind="van-ban",
            object_id=document.pk,
            title=document.title,
            address=document.get_absolute_url(),
            moment=moment,
            number=document.number,
            summary=_clean(document.summary) if document.number else "",
            note="" if document.number else _clean(document.summary),
            body=tokens.PART.join(body)[:LONGEST],
            places=places,
            facts={
                "nhom": [document.family],
                "loai-van-ban": [document.type.slug] if document.type else [],
                "co-quan": [agency.slug for agency in issuers],
                "linh-vuc": [each.slug for each in document.fields.all()],
            },
        )


def _pages_of(document: Document) -> Iterator[tuple[Attachment, PageText]]:
    """Give the index (file, page) of the texts of a document's files, in reading order."""
    for attachment in sorted(document.attachments.all(), key=lambda each: (each.position, each.pk)):
        for page in sorted(attachment.page_texts.all(), key=lambda each: each.number):
            yield attachment, page


def _appointments(rows: "QuerySet[Appointment]") -> Iterator[SearchDocument]:
    for row in rows.defer("folded"):
        yield SearchDocument(
            kind="lich",
            object_id=row.pk,
            title=_clean(row.content),
            address=row.get_absolute_url(),
            moment=datetime.combine(row.day, row.starts_at or time()),
            note=" · ".join(filter(None, [row.time, row.place, row.chair])),
            body=_clean(f"{row.participants} {row.preparing_unit}"),
        )


def _pages(rows: "QuerySet[Page]") -> Iterator[SearchDocument]:
    for page in rows.defer("folded"):
        yield SearchDocument(
            kind="trang",
            object_id=page.pk,
            title=page.title,
            address=page.get_absolute_url(),
            note=_clean(page.lead),
            body=_clean(as_plain(page.body)),
        )


#: What is searched: kind → (model, what it gives of its visible rows).
ROOMS = {
    "tin-tuc": (Article, _articles),
    "van-ban": (Document, _documents),
    "lich": (Appointment, _appointments),
    "trang": (Page, _pages),
}
#: What entries depend on: model → [(kind, path to its rows from the searched model)].
DEPENDENCIES = {
    Article: [("tin-tuc", "pk")],
    Document: [("van-ban", "pk")],
    Appointment: [("lich", "pk")],
    Page: [("trang", "pk")],
    Week: [("lich", "week")],
    Attachment: [("van-ban", "attachments")],
    PageText: [("van-ban", "attachments__page_texts")],
    DocumentType: [("van-ban", "type")],
    Agency: [("van-ban", "agency"), ("van-ban", "co_agencies")],
    Field: [("van-ban", "fields")],
}


def visible(kind: str, keys: Iterable[int]) -> list[SearchDocument]:
    """Return the room's visible objects `keys`, locked for indexing against a change meanwhile."""
    model, give = ROOMS[kind]
    rows = model.objects.visible().filter(pk__in=keys).order_by("pk")
    if connection.features.has_select_for_update_of:
        rows = rows.select_for_update(of=("self",))
    return list(give(rows))


def touched(model: type[Model], keys: Collection[int]) -> dict[str, set[int]]:
    """Return the rooms' objects {kind: keys} whose entries depend on the rows `keys` of `model`."""
    found = {}
    for kind, path in DEPENDENCIES.get(model, ()):
        if path == "pk":
            found.setdefault(kind, set()).update(keys)
        else:
            rows = ROOMS[kind][0]._base_manager.filter(**{f"{path}__in": keys})
            found.setdefault(kind, set()).update(rows.values_list("pk", flat=True))
    return found


def moments(
    model: type[Model], keys: Collection[int], after: datetime
) -> list[tuple[datetime, int]]:
    """Return (moment, key) of the rooms' publication times after `after` of the rows `keys`."""
    names = [
        each.name
        for each in model._meta.concrete_fields
        if each.name in ("published_at", "published_until")
    ]
    rows = model._base_manager.filter(pk__in=keys).values_list("pk", *names) if names else ()
    return [(moment, pk) for pk, *times in rows for moment in times if moment and moment > after]


def still_visible(pairs: Collection[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return those of `pairs` (kind of the room, key of the object) that are visible now.

    One query.
    """
    reads = []
    for kind, (model, _) in ROOMS.items():
        keys = [key for of, key in pairs if of == kind]
        if keys:
            rows = model.objects.visible().filter(pk__in=keys).order_by()
            reads.append(rows.annotate(of=Value(kind)).values_list("of", "pk"))
    return set(reads[0].union(*reads[1:], all=True)) if reads else set()
