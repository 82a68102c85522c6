"""Home page, site map, robots.txt, OpenSearch, security.txt, health check and error pages."""

import sys
from datetime import timedelta

from django.db import connection
from django.db.utils import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from documents.models import Document, Family
from news.models import Article, Category, CategoryTree
from portal.links.models import Link, grouped
from portal.pages.models import Page, SiteIdentity
from portal.publishing.addresses import absolute
from portal.publishing.trees import Tree
from portal.web.views import never_store
from schedule.views.week import days_of
from schedule.weeks import CalendarWeek

STORIES, SECTIONS, PER_SECTION, DOCUMENTS = 6, 4, 5, 5


def home(request: HttpRequest) -> HttpResponse:
    """Show the home page: lead story, sections, newest documents, this week, links."""
    stories = Article.objects.visible().for_home(STORIES)
    week = CalendarWeek.of(timezone.localdate())
    context = {
        "lead_story": stories[0] if stories else None,
        "top_stories": stories[1:],
        "sections": _sections({story.pk for story in stories}),
        "legal": _newest(Family.LEGAL),
        "directives": _newest(Family.DIRECTIVE),
        "week": week,
        "days": days_of(week),
        "link_groups": grouped(Link.objects.visible().in_order()),
    }
    return render(request, "home.html", context)


def _newest(family: Family) -> list[Document]:
    return list(Document.objects.visible().of_family(family).for_cards()[:DOCUMENTS])


def _sections(shown: set[int]) -> list[tuple[Category, list[Article]]]:
    """Return the first categories of the home page with their newest articles.

    Without the articles `shown` (keys) already, and without a category that has no others.
    """
    categories = list(Category.objects.in_order().filter(on_home=True))[:SECTIONS]
    newest = Article.objects.visible().newest_in_each(categories, PER_SECTION, shown)
    return [(category, newest[category.pk]) for category in categories if newest[category.pk]]


def site_map(request: HttpRequest) -> HttpResponse:
    """Show the site map (sơ đồ cổng) for people: the whole site as a tree of words."""

    def describe(row: Page | Category) -> dict[str, str]:
        return {"title": str(row), "url": row.get_absolute_url()}

    pages = Tree(Page.objects.visible().in_order())
    categories = CategoryTree()
    families = [{"title": f.label, "url": f"/van-ban/{f.value}/", "children": []} for f in Family]
    tree = [
        {"title": "Trang chủ", "url": "/", "children": []},
        *pages.nodes(pages.tops(), describe),
        {
            "title": "Tin tức",
            "url": "/tin-tuc/",
            "children": categories.nodes(categories.children(None), describe),
        },
        {"title": "Văn bản", "url": "/van-ban/", "children": families},
        {"title": "Lịch công tác", "url": "/lich-cong-tac/", "children": []},
        {"title": "Liên kết website", "url": "/lien-ket/", "children": []},
        {"title": "Tìm kiếm", "url": "/tim-kiem/", "children": []},
    ]
    return render(request, "site_map.html", {"tree": tree, "trail": []})


def robots(request: HttpRequest) -> HttpResponse:
    """Answer `/robots.txt`: robots may read all that is public but the search pages."""
    lines = [
        "User-agent: *",
        "Disallow: /quan-tri/",
        "Disallow: /tim-kiem/",
        "",
        f"Sitemap: {absolute('/sitemap.xml')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def opensearch(request: HttpRequest) -> HttpResponse:
    """Answer `/opensearch.xml`: how a browser searches the site from its own box."""
    text = render_to_string("opensearch.xml", request=request)
    return HttpResponse(text, content_type="application/opensearchdescription+xml; charset=utf-8")


def security_txt(request: HttpRequest) -> HttpResponse:
    """Answer `/.well-known/security.txt`: whom to tell about a weakness of the site (RFC 9116)."""
    identity = SiteIdentity.load()
    contact = f"mailto:{identity.email}" if identity.email else absolute("/lien-he/")
    expires = (timezone.now() + timedelta(days=180)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    lines = [
        f"Contact: {contact}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: vi, en",
        f"Canonical: {absolute('/.well-known/security.txt')}",
        "",
    ]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def health(request: HttpRequest) -> HttpResponse:
    """Answer `/healthz`: 200 where the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except Error:
        response = JsonResponse({"status": "database unavailable"}, status=503)
        response["Retry-After"] = "30"
        return never_store(response)
    return never_store(JsonResponse({"status": "ok"}))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show the error page 400: the address or form could not be read."""
    return render(
        request,
        "400.html",
        {"message": "Yêu cầu không đọc được. Hãy kiểm tra lại địa chỉ."},
        status=400,
    )


def forbidden(
    request: HttpRequest, exception: Exception | None = None, reason: str = ""
) -> HttpResponse:
    """Show the error page 403: not for this visitor, or a form from a foreign page."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Show the error page 404 with search and menu."""
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Show the error page 500, or 503 where the database does not answer, without context."""
    if isinstance(sys.exc_info()[1], (InterfaceError, OperationalError)):
        return HttpResponse(render_to_string("500.html"), status=503, headers={"Retry-After": "30"})
    return HttpResponse(render_to_string("500.html"), status=500)
