"""Static pages, the menu, the notices, the identity of the site."""

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.pages.models import SiteIdentity
from tests.support import make
from tests.support.public import main_words, words

pytestmark = pytest.mark.django_db


def part(page, label):
    """Return the HTML (str) of the `<nav>` labelled `label` in `page` (str)."""
    return page[page.index(f'aria-label="{label}"') :].split("</nav>")[0]


def test_page_tells_its_text(client):
    make.page(title="Giới thiệu", lead="Vài nét", body="<h2>Chức năng</h2><p>Tham mưu.</p>")
    response = client.get("/gioi-thieu/")
    assert "<h2>Chức năng</h2>" in response.content.decode()
    assert "Vài nét" in main_words(response)


def test_page_leads_down_beside_and_up(client):
    top = make.page(title="Giới thiệu")
    first = make.page(title="Cơ cấu tổ chức", parent=top, position=1)
    make.page(title="Lãnh đạo", parent=top, position=2)
    make.page(title="Bản nháp", parent=top, state="draft")
    above = client.get("/gioi-thieu/")
    assert [page.title for page in above.context["children"]] == ["Cơ cấu tổ chức", "Lãnh đạo"]
    assert 'href="/co-cau-to-chuc/"' in above.content.decode()
    below = client.get(first.get_absolute_url())
    assert [page.title for page in below.context["section"]] == ["Cơ cấu tổ chức", "Lãnh đạo"]
    assert 'href="/gioi-thieu/"' in part(below.content.decode(), "Đường dẫn")
    assert "Bản nháp" not in below.content.decode() + above.content.decode()


def test_page_below_a_hidden_one_stands_alone(client):
    page = make.page(title="Con", parent=make.page(title="Cha nháp", state="draft"))
    response = client.get(page.get_absolute_url())
    assert response.status_code == 200
    assert "Cha nháp" not in response.content.decode()
    assert "Con" in words(client.get("/so-do/").content.decode())


def test_menu_stands_in_order_with_two_levels(client):
    page = make.page(title="Giới thiệu")
    second = make.menu_item(title="Tin", path="/tin-tuc/", position=2)
    make.menu_item(title="Về Sở", page=page, position=1)
    make.menu_item(title="Chuyên mục con", path="/chuyen-muc/a/", parent=second)
    menu = part(client.get("/lien-ket/").content.decode(), "Chính")
    assert menu.index("Về Sở") < menu.index("Tin") < menu.index("Chuyên mục con")
    assert 'href="/gioi-thieu/"' in menu


@pytest.mark.parametrize(
    ("address", "current"),
    [
        ("/tin-tuc/", "Tin"),
        ("/van-ban/", "Văn bản"),
        ("/van-ban/phap-quy/", "Văn bản"),
        ("/", "Trang chủ"),
    ],
)
def test_menu_marks_where_the_reader_is(client, address, current):
    for title, path in (("Trang chủ", "/"), ("Tin", "/tin-tuc/"), ("Văn bản", "/van-ban/")):
        make.menu_item(title=title, path=path)
    menu = part(client.get(address).content.decode(), "Chính")
    marked = {line.split("<")[0] for line in menu.split('aria-current="page">')[1:]}
    assert marked == {current}


def test_menu_without_items_still_leads_somewhere(client):
    menu = part(client.get("/so-do/").content.decode(), "Chính")
    for path in ("/", "/tin-tuc/", "/van-ban/", "/lich-cong-tac/"):
        assert f'href="{path}"' in menu


def test_notice_stands_over_every_page_between_its_times(client):
    now = timezone.now()
    make.notice(
        message="Bảo trì tối nay", page_path="/tin-tuc/", published_until=now + timedelta(hours=1)
    )
    make.notice(
        message="Đã qua",
        published_at=now - timedelta(hours=2),
        published_until=now - timedelta(hours=1),
    )
    make.notice(message="Chưa tới", published_at=now + timedelta(hours=1))
    for address in ("/", "/van-ban/", "/khong-co/"):
        page = client.get(address).content.decode()
        assert "Bảo trì tối nay" in page
        assert "Đã qua" not in page
        assert "Chưa tới" not in page
    assert 'href="/tin-tuc/"' in page


def test_three_newest_notices_are_shown(client):
    for number in range(5):
        make.notice(
            message=f"Báo {number}.", published_at=timezone.now() - timedelta(hours=number + 1)
        )
    page = client.get("/lien-ket/").content.decode()
    assert [f"Báo {number}." in page for number in range(5)] == [True, True, True, False, False]


def test_identity_stands_on_every_page(client):
    identity = SiteIdentity.load()
    identity.name, identity.province, identity.responsible = (
        "Sở Khoa học và Công nghệ",
        "tỉnh Nghệ An",
        "Bà Giám đốc",
    )
    identity.address, identity.phone, identity.email = (
        "75 Nguyễn Thị Minh Khai",
        "0238.3844500",
        "so@nghean.gov.vn",
    )
    identity.save()
    for address in ("/", "/van-ban/", "/khong-co/"):
        shown = words(client.get(address).content.decode())
        for fact in (
            "Sở Khoa học và Công nghệ tỉnh Nghệ An",
            "Người chịu trách nhiệm: Bà Giám đốc",
            "75 Nguyễn Thị Minh Khai",
            "0238.3844500",
            "so@nghean.gov.vn",
        ):
            assert fact in shown
