"""News articles, their categories (chuyên mục) and tags (thẻ)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from portal.cache import revision
from portal.pictures.fields import PictureField
from portal.publishing.addresses import Addressed, AddressedQuerySet, address_of
from portal.publishing.public import Public, PublicQuerySet, content_changed
from portal.publishing.trees import Tree, leads_back
from portal.richtext.cleaner import as_plain
from portal.richtext.field import RichTextField
from portal.text import vietnamese
from portal.text.fields import BlockField, FoldedField, LineField


class CategoryQuerySet(PublicQuerySet):
    """Categories as the pages ask for them."""

    def in_order(self) -> Self:
        """Return the news categories as the editors arranged them."""
        return self.order_by("position", "name")


class Category(Public):
    """A section of the news (chuyên mục); may lie in another one."""

    name = LineField("tên chuyên mục", max_length=120, unique=True)
    slug = models.SlugField(
        "địa chỉ", max_length=140, unique=True, blank=True, help_text="Để trống: tự tạo từ tên."
    )
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="thuộc chuyên mục",
    )
    description = BlockField("mô tả", blank=True, max_length=500)
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )
    on_home = models.BooleanField("hiện ở trang chủ", default=True)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = "chuyên mục"
        verbose_name_plural = "chuyên mục"

    def __str__(self) -> str:
        return self.name

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Make the slug of a category from its name where there is none."""
        self.slug = self.slug or vietnamese.slug(self.name, 130)

    def get_absolute_url(self) -> str:
        """Return the address of a category's page."""
        return address_of("category", self.slug)

    def clean(self) -> None:
        """Refuse a category that lies, at any depth, in itself, and a name without a letter."""
        super().clean()
        if leads_back(self, "parent"):
            raise ValidationError(
                {"parent": "Chuyên mục không thể nằm trong chính nó. Hãy chọn chuyên mục khác."}
            )
        if not self.slug and not vietnamese.slug(self.name):
            raise ValidationError({"name": "Tên phải có ít nhất một chữ cái hoặc chữ số."})


class CategoryTree(Tree[Category]):
    """All categories of the news as a tree, read in one query."""

    def __init__(self) -> None:
        super().__init__(Category.objects.in_order())
        self.by_slug = {category.slug: category for category in self.rows}

    @classmethod
    def present(cls) -> Self:
        """Return the tree of news categories of this revision of the content."""
        return revision.kept(cls, cls)


class TagQuerySet(models.QuerySet):
    """Tags: as visible as the articles that carry them."""

    def visible(self) -> Self:
        """Return the tags of visible articles: a tag of a draft tells what is being written."""
        return self.filter(
            pk__in=TaggedArticle.objects.filter(
                content_object__in=Article.objects.visible()
            ).values("tag")
        )

    def of_article(self, article: "Article") -> Self:
        """Return the tags of an article by name."""
        return self.filter(uses__content_object=article).order_by("name")


class Tag(TagBase):
    """A topic of articles (thẻ). Its slug keeps the đ as d."""

    name = LineField("tên thẻ", max_length=100, unique=True)
    slug = models.SlugField("địa chỉ", max_length=120, unique=True, blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "thẻ"
        verbose_name_plural = "thẻ"

    def slugify(self, tag: str, i: int | None = None) -> str:
        """Return the slug of a tag's `name`; `i`: the number of the try."""
        base = vietnamese.slug(tag, 100) or "the"
        return base if i is None else f"{base}-{i}"

    def get_absolute_url(self) -> str:
        """Return the address of a tag's page."""
        return address_of("tag", self.slug)


@receiver([post_save, post_delete], sender=Tag)
def announce_tag(instance: Tag, **kwargs: Any) -> None:
    """Send `content_changed` for a saved or deleted tag: taggit's class does not."""
    content_changed.send(sender=Tag, pks=[instance.pk])


def tags_from_text(value: str) -> list[str]:
    """Return the names of the tags that an editor typed, set apart by commas.

    A name that differs from an existing one by capitals only becomes that one. Named in
    `settings.TAGGIT_TAGS_FROM_STRING`.
    """
    known = {name.casefold(): name for name in Tag.objects.values_list("name", flat=True)}
    names = {}
    for part in value.split(","):
        name = vietnamese.clean_line(part.replace('"', " "))
        if name:
            names.setdefault(name.casefold(), known.get(name.casefold(), name))
    return list(names.values())


def text_of_tags(tags: Iterable[Tag]) -> str:
    """Return the tags of an article as they are typed.

    Named in `settings.TAGGIT_STRING_FROM_TAGS`.
    """
    return ", ".join(sorted((tag.name for tag in tags), key=vietnamese.sort_key))


class TaggedArticle(ItemBase):
    """One tag on one article."""

    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="uses")
    content_object = models.ForeignKey("Article", on_delete=models.CASCADE, related_name="tag_uses")

    class Meta:
        verbose_name = "thẻ của bài"
        verbose_name_plural = "thẻ của bài"


