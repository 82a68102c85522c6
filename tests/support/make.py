"""Builders of objects for tests: each makes one believable thing, visible unless told otherwise."""

from datetime import date, timedelta
from itertools import count

from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from documents.files.models import Attachment
from documents.models import Document, Family
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article, Category
from portal.links.models import Link, LinkGroup
from portal.pages.models import MenuItem, Notice, Page
from portal.publishing.states import State
from schedule.models import Appointment, Week

_numbers = count(1)
#: The smallest PDF with a page.
PDF = (
    b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type "
    b"/Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    b"3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
    b">>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)


def _published(values):
    """Return `values` as those of something visible for an hour, unless they say otherwise."""
    return {"state": State.PUBLISHED, "published_at": timezone.now() - timedelta(hours=1)} | values


def category(**values):
    """Return a saved category."""
    return Category.objects.create(**{"name": f"Chuyên mục {next(_numbers)}"} | values)


def unsaved_article(**values):
    """Return an article that is not saved; its category is."""
    if "category" not in values:
        values["category"] = Category.objects.first() or category()
    return Article(
        **_published(
            {"title": f"Tin số {next(_numbers)}", "lead": "Tóm tắt.", "body": "<p>Nội dung.</p>"}
            | values
        )
    )


def article(tags=(), **values):
    """Return a saved article, visible, with `tags` (names)."""
    made = unsaved_article(**values)
    made.save()
    if tags:
        made.tags.add(*tags)
    return made


def document_type(**values):
    """Return a saved type of documents."""
    return DocumentType.objects.create(**{"name": f"Loại {next(_numbers)}"} | values)


def agency(**values):
    """Return a saved agency."""
    return Agency.objects.create(**{"name": f"Cơ quan {next(_numbers)}"} | values)


def field(**values):
    """Return a saved field of documents."""
    return Field.objects.create(**{"name": f"Lĩnh vực {next(_numbers)}"} | values)


def unsaved_document(**values):
    """Return a document that is not saved."""
    defaults = {
        "family": Family.LEGAL,
        "number": f"{next(_numbers)}/QĐ-STTTT",
        "summary": "Về việc thử.",
        "issued_on": date(2018, 12, 19),
    }
    return Document(**_published(defaults | values))


def document(co_agencies=(), fields=(), **values):
    """Return a saved document, visible."""
    made = unsaved_document(**values)
    made.save()
    made.co_agencies.set(co_agencies)
    made.fields.set(fields)
    return made


def attachment(document=None, name="Văn bản.pdf", data=PDF, **values):
    """Return a saved file `name` of `document` (a new one where none is given)."""
    owner = document or globals()["document"]()
    return Attachment.objects.create(document=owner, file=ContentFile(data, name=name), **values)


def week(**values):
    """Return a saved week, visible; this week where no Monday is given."""
    return Week.objects.create(**_published({"monday": timezone.localdate()} | values))


def appointment(week=None, **values):
    """Return a saved appointment, approved, on the first day of `week` (this week's where none is
    given).
    """
    owner = week or Week.objects.first() or globals()["week"]()
    defaults = {"day": owner.monday, "content": f"Việc số {next(_numbers)}", "is_approved": True}
    return Appointment.objects.create(week=owner, **defaults | values)


def link_group(**values):
    """Return a saved group of links."""
    return LinkGroup.objects.create(**{"name": f"Nhóm {next(_numbers)}"} | values)


def link(**values):
    """Return a saved link, visible."""
    if "group" not in values:
        values["group"] = LinkGroup.objects.first() or link_group()
    return Link.objects.create(
        **_published({"title": f"Trang {next(_numbers)}", "url": "https://nghean.gov.vn/"} | values)
    )


def page(**values):
    """Return a saved static page, visible."""
    return Page.objects.create(
        **_published({"title": f"Trang tĩnh {next(_numbers)}", "body": "<p>Nội dung.</p>"} | values)
    )


def menu_item(**values):
    """Return a saved menu entry; to the news where no destination is given."""
    if not values.get("page"):
        values.setdefault("path", "/tin-tuc/")
    return MenuItem.objects.create(**{"title": f"Mục {next(_numbers)}"} | values)


def notice(**values):
    """Return a saved banner, visible."""
    return Notice.objects.create(**_published({"message": f"Thông báo {next(_numbers)}"} | values))


def user(role=None, **values):
    """Return a staff user; `role`: name of a group that `set_up_groups` makes, or "superuser"."""
    values = {
        "username": f"nguoi-dung-{next(_numbers)}",
        "password": "mat-khau-dai-va-kho",
        "is_staff": True,
    } | values
    if role == "superuser":
        return User.objects.create_superuser(**values)
    made = User.objects.create_user(**values)
    if role:
        if not Group.objects.filter(name=role).exists():
            call_command("set_up_groups", verbosity=0)
        made.groups.add(Group.objects.get(name=role))
    return made
