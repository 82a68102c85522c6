"""A portal in which every text is marked: what a page tells can be traced to the object, its kind
and its state.

A stem such as "zqarticledraft" stands in every text field of the draft article, whatever the fields
are called: a field added tomorrow is marked tomorrow. `WORD` stands beside it, so that a search
finds all that is to be found without naming it.
"""

import io
from contextlib import contextmanager
from datetime import time, timedelta
from html import unescape
from itertools import count
from urllib.parse import unquote

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from PIL import Image

from documents.files import text_queue
from documents.files.models import Attachment
from documents.files.text_queue import TextState
from documents.law.relations import Relation, RelationKind
from documents.models import Document, Family
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article, Category, Tag
from portal.links.models import Link, LinkGroup
from portal.pages.models import MenuItem, Notice, Page
from portal.pictures.encoding import encode_picture
from portal.publishing.states import State
from portal.richtext.field import RichTextField
from portal.text.fields import BlockField, LineField
from schedule.models import Appointment, Week
from schedule.weeks import monday_of
from tests.support.office_files import pdf

WORD = "timthay"
#: How an item can be hidden from strangers: name → what its fields say at the time of asking.
HIDDEN = {
    "draft": lambda now: {"state": State.DRAFT, "published_at": now - timedelta(hours=3)},
    "review": lambda now: {"state": State.REVIEW, "published_at": now - timedelta(hours=2)},
    "ahead": lambda now: {"state": State.PUBLISHED, "published_at": now + timedelta(hours=1)},
    "expired": lambda now: {
        "state": State.PUBLISHED,
        "published_at": now - timedelta(days=9),
        "published_until": now - timedelta(minutes=1),
    },
    "withdrawn": lambda now: {
        "state": State.WITHDRAWN,
        "published_at": now - timedelta(hours=4),
        "withdrawal_reason": REASON,
    },
}
REASON = "Gỡ để cập nhật số liệu"


def shown(now):
    """Return the fields of an item that everybody may see."""
    return {"state": State.PUBLISHED, "published_at": now - timedelta(hours=5)}


def stem(kind, standing):
    """Return the word that marks the texts of the object of `kind` in the state `standing`."""
    return f"zq{kind}{standing}"


def marks(model, mark, **values):
    """Return `values` (dict) completed by a marked text for every text field of `model`."""
    for number, field in enumerate(model._meta.concrete_fields):
        word = f"{mark}x{number} {WORD}"
        if (
            field.name in values
            or field.choices
            or field.name == "withdrawal_reason"
            and values.get("state") == State.WITHDRAWN
        ):
            continue
        if isinstance(field, RichTextField):
            values[field.name] = f"<p>{word}</p>"
        elif isinstance(field, LineField | BlockField):
            values[field.name] = word[: field.max_length]
    return values


def picture():
    """Return a small new picture as an upload leaves it (ContentFile with its generated name)."""
    out = io.BytesIO()
    Image.new("RGB", (8, 6), (30, 60, 120)).save(out, "PNG")
    return encode_picture(out.getvalue())


def stored_picture():
    """Return the name of a new picture in the media folder, as the editor's upload leaves it."""
    new = picture()
    return default_storage.save(new.name, new)


class Furniture:
    """What staff keep once for all: category, type, agency, field, group; all are public."""

    def __init__(self):
        self.category = Category.objects.create(name="Chuyên mục chung")
        self.type = DocumentType.objects.create(name="Thông tư chung", abbreviation="TT")
        self.agency = Agency.objects.create(name="Cơ quan chung")
        self.partner = Agency.objects.create(name="Cơ quan cùng ban hành")
        self.field = Field.objects.create(name="Lĩnh vực chung")
        self.group = LinkGroup.objects.create(name="Nhóm chung")


