"""Count working days by the table of days off and days made up that staff keep."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models

from portal.text.fields import LineField

NOT_A_WEEKEND = "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật; ngày này vốn là ngày làm việc."
_DAY = timedelta(days=1)


class Workdays:
    """Working days: Monday to Friday without the days `off`, and the weekend days `made_up`."""

    def __init__(self, off: Iterable[date] = (), made_up: Iterable[date] = ()) -> None:
        self.off = {day for day in off if day.weekday() < 5}
        self.made_up = {day for day in made_up if day.weekday() >= 5}
        self._off, self._made_up = (
            [day.toordinal() for day in sorted(days)] for days in (self.off, self.made_up)
        )

    def is_worked(self, day: date) -> bool:
        """Tell whether `day` is a working day."""
        return day in self.made_up or day.weekday() < 5 and day not in self.off

    def between(self, first: date, last: date) -> int:
        """Count the working days after `first` up to and including `last`.

        Negative where `last` lies before `first`.
        """
        if last < first:
            return -self.between(last, first)
        begin, end = first.toordinal(), last.toordinal()
        weekdays = _weekdays_until(end) - _weekdays_until(begin)
        return weekdays - _count(self._off, begin, end) + _count(self._made_up, begin, end)

    def after(self, day: date, count: int) -> date:
        """Return the `count`-th working day after `day`, `date.max` at the end of the calendar."""
        while count and day < date.max:
            day += _DAY
            count -= self.is_worked(day)
        return day

    def latest_start(self, count: int, day: date) -> date:
        """Return the latest start of a limit of `count` working days that ends by `day`.

        So `after(start, count) <= day` for this start and every earlier one, and for no later one.
        """
        while True:
            count -= self.is_worked(day)
            day -= _DAY
            if not count:
                return day


def _weekdays_until(ordinal: int) -> int:
    """Count the Mondays to Fridays of the days 1 to `ordinal`; day 1 (01/01/0001) is a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _count(ordinals: list[int], begin: int, end: int) -> int:
    """Count the sorted `ordinals` of holidays that lie after `begin` and not after `end`."""
    return bisect_right(ordinals, end) - bisect_left(ordinals, begin + 1)


class HolidayQuerySet(models.QuerySet):
    """The table of days off and days made up."""

    def workdays(self) -> Workdays:
        """Read the table of holidays as `Workdays`.

        One query.
        """
        days: dict[str, list[date]] = {kind: [] for kind in Holiday.Kind.values}
        for day, kind in self.order_by().values_list("day", "kind"):
            days.setdefault(kind, []).append(day)
        return Workdays(off=days[Holiday.Kind.OFF], made_up=days[Holiday.Kind.MADE_UP])

    def years_without(self, today: date) -> list[int]:
        """Return the years without holidays entered: this one; from 1 December also the next."""
        years = [today.year, *([today.year + 1] if today.month == 12 else [])]
        return [
            year
            for year in years
            if not self.filter(kind=Holiday.Kind.OFF, day__year=year).exists()
        ]


def check_year(day: date) -> None:
    """Refuse a holiday `day` of an unlikely year; raises ValidationError."""
    if not 1945 <= day.year <= 2200:
        raise ValidationError("Năm này không hợp lý. Hãy xem lại.")


class Holiday(models.Model):
    """A weekday off, or a day of a weekend that is worked instead (made up)."""

    class Kind(models.TextChoices):
        """Kind of day: off, or made up."""

        OFF = "nghi", "Nghỉ"
        MADE_UP = "lam-bu", "Làm bù"

    day = models.DateField(
        "ngày",
        unique=True,
        validators=[check_year],
        error_messages={"unique": "Ngày này đã có trong bảng. Hãy sửa dòng đó."},
    )
    name = LineField(
        "tên", max_length=120, help_text="Ví dụ: Tết Nguyên đán; Làm bù cho ngày 31/08."
    )
    kind = models.CharField("loại ngày", max_length=10, choices=Kind, default=Kind.OFF)
    note = LineField("ghi chú", max_length=200, blank=True)

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = "ngày nghỉ, ngày làm bù"
        verbose_name_plural = "ngày nghỉ, ngày làm bù"
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.day:%d/%m/%Y} – {self.name}" if isinstance(self.day, date) else self.name

    def clean(self) -> None:
        """Refuse a working day made up that is a weekday."""
        super().clean()
        if self.kind == self.Kind.MADE_UP and isinstance(self.day, date) and self.day.weekday() < 5:
            raise ValidationError({"kind": NOT_A_WEEKEND})
