"""The site map for machines (sitemaps.org): what is visible, in files of at most 1,000 addresses."""

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps.views import sitemap
from django.http import HttpResponse
from django.urls import reverse
from django.utils.html import escape

from documents.models import Document
from news.models import Article, Category
from portal.pages.models import Page
from portal.web.pagination import Pages
from portal.web.views import absolute
from schedule.models import Week


class OnOurName(Sitemap):
    """Addresses on the site's own name, whatever name the visitor asked by."""

    limit = 1000

    @property
    def paginator(self):
        return Pages(self._items(), self.limit, name=self.name)

    def get_domain(self, site=None):
        return settings.SITE_URL.partition("://")[2]

    def get_protocol(self, protocol=None):
        return settings.SITE_URL.partition("://")[0]


class Places(OnOurName):
    """The fixed places."""

    name = None

    def items(self):
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

    def location(self, item):
        return item


class Visible(OnOurName):
    """The visible rows of one model. `rows`: a function that returns its queryset."""

    def __init__(self, rows):
        self.rows = rows
        self.name = object()  # rows of a kind of their own

    def items(self):
        return self.rows()

    def lastmod(self, item):
        return max(item.updated_at, item.published_at)


class Categories(OnOurName):
    """The categories of the news."""

    name = None

    def items(self):
        return Category.objects.in_order()


SITEMAPS = {
    "noi": Places(),
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


def sitemap_index(request):
    """`/sitemap.xml`: the list of the files."""
    files = []
    for section, places in SITEMAPS.items():
        address = escape(absolute(reverse("sitemap-section", args=[section])))
        files += [
            address if page == 1 else f"{address}?p={page}" for page in places.paginator.page_range
        ]
    lines = "".join(f"<sitemap><loc>{address}</loc></sitemap>\n" for address in files)
    index = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{lines}</sitemapindex>\n'
    return HttpResponse(
        f'<?xml version="1.0" encoding="UTF-8"?>\n{index}', content_type="application/xml"
    )


def sitemap_section(request, section):
    """`/sitemap-<section>.xml`: the addresses of one kind."""
    return sitemap(request, SITEMAPS, section=section)
