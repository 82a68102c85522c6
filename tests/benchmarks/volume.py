"""Fill a database with articles, documents and weeks made by chance, for measurements.

`python -m tests.benchmarks.volume --articles N --documents N --weeks N` adds so many rows to the
portal that the environment names.
"""
# ruff: noqa: E402 - Django is set up before the models are imported

import argparse
import os
import time
from datetime import UTC, datetime, timedelta
from datetime import time as clock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.contrib.admin.models import LogEntry
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone

from documents.files.models import Attachment
from documents.files.text_queue import TextState
from documents.law.relations import Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Document, Family
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article, Category, Tag, TaggedArticle
from portal.ops import sqlite_statistics
from portal.publishing.states import State
from portal.text import vietnamese
from schedule.models import Appointment, Week
from schedule.weeks import monday_of
from tests.benchmarks import crowd

BATCH = 1000
FILE = "van-ban/khoi-luong.pdf"  # one small file stands for all attachments
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


class Refused(Exception):
    """This database is not to be filled, or the numbers make no sense."""


def fill(articles=0, documents=0, weeks=0, seed=1, among_real_content=False):
    """Add so many rows in batches, each in one transaction; return a sentence for each kind.

    What is there stays. Raises Refused for numbers that make no sense, and for a database in which
    staff have worked, unless `among_real_content`. Another `seed` makes other rows.
    """
    if min(articles, documents, weeks) < 0 or not (articles or documents or weeks):
        raise Refused("Say how many articles, documents or weeks: whole numbers, one above 0.")
    if LogEntry.objects.exists() and not among_real_content:
        raise Refused(
            "Staff have worked in this database. Chance content does not belong there; "
            "--among-real-content adds it all the same."
        )
    source, now = crowd.Crowd(seed), timezone.now()
    summaries = [
        _add("articles", articles, Articles(source, now)),
        _add("documents", documents, Documents(source, now)),
        _add("weeks", weeks, Weeks(source, now)),
    ]
    sqlite_statistics.analyze()
    return summaries


def _add(name, count, maker):
    began, made = time.monotonic(), 0
    while made < count:
        with transaction.atomic():
            added = maker.add(min(BATCH, count - made))
        if not added:
            break
        made += added
    return f"{made} of {count} {name} added in {time.monotonic() - began:.0f} s"


def publishing_fields(source, now, published_at):
    """Return the publishing fields of one row: most are visible, some hidden in each phase."""
    dice = source.random()
    if dice < 0.94:
        return {"state": State.PUBLISHED, "published_at": published_at}
    if dice < 0.95:
        return {"state": State.DRAFT, "published_at": None}
    if dice < 0.96:
        return {"state": State.REVIEW, "published_at": None}
    if dice < 0.97:
        return {
            "state": State.PUBLISHED,
            "published_at": now + timedelta(days=30 + 300 * source.random()),
        }
    if dice < 0.99:
        over = published_at + (now - published_at) * source.random()
        return {"state": State.PUBLISHED, "published_at": published_at, "published_until": over}
    return {
        "state": State.WITHDRAWN,
        "published_at": published_at,
        "withdrawal_reason": "Gỡ để cập nhật số liệu.",
    }


def keys_after(model, key):
    """Return the primary keys of the rows of `model` above `key`."""
    return list(model.objects.filter(pk__gt=key or 0).order_by("pk").values_list("pk", flat=True))


def named(model, name, **values):
    """Return the row of `model` with the slug of `name`; make it with `values` if missing."""
    return model.objects.filter(slug=vietnamese.slug(name)).first() or model.objects.create(
        name=name, **values
    )


def newest_key(model):
    """Return the highest primary key of `model`, 0 for none."""
    return model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


class Articles:
    """Articles of twenty years with their tags, in categories two levels deep."""

    def __init__(self, source, now):
        self.crowd, self.chance, self.now = source, source.chance, now
        self.first = now - timedelta(days=20 * 365)
        self.categories = self.tags = None

    def _prepare(self):
        for name, below in crowd.CATEGORIES.items():
            parent = named(Category, name)
            for child in below:
                named(Category, child, parent=parent, on_home=False)
        self.categories = list(Category.objects.in_order())
        slugs = {vietnamese.slug(name): name for name in crowd.TAGS}
        known = set(Tag.objects.values_list("slug", flat=True))
        Tag.objects.bulk_create(
            [Tag(name=name, slug=slug) for slug, name in slugs.items() if slug not in known]
        )
        self.tags = list(Tag.objects.filter(slug__in=slugs))

    def add(self, count):
        """Add `count` articles; return how many were added."""
        if self.categories is None:
            self._prepare()
        before = newest_key(Article)
        Article.objects.bulk_create([self._one(before + number) for number in range(1, count + 1)])
        uses = [
            TaggedArticle(tag=tag, content_object_id=key)
            for key in keys_after(Article, before)
            for tag in self.crowd.some(self.tags, 3)
        ]
        TaggedArticle.objects.bulk_create(uses)
        return count

    def _one(self, number):
        title = self.crowd.title()
        return Article(
            title=title,
            slug=f"{vietnamese.slug(title, 180)}-{number}",
            category=self.chance.choice(self.categories),
            lead=self.crowd.summary() + ".",
            body=self.crowd.body(),
            author=self.crowd.person(),
            unit="Sở TT&TT",
            **publishing_fields(self.chance, self.now, self.crowd.moment(self.first, self.now)),
        )


