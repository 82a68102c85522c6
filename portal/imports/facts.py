"""Values of an imported row by our own field names: lines, days, times, lists."""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.utils import timezone

from portal.text import vietnamese

Parsed = TypeVar("Parsed")

_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ,].*)?"),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?:[T ,].*)?", re.I),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}) năm (?P<y>\d{4})", re.I),
)
_HOUR = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)? ?([AP]M)?", re.I)
_TAGS = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|font|a|sup|sub)\b[^<>]*>", re.I)


def day_in(words: str) -> date:
    """Read a day of an imported row: ISO, or the day first.

    Raises ValueError, also for a day before 1900.

    A time with its zone is a day of ours: "2018-12-18T17:00:00Z" → 19/12/2018.
    """
    if re.search(r"T.*(?:Z|[+-]\d\d:?\d\d)$", words):
        return timezone.localdate(datetime.fromisoformat(words))
    for pattern in _DAYS:
        if match := pattern.fullmatch(words.strip("()[] ")):
            day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            if day.year >= 1900:
                return day
    raise ValueError(words)


def moment_in(words: str) -> datetime:
    """Read a time (aware) of an imported row: ISO, "03/12/2018 10:10 AM", or a day alone.

    Raises ValueError, also for a time before 1900.
    """
    words = words.strip("()[] ")
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        moment = datetime.combine(day_in(words), time())
        if hour := _HOUR.search(words):
            hours = int(hour[1])
            if hour[3]:
                hours = hours % 12 + 12 * (hour[3].upper() == "PM")
            moment = datetime.combine(moment, time(hours, int(hour[2])))
    if moment.year < 1900:
        raise ValueError(words)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def start_of(day: date) -> datetime:
    """Return the first moment (aware) of a `day` of an imported row."""
    return timezone.make_aware(datetime.combine(day, time()))


def _resolved(value: Any) -> str:
    """Return an imported JSON or CSV value as text: entities resolved, Ð (U+00D0) turned into Đ."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_resolved, value)))
    if value is None or isinstance(value, bool | dict | float):
        return ""
    return html.unescape(str(value)).replace("Ð", "Đ").replace("ð", "đ")


def flat(value: Any) -> str:
    """Return an imported JSON or CSV value as a line without HTML tags; "" for true, {}, 1.5."""
    return vietnamese.clean_line(_TAGS.sub(" ", _resolved(value)))


class Facts:
    """The values of one imported row by our own names; `remarks`: what of it cannot be used.

    `columns`: {our name: the normal names under which registers have it, the likeliest first}.
    """

    def __init__(self, facts: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> None:
        self.facts, self.columns = facts, columns
        self.remarks: list[str] = []

    def raw(self, name: str) -> Any:
        """Return the imported row's value of `name` as it was read, None where the row has none."""
        values = (self.facts.get(column) for column in self.columns[name])
        return next((value for value in values if value not in (None, "", [])), None)

    def has_column(self, name: str) -> bool:
        """Tell whether the imported file has a column for `name`, be it empty in this row."""
        return any(column in self.facts for column in self.columns[name])

    def line(self, name: str, longest: int | None = None) -> str:
        """Return the imported row's `name` as one line, cut to `longest` with a remark."""
        words = flat(self.raw(name))
        return self.fitting(name, words, longest) if longest else words

    def fitting(self, name: str, words: str, longest: int) -> str:
        """Return an imported value `words`, cut with a remark to `longest` characters."""
        if len(words) <= longest:
            return words
        self.remarks.append(f"«{self.column_of(name)}» dài hơn {longest} ký tự: cắt bớt")
        return words[: longest - 1].rsplit(" ", 1)[0] + "…"

    def block(self, name: str) -> str:
        """Return the imported row's `name` as clean text, its lines kept."""
        lines = _TAGS.sub(
            lambda tag: "\n" if tag[0][:3].lower() in ("<br", "</p") else " ",
            _resolved(self.raw(name)),
        )
        return vietnamese.clean_block(lines)

    def markup(self, name: str) -> str:
        """Return the imported row's `name` as the HTML that it is."""
        value = self.raw(name)
        return value if isinstance(value, str) else ""

    def parts(self, name: str) -> list[str]:
        """Return the imported row's `name` as a list of lines: a list, or words set apart by ; or
        |.
        """
        value = self.raw(name)
        pieces = value if isinstance(value, list) else re.split(r"[;|\n]", _resolved(value))
        return list(dict.fromkeys(filter(None, map(flat, pieces))))

    def records(self, name: str) -> list[dict[str, Any]]:
        """Return the JSON objects in the imported row's list `name`."""
        value = self.raw(name)
        records = value if isinstance(value, list) else []
        return [record for record in records if isinstance(record, dict)]

    def day(self, name: str) -> date | None:
        """Return the imported row's `name` as a day; None with a remark where it cannot be read."""
        return self._parsed(name, day_in, "không phải ngày có thật")

    def moment(self, name: str) -> datetime | None:
        """Return the imported row's `name` as an aware time; None with a remark if unreadable."""
        return self._parsed(name, moment_in, "không phải thời điểm có thật")

    def _parsed(self, name: str, parse: Callable[[str], Parsed], fault: str) -> Parsed | None:
        words = self.line(name)
        try:
            return parse(words) if words else None
        except (ValueError, OverflowError):
            self.remarks.append(f"«{self.column_of(name)}» {fault}, để trống: {words[:40]}")
            return None

    def column_of(self, name: str) -> str:
        """Return the column under which this imported row has `name`."""
        columns = self.columns[name]
        return next((column for column in columns if self.facts.get(column)), columns[0])

    def address(self, name: str) -> str:
        """Return the imported row's `name` where it is an http(s) address, else ""."""
        words = self.line(name)
        return words if re.match(r"https?://\S+$", words) else ""

    def count(self) -> int:
        """Count the names for which the imported row has a value."""
        return sum(self.raw(name) is not None for name in self.columns)
