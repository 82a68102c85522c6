"""XML sitemaps for machines (sitemaps.org): what is visible, in files of 1,000 addresses."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape

from documents.models import Document
from news.models import Article, Category, CategoryQuerySet
from portal.pages.models import Page
from portal.publishing.addresses import absolute
from portal.publishing.states import Publishable
from portal.web.pagination import Pages
from schedule.models import Week


class OnOurName(Sitemap):
    """A sitemap of addresses on the site's own name, whatever name the visitor asked by."""

    limit = 1000

    @property
    def paginator(self) -> Pages:
        return Pages(self._items(), self.limit, name=self.name)

    def get_domain(self, site: object = None) -> str:
        return settings.SITE_URL.partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:
        return settings.SITE_URL.partition("://")[0]


class FixedAddresses(OnOurName):
    """The sitemap of fixed addresses: home page, lists, schedule, links."""

    name = None

    def items(self) -> list[str]:
        return [
            "/",
            "/tin-tuc/",
            "/van-ban/",
            "/van-ban/phap-quy/",
            "/van-ban/chi-dao-dieu-hanh/",
            "/lich-cong-tac/",
            "/lien-ket/",
            "/so-do/",
        ]

    def location(self, item: str) -> str:
        return item


class Visible(OnOurName):
    """The sitemap of the visible rows of one model. `rows` returns its queryset."""

    def __init__(self, rows: Callable[[], QuerySet]) -> None:
        self.rows = rows
        self.name = object()  # rows of a kind of their own

    def items(self) -> QuerySet:
        return self.rows()

    def lastmod(self, item: Publishable) -> datetime:
        return max(item.updated_at, item.published_at)


class Categories(OnOurName):
    """The sitemap of the categories of the news."""

    name = None

    def items(self) -> CategoryQuerySet:
        return Category.objects.in_order()


SITEMAPS = {
    "noi": FixedAddresses(),
    "trang": Visible(lambda: Page.objects.visible().in_order()),
    "chuyen-muc": Categories(),
    "tin-tuc": Visible(
        lambda: Article.objects.visible().only("slug", "updated_at", "published_at").newest_first()
    ),
    "van-ban": Visible(
        lambda: (
            Document.objects.visible()
            .only("slug", "updated_at", "published_at")
            .order_by("-published_at", "-pk")
        )
    ),
    "lich": Visible(lambda: Week.objects.visible().order_by("-monday")),
}


def sitemap_index(request: HttpRequest) -> HttpResponse:
    """Answer `/sitemap.xml`, the list of the site map's files for search engines."""
    files = []
    for section, section_map in SITEMAPS.items():
        address = escape(absolute(reverse("sitemap-section", args=[section])))
        pages = section_map.paginator.page_range
        files += [address if page == 1 else f"{address}?p={page}" for page in pages]
    lines = "".join(f"<sitemap><loc>{address}</loc></sitemap>\n" for address in files)
    index = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        f"{lines}</sitemapindex>\n"
    )
    return HttpResponse(index, content_type="application/xml")


def sitemap_section(request: HttpRequest, section: str) -> HttpResponse:
    """Answer `/sitemap-<section>.xml`, the addresses of one kind for search engines."""
    return sitemap(request, SITEMAPS, section=section)
