"""The page and the portlet of links: by group, in the editors' order."""

import pytest

from tests.support import make
from tests.support.public import main_words
from tests.support.world import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def groups():
    """Two groups with links, one without."""
    central, province = (
        make.link_group(name="Trung ương", position=1),
        make.link_group(name="Tỉnh", position=2),
    )
    make.link_group(name="Trống", position=3)
    make.link(group=province, title="Cổng Nghệ An", url="https://nghean.gov.vn/")
    make.link(group=central, title="Bộ thứ hai", url="https://b.gov.vn/?a=1&b=2", position=2)
    make.link(
        group=central, title="Chính phủ", url="https://chinhphu.vn/", position=1, logo=picture()
    )


def test_links_stand_by_group_in_order(groups, client):
    words = main_words(client.get("/lien-ket/"))
    places = [
        words.index(part)
        for part in ("Trung ương", "Chính phủ", "Bộ thứ hai", "Tỉnh", "Cổng Nghệ An")
    ]
    assert places == sorted(places)
    assert "Trống" not in words


def test_link_leads_to_its_site_and_tells_its_host(groups, client):
    page = client.get("/lien-ket/").content.decode()
    assert 'href="https://b.gov.vn/?a=1&amp;b=2" rel="noopener"' in page
    assert "nghean.gov.vn" in main_words(client.get("/lien-ket/"))


def test_logo_is_our_own_picture(groups, client):
    assert '<img src="/media/anh/' in client.get("/lien-ket/").content.decode()


def test_links_stand_in_the_portlet_of_every_page_and_on_the_home_page(groups, client):
    page = make.page()
    for address in (page.get_absolute_url(), "/"):
        assert "https://chinhphu.vn/" in client.get(address).content.decode()


def test_page_without_links_says_so(client):
    assert "Chưa có liên kết nào" in main_words(client.get("/lien-ket/"))
