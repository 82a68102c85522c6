"""Working days: a table of days off and days made up that staff keep, and pure counting from it."""

from bisect import bisect_left, bisect_right
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models

from portal.text.fields import LineField

_DAY = timedelta(days=1)


class Workdays:
    """Which days are worked: Monday to Friday, but for `off` (dates), and besides them `made_up` (dates)."""

    def __init__(self, off=(), made_up=()):
        self.off = {day for day in off if day.weekday() < 5}
        self.made_up = {day for day in made_up if day.weekday() >= 5}
        self._off, self._made_up = (
            [day.toordinal() for day in sorted(days)] for days in (self.off, self.made_up)
        )

    def is_worked(self, day):
        """Tell whether `day` (date) is a working day."""
        return day in self.made_up or day.weekday() < 5 and day not in self.off

    def between(self, first, last):
        """Return how many working days (int) follow `first` (date) up to and including `last` (date): the first day is not counted.

        Negative where `last` lies before `first`.
        """
        if last < first:
            return -self.between(last, first)
        begin, end = first.toordinal(), last.toordinal()
        weekdays = _weekdays_until(end) - _weekdays_until(begin)
        return weekdays - _count(self._off, begin, end) + _count(self._made_up, begin, end)

    def after(self, day, count):
        """Return the `count`-th working day (date) after `day` (date); `date.max` where the calendar ends before it."""
        while count and day < date.max:
            day += _DAY
            count -= self.is_worked(day)
        return day

    def latest_start(self, count, day):
        """Return the latest date after which `count` (int) working days have passed by the end of `day` (date).

        So `after(start, count) <= day` for this start and every earlier one, and for no later one.
        """
        while True:
            count -= self.is_worked(day)
            day -= _DAY
            if not count:
                return day


def _weekdays_until(ordinal):
    """Return how many Mondays to Fridays (int) lie in the days 1 to `ordinal`; day 1 (01/01/0001) is a Monday."""
    weeks, rest = divmod(ordinal, 7)
    return weeks * 5 + min(rest, 5)


def _count(ordinals, begin, end):
    """Return how many of the sorted `ordinals` lie after `begin` and not after `end`."""
    return bisect_right(ordinals, end) - bisect_left(ordinals, begin + 1)


class HolidayQuerySet(models.QuerySet):
    """The table as those ask who count days."""

    def workdays(self):
        """Return what the table says as `Workdays`. One query."""
        days = {kind: [] for kind in Holiday.Kind.values}
        for day, kind in self.order_by().values_list("day", "kind"):
            days.setdefault(kind, []).append(day)
        return Workdays(off=days[Holiday.Kind.OFF], made_up=days[Holiday.Kind.MADE_UP])

    def years_without(self, today):
        """Return the years (list of int) of which no day off is entered and should be: the present one; from 1 December the next, too."""
        years = [today.year, *([today.year + 1] if today.month == 12 else [])]
        return [
            year
            for year in years
            if not self.filter(kind=Holiday.Kind.OFF, day__year=year).exists()
        ]


def check_year(day):
    """Refuse a `day` (date) of a year that no office counts by."""
    if not 1945 <= day.year <= 2200:
        raise ValidationError("Năm này không hợp lý. Hãy xem lại.")


class Holiday(models.Model):
    """A day on which the offices do not work though it is a weekday, or do though it is none."""

    class Kind(models.TextChoices):
        """What the day is instead."""

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

    def __str__(self):
        return f"{self.day:%d/%m/%Y} – {self.name}" if isinstance(self.day, date) else self.name

    def clean(self):
        """Refuse, beside the field, a day made up that is a working day anyhow."""
        super().clean()
        if self.kind == self.Kind.MADE_UP and isinstance(self.day, date) and self.day.weekday() < 5:
            raise ValidationError(
                {
                    "kind": "Ngày làm bù phải là thứ Bảy hoặc Chủ nhật; ngày này vốn là ngày làm việc."
                }
            )