class ArticleQuerySet(AddressedQuerySet):
    """Articles as the pages ask for them."""

    def in_categories(self, categories: Iterable[Category]) -> Self:
        """Return the articles of `categories`, as `CategoryTree.subtree` gives them."""
        return self.filter(category__in=[category.pk for category in categories])

    def tagged(self, tag: Tag) -> Self:
        """Return the articles that carry `tag`."""
        return self.filter(tag_uses__tag=tag)

    def between(self, first: date | None = None, last: date | None = None) -> Self:
        """Return the articles published on the days `first` to `last`, both included."""
        rows = self
        if first:
            rows = rows.filter(published_at__date__gte=first)
        if last:
            rows = rows.filter(published_at__date__lte=last)
        return rows

    def for_lists(self) -> Self:
        """Return the articles for lists, newest first, with categories and without bodies."""
        return self.select_related("category").defer("body", "folded").newest_first()

    def for_home(self, count: int) -> list["Article"]:
        """Return the first `count` articles: the lead story, the pinned ones, the newest."""
        # Written as `IN`: SQLite does not look for a bare boolean in an index.
        kinds = [
            self.filter(is_lead__in=[lead], is_pinned__in=[pinned])
            for lead in (True, False)
            for pinned in (True, False)
        ]
        articles = self._newest_of_each(kinds, count)
        # The sort is stable: newest first stays.
        articles.sort(key=lambda article: (not article.is_lead, not article.is_pinned))
        return articles[:count]

    def newest_in_each(
        self, categories: Sequence[Category], count: int, but: Iterable[int] = ()
    ) -> dict[int, list["Article"]]:
        """Return the newest `count` articles of each category by its key, none of `but` (keys)."""
        newest = {category.pk: [] for category in categories}
        parts = [self.filter(category=category).exclude(pk__in=but) for category in categories]
        for article in self._newest_of_each(parts, count) if parts else ():
            newest[article.category_id].append(article)
        return newest

    def for_titles(self) -> Self:
        """Return the articles, newest first, with what their titles and addresses need."""
        return self.only("slug", "title", "published_at", "category_id").newest_first()

    def beside(self, category: int, is_within: bool) -> Self:
        """Return the articles of the category with this key, or those of all others."""
        return self.filter(category=category) if is_within else self.exclude(category=category)

    def before(self, moment: datetime, pk: int) -> Self:
        """Return the articles published before `moment`, or at it in rows older than `pk`."""
        return self.filter(published_at__lte=moment).exclude(published_at=moment, pk__gte=pk)

    def newest_beside(self, category: int, count: int) -> list["Article"]:
        """Return the newest `count` articles of a category and the newest of all others."""
        return self._newest_of_each(
            [self.beside(category, True), self.beside(category, False)], count
        )

    @staticmethod
    def _newest_of_each(parts: Sequence["ArticleQuerySet"], count: int) -> list["Article"]:
        """Return the newest `count` articles of each of `parts` (one at least), newest first.

        One query, the same at any number of rows: a UNION of a short indexed read per part. SQLite
        takes no LIMIT in a part of a UNION, so each read stands in a subquery of its own.
        """
        reads = [part.order_by("-published_at", "-pk").values("pk")[:count] for part in parts]
        rows = [Article.objects.filter(pk__in=read).for_lists().order_by() for read in reads]
        return sorted(
            rows[0].union(*rows[1:], all=True),
            key=lambda article: (article.published_at, article.pk),
            reverse=True,
        )


