"""Import of articles from other sites: columns, identity of a row, tags, pictures.

An article that is here already stays as it is: an editor may have corrected it.
"""

import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from news.models import Article, Category, Tag, TaggedArticle
from portal.imports.facts import Facts, flat
from portal.imports.importer import Importer, Origins, Words, free_slugs, state_of
from portal.pictures.encoding import encode_picture
from portal.publishing.public import content_changed
from portal.richtext.cleaner import check_size
from portal.text import vietnamese
from portal.uploads.storage import note_stored

COLUMNS = {
    "title": "title tieu_de ten_bai ten_dieu ten".split(),
    "lead": "lead tom_tat sapo mo_ta summary description ghi_chu".split(),
    "body": "body noi_dung html content body_html".split(),
    "published_at": (
        "published_at ngay_dang thoi_diem_dang ngay_xuat_ban published date ngay"
    ).split(),
    "category": "category chuyen_muc danh_muc de_muc_ten".split(),
    "author": ("author", "tac_gia"),
    "unit": ("unit", "don_vi"),
    "source": ("source", "nguon"),
    "tags": "tags the tu_khoa keywords".split(),
    "slug": ("slug",),
    "picture": "picture anh_dai_dien thumbnail".split(),
    "pictures": "pictures anh hinh_anh images".split(),
    "address": "source_url url link dia_chi".split(),
    "id": "id guid unid".split(),
}
#: Category of an article whose source names none; not on the home page until an editor says so.
NO_CATEGORY = "Chưa phân loại"
_TAG = re.compile(r"</?(?:p|figure)\b[^<>]*>|<img\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.I)


class StoredPicture(NamedTuple):
    """A picture that was encoded anew and stored: its name in the storage, its size in pixels."""

    name: str
    width: int
    height: int


class NamedPicture(NamedTuple):
    """A picture that a row names beside its body."""

    address: str
    alt: str
    caption: str


class ArticleImporter(Importer):
    """Imports articles; their pictures come along from the folder, encoded anew."""

    model, columns = Article, COLUMNS

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.addresses, self.files = Origins(), Origins()
        # (line, title, address, identity) of every row, until all are seen
        self.seen: list[tuple[int, str, str, str]] = []
        self.origins: dict[int, str] = {}  # by the lines that are to be taken
        self.stored: dict[Path, StoredPicture] = {}  # by the paths in the folder

    def plan(self, line: int, facts: Facts) -> None:
        """Note the identity of an imported article: its address, or its id or day and title."""
        title = facts.line("title")
        try:
            check_size(facts.markup("body"))
        except ValidationError as error:
            self.refuse(line, title[:80], error.messages[0])
            return
        if not vietnamese.slug(title):
            self.refuse(line, "", "không có tiêu đề")
            return
        address, mark = facts.address("address"), facts.line("id")
        if address:
            self.addresses.note(address, title)
        for source in [
            *sources_in(facts.markup("body")),
            *(picture.address for picture in pictures_of(facts)),
        ]:
            self.files.note(source.rsplit("/", 1)[-1], source)
        # With its title: other sites have an article 12, too.
        identity = f"{mark or facts.line('published_at')}\n{title}"
        digest = hashlib.sha256(identity.encode()).hexdigest()[:40]
        self.seen.append((line, title, address, f"facts:{digest}"))

    def planned(self) -> None:
        """Choose the first of the import rows that are the same article."""
        lines = {}
        for line, title, address, identity in self.seen:
            is_origin = len(address) <= 300 and self.addresses.names_one(address)
            origin = address if is_origin else identity
            if lines.setdefault(origin, line) == line:
                self.origins[line] = origin
            else:
                self.refuse(line, title[:80], f"cùng một bài với dòng {lines[origin]}")
        self.seen.clear()
        self.categories = Words(Category)
        self.tags = Words(Tag, str.casefold)

    def take(self, rows: list[tuple[int, Facts]]) -> None:
        """Write the imported articles that are not here yet, then their tags."""
        rows = [(self.origins[line], line, facts) for line, facts in rows if line in self.origins]
        present = Article.objects.filter(origin__in=[origin for origin, *_ in rows])
        known = set(present.values_list("origin", flat=True))
        new = [
            (self._article(origin, facts), line, facts)
            for origin, line, facts in rows
            if origin not in known
        ]
        self._keep_free_slugs([(article, facts) for article, _, facts in new])
        Article.objects.bulk_create([article for article, *_ in new])
        uses = [
            TaggedArticle(
                content_object=article, tag=self.tags.get(facts.fitting("tags", name, 100))
            )
            for article, _, facts in new
            for name in self._tags(facts)
        ]
        TaggedArticle.objects.bulk_create(uses)
        if uses:
            content_changed.send(sender=Article, pks=list({use.content_object_id for use in uses}))
        self.counts.update({"nhập": len(new), "đã có": len(rows) - len(new)})
        for article, line, facts in new:
            for remark in facts.remarks:
                self.report.add(line, article.title[:80], remark, is_taken=True)

    def _article(self, origin: str, facts: Facts) -> Article:
        title = facts.line("title", 250)
        category = facts.line("category", 120) or NO_CATEGORY
        pictures = Pictures(self, facts, title)
        lead = facts.block("lead")
        return Article(
            origin=origin,
            title=title,
            category=self.categories.get(category, on_home=False)
            or self.categories.get(NO_CATEGORY, on_home=False),
            lead=facts.fitting("lead", lead, 1000),
            body=pictures.body,
            picture=pictures.first,
            picture_alt=pictures.first_alt,
            picture_caption=pictures.first_caption,
            slug=vietnamese.slug(facts.line("slug")),
            **{
                name: facts.line(name, Article._meta.get_field(name).max_length)
                for name in ("author", "unit", "source")
            },
            **state_of(self, facts.moment("published_at")),
        )

    @staticmethod
    def _keep_free_slugs(items: list[tuple[Article, Facts]]) -> None:
        """Empty the slugs of imported articles that are not free; the portal makes others."""
        free = free_slugs(Article, (article.slug for article, _ in items))
        for article, facts in items:
            if article.slug and article.slug not in free:
                facts.remarks.append(
                    f"địa chỉ đã dùng cho bài khác, tự tạo địa chỉ mới: {article.slug}"
                )
                article.slug = ""
            free.discard(article.slug)

    @staticmethod
    def _tags(facts: Facts) -> list[str]:
        names = (
            vietnamese.clean_line(name.replace('"', " "))
            for part in facts.parts("tags")
            for name in part.split(",")
        )
        return list({name.casefold(): name for name in names if name}.values())

    def store(self, source: str, facts: Facts) -> StoredPicture | None:
        """Store a picture of an imported article once; None, with a remark, without it."""
        path, fault = (
            self.folder.find(source, not self.files.names_one(source.rsplit("/", 1)[-1]))
            if self.folder
            else (None, "")
        )
        if path is None:
            facts.remarks.append(f"ảnh không mang theo được: {fault or source[:120]}")
            return None
        if path not in self.stored:
            try:
                picture = encode_picture(path.read_bytes())
            except ValidationError as error:
                facts.remarks.append(f"{path.name}: {error.messages[0]}")
                return None
            name = default_storage.save(picture.name, picture)
            note_stored(default_storage, name)
            self.stored[path] = StoredPicture(name, picture.width, picture.height)
            self.counts["ảnh"] += 1
        return self.stored[path]


class _Attributes(HTMLParser):
    attributes: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes = dict(attrs)


def attributes_of(tag: str) -> dict[str, str | None]:
    """Return the attributes of one HTML tag in an imported article."""
    parser = _Attributes()
    parser.feed(tag)
    return parser.attributes


def sources_in(markup: str) -> list[str]:
    """Return the addresses of the pictures in the HTML of an imported article."""
    tags = (match[0] for match in _TAG.finditer(markup) if match[0][:4].lower() == "<img")
    return [source for tag in tags if (source := attributes_of(tag).get("src"))]


_PICTURE_COLUMNS = (("file", "src", "url", "tep"), ("alt", "mo_ta"), ("caption", "chu_thich"))


def pictures_of(facts: Facts) -> list[NamedPicture]:
    """Return the pictures that an import row names beside its article's body, each once."""
    pictures = []
    for value in (facts.raw("picture"), facts.raw("pictures")):
        for item in value if isinstance(value, list) else [value] if value else []:
            row = item if isinstance(item, dict) else {"file": item}
            picture = NamedPicture(
                *(
                    next(filter(None, (flat(row.get(name)) for name in names)), "")
                    for names in _PICTURE_COLUMNS
                )
            )
            if picture.address:
                pictures.append(picture)
    return list({picture.address: picture for picture in reversed(pictures)}.values())[::-1]


class Pictures:
    """The body of an imported article, its pictures replaced by stored ones.

    `body`: HTML. `first`: name of the picture at the head of the article, "" for none. A picture
    becomes a figure with its description: the one given, else the title of the article. The first
    that the row names and the body does not show stands at the head, the others at the end.
    """

    def __init__(self, importer: ArticleImporter, facts: Facts, title: str) -> None:
        self.importer, self.facts, self.title = importer, facts, title
        self.named = {source: (alt, caption) for source, alt, caption in pictures_of(facts)}
        self.shown: set[str] = set()
        self.in_figure = self.in_paragraph = False
        markup = facts.markup("body")
        if "<" not in markup:
            lines = facts.block("body").split("\n")
            markup = "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line)
        self.body = _TAG.sub(self._replace, markup)
        self.first = self.first_alt = self.first_caption = ""
        for source in [source for source in self.named if source not in self.shown]:
            stored = importer.store(source, facts)
            if stored and not self.first:
                alt, caption = self.named[source]
                self.first, self.first_alt = stored.name, self._fitting_alt(alt)
                self.first_caption = facts.fitting("pictures", caption, 300)
            elif stored:
                self.body += self._figure(stored, *self.named[source])

    def _replace(self, match: re.Match[str]) -> str:
        tag = match[0].lower()
        if not tag.startswith("<img"):
            if "figure" in tag[:8]:
                self.in_figure = not tag.startswith("</")
            else:
                self.in_paragraph = not tag.startswith("</")
            return match[0]
        attributes = attributes_of(match[0])
        source = attributes.get("src") or ""
        stored = self.importer.store(source, self.facts) if source else None
        if not stored:
            return ""
        self.shown.add(source)
        alt, caption = self.named.get(source, ("", ""))
        alt = flat(attributes.get("alt")) or alt or flat(attributes.get("title"))
        if self.in_figure:
            return self._img(stored, alt)
        figure = self._figure(stored, alt, caption)
        return f"</p>{figure}<p>" if self.in_paragraph else figure

    def _fitting_alt(self, alt: str) -> str:
        return self.facts.fitting("pictures", alt or self.title, 250)

    def _img(self, stored: StoredPicture, alt: str) -> str:
        source, words = default_storage.url(stored.name), html.escape(self._fitting_alt(alt))
        size = f'width="{stored.width}" height="{stored.height}"'
        return f'<img src="{source}" alt="{words}" {size}>'

    def _figure(self, stored: StoredPicture, alt: str, caption: str) -> str:
        below = f"<figcaption>{html.escape(caption, quote=False)}</figcaption>" if caption else ""
        return f'<figure class="image">{self._img(stored, alt)}{below}</figure>'
