"""The page of a week: seven days, changes in words, this week, links to the weeks beside it."""

import re
from datetime import date, datetime, time
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from schedule.models import Change
from tests.support import make
from tests.support.public import main_words, words

pytestmark = pytest.mark.django_db
MONDAY = date(2018, 11, 19)
ADDRESS = "/lich-cong-tac/2018-11-19/"


@pytest.fixture
def week():
    """Week 47 of 2018, visible."""
    return make.week(monday=MONDAY, note="Trực lãnh đạo: Giám đốc")


def rows(client, address=ADDRESS):
    """Return the rows (list of HTML str) of the week's table."""
    return re.findall(r"<tr.*?</tr>", client.get(address).content.decode(), re.S)[1:]


def test_heading_names_the_week_and_its_days(week, client):
    response = client.get(ADDRESS)
    assert "Tuần 47 (từ 19/11/2018 đến 25/11/2018)" in main_words(response)
    assert "Trực lãnh đạo: Giám đốc" in main_words(response)


@pytest.mark.parametrize("day", ["2018-11-19", "2018-11-22", "2018-11-25"])
def test_any_day_leads_to_its_week(week, client, day):
    response = client.get(f"/lich-cong-tac/{day}/")
    assert response.context["week"].monday == MONDAY
    assert f'<link rel="canonical" href="{ADDRESS}">' in response.content.decode()


def test_all_seven_days_are_shown_also_empty_ones(week, client):
    make.appointment(week, day=date(2018, 11, 21), content="Họp")
    shown = words("".join(rows(client)))
    for name, day in (
        ("Thứ Hai", 19),
        ("Thứ Ba", 20),
        ("Thứ Tư", 21),
        ("Thứ Năm", 22),
        ("Thứ Sáu", 23),
        ("Thứ Bảy", 24),
        ("Chủ nhật", 25),
    ):
        assert f"{name} {day}/11/2018" in shown
    assert shown.count("Không có lịch") == 6


def test_week_without_plan_is_a_page_that_says_so(client):
    response = client.get("/lich-cong-tac/2011-11-11/")
    assert response.status_code == 200
    assert "chưa được đăng" in main_words(response)
    assert "Thứ Hai 07/11/2011" in main_words(response)
    assert "Chủ nhật 13/11/2011" in main_words(response)


def test_row_tells_all_its_columns(week, client):
    make.appointment(
        week,
        starts_at=time(8),
        ends_at=time(9, 30),
        content="Giao ban\ntháng 11",
        chair="Giám đốc",
        participants="Trưởng phòng",
        place="Phòng họp tầng 2",
        preparing_unit="Văn phòng",
        note="Mang tài liệu",
    )
    assert words(rows(client)[0]).split("Thứ Hai 19/11/2018 ")[1] == (
        "Sáng 08:00 – 09:30 Giao ban tháng 11 Giám đốc Trưởng phòng Phòng họp tầng 2 Văn phòng "
        "Mang tài liệu"
    )


def test_rows_stand_in_order_of_their_time(week, client):
    make.appointment(week, starts_at=time(19), content="tối")
    make.appointment(week, starts_at=time(14), content="chiều")
    make.appointment(week, starts_at=time(9), content="sáng muộn")
    make.appointment(week, starts_at=time(8), content="sáng sớm")
    make.appointment(week, time_note="Cả ngày", content="cả ngày trực")
    make.appointment(week, session="2-chieu", content="chiều không giờ")
    shown = words("".join(rows(client)))
    order = ["cả ngày trực", "sáng sớm", "sáng muộn", "chiều không giờ", "14:00 chiều", "19:00 tối"]
    assert [shown.index(part) for part in order] == sorted(shown.index(part) for part in order)


@pytest.mark.parametrize("change", [Change.POSTPONED, Change.CHANGED, Change.ADDED])
def test_change_is_said_in_words(week, client, change):
    make.appointment(week, content="Họp giao ban", change=change)
    assert f"{change.label}</strong>" in rows(client)[0]


def test_postponed_row_stays_struck_and_labelled_with_its_old_time(week, client):
    make.appointment(
        week,
        content="Họp giao ban",
        change=Change.POSTPONED,
        starts_at=time(14),
        former_time="08:00 ngày 19/11",
    )
    row = rows(client)[0]
    assert "<del>Họp giao ban</del>" in row
    assert "Hoãn" in row
    assert "<del>08:00 ngày 19/11</del>" in row
    assert "14:00" in words(row)


def test_row_that_stands_is_not_struck(week, client):
    make.appointment(week, content="Họp giao ban", change=Change.CHANGED)
    assert "<del>" not in "".join(rows(client))


def test_internal_and_unapproved_rows_stay_inside(week, client):
    make.appointment(week, content="Việc chung")
    make.appointment(week, content="Việc nội bộ", is_internal=True)
    make.appointment(week, content="Việc chờ duyệt", is_approved=False)
    assert [words(row).count("Việc") for row in rows(client)][:2] == [1, 0]


def test_weeks_beside_it_are_a_step_away(week, client):
    page = client.get(ADDRESS).content.decode()
    assert 'rel="prev" href="/lich-cong-tac/2018-11-12/"' in page
    assert 'rel="next" href="/lich-cong-tac/2018-11-26/"' in page


@pytest.mark.parametrize(
    ("clock", "monday"),
    [
        ("2018-11-25T23:59", "2018-11-19"),
        ("2018-11-26T00:01", "2018-11-26"),
        ("2018-12-31T08:00", "2018-12-31"),
    ],
)
def test_this_week_changes_at_midnight_in_viet_nam(client, clock, monday):
    now = datetime.fromisoformat(clock).replace(tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    with patch("django.utils.timezone.now", return_value=now):
        response = client.get("/lich-cong-tac/")
    assert response.context["week"].monday.isoformat() == monday
    assert [day.date for day in response.context["days"] if day.is_today] == [now.date()]
    assert main_words(response).count("Hôm nay") == 1


def test_address_of_an_appointment_is_its_row(week, client):
    appointment = make.appointment(week, day=date(2018, 11, 21))
    address, _, anchor = appointment.get_absolute_url().partition("#")
    assert address == ADDRESS
    assert f'id="{anchor}"' in client.get(address).content.decode()


def test_withdrawn_week_answers_410_with_its_reason_and_this_week_stays_open(client):
    week = make.week(state="withdrawn", withdrawal_reason="Lịch tuần được lập lại")
    response = client.get(week.get_absolute_url())
    assert response.status_code == 410
    assert "Lịch tuần được lập lại" in response.content.decode()
    assert client.get("/lich-cong-tac/").status_code == 200
