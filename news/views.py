"""The public pages of the news: list of articles, category, tag, article."""

from collections.abc import Iterable
from typing import Any

from django.forms import Form
from django.http import Http404
from django.urls import reverse

from news.filters import ArticleFilter
from news.models import Article, ArticleQuerySet, Category, CategoryTree, Tag
from portal.web.views import FilteredList, VisibleDetail

NEWS = ("Tin tức", "/tin-tuc/")


class ArticleList(FilteredList):
    """All articles, newest first."""

    model = Article
    form_class = ArticleFilter
    template_name = "news/article_list.html"
    heading = "Tin tức"

    def get_form(self) -> Form:
        self.tree = CategoryTree.present()
        return ArticleFilter(self.request.GET, self.tree)

    def get_base_queryset(self) -> ArticleQuerySet:
        return Article.objects.visible().for_lists()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = {
            "heading": self.heading,
            "intro": "",
            "trail": [],
            "category": None,
            "tag": None,
            "subcategories": [],
            "feeds": [
                ("RSS", reverse("news:rss")),
                ("Atom", reverse("news:atom")),
                ("JSON", reverse("news:json")),
            ],
        }
        return super().get_context_data(**context | kwargs)


class CategoryList(ArticleList):
    """The articles of one category and of those below it."""

    def get_base_queryset(self) -> ArticleQuerySet:
        self.category = self.tree.by_slug.get(self.kwargs["slug"])
        if self.category is None:
            raise Http404
        return super().get_base_queryset().in_categories(self.tree.subtree(self.category))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        category = self.category
        return super().get_context_data(
            heading=category.name,
            intro=category.description,
            trail=[NEWS, *trail_of(self.tree.path_to(category)[:-1])],
            category=category,
            subcategories=self.tree.children(category),
            feeds=[
                (label, reverse(f"category-{kind}", args=[category.slug]))
                for label, kind in FEED_KINDS
            ],
        )


def trail_of(categories: Iterable[Category]) -> list[tuple[str, str]]:
    """Return the categories of a news page as steps of its breadcrumb: (name, address) of each."""
    return [(category.name, category.get_absolute_url()) for category in categories]


class TagList(ArticleList):
    """The articles that carry one tag."""

    def get_base_queryset(self) -> ArticleQuerySet:
        self.tag = Tag.objects.visible().filter(slug=self.kwargs["slug"]).first()
        if self.tag is None:
            raise Http404
        return super().get_base_queryset().tagged(self.tag)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(heading=f"Thẻ: {self.tag.name}", trail=[NEWS], tag=self.tag)


FEED_KINDS = [("RSS", "rss"), ("Atom", "atom"), ("JSON", "json")]


class ArticleDetail(VisibleDetail):
    """The page of one article, with its tags and the articles before and after it."""

    model = Article
    template_name = "news/article_detail.html"
    context_object_name = "article"
    neighbours = 6

    def get_queryset(self) -> ArticleQuerySet:
        return Article.objects.select_related("category")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        article = self.object
        earlier, newer = article.around(self.neighbours)
        return super().get_context_data(
            tags=list(Tag.objects.of_article(article)),
            earlier=earlier,
            newer=newer,
            trail=[NEWS, *trail_of(CategoryTree.present().path_to(article.category))],
            **kwargs,
        )
