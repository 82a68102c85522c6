"""Feeds of the newest articles as RSS, Atom and JSON: of all news, or of one category."""

from django.http import Http404, HttpRequest
from django.urls import reverse

from news.models import Article, ArticleQuerySet, Category, CategoryTree
from portal.web.feeds import Atom, JsonFeed, OurFeed, Rss

LENGTH = 30


def newest(category: Category | None = None) -> ArticleQuerySet:
    """Return the newest articles for a news feed, of a category with those below it or of all."""
    articles = Article.objects.visible().for_lists()
    if category:
        articles = articles.in_categories(CategoryTree.present().subtree(category))
    return articles[:LENGTH]


class ArticleRss(OurFeed):
    """The newest articles as RSS; with `slug`, those of a category."""

    feed_type = Rss
    kind = "rss"

    def get_object(self, request: HttpRequest, slug: str | None = None) -> Category | None:
        if slug is None:
            return None
        category = Category.objects.filter(slug=slug).first()
        if category is None:
            raise Http404
        return category

    def title(self, category: Category | None) -> str:
        return f"Tin tức: {category.name}" if category else "Tin tức"

    def description(self, category: Category | None) -> str:
        return category and category.description or "Tin bài mới nhất của cổng."

    def home(self, category: Category | None) -> str:
        return category.get_absolute_url() if category else reverse("news:list")

    def address(self, category: Category | None) -> str:
        if category:
            return reverse(f"category-{self.kind}", args=[category.slug])
        return reverse(f"news:{self.kind}")

    def items(self, category: Category | None) -> ArticleQuerySet:
        return newest(category)

    def item_title(self, article: Article) -> str:
        return article.title

    def item_description(self, article: Article) -> str:
        return article.lead

    def item_categories(self, article: Article) -> list[str]:
        return [article.category.name]

    def item_author_name(self, article: Article) -> str:
        return article.signature


class ArticleAtom(ArticleRss):
    """The newest articles as Atom; with `slug`, those of a category."""

    feed_type = Atom
    kind = "atom"

    def subtitle(self, category: Category | None) -> str:
        return self.description(category)


class ArticleJson(ArticleRss):
    """The newest articles as JSON Feed."""

    feed_type = JsonFeed
    kind = "json"
