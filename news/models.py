"""News: categories, articles, tags."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from portal import prepared
from portal.cache import revision
from portal.pictures.fields import PictureField
from portal.publishing.addresses import Addressed, AddressedQuerySet, address_of
from portal.publishing.public import Public, PublicQuerySet, content_changed, leads_back
from portal.richtext.cleaner import as_plain
from portal.richtext.field import RichTextField
from portal.text import vietnamese
from portal.text.fields import BlockField, FoldedField, LineField


class CategoryQuerySet(PublicQuerySet):
    """The tree of categories; small, so it is read whole."""

    def in_order(self):
        """Return the categories as the editors arranged them."""
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

    def __str__(self):
        return self.name

    def make_ready(self, taken=None):
        """Make the slug of the name where there is none."""
        self.slug = self.slug or vietnamese.slug(self.name, 130)

    def get_absolute_url(self):
        """Return the address (str) of the category's page."""
        return address_of("category", self.slug)

    def clean(self):
        """Refuse a category that lies, at any depth, in itself, and a name that makes no address."""
        super().clean()
        if leads_back(self, "parent"):
            raise ValidationError(
                {"parent": "Chuyên mục không thể nằm trong chính nó. Hãy chọn chuyên mục khác."}
            )
        if not self.slug and not vietnamese.slug(self.name):
            raise ValidationError({"name": "Tên phải có ít nhất một chữ cái hoặc chữ số."})


class CategoryTree:
    """All categories, read in one query: who lies below whom."""

    def __init__(self):
        self.categories = list(Category.objects.in_order())
        self.by_slug = {category.slug: category for category in self.categories}
        self._by_key = {category.pk: category for category in self.categories}

    @classmethod
    def present(cls):
        """Return the tree as it is now."""
        return revision.kept(cls, cls)

    def children(self, category):
        """Return the categories (list) directly below `category`; of None, those at the top."""
        key = category.pk if category else None
        return [child for child in self.categories if child.parent_id == key]

    def subtree(self, category):
        """Return `category` and all below it (list of Category), in the order of reading."""
        return [
            category,
            *(deeper for child in self.children(category) for deeper in self.subtree(child)),
        ]

    def path_to(self, category):
        """Return the categories (list) from the top down to `category`, with it."""
        path = [self._by_key[category.pk]]
        while path[0].parent_id is not None:
            path.insert(0, self._by_key[path[0].parent_id])
        return path


class TagQuerySet(models.QuerySet):
    """Tags: as visible as the articles that carry them."""

    def visible(self):
        """Return the tags of articles that a stranger may see: one on a draft alone tells what is being written."""
        return self.filter(
            pk__in=TaggedArticle.objects.filter(
                content_object__in=Article.objects.visible()
            ).values("tag")
        )

    def of_article(self, pk):
        """Return the tags of the article with the key `pk` (int) by name."""
        return self.filter(uses__content_object=pk).order_by("name")


