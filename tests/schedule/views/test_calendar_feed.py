"""The iCalendar feed (RFC 5545): every visible appointment once, at its hour, with its change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from icalendar import Calendar

from schedule.models import Change, Week
from schedule.weeks import monday_of
from tests.support import make

pytestmark = pytest.mark.django_db
ADDRESS = "/lich-cong-tac/lich.ics"


@pytest.fixture
def week():
    """This week, visible."""
    return make.week()


def events(client):
    """Return the events of the subscription."""
    return Calendar.from_ical(client.get(ADDRESS).content).walk("VEVENT")


def test_calendar_says_what_it_is(week, client):
    response = client.get(ADDRESS)
    calendar = Calendar.from_ical(response.content)
    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"]
    assert calendar["X-WR-CALNAME"] == "Lịch công tác"
    assert response["Content-Disposition"] == 'inline; filename="lich.ics"'
    assert response.content.startswith(b"BEGIN:VCALENDAR\r\n")
    assert response.content.endswith(b"END:VCALENDAR\r\n")


def test_event_tells_the_row(week, client):
    row = make.appointment(
        week,
        starts_at=time(8),
        ends_at=time(9, 30),
        content="Giao ban tháng 11; ghi, chép",
        chair="Giám đốc",
        participants="A\nB",
        place="Tầng 2, số 6",
        preparing_unit="Văn phòng",
        note="Đúng giờ",
    )
    (event,) = events(client)
    start = datetime.combine(row.day, time(1), UTC)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (start, start + timedelta(hours=1.5))
    assert event["SUMMARY"] == "Giao ban tháng 11; ghi, chép"
    assert event["LOCATION"] == "Tầng 2, số 6"
    assert (
        event["DESCRIPTION"]
        == "Chủ trì: Giám đốc\nThành phần: A\nB\nĐơn vị chuẩn bị: Văn phòng\nGhi chú: Đúng giờ"
    )
    assert event["STATUS"] == "CONFIRMED"
    assert event["URL"] == settings.SITE_URL + row.get_absolute_url()
    assert event["UID"] == f"viec-{row.pk}@{settings.SITE_URL.partition('://')[2]}"
    assert event["DTSTAMP"].dt.utcoffset() == timedelta(0)


def test_event_without_hour_is_of_the_whole_day(week, client):
    row = make.appointment(week, time_note="Cả ngày")
    (event,) = events(client)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (row.day, row.day + timedelta(days=1))
    assert type(event["DTSTART"].dt) is date


@pytest.mark.parametrize(("starts", "minutes"), [(time(8), 60), (time(23, 30), 60)])
def test_event_without_end_takes_an_hour(week, client, starts, minutes):
    make.appointment(week, starts_at=starts)
    (event,) = events(client)
    assert event["DTEND"].dt - event["DTSTART"].dt == timedelta(minutes=minutes)


def test_postponed_event_is_cancelled_and_says_so(week, client):
    make.appointment(week, content="Họp", change=Change.POSTPONED, former_time="08:00 ngày 20/11")
    (event,) = events(client)
    assert event["STATUS"] == "CANCELLED"
    assert event["SUMMARY"] == "[Hoãn] Họp"
    assert event["DESCRIPTION"] == "Thời gian cũ: 08:00 ngày 20/11"


@pytest.mark.parametrize("change", [Change.CHANGED, Change.ADDED])
def test_changed_event_says_so_and_stands(week, client, change):
    make.appointment(week, content="Họp", change=change)
    (event,) = events(client)
    assert (event["SUMMARY"], event["STATUS"]) == (f"[{change.label}] Họp", "CONFIRMED")


def test_changed_row_keeps_its_identity(week, client):
    row = make.appointment(week, content="Họp")
    before = events(client)[0]
    row.content = "Họp giao ban"
    row.save()
    assert [(event["UID"], event["SUMMARY"]) for event in events(client)] == [
        (before["UID"], "Họp giao ban")
    ]


def test_calendar_covers_the_last_sixty_and_the_next_hundred_and_eighty_days(client):
    today = timezone.localdate()
    for distance in (-61, -60, 180, 181):
        day = today + timedelta(days=distance)
        week = Week.objects.beginning(monday_of(day)).first() or make.week(monday=day)
        make.appointment(week, day=day, content=f"cách {distance}")
    assert {str(event["SUMMARY"]) for event in events(client)} == {"cách -60", "cách 180"}


def test_lines_are_folded_at_75_octets_between_letters(week, client):
    make.appointment(week, content="Nghiệp vụ đường truyền " * 30)
    lines = client.get(ADDRESS).content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines)
    assert str(events(client)[0]["SUMMARY"]) == ("Nghiệp vụ đường truyền " * 30).strip()


def test_empty_calendar_is_well_formed(client):
    assert events(client) == []
