"""Weeks: Monday to Sunday, the edge of the year, the ends of the calendar."""

from datetime import date

import pytest

from schedule.weeks import FIRST_MONDAY, LAST_MONDAY, CalendarWeek


@pytest.mark.parametrize(
    ("day", "heading"),
    [
        (date(2018, 11, 19), "Tuần 47 (từ 19/11/2018 đến 25/11/2018)"),
        (date(2018, 11, 25), "Tuần 47 (từ 19/11/2018 đến 25/11/2018)"),
        (date(2018, 12, 31), "Tuần 1 (từ 31/12/2018 đến 06/01/2019)"),
        (date(2021, 1, 3), "Tuần 53 (từ 28/12/2020 đến 03/01/2021)"),
    ],
)
def test_heading_of_the_week_of(day, heading):
    assert str(CalendarWeek.of(day)) == heading


def test_days_are_seven_and_begin_on_monday():
    days = CalendarWeek.of(date(2018, 11, 22)).days
    assert len(days) == 7
    assert days[0].weekday() == 0


def test_calendar_ends_at_both_ends():
    assert CalendarWeek(FIRST_MONDAY).previous is None
    assert CalendarWeek(LAST_MONDAY).next is None
    assert FIRST_MONDAY.weekday() == LAST_MONDAY.weekday() == 0
    assert CalendarWeek.of(date(2018, 11, 22)).next.monday == date(2018, 11, 26)
