"""Load the sample content of portal/sample into an empty database: all of it or nothing."""

import html
import json
import re
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.utils import timezone

from documents.files.models import Attachment, Role
from documents.law.relations import Relation
from documents.models import Document
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article, Category
from portal.links.models import Link, LinkGroup
from portal.ops.progress import Progress
from portal.pages.models import MenuItem, Notice, Page, SiteIdentity
from portal.pictures.encoding import encode_picture
from portal.publishing.states import State
from portal.sample import papers
from portal.sample.papers import FOLDER, Facts
from portal.text import vietnamese
from portal.uploads.storage import note_stored, taken_back_on_failure
from portal.workdays import Holiday
from schedule.models import Appointment, Week
from schedule.weeks import monday_of

ROOMS: tuple[type[models.Model], ...] = (Article, Document, Week, Link, Page)
#: The head and the body of a file of lines "name: value", a line "---", then HTML.
Sheet = tuple[dict[str, str], str]


class Command(BaseCommand):
    """Load the sample content; leave a database that holds content as it is."""

    help = "Nạp nội dung mẫu bằng tiếng Việt vào cơ sở dữ liệu chưa có nội dung."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load the sample content of all rooms in one transaction; take files back on failure."""
        try:
            with taken_back_on_failure(), transaction.atomic():
                if any(model.objects.exists() for model in ROOMS):
                    self.stdout.write(
                        "Cơ sở dữ liệu đã có nội dung; nội dung mẫu không được nạp, "
                        "không có gì thay đổi."
                    )
                    return
                loader = Loader(Progress(self.stdout))
                counts = loader.load()
        except CommandError:
            raise
        except Exception as error:
            raise CommandError(
                f"Không nạp được nội dung mẫu, mọi thay đổi đã được hủy: {error}"
            ) from error
        summary = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"Đã nạp nội dung mẫu: {summary}.")


class Loader:
    """Make rows of the data files; days count from `today`, the day of loading."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.pictures: dict[str, str] = {}

    def load(self) -> dict[str, int]:
        """Load the sample rows of every room; return their number ({Vietnamese name: count})."""
        site, links, weeks = (_json(name) for name in ("site.json", "links.json", "schedule.json"))
        documents = papers.read_documents()
        articles, pages = _sheets("articles"), _sheets("pages")
        self.progress.total = sum(
            map(len, (documents["documents"], articles, pages, weeks["weeks"], links))
        )
        self.load_documents(documents)
        self.load_holidays(_json("holidays.json"))
        self.load_news(site["categories"], articles)
        self.load_schedule(weeks["weeks"])
        self.load_links(links)
        self.load_pages(pages)
        self.load_face(site)
        return {
            "tin bài": Article.objects.count(),
            "văn bản": Document.objects.count(),
            "tệp": Attachment.objects.count(),
            "tuần lịch": Week.objects.count(),
            "liên kết": Link.objects.count(),
            "trang tĩnh": Page.objects.count(),
        }

    def moment(self, words: str | None) -> datetime | None:
        """Return the sample's time "2018-12-03 10:10", "today-2 08:30" or "today 16:00", aware."""
        if not words:
            return None
        day, _, hour = words.partition(" ")
        is_relative = day.startswith("today")
        on = self.day(int(day.removeprefix("today") or 0) if is_relative else day)
        return timezone.make_aware(datetime.combine(on, time.fromisoformat(hour)))

    def day(self, value: str | int) -> date:
        """Return the sample's date: written out, or so many days from today."""
        if isinstance(value, int):
            return self.today + timedelta(days=value)
        return date.fromisoformat(value)

    # --- news ------------------------------------------------------------------------------------

    def load_news(self, categories: list[Facts], articles: list[Sheet]) -> None:
        """Make the sample categories and the sample articles."""
        for position, facts in enumerate(categories, 1):
            parent = facts.pop("parent", None)
            facts["parent"] = Category.objects.get(name=parent) if parent else None
            Category.objects.get_or_create(
                name=facts.pop("name"), defaults={"position": position * 10, **facts}
            )
        by_name = {category.name: category for category in Category.objects.all()}
        for head, body in articles:
            picture, alt, caption = [
                part.strip() for part in (head.get("picture", "") + "||").split("|")
            ][:3]
            article = Article(
                title=head["title"],
                category=by_name[head["category"]],
                body=re.sub(
                    r'src="picture:([\w-]+)"',
                    lambda match: f'src="{default_storage.url(self.picture(match[1]))}"',
                    body,
                ),
                picture=self.picture(picture) if picture else "",
                picture_alt=alt,
                picture_caption=caption,
                is_lead="is_lead" in head,
                is_pinned="is_pinned" in head,
                state=head.get("state", State.PUBLISHED),
                published_at=self.moment(head.get("published")),
                published_until=self.moment(head.get("until")),
                **{
                    name: head.get(name, "")
                    for name in ("lead", "author", "unit", "correction", "withdrawal_reason")
                },
            )
            article.full_clean(exclude=["slug", "picture"])
            article.save()
            article.tags.set(
                [tag.strip() for tag in head.get("tags", "").split(",") if tag.strip()]
            )
            self.progress.step("Tin bài")

    def picture(self, name: str) -> str:
        """Store a sample picture as an upload is stored; return its name in the storage."""
        if name not in self.pictures:
            picture = encode_picture((FOLDER / "pictures" / f"{name}.jpg").read_bytes())
            self.pictures[name] = default_storage.save(picture.name, picture)
            note_stored(default_storage, self.pictures[name])
        return self.pictures[name]

    # --- documents -------------------------------------------------------------------------------

    def load_documents(self, data: Facts) -> None:
        """Make the sample's types, agencies, fields, documents with files, and their relations."""
        types = {
            kind["name"]: _named(DocumentType, kind["name"], n, abbreviation=kind["abbreviation"])
            for n, kind in enumerate(data["types"], 1)
        }
        fields = {name: _named(Field, name, n) for n, name in enumerate(data["fields"], 1)}
        agencies = {}
        for n, agency in enumerate(data["agencies"], 1):
            agencies[agency["name"]] = _named(
                Agency,
                agency["name"],
                n,
                short_name=agency.get("short_name", ""),
                ended_on=self.day(agency["ended_on"]) if "ended_on" in agency else None,
                is_ours=agency.get("is_ours", False),
            )
        for agency in filter(lambda each: each.get("successor"), data["agencies"]):
            agencies[agency["name"]].successor = agencies[agency["successor"]]
            agencies[agency["name"]].save()
        documents = {}
        for facts in data["documents"]:
            document = self.document(facts, types, agencies)
            document.fields.set(fields[name] for name in facts["fields"])
            document.co_agencies.set(agencies[name] for name in facts.get("co_agencies", []))
            documents[facts["number"]] = document
            self.attach(document, facts)
            self.progress.step("Văn bản")
        for facts in data["documents"]:
            for relation in facts.get("relations", []):
                target = documents.get(relation["number"])
                Relation.objects.create(
                    source=documents[facts["number"]],
                    kind=relation["kind"],
                    target=target,
                    target_number="" if target else relation["number"],
                    target_title="" if target else relation.get("title", ""),
                    is_partial=relation.get("is_partial", False),
                    note=relation.get("note", ""),
                )

    def document(
        self, facts: Facts, types: dict[str, DocumentType], agencies: dict[str, Agency]
    ) -> Document:
        """Make one sample document, published on the day after its date of issue."""
        days = {
            name: self.day(facts[name])
            for name in ("issued_on", "effective_on", "expires_on")
            if facts.get(name) is not None
        }
        first_day = max(days["issued_on"], date(2018, 10, 1))
        at = timezone.make_aware(datetime.combine(first_day + timedelta(days=1), time(9)))
        if "published" in facts:
            at = self.now + timedelta(days=facts["published"])
        else:
            at = min(at, self.now - timedelta(minutes=5))
        given = ("summary", "signer", "signer_post", "signing_power", "validity_given")
        document = Document(
            family=facts["family"],
            type=types.get(facts["type"]),
            number=facts["number"],
            agency=agencies[facts["agency"]],
            body=_body(facts),
            state=facts.get("state", State.PUBLISHED),
            withdrawal_reason=facts.get("withdrawal_reason", ""),
            published_at=None if facts.get("state") == State.DRAFT else at,
            **{name: facts[name] for name in given if name in facts},
            **days,
        )
        document.full_clean(exclude=["slug"])
        document.save()
        return document

    def attach(self, document: Document, facts: Facts) -> None:
        """Attach the sample's signed PDF, where there is one, and Word file to `document`."""
        roles = {"docx": Role.WORD}
        if facts.get("pdf"):
            roles = {"pdf": Role.SIGNED} | roles
        for position, (extension, role) in enumerate(roles.items(), 1):
            path = FOLDER / extension / f"{facts['name']}.{extension}"
            file = ContentFile(path.read_bytes(), name=f"{facts['file_name']}.{extension}")
            attachment = Attachment(document=document, role=role, position=position, file=file)
            attachment.save()
            note_stored(attachment.file.storage, attachment.file.name)

    def load_holidays(self, data: Facts) -> None:
        """Make the sample's holidays: the fixed ones for this year, others for the known years."""
        days = {
            date(self.today.year, *map(int, day.split("-"))): name for day, name in data["fixed"]
        }
        days |= {date.fromisoformat(day): name for day, name in data["known"]}
        for day, name in days.items():
            note = "Dữ liệu mẫu: đối chiếu với thông báo nghỉ lễ của năm"
            Holiday.objects.get_or_create(day=day, defaults={"name": name, "note": note})

    # --- schedule --------------------------------------------------------------------------------

    def load_schedule(self, weeks: list[Facts]) -> None:
        """Make the sample's weeks; "week" counts from the week of today, "monday" is a date."""
        for facts in weeks:
            if "monday" in facts:
                monday = date.fromisoformat(facts["monday"])
            else:
                monday = monday_of(self.today) + timedelta(weeks=facts["week"])
            friday = timezone.make_aware(datetime.combine(monday - timedelta(days=3), time(16)))
            published = min(friday, self.now - timedelta(minutes=5))
            week = Week.objects.create(
                monday=monday, note=facts["note"], state=State.PUBLISHED, published_at=published
            )
            for values in facts["appointments"]:
                values["day"] = monday + timedelta(days=values["day"])
                for name in ("starts_at", "ends_at"):
                    if name in values:
                        values[name] = time.fromisoformat(values[name])
                appointment = Appointment(week=week, **{"is_approved": True, **values})
                appointment.full_clean()
                appointment.save()
            self.progress.step("Lịch công tác")

    # --- links, pages, identity, menu ------------------------------------------------------------

    def load_links(self, groups: dict[str, list[list[str]]]) -> None:
        """Make the sample's groups of links ({name: [[title, address], …]})."""
        for n, (name, links) in enumerate(groups.items(), 1):
            group, _ = LinkGroup.objects.get_or_create(name=name, defaults={"position": n * 10})
            for position, (title, url) in enumerate(links, 1):
                Link.objects.create(
                    group=group,
                    title=title,
                    url=url,
                    position=position * 10,
                    state=State.PUBLISHED,
                    published_at=self.now,
                )
            self.progress.step("Liên kết")

    def load_pages(self, pages: list[Sheet]) -> None:
        """Make the sample's static pages, a parent before its sub-pages."""
        by_slug: dict[str, Page] = {}
        for head, body in pages:
            by_slug[head["slug"]] = Page.objects.create(
                title=head["title"],
                slug=head["slug"],
                parent=by_slug.get(head.get("parent")),
                lead=head["lead"],
                body=body,
                position=int(head["position"]),
                state=State.PUBLISHED,
                published_at=self.now,
            )
            self.progress.step("Trang tĩnh")

    def load_face(self, site: Facts) -> None:
        """Make the sample's notice, and site identity and menu where staff have entered none."""
        if not SiteIdentity.objects.exists():
            SiteIdentity.objects.create(**site["identity"])
        if not MenuItem.objects.exists():
            self.load_menu(site["menu"])
        notice = site["notice"]
        Notice.objects.create(
            message=notice["message"],
            state=State.PUBLISHED,
            published_at=self.moment(notice["published"]),
            published_until=self.moment(notice["until"]),
        )

    def load_menu(self, items: list[Facts], parent: MenuItem | None = None) -> None:
        """Make the sample's entries of the menu below `parent`."""
        for n, facts in enumerate(items, 1):
            page = Page.objects.get(slug=facts["page"]) if "page" in facts else None
            item = MenuItem(
                title=facts["title"],
                parent=parent,
                page=page,
                path=facts.get("path", ""),
                position=n * 10,
            )
            item.full_clean()
            item.save()
            self.load_menu(facts.get("children", []), item)