class Documents:
    """Documents of thirty years with types, agencies, fields, files, and older relations."""

    def __init__(self, source, now):
        self.crowd, self.chance, self.now = source, source.chance, now
        self.first = datetime(1996, 1, 1, tzinfo=UTC)
        self.types = None

    def _prepare(self):
        self.types = [
            named(DocumentType, name, abbreviation=short)
            for name, short in crowd.DOCUMENT_TYPES.items()
        ]
        self.agencies = [
            (named(Agency, name, short_name=name), mark) for name, mark in crowd.AGENCIES.items()
        ]
        self.fields = [named(Field, name) for name in crowd.FIELDS]
        storage = storages["attachments"]
        if not storage.exists(FILE):
            storage.save(FILE, ContentFile(PDF))

    def add(self, count):
        """Add `count` documents; return how many were added."""
        if self.types is None:
            self._prepare()
        before = newest_key(Document)
        Document.objects.bulk_create([self._one(before + number) for number in range(1, count + 1)])
        keys = keys_after(Document, before)
        through = Document.fields.through
        through.objects.bulk_create(
            [
                through(document_id=key, field=field)
                for key in keys
                for field in self.crowd.some(self.fields, 2)
            ]
        )
        joint = Document.co_agencies.through
        joint.objects.bulk_create(
            [
                joint(document_id=key, agency=self.chance.choice(self.agencies)[0])
                for key in keys
                if self.chance.random() < 0.05
            ]
        )
        Relation.objects.bulk_create(
            [relation for key in keys for relation in self._relations(key, keys)]
        )
        read = {"text_state": TextState.NO_TEXT}  # nothing is left to be read while others measure
        Attachment.objects.bulk_create(
            [
                Attachment(
                    document_id=key,
                    file=FILE,
                    original_name=f"{key}-{n}.pdf",
                    size=len(PDF),
                    position=n,
                    **read,
                )
                for key in keys
                for n in range(1, self.chance.choice([1, 1, 1, 2, 3]))
            ]
        )
        return count

    def _relations(self, key, keys):
        """Give about two relations of a document, most to the hundred documents before it."""
        for _ in range(self.chance.choice([0, 1, 2, 3, 4])):
            kind = self.chance.choice(list(RelationKind))
            older = key - self.chance.randint(1, 100)
            if older < keys[0]:  # of another batch or none: named in words, as an unknown target
                words = {
                    "target_number": f"{older % 99 + 1}/1995/QĐ-UB",
                    "target_title": self.crowd.summary(),
                }
                yield Relation(source_id=key, kind=kind, **words)
            else:
                yield Relation(source_id=key, kind=kind, target_id=older)

    def _one(self, number):
        kind = self.chance.choice(self.types)
        agency, mark = self.chance.choice(self.agencies)
        published_at = self.crowd.moment(self.first, self.now)
        issued = published_at.date()
        effective = (
            issued + timedelta(days=self.chance.choice([0, 0, 15, 45]))
            if self.chance.random() < 0.8
            else None
        )
        abbreviation = f"{kind.abbreviation}-" if kind.abbreviation else ""
        sign = f"{number % 3000 + 1}/{issued.year}/{abbreviation}{mark}"
        return Document(
            family=self.chance.choice(list(Family)),
            type=kind,
            number=sign,
            slug=f"{vietnamese.slug(sign)}-{number}",
            summary=self.crowd.summary(),
            agency=agency,
            signer=self.crowd.person(),
            issued_on=issued,
            effective_on=effective,
            expires_on=effective + timedelta(days=self.chance.randint(200, 6000))
            if effective and self.chance.random() < 0.2
            else None,
            validity_given=self.chance.choice([Validity.PARTLY, Validity.ENDED, Validity.SUSPENDED])
            if self.chance.random() < 0.1
            else "",
            **publishing_fields(self.chance, self.now, published_at),
        )


class Weeks:
    """Weeks of the schedule back from this one, with their appointments."""

    def __init__(self, source, now):
        self.crowd, self.chance, self.now = source, source.chance, now
        self.monday = monday_of(timezone.localdate(now))

    def add(self, count):
        """Add up to `count` weeks that the schedule lacks; return how many were added."""
        taken = set(Week.objects.values_list("monday", flat=True))
        free, monday = [], self.monday
        while len(free) < count and monday.year >= 2001:
            if monday not in taken:
                free.append(monday)
            monday -= timedelta(days=7)
        stamp = self.now - timedelta(minutes=1)
        Week.objects.bulk_create(
            [Week(monday=day, state=State.PUBLISHED, published_at=stamp) for day in free]
        )
        weeks = list(Week.objects.filter(monday__in=free))
        Appointment.objects.bulk_create([self._one(week) for week in weeks for _ in range(14)])
        return len(weeks)

    def _one(self, week):
        hour = self.chance.choice([8, 9, 14, 15])
        return Appointment(
            week=week,
            day=week.monday + timedelta(days=self.chance.randint(0, 4)),
            starts_at=clock(hour),
            ends_at=clock(hour + 1, 30),
            content=self.crowd.title(),
            chair=f"Đ/c {self.crowd.person()}",
            participants="Lãnh đạo Sở, các phòng chuyên môn",
            place=f"Phòng họp {self.chance.randint(1, 5)}",
            is_approved=True,
        )


def main():
    """Fill the database as the command line says; print what was added."""
    parser = argparse.ArgumentParser(prog="volume", description="Add content made by chance.")
    for name in ("articles", "documents", "weeks"):
        parser.add_argument(f"--{name}", type=int, default=0, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="another seed makes other rows")
    parser.add_argument(
        "--among-real-content", action="store_true", help="where staff have worked, too"
    )
    try:
        print("\n".join(fill(**vars(parser.parse_args()))))
    except Refused as error:
        raise SystemExit(f"volume: {error}") from None


if __name__ == "__main__":
    main()
