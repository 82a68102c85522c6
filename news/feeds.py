"""Feeds of the news: RSS, Atom, JSON; all of it, or one category."""

from django.http import Http404
from django.urls import reverse

from news.models import Article, Category, CategoryTree
from portal.web.feeds import Atom, OurFeed, Rss, json_feed
from portal.web.views import absolute

LENGTH = 30


def newest(category=None):
    """Return the newest visible articles, of `category` (Category) or of all."""
    articles = Article.objects.visible().for_lists()
    return (
        articles.in_categories(CategoryTree.present().subtree(category)) if category else articles
    )[:LENGTH]


class ArticleRss(OurFeed):
    """The newest articles as RSS; with `slug`, those of a category."""

    feed_type = Rss
    kind = "rss"

    def get_object(self, request, slug=None):
        if slug is None:
            return None
        category = Category.objects.filter(slug=slug).first()
        if category is None:
            raise Http404
        return category

    def title(self, category):
        return f"Tin tức: {category.name}" if category else "Tin tức"

    def description(self, category):
        return (
            category.description
            if category and category.description
            else "Tin bài mới nhất của cổng."
        )

    def home(self, category):
        return category.get_absolute_url() if category else reverse("news:list")

    def address(self, category):
        return (
            reverse(f"category-{self.kind}", args=[category.slug])
            if category
            else reverse(f"news:{self.kind}")
        )

    def items(self, category):
        return newest(category)

    def item_title(self, article):
        return article.title

    def item_description(self, article):
        return article.lead

    def item_categories(self, article):
        return [article.category.name]

    def item_author_name(self, article):
        return article.signature


class ArticleAtom(ArticleRss):
    """The same as Atom."""

    feed_type = Atom
    kind = "atom"

    def subtitle(self, category):
        return self.description(category)


def article_json(request, slug=None):
    """The same as JSON Feed."""
    feed = ArticleRss()
    category = feed.get_object(request, slug)
    items = [
        {
            "url": absolute(a.get_absolute_url()),
            "title": a.title,
            "summary": a.lead,
            "published": a.published_at,
        }
        for a in newest(category)
    ]
    address = reverse("category-json", args=[slug]) if category else reverse("news:json")
    return json_feed(
        {
            "title": feed.title(category),
            "home": feed.link(category),
            "address": absolute(address),
            "items": items,
        }
    )
