"""Calendar weeks, Monday to Sunday (ISO 8601), each known by its Monday's date. Pure Python."""

from dataclasses import dataclass
from datetime import date, timedelta

#: The days on which the calendar opens; beyond them an address is unknown (404).
FIRST_MONDAY = date(2000, 1, 3)
LAST_MONDAY = date(2099, 12, 28)
DAY_NAMES = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def monday_of(day: date) -> date:
    """Return the Monday of the calendar week that `day` lies in."""
    return day - timedelta(days=day.weekday())


@dataclass(frozen=True)
class CalendarWeek:
    """One week of the calendar."""

    monday: date

    @classmethod
    def of(cls, day: date) -> "CalendarWeek":
        """Return the calendar week that `day` lies in."""
        return cls(monday_of(day))

    @property
    def number(self) -> int:
        """The ISO number of the calendar week: 31/12/2018 lies in week 1 of 2019."""
        return self.monday.isocalendar().week

    @property
    def sunday(self) -> date:
        """The Sunday of the calendar week."""
        return self.monday + timedelta(days=6)

    @property
    def days(self) -> list[date]:
        """The seven days of the calendar week."""
        return [self.monday + timedelta(days=n) for n in range(7)]

    @property
    def previous(self) -> "CalendarWeek | None":
        """The calendar week before, or None where the calendar begins."""
        return CalendarWeek(self.monday - timedelta(days=7)) if self.monday > FIRST_MONDAY else None

    @property
    def next(self) -> "CalendarWeek | None":
        """The calendar week after, or None where the calendar ends."""
        return CalendarWeek(self.monday + timedelta(days=7)) if self.monday < LAST_MONDAY else None

    def __str__(self) -> str:
        return f"Tuần {self.number} (từ {self.monday:%d/%m/%Y} đến {self.sunday:%d/%m/%Y})"