class Tag(TagBase):
    """A topic of articles (thẻ). Its slug keeps the đ as d."""

    name = LineField("tên thẻ", max_length=100, unique=True)
    slug = models.SlugField("địa chỉ", max_length=120, unique=True, blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        verbose_name = "thẻ"
        verbose_name_plural = "thẻ"

    def slugify(self, tag, i=None):
        """Return the slug (str) of the name `tag`; `i`: the number of the try."""
        base = vietnamese.slug(tag, 100) or "the"
        return base if i is None else f"{base}-{i}"

    def get_absolute_url(self):
        """Return the address (str) of the tag's page."""
        return address_of("tag", self.slug)


@receiver([post_save, post_delete], sender=Tag)
def tell_of_tags(instance, **kwargs):
    """A tag stands on public pages; taggit's own class does not tell of it."""
    content_changed.send(sender=Tag, pks=[instance.pk])


def tags_from_text(value):
    """Return the names (list of str) of the tags in `value` (str): set apart by commas only, "Chuyển đổi số" is one tag.

    A name that differs from an existing one by capitals only becomes that one. Named in `settings.TAGGIT_TAGS_FROM_STRING`.
    """
    known = {name.casefold(): name for name in Tag.objects.values_list("name", flat=True)}
    names = {}
    for part in value.split(","):
        name = vietnamese.clean_line(part.replace('"', " "))
        if name:
            names.setdefault(name.casefold(), known.get(name.casefold(), name))
    return list(names.values())


def text_of_tags(tags):
    """Return `tags` (iterable of Tag) as they are typed (str). Named in `settings.TAGGIT_STRING_FROM_TAGS`."""
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

    def in_categories(self, categories):
        """Return the articles of `categories` (list of Category, as `CategoryTree.subtree` gives them)."""
        return self.filter(category__in=[category.pk for category in categories])

    def tagged(self, tag):
        """Return the articles that carry `tag` (Tag)."""
        return self.filter(tag_uses__tag=tag)

    def between(self, first=None, last=None):
        """Return the articles published on the days `first` to `last` (date or None), both included."""
        rows = self
        if first:
            rows = rows.filter(published_at__date__gte=first)
        if last:
            rows = rows.filter(published_at__date__lte=last)
        return rows

    def for_lists(self):
        """Return the articles, newest first, with what a line of a list shows and without their bodies."""
        return self.select_related("category").defer("body", "folded").newest_first()

    def for_home(self, count):
        """Return the first `count` articles (list): the lead story, then the pinned ones, then the newest."""
        # Written as `IN`: SQLite does not look for a bare boolean in an index.
        kinds = [
            self.filter(is_lead__in=[lead], is_pinned__in=[pinned])
            for lead in (True, False)
            for pinned in (True, False)
        ]
        found = self._newest_of_each(kinds, count)
        found.sort(
            key=lambda article: (not article.is_lead, not article.is_pinned)
        )  # stable: newest first stays
        return found[:count]

    def newest_in_each(self, categories, count, but=()):
        """Return {pk of category: [Article, …]}: the newest `count` of each of `categories`, without the keys in `but`."""
        newest = {category.pk: [] for category in categories}
        parts = [self.filter(category=category).exclude(pk__in=but) for category in categories]
        for article in self._newest_of_each(parts, count) if parts else ():
            newest[article.category_id].append(article)
        return newest

    def for_titles(self):
        """Return the articles, newest first, with what their titles and addresses need."""
        return self.only("slug", "title", "published_at", "category_id").newest_first()

    def beside(self, category, is_within):
        """Return the articles of the category with the key `category` (int); with `is_within` False those of all others."""
        return self.filter(category=category) if is_within else self.exclude(category=category)

    def before(self, moment, pk):
        """Return the articles published before `moment` (datetime), or at it in rows older than `pk` (int)."""
        return self.filter(published_at__lte=moment).exclude(published_at=moment, pk__gte=pk)

    def newest_beside(self, category, count):
        """Return the newest `count` articles of the category with the key `category` (int) and of all others (list, newest first)."""
        return self._newest_of_each(
            [self.beside(category, True), self.beside(category, False)], count
        )

    @staticmethod
    def _newest_of_each(parts, count):
        """Return the newest `count` of each of `parts` (list of ArticleQuerySet, not empty) in one list, newest first.

        One query, the same at any number of rows: a UNION of a short indexed read per part. SQLite takes no LIMIT in a part
        of a UNION, so each read stands in a subquery of its own.
        """
        reads = [part.order_by("-published_at", "-pk").values("pk")[:count] for part in parts]
        found = [Article.objects.filter(pk__in=read).for_lists().order_by() for read in reads]
        return sorted(
            found[0].union(*found[1:], all=True),
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
            # With the end of publication in them, pages of a list are turned without a look at the rows.
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

    reserved_slugs = frozenset()

    def __str__(self):
        return self.title

    def slug_sources(self):
        """Return the title, then the title with the day of publication."""
        day = timezone.localdate(self.published_at) if self.published_at else timezone.localdate()
        return [self.title, f"{self.title} {day:%d %m %Y}"]

    def get_absolute_url(self):
        """Return the address (str) of the article's page."""
        return address_of("news:detail", self.slug)

    def clean(self):
        """Refuse a picture without its description."""
        super().clean()
        if self.picture and not self.picture_alt:
            raise ValidationError(
                {"picture_alt": "Mô tả ảnh để người khiếm thị cũng biết ảnh cho thấy gì."}
            )

    @classmethod
    def shown(cls, slug):
        """Return the visible article under `slug` (str) with its category, or None."""
        found = prepared.rows(
            "article", lambda slug, at: cls.objects.visible(at).filter(slug=slug).select_related("category"),
            slug=slug, at=timezone.now(),
        )  # fmt: skip
        return found[0] if found else None

    def around(self, count):
        """Return the visible articles (earlier, newer) than this one: at most `count` (list) each, its category's first, newest first.

        What is newest in its category and elsewhere is asked once for all articles of the category; only what lies deeper is asked for
        each article.
        """
        found = revision.kept(
            ("newest beside", self.category_id, count),
            lambda: Article.objects.visible().newest_beside(self.category_id, count),
        )
        earlier, newer = [], []
        for is_within in (True, False):
            newest = [
                other for other in found if (other.category_id == self.category_id) is is_within
            ]
            newer += [other for other in newest if other.is_after(self)]
            older = [other for other in newest if self.is_after(other)]
            missing = count - len(earlier)
            if missing > len(older) and len(newest) == count:  # there is more than the newest
                older = self._earlier(is_within, count)
            earlier += older[:missing]
        return earlier, newer[:count]

    def _earlier(self, is_within, count):
        def build(at, category, moment, pk):
            return (
                Article.objects.visible(at)
                .beside(category, is_within)
                .before(moment, pk)
                .for_titles()[:count]
            )

        return prepared.rows(
            ("earlier articles", is_within, count), build,
            at=timezone.now(), category=self.category_id, moment=self.published_at, pk=self.pk,
        )  # fmt: skip

    def tags_in_order(self):
        """Return its tags (list of Tag) by name."""
        return prepared.rows("tags of an article", Tag.objects.of_article, pk=self.pk)

    def is_after(self, other):
        """Tell whether this article was published after `other` (Article); of the same moment, the row tells."""
        return (self.published_at, self.pk) > (other.published_at, other.pk)

    @property
    def plain_body(self):
        """The words of the body (str)."""
        return as_plain(self.body)

    @property
    def signature(self):
        """What stands under the article (str): "Hoàng Thăng Long - Sở TT&TT"."""
        return " - ".join(part for part in (self.author, self.unit) if part)

    @property
    def summary(self):
        """What a list or a search engine shows of the article (str, at most 300 characters)."""
        words = self.lead or self.plain_body
        return words if len(words) <= 300 else words[:299].rsplit(" ", 1)[0] + "…"
