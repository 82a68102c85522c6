"""Fill an empty database with the sample content of portal/sample: all of it or nothing."""

import html
import json
import re
from datetime import date, datetime, time, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
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
from portal.sample import drawing, papers, word
from portal.text import vietnamese
from portal.uploads.storage import note_stored, taken_back_on_failure
from portal.workdays import Holiday
from schedule.models import Appointment, Week
from schedule.weeks import monday_of

FOLDER = papers.FOLDER
ROOMS = (Article, Document, Week, Link, Page)


class Command(BaseCommand):
    """Safe to repeat: a database that holds content already is left as it is."""

    help = "Nạp nội dung mẫu bằng tiếng Việt vào cơ sở dữ liệu chưa có nội dung."

    def handle(self, *args, **options):
        """Load all rooms in one transaction; on failure no row and no file is left behind."""
        try:
            with taken_back_on_failure(), transaction.atomic():
                if any(model.objects.exists() for model in ROOMS):
                    self.stdout.write(
                        "Cơ sở dữ liệu đã có nội dung; nội dung mẫu không được nạp, không có gì thay đổi."
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
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        self.stdout.write(f"Đã nạp nội dung mẫu: {told}.")


class Loader:
    """Reads the data files and makes the objects; `today` is the day of loading, `now` its hour."""

    def __init__(self, progress):
        self.progress = progress
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.scenes = {}

    def load(self):
        """Load every room; return what was made ({Vietnamese name: count})."""
        site, links, weeks = (_json(name) for name in ("site.json", "links.json", "schedule.json"))
        documents = papers.register(self.today)
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

    def moment(self, words):
        """Return the time (aware datetime) for "2018-12-03 10:10", "today-2 08:30" or "today 16:00"; None for ""."""
        if not words:
            return None
        day, _, hour = words.partition(" ")
        if day.startswith("today"):
            day = self.today + timedelta(days=int(day.removeprefix("today") or 0))
        else:
            day = date.fromisoformat(day)
        return timezone.make_aware(datetime.combine(day, time.fromisoformat(hour)))

    # --- news ----------------------------------------------------------------------------------------

    def load_news(self, categories, articles):
        """Make the categories (list of dict) and the articles (list of (head, body))."""
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
                    lambda match: f'src="{self.picture_address(match[1])}"',
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

    def picture(self, scene):
        """Draw `scene` (str), store it as any uploaded picture is stored, and return its name (str)."""
        if scene not in self.scenes:
            made = encode_picture(drawing.scene(scene))
            self.scenes[scene] = default_storage.save(made.name, made)
            note_stored(default_storage, self.scenes[scene])
        return self.scenes[scene]

    def picture_address(self, scene):
        """Return the public address (str) of `scene` (str)."""
        return default_storage.url(self.picture(scene))

    # --- documents -----------------------------------------------------------------------------------

    def load_documents(self, data):
        """Make types, agencies, fields and documents with their files, then the relations between them."""
        types = {
            kind["name"]: _named(DocumentType, kind["name"], n, abbreviation=kind["abbreviation"])
            for n, kind in enumerate(data["types"], 1)
        }
        fields = {name: _named(Field, name, n) for n, name in enumerate(data["fields"], 1)}
        agencies = {}
        for n, agency in enumerate(data["agencies"], 1):
            known = {
                "short_name": agency.get("short_name", ""),
                "ended_on": agency["ended_on"],
                "is_ours": agency.get("is_ours", False),
            }
            agencies[agency["name"]] = _named(Agency, agency["name"], n, **known)
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

    def document(self, facts, types, agencies):
        """Make one document of its `facts` (dict); it was put on the portal the day after it was issued."""
        first_day = max(facts["issued_on"], date(2018, 10, 1))
        at = timezone.make_aware(datetime.combine(first_day + timedelta(days=1), time(9)))
        if "published" in facts:
            at = self.now + timedelta(days=facts["published"])
        else:
            at = min(at, self.now - timedelta(minutes=5))
        given = (
            "summary",
            "signer",
            "signer_post",
            "signing_power",
            "issued_on",
            "effective_on",
            "expires_on",
            "validity_given",
        )
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
        )
        document.full_clean(exclude=["slug"])
        document.save()
        return document

    def attach(self, document, facts):
        """Give `document` its Word file, and before it the PDF where one lies in pdf/."""
        files = [(Role.WORD, "docx", word.docx(facts))]
        path = FOLDER / "pdf" / f"{facts['name']}.pdf"
        if path.exists():
            files.insert(0, (Role.SIGNED, "pdf", path.read_bytes()))
        for position, (role, extension, content) in enumerate(files, 1):
            file = ContentFile(content, name=f"{facts['file_name']}.{extension}")
            attachment = Attachment(document=document, role=role, position=position, file=file)
            attachment.save()
            note_stored(attachment.file.storage, attachment.file.name)

    def load_holidays(self, data):
        """Make the days off that are the same each year, for this year, and those of the years whose days are known; staff check them."""
        days = {
            date(self.today.year, *map(int, day.split("-"))): name for day, name in data["fixed"]
        }
        days |= {date.fromisoformat(day): name for day, name in data["known"]}
        for day, name in days.items():
            note = "Dữ liệu mẫu: đối chiếu với thông báo nghỉ lễ của năm"
            Holiday.objects.get_or_create(day=day, defaults={"name": name, "note": note})

    # --- schedule ------------------------------------------------------------------------------------

    def load_schedule(self, weeks):
        """Make the weeks (list of dict); "week" counts from the week of today, "monday" is a date."""
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

    # --- links, pages, face --------------------------------------------------------------------------

    def load_links(self, groups):
        """Make the groups of links ({name: [[title, address], …]})."""
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

    def load_pages(self, pages):
        """Make the static pages (list of (head, body)), a parent before its sub-pages."""
        by_slug = {}
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

    def load_face(self, site):
        """Make the identity, the menu and the notice, unless staff have entered an identity or a menu."""
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

    def load_menu(self, items, parent=None):
        """Make the entries (list of dict) of the menu below `parent` (MenuItem or None)."""
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


# --- reading the data files ----------------------------------------------------------------------------------


def _json(name):
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def _sheets(folder):
    """Return [(head, body), …] of the HTML files of `folder` (str): lines "name: value", a line "---", then HTML."""
    sheets = []
    for path in sorted((FOLDER / folder).glob("*.html")):
        head, _, body = vietnamese.clean(path.read_text(encoding="utf-8")).partition("\n---\n")
        sheets.append((dict(line.split(": ", 1) for line in head.splitlines()), body))
    return sheets


def _named(model, name, n, **known):
    """Return the `model` row called `name` (str); made in the `n`-th position (int) where it is missing."""
    return model.objects.get_or_create(name=name, defaults={"position": n * 10, **known})[0]


def _body(facts):
    """Return the full text of a document as HTML (str); "" where texts/ has none."""
    if not (FOLDER / "texts" / f"{facts['name']}.txt").exists():
        return ""
    parts = [f"<p><em>{papers.sample_line(facts)}.</em></p>"]
    for kind, words in papers.body_lines(facts):
        words = html.escape(words, quote=False)
        parts.append(
            {"heading": f"<h3>{words}</h3>", "centre": f'<p class="align-center">{words}</p>'}.get(
                kind, f"<p>{words}</p>"
            )
        )
    return "\n".join(parts)