class Article(Addressed):
    """A news article (tin, bài)."""

    title = LineField("tiêu đề", max_length=250)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="articles", verbose_name="chuyên mục"
    )
    lead = BlockField(
        "tóm tắt",
        max_length=1000,
        blank=True,
        help_text="Một, hai câu mở đầu; hiện đậm dưới tiêu đề và trong danh sách.",
    )
    body = RichTextField("nội dung", blank=True)
    picture = PictureField("ảnh đại diện", blank=True)
    picture_alt = LineField(
        "mô tả ảnh",
        max_length=250,
        blank=True,
        help_text="Ảnh cho thấy gì, dành cho người không nhìn thấy ảnh.",
    )
    picture_caption = LineField("chú thích ảnh", max_length=300, blank=True)
    author = LineField("tác giả", max_length=120, blank=True, help_text="Tên ký dưới bài.")
    unit = LineField(
        "đơn vị", max_length=120, blank=True, help_text="Đơn vị của tác giả, ví dụ «Sở TT&TT»."
    )
    source = LineField(
        "nguồn", max_length=200, blank=True, help_text="Ghi khi đăng lại bài của nơi khác."
    )
    correction = BlockField(
        "đính chính",
        max_length=1000,
        blank=True,
        help_text="Điều đã sửa sau khi đăng; hiện rõ ở đầu bài.",
    )
    is_lead = models.BooleanField(
        "tin chính",
        default=False,
        help_text="Đứng đầu trang chủ (tin mới nhất trong các tin chính).",
    )
    is_pinned = models.BooleanField(
        "ghim", default=False, help_text="Đứng trước các tin khác ở trang chủ."
    )
    origin = models.CharField(
        "nguồn nhập", max_length=300, editable=False, blank=True, default="", db_index=True
    )
    tags = TaggableManager(
        "thẻ", through=TaggedArticle, blank=True, help_text="Các thẻ cách nhau bằng dấu phẩy."
    )
    folded = FoldedField(sources=("title", "lead", "plain_body", "signature"))

    objects = ArticleQuerySet.as_manager()

    class Meta(Addressed.Meta):
        verbose_name = "tin bài"
        verbose_name_plural = "tin bài"
        indexes = [
            # With the end of publication in them, pages of a list need no look at the rows.
            models.Index(
                fields=["state", "-published_at", "-id", "published_until"], name="article_newest"
            ),
            models.Index(
                fields=["category", "state", "-published_at", "-id", "published_until"],
                name="article_of_category",
            ),
            models.Index(
                fields=["published_until"],
                condition=models.Q(published_until__isnull=False),
                name="article_ends",
            ),
            models.Index(
                fields=["state", "-is_lead", "-is_pinned", "-published_at", "-id"],
                name="article_home",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def slug_sources(self) -> list[str]:
        """Return the sources of an article's slug: its title, then title and day."""
        day = timezone.localdate(self.published_at) if self.published_at else timezone.localdate()
        return [self.title, f"{self.title} {day:%d %m %Y}"]

    def get_absolute_url(self) -> str:
        """Return the address of the article's page."""
        return address_of("news:detail", self.slug)

    def clean(self) -> None:
        """Refuse an article's picture without its description."""
        super().clean()
        if self.picture and not self.picture_alt:
            raise ValidationError(
                {"picture_alt": "Mô tả ảnh để người khiếm thị cũng biết ảnh cho thấy gì."}
            )

    def around(self, count: int) -> tuple[list["Article"], list["Article"]]:
        """Return the articles before and after this one: its category's, then others.

        At most `count` each, newest first. What is newest in its category and elsewhere is queried
        once for all articles of the category; only what lies deeper is queried for each article.
        """
        newest_of_both = revision.kept(
            ("newest beside", self.category_id, count),
            lambda: Article.objects.visible().newest_beside(self.category_id, count),
        )
        earlier, newer = [], []
        for is_within in (True, False):
            newest = [
                article
                for article in newest_of_both
                if (article.category_id == self.category_id) is is_within
            ]
            newer += [article for article in newest if article.is_after(self)]
            older = [article for article in newest if self.is_after(article)]
            missing = count - len(earlier)
            if missing > len(older) and len(newest) == count:  # there is more than the newest
                rows = Article.objects.visible().beside(self.category_id, is_within)
                older = rows.before(self.published_at, self.pk).for_titles()[:missing]
            earlier += older[:missing]
        return earlier, newer[:count]

    def is_after(self, other: "Article") -> bool:
        """Tell whether this article was published after `other`; of the same moment, by row."""
        return (self.published_at, self.pk) > (other.published_at, other.pk)

    @property
    def plain_body(self) -> str:
        """The words of the article's body."""
        return as_plain(self.body)

    @property
    def signature(self) -> str:
        """The signature under an article: "Hoàng Thăng Long - Sở TT&TT"."""
        return " - ".join(part for part in (self.author, self.unit) if part)

    @property
    def summary(self) -> str:
        """What a list or a search engine shows of the article, at most 300 characters."""
        words = self.lead or self.plain_body
        return words if len(words) <= 300 else words[:299].rsplit(" ", 1)[0] + "…"
