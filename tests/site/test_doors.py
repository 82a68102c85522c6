"""Hidden objects show nothing at any public address, in whatever way they are hidden.

A new address of `portal.urls` needs a row in `DOORS`; `test_door_list_is_complete` fails until it
has one.
"""

from datetime import timedelta
from typing import NamedTuple
from unittest.mock import patch

import pytest
from django.contrib import admin
from django.core.files.base import ContentFile
from django.db import transaction
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.urls import URLPattern
from django.utils import timezone

from documents.files import page_images as page_pictures_of
from documents.files.staging import Intake, StagedFile
from documents.models import Document, Family
from news.models import Article
from portal import urls
from portal.publishing.states import State
from portal.search.forms import KINDS as SEARCH_KINDS
from portal.sitemaps import SITEMAPS
from tests.support.world import HIDDEN, KINDS, REASON, WORD, lasting, stem, told

pytestmark = pytest.mark.django_db


class Door(NamedTuple):
    """A public address: `route` of `portal.urls`, `addresses` of a World, kinds it `shows`."""

    name: str
    route: str
    addresses: object
    shows: str = ""


def slugs(kind, pattern):
    """Return a function that lists `pattern` for present and former slugs of `kind` in a World."""

    def addresses(world):
        items = world.every(kind)
        return [pattern.format(slug) for item in items for slug in (item.slug, item.former_slug)]

    return addresses


def category(pattern):
    """Return a function of a World: the address `pattern` of its category."""
    return lambda world: [pattern.format(world.furniture.category.slug)]


def tags(world):
    """Return the addresses of the tags of every article."""
    return [tag.get_absolute_url() for item in world.every("article") for tag in item.tags.all()]


def details(world):
    """Return the present and former pages of all documents, and of the one related to all."""
    return [*slugs("document", "/van-ban/{}/")(world), world.other.get_absolute_url()]


def downloads(world):
    """Return download addresses of all attachments: right, guessed, by former slug, elsewhere."""
    found = []
    for attachment in world.every("attachment"):
        document = attachment.document
        former = next(
            item.former_slug for item in world.every("document") if item.pk == document.pk
        )
        found += [
            attachment.get_absolute_url(),
            f"/van-ban/{document.slug}/tep/{attachment.pk}/van-ban.pdf",
            f"/van-ban/{former}/tep/{attachment.pk}/van-ban.pdf",
            f"/van-ban/{world.other.slug}/tep/{attachment.pk}/van-ban.pdf",
        ]
    return found


def bare_downloads(world):
    """Return every attachment's address without a name."""
    return [f"/van-ban/{a.document.slug}/tep/{a.pk}/" for a in world.every("attachment")]


def read_pages(world):
    """Return reader addresses of all attachments: right, by former slug, elsewhere, by page."""
    found = []
    for a in world.every("attachment"):
        former = next(
            item.former_slug for item in world.every("document") if item.pk == a.document_id
        )
        found += [
            f"/van-ban/{slug}/tep/{a.pk}/doc/"
            for slug in (a.document.slug, former, world.other.slug)
        ]
    return found


def read_from(world):
    """Return every attachment read from its first and from its second page on."""
    return [
        f"/van-ban/{a.document.slug}/tep/{a.pk}/doc/{page}/"
        for a in world.every("attachment")
        for page in (1, 2)
    ]


def page_pictures(world):
    """Return page picture addresses of all attachments, below their own and a visible document."""
    slugs = [
        (a, slug) for a in world.every("attachment") for slug in (a.document.slug, world.other.slug)
    ]
    return [f"/van-ban/{slug}/tep/{a.pk}/trang/1-720.webp" for a, slug in slugs]


def numbers(world):
    """Return what the resolver of numbers is asked: each number, its beginning, all of the year."""
    values = [document.number_value for document in world.every("document")]
    return [f"/van-ban/so/?so={value}/2018" for value in values] + [
        f"/van-ban/so/?so={value}" for value in values
    ]


def pictures(world):
    """Return the addresses of the pictures of every object."""
    return [f"/media/{name}" for part in world.sets for name in part.pictures]


def weeks(world):
    """Return the page of every week, by its Monday and by the day of the appointment."""
    return [
        f"/lich-cong-tac/{day.isoformat()}/"
        for a in world.every("appointment")
        for day in (a.week.monday, a.day)
    ]


def fixed(*paths):
    """Return a function of a World: always `paths`."""
    return lambda world: list(paths)


