"""Articles of other sites: what a row means here, by what it is known again, its tags and pictures.

An article that is here already stays as it is: an editor may have corrected it.
"""

import hashlib
import html
import re
from html.parser import HTMLParser

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage

from news.models import Article, Category, Tag, TaggedArticle
from portal.imports.facts import flat
from portal.imports.importer import Importer, Origins, Words, free_slugs, state_of
from portal.pictures.encoding import encode_picture
from portal.publishing.public import content_changed
from portal.richtext.cleaner import check_size
from portal.text import vietnamese

COLUMNS = {
    "title": ("title", "tieu_de", "ten_bai", "ten_dieu", "ten"),
    "lead": ("lead", "tom_tat", "sapo", "mo_ta", "summary", "description", "ghi_chu"),
    "body": ("body", "noi_dung", "html", "content", "body_html"),
    "published_at": (
        "published_at",
        "ngay_dang",
        "thoi_diem_dang",
        "ngay_xuat_ban",
        "published",
        "date",
        "ngay",
    ),
    "category": ("category", "chuyen_muc", "danh_muc", "de_muc_ten"),
    "author": ("author", "tac_gia"),
    "unit": ("unit", "don_vi"),
    "source": ("source", "nguon"),
    "tags": ("tags", "the", "tu_khoa", "keywords"),
    "slug": ("slug",),
    "picture": ("picture", "anh_dai_dien", "thumbnail"),
    "pictures": ("pictures", "anh", "hinh_anh", "images"),
    "address": ("source_url", "url", "link", "dia_chi"),
    "id": ("id", "guid", "unid"),
}
#: Where an article goes whose source names no category; not on the home page until an editor says so.
NO_CATEGORY = "Chưa phân loại"
_TAG = re.compile(r"</?(?:p|figure)\b[^<>]*>|<img\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>", re.I)


