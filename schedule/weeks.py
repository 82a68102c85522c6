"""Weeks of the calendar, Monday to Sunday (ISO 8601). Pure Python; a week is known by its Monday's date."""

from dataclasses import dataclass
from datetime import date, timedelta

#: The days on which the calendar opens; beyond them an address is unknown (404).
FIRST_MONDAY = date(2000, 1, 3)
LAST_MONDAY = date(2099, 12, 28)
DAY_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def monday_of(day):
    """Return the Monday (date) of the week that `day` (date) lies in."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class CalendarWeek:
    """One week. `monday`: date."""

    monday: date

    @classmethod
    def of(cls, day):
        """Return the week that `day` (date) lies in."""
        return cls(monday_of(day))

    @property
    def number(self):
        """The ISO number of the week (int): 31/12/2018 lies in week 1 of 2019."""
        return self.monday.isocalendar().week

    @property
    def sunday(self):
        """The last day (date)."""
        return self.monday + timedelta(days=6)

    @property
    def days(self):
        """The seven days (list of date)."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def previous(self):
        """The week before, or None where the calendar begins."""
        return CalendarWeek(self.monday - timedelta(days=7)) if self.monday > FIRST_MONDAY else None

    @property
    def next(self):
        """The week after, or None where the calendar ends."""
        return CalendarWeek(self.monday + timedelta(days=7)) if self.monday < LAST_MONDAY else None

    def __str__(self):
        return f"Tuần {self.number} (từ {self.monday:%d/%m/%Y} đến {self.sunday:%d/%m/%Y})"
