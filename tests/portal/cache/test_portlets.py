"""The four portlets of the sidebar: landmark, heading, skip link, one query each, content."""

import re
from datetime import datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import timezone

from documents.models import Family
from schedule.weeks import monday_of
from tests.support import make
from tests.support.public import queries, tree, words

pytestmark = pytest.mark.django_db
TAGS = {
    "Văn bản chỉ đạo điều hành": (
        "{% load documents_portlets %}{% document_portlet 'chi-dao-dieu-hanh' %}"
    ),
    "Văn bản pháp quy": "{% load documents_portlets %}{% document_portlet 'phap-quy' %}",
    "Liên kết website": "{% load links_portlets %}{% links_portlet %}",
    "Lịch công tác": "{% load schedule_portlets %}{% schedule_portlet %}",
}


@pytest.fixture
def content():
    """Something for each portlet."""
    for number in range(7):
        make.document(
            family=Family.DIRECTIVE,
            number=f"{number + 1}/CT-STTTT",
            issued_on=timezone.localdate() - timedelta(days=number),
        )
        make.document(family=Family.LEGAL, number=f"{number + 1}/2018/TT-BTTTT")
        make.link(group=make.link_group())
        make.appointment(day=timezone.localdate(), content=f"Việc {number}.")


def rendered(heading):
    """Return the HTML (str) of the portlet with `heading`."""
    return Template(TAGS[heading]).render(Context())


@pytest.mark.parametrize("heading", TAGS)
def test_portlet_is_a_landmark_with_heading_and_skip_link(content, heading):
    shown = rendered(heading)
    section = re.search(r'<section[^>]*aria-labelledby="([\w-]+)"', shown)[1]
    assert re.search(rf'<h2 id="{section}"[^>]*>\s*{heading}\s*</h2>', shown)
    skip = re.search(r'<a class="skip" href="#([\w-]+)">Bỏ qua', shown)[1]
    assert shown.index(f'id="{skip}"') > shown.index("</section>")


@pytest.mark.parametrize("heading", TAGS)
def test_portlet_asks_one_query_at_most(content, heading):
    with queries() as statements:
        rendered(heading)
    assert len(statements) == 1


@pytest.mark.parametrize("heading", TAGS)
def test_portlet_with_nothing_to_show_prints_nothing(heading):
    assert rendered(heading).strip() == ""


def test_four_portlets_stand_in_the_departments_order(content, client):
    page = tree(client.get(make.page().get_absolute_url()).content.decode())
    aside = next(page.iter("{http://www.w3.org/1999/xhtml}aside"))
    headings = [
        "".join(h2.itertext()).strip() for h2 in aside.iter("{http://www.w3.org/1999/xhtml}h2")
    ]
    assert headings == list(TAGS)


def test_document_portlet_shows_the_newest_of_its_family(content):
    shown = words(rendered("Văn bản chỉ đạo điều hành"))
    assert [f"{number + 1}/CT-STTTT" in shown for number in range(7)] == [True] * 5 + [False] * 2
    assert "TT-BTTTT" not in shown


def test_document_portlet_marks_what_is_no_longer_in_force():
    make.document(
        number="9/2018/TT-BTTTT",
        effective_on=timezone.localdate() - timedelta(days=9),
        expires_on=timezone.localdate() - timedelta(days=1),
    )
    assert "Hết hiệu lực toàn bộ" in rendered("Văn bản pháp quy")


WEDNESDAY = datetime(2018, 11, 21, 9, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def test_schedule_portlet_shows_today_else_what_is_to_come():
    with patch("django.utils.timezone.now", return_value=WEDNESDAY):
        week = make.week(monday=monday_of(WEDNESDAY.date()))
        for days, content in ((-1, "Việc hôm qua"), (1, "Việc ngày mai"), (7, "Việc tuần sau")):
            make.appointment(week, day=WEDNESDAY.date() + timedelta(days=days), content=content)
        shown = words(rendered("Lịch công tác"))
        assert "Hôm nay không có lịch" in shown
        assert "Thứ Năm, 22/11/2018 Trong ngày Việc ngày mai" in shown
        make.appointment(
            week, day=WEDNESDAY.date(), content="Việc hôm nay", starts_at=time(8), change="hoan"
        )
        shown = words(rendered("Lịch công tác"))
        assert "Hôm nay, 21/11/2018 08:00 Hoãn Việc hôm nay" in shown
        assert "Việc ngày mai" not in shown
    assert "hôm qua" not in shown
    assert "tuần sau" not in shown