def search_by_facts(world):
    """Return the search of all documents by each fact that they are narrowed by."""
    facts = (
        "nhom=phap-quy",
        "loai-van-ban=thong-tu-chung",
        "co-quan=co-quan-chung",
        "linh-vuc=linh-vuc-chung",
    )
    return [f"/tim-kiem/?q={WORD}&{fact}" for fact in facts]


def searches(kind):
    """Return a function of a World: the searches for the text of `kind` of every set."""
    return lambda world: [f"/tim-kiem/?q={part.stem(kind)}" for part in world.sets]


def suggestions(world):
    """Return suggestion addresses for the common word, the marks and the numbers of a World."""
    marks = [
        f"/tim-kiem/goi-y/?q={part.stem(kind)}"
        for part in world.sets
        for kind in ("article", "document", "page", "appointment", "attachment")
    ]
    return [
        f"/tim-kiem/goi-y/?q={WORD[:4]}",
        *marks,
        *(f"/tim-kiem/goi-y/?q={d.number_value}/2018" for d in world.every("document")),
    ]


FILTERS = (
    f"?q={WORD}", "?tinh-trang=con", "?tinh-trang=chua-xac-dinh", f"?nguoi-ky={WORD}",
    "?co-quan=co-quan-chung", "?co-quan=co-quan-cung-ban-hanh", "?linh-vuc=linh-vuc-chung",
    "?loai=thong-tu-chung", "?sap-xep=cu-nhat", "?sap-xep=so", "?sap-xep=hieu-luc",
    "?tu=01/01/2018",
)  # fmt: skip
BOTH = "document attachment"
DOORS = [
    Door("home", "", fixed("/"), "article document appointment link menu notice"),
    Door(
        "news list",
        "tin-tuc/",
        fixed("/tin-tuc/", f"/tin-tuc/?q={WORD}", "/tin-tuc/?tu=01/01/2018"),
        "article",
    ),
    Door("news by category", "tin-tuc/", category("/tin-tuc/?chuyen-muc={}"), "article"),
    Door("news rss", "tin-tuc/rss.xml", fixed("/tin-tuc/rss.xml"), "article"),
    Door("news atom", "tin-tuc/atom.xml", fixed("/tin-tuc/atom.xml"), "article"),
    Door("news json", "tin-tuc/feed.json", fixed("/tin-tuc/feed.json"), "article"),
    Door("article", "tin-tuc/<slug:slug>/", slugs("article", "/tin-tuc/{}/"), "article tag"),
    Door("category", "chuyen-muc/<slug:slug>/", category("/chuyen-muc/{}/"), "article"),
    Door(
        "category rss",
        "chuyen-muc/<slug:slug>/rss.xml",
        category("/chuyen-muc/{}/rss.xml"),
        "article",
    ),
    Door(
        "category atom",
        "chuyen-muc/<slug:slug>/atom.xml",
        category("/chuyen-muc/{}/atom.xml"),
        "article",
    ),
    Door(
        "category json",
        "chuyen-muc/<slug:slug>/feed.json",
        category("/chuyen-muc/{}/feed.json"),
        "article",
    ),
    Door("tag", "the/<slug:slug>/", tags, "article tag"),
    Door(
        "documents",
        "van-ban/",
        fixed("/van-ban/", *(f"/van-ban/{query}" for query in FILTERS)),
        "document",
    ),
    Door("documents csv", "van-ban/", fixed("/van-ban/?dinh-dang=csv"), BOTH),
    Door("documents json", "van-ban/", fixed("/van-ban/?dinh-dang=json"), BOTH),
    Door("legal documents", "van-ban/phap-quy/", fixed("/van-ban/phap-quy/"), "document"),
    Door(
        "legal documents csv", "van-ban/phap-quy/", fixed("/van-ban/phap-quy/?dinh-dang=csv"), BOTH
    ),
    Door("directives", "van-ban/chi-dao-dieu-hanh/", fixed("/van-ban/chi-dao-dieu-hanh/")),
    Door("number", "van-ban/so/", numbers, "slug"),
    Door(
        "documents rss",
        "van-ban/rss.xml",
        fixed("/van-ban/rss.xml", f"/van-ban/rss.xml?q={WORD}"),
        "document",
    ),
    Door("documents atom", "van-ban/atom.xml", fixed("/van-ban/atom.xml"), "document"),
    Door("documents json feed", "van-ban/feed.json", fixed("/van-ban/feed.json"), "document"),
    Door("document", "van-ban/<slug:slug>/", details, "document attachment relation"),
    Door("download", "van-ban/<slug:slug>/tep/<int:pk>/<str:name>", downloads, "attachment"),
    Door(
        "download without name", "van-ban/<slug:slug>/tep/<int:pk>/", bare_downloads, "attachment"
    ),
    Door("reader", "van-ban/<slug:slug>/tep/<int:pk>/doc/", read_pages, "attachment document"),
    Door("reader from a page", "van-ban/<slug:slug>/tep/<int:pk>/doc/<int:page>/", read_from),
    Door(
        "picture of a page",
        "van-ban/<slug:slug>/tep/<int:pk>/trang/<int:page>-<int:width>.webp",
        page_pictures,
    ),
    Door("this week", "lich-cong-tac/", fixed("/lich-cong-tac/"), "week appointment"),
    Door("calendar", "lich-cong-tac/lich.ics", fixed("/lich-cong-tac/lich.ics"), "appointment"),
    Door("week", "lich-cong-tac/<str:day>/", weeks, "week appointment"),
    Door("links", "lien-ket/", fixed("/lien-ket/"), "link"),
    Door("search", "tim-kiem/", fixed(f"/tim-kiem/?q={WORD}"), "article document appointment page"),
    Door("search news", "tim-kiem/", fixed(f"/tim-kiem/?q={WORD}&loai=tin-tuc"), "article"),
    Door(
        "search documents",
        "tim-kiem/",
        fixed(f"/tim-kiem/?q={WORD}&loai=van-ban", "/tim-kiem/?q=2018"),
        "document",
    ),
    Door("search schedule", "tim-kiem/", fixed(f"/tim-kiem/?q={WORD}&loai=lich"), "appointment"),
    Door("search pages", "tim-kiem/", fixed(f"/tim-kiem/?q={WORD}&loai=trang"), "page"),
    Door(
        "search sorted",
        "tim-kiem/",
        fixed(f"/tim-kiem/?q={WORD}&sap-xep=moi-nhat"),
        "article document appointment page",
    ),
    Door("search by facts", "tim-kiem/", search_by_facts, "document"),
    Door("search in files", "tim-kiem/", searches("attachment"), "document attachment"),
    Door(
        "search by marks",
        "tim-kiem/",
        lambda world: [f"/tim-kiem/?q={secret}" for secret in world.secrets],
    ),
    Door("suggestions", "tim-kiem/goi-y/", suggestions, "article document appointment page"),
    Door("site map", "so-do/", fixed("/so-do/"), "page"),
    Door("sitemap index", "sitemap.xml", fixed("/sitemap.xml")),
    Door(
        "sitemaps",
        "sitemap-<str:section>.xml",
        fixed(*(f"/sitemap-{name}.xml" for name in SITEMAPS)),
        "slug",
    ),
    Door("robots", "robots.txt", fixed("/robots.txt")),
    Door("opensearch", "opensearch.xml", fixed("/opensearch.xml")),
    Door("security.txt", ".well-known/security.txt", fixed("/.well-known/security.txt")),
    Door("health", "healthz", fixed("/healthz")),
    Door("pictures", "media/anh/<path:name>", pictures),
    Door("static page", "<slug:slug>/", slugs("page", "/{}/"), "page"),
    Door(
        "page below a hidden page",
        "<slug:slug>/",
        lambda world: [child.get_absolute_url() for child in world.every("child")],
    ),
    Door(
        "unknown address",
        "<slug:slug>/",
        fixed("/khong-co-trang-nay/", "/tin-tuc/khong-co/", "/van-ban/khong-co/"),
        "menu notice",
    ),
]
PORTLETS = {
    "{% load documents_portlets %}{% document_portlet 'phap-quy' %}": "document",
    "{% load documents_portlets %}{% document_portlet 'chi-dao-dieu-hanh' %}": "",
    "{% load schedule_portlets %}{% schedule_portlet %}": "appointment",
    "{% load links_portlets %}{% links_portlet %}": "link",
    "{% load site_furniture %}{% site_menu '/' %}": "menu",
    "{% load site_furniture %}{% notices %}": "notice",
}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One World for all tests here: they only read."""
    with lasting(django_db_blocker) as built:
        yield built


def leaks(words, world, but=""):
    """Return the secrets of `world` that stand in `words` and do not stand in `but`."""
    return [secret for secret in world.secrets if secret in words and secret not in but]


def routes(patterns=urls.urlpatterns, before=""):
    """Return every route (set of str) of `patterns` but those of the administration."""
    found = set()
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            found.add(route)
        elif route != "quan-tri/":
            found |= routes(pattern.url_patterns, route)
    return found


def test_door_list_is_complete():
    assert {door.route for door in DOORS} == {
        route for route in routes() if not route.startswith("quan-tri/")
    }
    assert admin.site.urls[2] == "admin"


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_door_shows_what_is_visible_and_nothing_hidden(world, door):
    seen = set()
    for address in door.addresses(world):
        response = Client().get(address)
        words = told(response)
        assert response.status_code < 500, address
        assert not leaks(words, world, but=address), address
        seen |= {kind for kind in KINDS if stem(kind, "shown") in words}
    assert set(door.shows.split()) <= seen


@pytest.mark.parametrize("tag", PORTLETS, ids=lambda tag: tag.split("%}{% ")[1].removesuffix(" %}"))
def test_portlet_shows_what_is_visible_and_nothing_hidden(world, tag):
    words = Template(tag).render(Context({"request": RequestFactory().get("/")})).lower()
    assert not leaks(words, world)
    assert all(stem(kind, "shown") in words for kind in PORTLETS[tag].split())


@pytest.mark.parametrize("standing", HIDDEN)
@pytest.mark.parametrize("kind", ["article", "document", "page"])
def test_hidden_item_answers_nothing_at_its_addresses(world, kind, standing):
    item = next(getattr(part, kind) for part in world.hidden if part.standing == standing)
    address = item.get_absolute_url()
    for asked in (address, address.replace(item.slug, item.former_slug)):
        response = Client().get(asked)
        assert response.status_code == (410 if standing == "withdrawn" else 404), asked
        assert (REASON in response.content.decode()) == (standing == "withdrawn")


@pytest.mark.parametrize("standing", HIDDEN)
def test_hidden_document_keeps_its_file(world, standing):
    part = next(part for part in world.hidden if part.standing == standing)
    attachment = part.attachment
    for address in (
        attachment.get_absolute_url(),
        f"/van-ban/{part.document.slug}/tep/{attachment.pk}/doan.pdf",
    ):
        for headers in ({}, {"Range": "bytes=0-3"}, {"If-None-Match": f'"{attachment.sha256}"'}):
            assert Client().get(address, headers=headers).status_code == (
                410 if standing == "withdrawn" else 404
            )
    other = f"/van-ban/{world.visible.document.slug}/tep/{attachment.pk}/{attachment.original_name}"
    assert Client().get(other).status_code == 404
    for guess in (
        attachment.file.name,
        f"attachments/{attachment.file.name}",
        f"anh/../../attachments/{attachment.file.name}",
    ):
        assert Client().get(f"/media/{guess}").status_code in (400, 404)


@pytest.mark.parametrize("standing", HIDDEN)
def test_hidden_document_keeps_the_pages_of_its_file(world, standing):
    """A picture that was drawn while the document was shown lies on the disk, and stays there."""
    part = next(part for part in world.hidden if part.standing == standing)
    attachment = part.attachment
    assert attachment.page_texts.get().text
    page_pictures_of.picture_of(attachment, 1, 720).close()
    below = f"/van-ban/{part.document.slug}/tep/{attachment.pk}"
    for address in (
        f"{below}/doc/",
        f"{below}/doc/1/",
        f"{below}/trang/1-720.webp",
        f"{below}/trang/1-1080.webp",
    ):
        for headers in (
            {},
            {"Range": "bytes=0-3"},
            {"If-None-Match": f'"{attachment.sha256}-1-720"'},
        ):
            assert Client().get(address, headers=headers).status_code == (
                410 if standing == "withdrawn" else 404
            ), address
    other = f"/van-ban/{world.visible.document.slug}/tep/{attachment.pk}"
    assert (
        Client().get(f"{other}/doc/").status_code
        == Client().get(f"{other}/trang/1-720.webp").status_code
        == 404
    )


@pytest.mark.slow
def test_file_of_a_document_that_is_being_entered_has_no_address(world, admin_user_of_world):
    """It lies beside the attachments, and its key may be that of one: neither leads to it."""
    bytes_ = b"%PDF-1.4 zqstaged"
    with transaction.atomic():
        staged = StagedFile(
            file=ContentFile(bytes_, name="zqstaged.pdf"),
            original_name="zqstaged.pdf",
            sha256="0" * 64,
        )
        Intake.begin(admin_user_of_world, [staged])
        name, slug = staged.file.name, world.visible.document.slug
        addresses = [
            f"/media/{name}",
            f"/media/anh/{name}",
            f"/{name}",
            f"/van-ban/{slug}/tep/{staged.pk}/zqstaged.pdf",
        ]
        addresses += [
            f"/van-ban/{slug}/tep/{staged.pk}/doc/",
            f"/quan-tri/documents/document/add/?tu-tep={staged.intake_id}",
        ]
        for address in [
            *addresses,
            *(address for door in DOORS for address in door.addresses(world)),
        ]:
            response = Client().get(address)
            body = b"".join(response) if response.streaming else response.content
            assert b"zqstaged" not in body and name.encode() not in body, address
        staged.file.storage.delete(name)
        transaction.set_rollback(True)


def test_visible_document_shows_the_pages_of_its_file(world):
    attachment = world.visible.attachment
    response = Client().get(
        f"/van-ban/{attachment.document.slug}/tep/{attachment.pk}/trang/1-720.webp"
    )
    assert (response.status_code, response["Content-Type"]) == (200, "image/webp")


@pytest.mark.parametrize("standing", HIDDEN)
def test_hidden_item_keeps_its_pictures(world, standing):
    part = next(part for part in world.hidden if part.standing == standing)
    assert len(part.pictures) == 5
    for name in part.pictures:
        for headers in ({}, {"If-None-Match": f'"{name}"'}, {"Range": "bytes=0-1"}):
            assert Client().get(f"/media/{name}", headers=headers).status_code == 404


def test_visible_item_shows_its_pictures(world):
    for name in world.visible.pictures:
        response = Client().get(f"/media/{name}")
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")


def test_picture_shared_with_a_hidden_article_is_public(world):
    draft, visible = world.hidden[0].article, world.visible.article
    with transaction.atomic():
        draft.body = f'<p><img src="/media/{world.visible.pictures[0]}" alt="chung"></p>'
        draft.save()
        assert Client().get(f"/media/{world.visible.pictures[0]}").status_code == 200
        Article.objects.filter(pk=visible.pk).update(state=State.DRAFT)
        assert Client().get(f"/media/{world.visible.pictures[0]}").status_code == 404
        transaction.set_rollback(True)


@pytest.mark.parametrize("standing", HIDDEN)
def test_week_of_today_is_hidden_whole(world, standing):
    now = timezone.now()
    doors = [
        "/",
        "/lich-cong-tac/",
        "/lich-cong-tac/lich.ics",
        "/lien-ket/",
        f"/tim-kiem/?q={WORD}&loai=lich",
    ]
    with transaction.atomic():
        week = type(world.visible.week).objects.filter(pk=world.visible.week.pk)
        week.update(**{"published_until": None, "withdrawal_reason": ""} | HIDDEN[standing](now))
        for address in doors:
            words = told(Client().get(address))
            assert stem("week", "shown") not in words, address
            assert stem("appointment", "shown") not in words, address
        transaction.set_rollback(True)


def test_item_appears_and_vanishes_with_the_clock_alone(world):
    ahead = next(part for part in world.hidden if part.standing == "ahead")
    later = timezone.now() + timedelta(hours=2)
    with patch("django.utils.timezone.now", return_value=later):
        words = told(Client().get("/tin-tuc/")) + told(Client().get("/van-ban/"))
        assert Client().get(ahead.article.get_absolute_url()).status_code == 200
    assert ahead.stem("article") in words
    assert ahead.stem("document") in words
    assert Client().get(ahead.article.get_absolute_url()).status_code == 404


def test_staff_sees_no_more_than_strangers(world, admin_user_of_world):
    staff = Client()
    staff.force_login(admin_user_of_world)
    hidden = [part.article.get_absolute_url() for part in world.hidden]
    for address in ["/", "/tin-tuc/", "/van-ban/", f"/tim-kiem/?q={WORD}", *hidden]:
        assert not leaks(told(staff.get(address)), world, but=address), address


@pytest.fixture
def admin_user_of_world(world, django_user_model):
    """A superuser who lives as long as the world."""
    return django_user_model.objects.create_superuser("sep", password="mat-khau-dai-1")


def test_every_kind_can_be_met_somewhere(world):
    met = {kind for door in DOORS for kind in door.shows.split()}
    assert met == set(KINDS)
    assert {family.value for family in Family} <= {
        door.route.split("/")[1] for door in DOORS if door.route.startswith("van-ban/")
    }
    assert {f"loai={kind}" for kind in SEARCH_KINDS} <= {
        part for d in DOORS if d.route == "tim-kiem/" for part in d.addresses(world)[0].split("&")
    }


@pytest.mark.slow
def test_visible_document_loses_its_row_in_lists_when_withdrawn(world):
    document = world.visible.document
    with transaction.atomic():
        Document.objects.filter(pk=document.pk).update(
            state=State.WITHDRAWN, withdrawal_reason=REASON
        )
        for door in DOORS:
            if door.route.startswith("van-ban/") and "document" in door.shows:
                for address in door.addresses(world):
                    assert stem("document", "shown") not in told(Client().get(address)), address
        transaction.set_rollback(True)