class Set:
    """One object of each kind that stand as `standing`. `number`: tells sets of one world apart."""

    def __init__(self, furniture, standing, times, number):
        self.furniture, self.standing, self.times, self.number = furniture, standing, times, number
        self.pictures = []
        self.article = self._article()
        self.document = self._document()
        self.attachment = self._attachment()
        self.page = self._page()
        self.child = Page.objects.create(
            title=f"Trang con {number}", parent=self.page, **shown(timezone.now())
        )
        self.menu = MenuItem.objects.create(title=self.stem("menu"), page=self.page)
        self.link = self._link()
        self.notice = Notice.objects.create(**marks(Notice, self.stem("notice"), **times))
        self.week = self._week()
        self.appointment = self.appoint()

    def stem(self, kind):
        """Return the word that marks the object of `kind` in this set."""
        return stem(kind, self.standing)

    def _moved(self, item, slug):
        """Save `item` under an old address and then under the present one; neither tells a word of
        it.
        """
        item.slug = f"cu-{slug}"
        item.save()
        item.slug = slug
        item.save()
        item.former_slug = f"cu-{slug}"
        return item

    def _in_text(self):
        name = stored_picture()
        self.pictures.append(name)
        return f'<figure class="image"><img src="/media/{name}" alt="ảnh"></figure>'

    def _article(self):
        mark = self.stem("article")
        values = marks(Article, mark, **self.times)
        values["body"] += self._in_text()
        article = Article(
            category=self.furniture.category,
            picture=picture(),
            is_lead=True,
            is_pinned=True,
            **values,
        )
        self._moved(article, self.stem("slug") + "-bai")
        article.tags.add(
            Tag.objects.create(name=f"{self.stem('tag')} the", slug=f"{self.stem('slug')}-the")
        )
        self.pictures.append(article.picture.name)
        return article

    def _document(self):
        mark = self.stem("document")
        today = timezone.localdate()
        values = marks(Document, mark, **self.times)
        values |= {
            "number": f"{7000 + self.number}/2018/{mark}",
            "family": Family.LEGAL,
            "issued_on": today,
        }
        values["body"] += self._in_text()
        document = Document(
            type=self.furniture.type, agency=self.furniture.agency, effective_on=today, **values
        )
        self._moved(document, self.stem("slug") + "-so")
        document.co_agencies.add(self.furniture.partner)
        document.fields.add(self.furniture.field)
        return document

    def _attachment(self):
        mark = self.stem("attachment")
        data = pdf(f"{mark} {WORD}")
        attachment = Attachment.objects.create(
            document=self.document, file=ContentFile(data, name=f"{mark}.pdf")
        )
        assert text_queue.read(text_queue.take()) == TextState.DONE
        attachment.refresh_from_db()
        return attachment

    def _page(self):
        values = marks(Page, self.stem("page"), **self.times)
        values["body"] += self._in_text()
        return self._moved(Page(**values), self.stem("slug") + "-trang")

    def _link(self):
        mark = self.stem("link")
        values = marks(
            Link, mark, group=self.furniture.group, url=f"https://{mark}.example.vn/", **self.times
        )
        link = Link.objects.create(logo=picture(), **values)
        self.pictures.append(link.logo.name)
        return link

    def _week(self):
        monday = monday_of(timezone.localdate()) + timedelta(weeks=self.number)
        return Week.objects.create(**marks(Week, self.stem("week"), monday=monday, **self.times))

    def appoint(self, kind="appointment", **values):
        """Make an appointment of this set's week, today's day of the week; all its texts are marked
        with `kind`.
        """
        day = self.week.monday + timedelta(days=timezone.localdate().weekday())
        values = {
            "week": self.week,
            "day": day,
            "starts_at": time(23, 30),
            "is_approved": True,
        } | values
        return Appointment.objects.create(**marks(Appointment, self.stem(kind), **values))


class World:
    """One visible set and one for each way of being hidden, all tied to each other as far as the
    portal allows.
    """

    def __init__(self):
        now = timezone.now()
        furniture, numbers = Furniture(), count()
        self.furniture = furniture
        self.visible = Set(furniture, "shown", shown(now), next(numbers))
        self.hidden = [
            Set(furniture, name, times(now), next(numbers)) for name, times in HIDDEN.items()
        ]
        self.sets = [self.visible, *self.hidden]
        self.visible.appoint("internal", is_internal=True)
        self.visible.appoint("unapproved", is_approved=False)
        self.other = self._another_document(now)
        for part in self.sets:
            self._relate(part)
        for part in self.hidden:
            part.page.parent = self.visible.page
            part.page.save()
            MenuItem.objects.create(
                title=part.stem("menu"), page=part.page, parent=self.visible.menu
            )

    def _another_document(self, now):
        values = {
            "family": Family.DIRECTIVE,
            "number": "9/QĐ-UBND",
            "summary": "Văn bản kia",
            "issued_on": timezone.localdate(),
        }
        return Document.objects.create(**values, **shown(now))

    def _relate(self, part):
        note = f"{part.stem('relation')} khoản 2"
        Relation.objects.create(
            source=part.document, target=self.other, kind=RelationKind.REPLACES, note=note
        )
        Relation.objects.create(
            source=self.other, target=part.document, kind=RelationKind.AMENDS, note=note
        )

    @property
    def secrets(self):
        """The words (list of str) that no stranger may meet."""
        marked = [stem(kind, part.standing) for part in self.hidden for kind in KINDS]
        return [*marked, stem("internal", "shown"), stem("unapproved", "shown")]

    def every(self, name):
        """Return the object `name` (attribute of `Set`) of every set, the visible one first."""
        return [getattr(part, name) for part in self.sets]


KINDS = (
    "article",
    "tag",
    "document",
    "attachment",
    "relation",
    "page",
    "menu",
    "link",
    "notice",
    "week",
    "appointment",
    "slug",
)


@contextmanager
def lasting(blocker, build=World):
    """Give what `build` makes, and let it live until the end: for the tests of a module that only
    read. `blocker`: pytest-django's.
    """
    with blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def told(response):
    """Return all that a response tells (str, lower case): its headers and body, with folding and
    escapes undone.
    """
    body = b"".join(response.streaming_content) if response.streaming else response.content
    words = body.decode("utf-8", "replace").replace("\r\n ", "")
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    return unquote(unescape(f"{headers}\n{words}")).lower()
