"""What a row of another system says, asked by our own names: lines, days, times, lists."""

import html
import re
from datetime import date, datetime, time

from django.utils import timezone

from portal.text import vietnamese

_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ,].*)?"),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?:[T ,].*)?", re.I),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}) năm (?P<y>\d{4})", re.I),
)
_HOUR = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)? ?([AP]M)?", re.I)
_TAGS = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|font|a|sup|sub)\b[^<>]*>", re.I)


def day_in(words):
    """Return the day (date) that `words` (str) write: ISO, or the day first. Raises ValueError; no day lies before 1900.

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


def moment_in(words):
    """Return the time (aware datetime) that `words` (str) write: ISO, or "03/12/2018 10:10 AM"; a day alone begins it."""
    words = words.strip("()[] ")
    try:
        moment = datetime.fromisoformat(words)
    except ValueError:
        day, hour = day_in(words), _HOUR.search(words)
        hours = (
            int(hour[1]) % 12 + 12 * (hour[3].upper() == "PM")
            if hour and hour[3]
            else int(hour[1])
            if hour
            else 0
        )
        moment = datetime.combine(day, time(hours, int(hour[2]) if hour else 0))
    if moment.year < 1900:
        raise ValueError(words)
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def start_of(day):
    """Return the first moment (aware datetime) of `day` (date)."""
    return timezone.make_aware(datetime.combine(day, time()))


def _resolved(value):
    """Return a value of JSON or CSV as one text (str), entities resolved, Ð (U+00D0) as the Đ that was meant."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(_resolved, value)))
    if value is None or isinstance(value, bool | dict | float):
        return ""
    return html.unescape(str(value)).replace("Ð", "Đ").replace("ð", "đ")


def flat(value):
    """Return a value of JSON or CSV as one clean line (str), without the tags of formatting; "" for what is no text or number."""
    return vietnamese.clean_line(_TAGS.sub(" ", _resolved(value)))


class Facts:
    """What one row says, asked by our own names; `remarks` (list of str) gathers what of it cannot be used.

    `columns`: {our name: the normal names under which registers have it, the likeliest first}.
    """

    def __init__(self, facts, columns):
        self.facts, self.columns, self.remarks = facts, columns, []

    def raw(self, name):
        """Return the value of `name` as it was read, None where the row has none."""
        values = (self.facts.get(column) for column in self.columns[name])
        return next((value for value in values if value not in (None, "", [])), None)

    def asks(self, name):
        """Tell whether the file has a column for `name`, be it empty in this row."""
        return any(column in self.facts for column in self.columns[name])

    def line(self, name, longest=None):
        """Return `name` as one clean line (str), cut between words with a remark where it is beyond `longest` characters."""
        words = flat(self.raw(name))
        return self.fitting(name, words, longest) if longest else words

    def fitting(self, name, words, longest):
        """Return `words` (str), what `name` is, in at most `longest` characters."""
        if len(words) <= longest:
            return words
        self.remarks.append(f"«{self.called(name)}» dài hơn {longest} ký tự: cắt bớt")
        return words[: longest - 1].rsplit(" ", 1)[0] + "…"

    def block(self, name):
        """Return `name` as clean text (str), its lines kept."""
        lines = _TAGS.sub(
            lambda tag: "\n" if tag[0][:3].lower() in ("<br", "</p") else " ",
            _resolved(self.raw(name)),
        )
        return vietnamese.clean_block(lines)

    def markup(self, name):
        """Return `name` as the HTML (str) that it is."""
        value = self.raw(name)
        return value if isinstance(value, str) else ""

    def parts(self, name):
        """Return `name` as a list of clean lines (list of str): a list, or words set apart by ; or |."""
        value = self.raw(name)
        pieces = value if isinstance(value, list) else re.split(r"[;|\n]", _resolved(value))
        return list(dict.fromkeys(filter(None, map(flat, pieces))))

    def records(self, name):
        """Return `name` as a list of dict; what is none is left out."""
        value = self.raw(name)
        return (
            [record for record in value if isinstance(record, dict)]
            if isinstance(value, list)
            else []
        )

    def day(self, name):
        """Return `name` as a day (date); None where there is none, with a remark where it is not one."""
        return self._parsed(name, day_in, "không phải ngày có thật")

    def moment(self, name):
        """Return `name` as a time (aware datetime); None where there is none, with a remark where it is not one."""
        return self._parsed(name, moment_in, "không phải thời điểm có thật")

    def _parsed(self, name, parse, fault):
        words = self.line(name)
        try:
            return parse(words) if words else None
        except (ValueError, OverflowError):
            self.remarks.append(f"«{self.called(name)}» {fault}, để trống: {words[:40]}")
            return None

    def called(self, name):
        """Return the column (str) under which this row has `name`."""
        return next(
            (column for column in self.columns[name] if self.facts.get(column)),
            self.columns[name][0],
        )

    def address(self, name):
        """Return `name` where it is an address of the web (str), else ""."""
        words = self.line(name)
        return words if re.match(r"https?://\S+$", words) else ""

    def count(self):
        """Return how many facts (int) the row has."""
        return sum(self.raw(name) is not None for name in self.columns)