class ArticleImporter(Importer):
    """Takes articles; their pictures come along from the folder, encoded anew."""

    model, columns = Article, COLUMNS

    def __init__(self, *args):
        super().__init__(*args)
        self.addresses, self.files = Origins(), Origins()
        self.seen = []  # (line, title, address, identity) of every row, until all are seen
        self.origins = {}  # {line to be taken: origin}
        self.stored = {}  # {path in the folder: (name, width, height)}

    def plan(self, line, facts):
        """Note by what the row may be known again."""
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
            *(source for source, *_ in pictures_of(facts)),
        ]:
            self.files.note(source.rsplit("/", 1)[-1], source)
        own = (
            (mark, title) if mark else (facts.line("published_at"), title)
        )  # other sites have an article 12, too
        self.seen.append(
            (
                line,
                title,
                address,
                "facts:" + hashlib.sha256("\n".join(own).encode()).hexdigest()[:40],
            )
        )

    def planned(self):
        """Of rows that are the same article the first is taken."""
        lines = {}
        for line, title, address, own in self.seen:
            origin = address if len(address) <= 300 and self.addresses.names_one(address) else own
            if lines.setdefault(origin, line) == line:
                self.origins[line] = origin
            else:
                self.refuse(line, title[:80], f"cùng một bài với dòng {lines[origin]}")
        self.seen.clear()
        self.categories = Words(Category)
        self.tags = Words(Tag, str.casefold)

    def take(self, rows):
        """Write the articles of `rows` that are not here yet, then their tags."""
        rows = [(self.origins[line], line, facts) for line, facts in rows if line in self.origins]
        held = set(
            Article.objects.filter(origin__in=[origin for origin, *_ in rows]).values_list(
                "origin", flat=True
            )
        )
        new = [
            (self._article(origin, facts), line, facts)
            for origin, line, facts in rows
            if origin not in held
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

    def _article(self, origin, facts):
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
    def _keep_free_slugs(items):
        """Take from `items` (list of (Article, Facts)) the slugs that are not free, for the portal to make others."""
        free = free_slugs(Article, (article.slug for article, _ in items))
        for article, facts in items:
            if article.slug and article.slug not in free:
                facts.remarks.append(
                    f"địa chỉ đã dùng cho bài khác, tự tạo địa chỉ mới: {article.slug}"
                )
                article.slug = ""
            free.discard(article.slug)

    @staticmethod
    def _tags(facts):
        names = (
            vietnamese.clean_line(name.replace('"', " "))
            for part in facts.parts("tags")
            for name in part.split(",")
        )
        return list({name.casefold(): name for name in names if name}.values())

    def store(self, source, facts):
        """Bring the picture that `source` (str) names along; return (name, width, height), or None with a remark."""
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
            self.written.append((default_storage, name))
            self.stored[path] = name, picture.width, picture.height
            self.counts["ảnh"] += 1
        return self.stored[path]


# --- pictures ----------------------------------------------------------------------------------------------


class _Attributes(HTMLParser):
    def handle_starttag(self, tag, attrs):
        self.found = dict(attrs)


def attributes_of(tag):
    """Return the attributes ({name: value or None}) of one HTML tag (str)."""
    parser = _Attributes()
    parser.found = {}
    parser.feed(tag)
    return parser.found


def sources_in(markup):
    """Return the addresses (list of str) of the pictures in HTML `markup` (str)."""
    tags = (match[0] for match in _TAG.finditer(markup) if match[0][:4].lower() == "<img")
    return [source for tag in tags if (source := attributes_of(tag).get("src"))]


def pictures_of(facts):
    """Return [(address, alt, caption)] of the pictures that the row names beside its body."""
    found = []
    for value in (facts.raw("picture"), facts.raw("pictures")):
        for one in value if isinstance(value, list) else [value] if value else []:
            named = one if isinstance(one, dict) else {"file": one}
            source, alt, caption = (
                next(filter(None, (flat(named.get(key)) for key in keys)), "")
                for keys in (
                    ("file", "src", "url", "tep"),
                    ("alt", "mo_ta"),
                    ("caption", "chu_thich"),
                )
            )
            if source:
                found.append((source, alt, caption))
    return list(
        {source: (source, alt, caption) for source, alt, caption in reversed(found)}.values()
    )[::-1]


class Pictures:
    """The body of an article with its pictures as ours: `body` (HTML), `first` (name of the picture at its head, or ""), `first_alt`, `first_caption`.

    A picture becomes a figure with its description: the one given, else the title of the article. The first that the row names and the
    body does not show stands at the head, the others at the end.
    """

    def __init__(self, importer, facts, title):
        self.importer, self.facts, self.title = importer, facts, title
        self.named = {source: (alt, caption) for source, alt, caption in pictures_of(facts)}
        self.shown, self.in_figure, self.in_paragraph = set(), False, False
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
                self.first, self.first_alt = stored[0], self._fitting_alt(alt)
                self.first_caption = facts.fitting("pictures", caption, 300)
            elif stored:
                self.body += self._figure(stored, *self.named[source])

    def _replace(self, match):
        tag = match[0].lower()
        if not tag.startswith("<img"):
            if "figure" in tag[:8]:
                self.in_figure = not tag.startswith("</")
            else:
                self.in_paragraph = not tag.startswith("</")
            return match[0]
        found = attributes_of(match[0])
        source = found.get("src") or ""
        stored = self.importer.store(source, self.facts) if source else None
        if not stored:
            return ""
        self.shown.add(source)
        alt, caption = self.named.get(source, ("", ""))
        alt = flat(found.get("alt")) or alt or flat(found.get("title"))
        if self.in_figure:
            return self._img(stored, alt)
        figure = self._figure(stored, alt, caption)
        return f"</p>{figure}<p>" if self.in_paragraph else figure

    def _fitting_alt(self, alt):
        return self.facts.fitting("pictures", alt or self.title, 250)

    def _img(self, stored, alt):
        name, width, height = stored
        alt = html.escape(self._fitting_alt(alt))
        return (
            f'<img src="{default_storage.url(name)}" alt="{alt}" width="{width}" height="{height}">'
        )

    def _figure(self, stored, alt, caption):
        told = f"<figcaption>{html.escape(caption, quote=False)}</figcaption>" if caption else ""
        return f'<figure class="image">{self._img(stored, alt)}{told}</figure>'