# --- reading the data files ----------------------------------------------------------------------


def _json(name: str) -> Any:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _sheets(folder: str) -> list[Sheet]:
    """Return the sample's HTML files in `folder` in the order of their names."""
    sheets = []
    for path in sorted((FOLDER / folder).glob("*.html")):
        head, _, body = vietnamese.clean(path.read_text(encoding="utf-8")).partition("\n---\n")
        sheets.append((dict(line.split(": ", 1) for line in head.splitlines()), body))
    return sheets


def _named(model: type[models.Model], name: str, n: int, **known: Any) -> Any:
    """Return the sample's `model` row called `name`; make it at the `n`-th position if missing."""
    return model.objects.get_or_create(name=name, defaults={"position": n * 10, **known})[0]


def _body(facts: Facts) -> str:
    """Return the full text of a sample document as HTML; "" where texts/ has none."""
    lines = papers.body_lines(facts)
    if not lines:
        return ""
    tags = {"heading": ("<h3>", "</h3>"), "centre": ('<p class="align-center">', "</p>")}
    parts = [f"<p><em>{papers.sample_line(facts)}.</em></p>"]
    for kind, words in lines:
        start, end = tags.get(kind, ("<p>", "</p>"))
        parts.append(f"{start}{html.escape(words, quote=False)}{end}")
    return "\n".join(parts)
