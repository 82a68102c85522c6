"""Bringing in what other systems hold: rows read with their line numbers, taken in batches, and a report of what stayed outside.

A room says in its own `imports.py` what a row means to it; the commands are `portal/management/commands/import_….py`.
"""

import csv
import gzip
import html
import json
import re
import zlib
from collections import Counter, defaultdict
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone

from portal import text
from portal.publishing import BATCH, State

#: Bytes at most in one line, and in one cell of CSV; a full text has its own limit far below.
MAX_LINE = 4_000_000
#: Formulas that `?dinh-dang=csv` guards with a leading ': the cell loses it here again.
_GUARDED = re.compile("^'(?=[=+@\t\r-])")


class Unreadable(Exception):
    """Nothing can be taken from the file; the message is a sentence for the person at the terminal."""


# --- reading --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One row of a file: the number of its first line, and its facts ({normal name: value}), or why there are none."""

    line: int
    facts: dict | None
    fault: str = ""


@lru_cache(maxsize=1000)
def normal(name):
    """Return the name of a column or key (str) as one spelling: "Số ký hiệu", "soKyHieu" → "so_ky_hieu"."""
    return "_".join(text.words(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)))


def rows_of(path):
    """Yield the rows (Row) of the file at `path` (Path): .jsonl or .csv, both also as .gz. Raises Unreadable."""
    *_, kind = path.name.lower().removesuffix(".gz").split(".")
    reader = {"jsonl": _json_rows, "ndjson": _json_rows, "csv": _csv_rows}.get(kind)
    if reader is None:
        raise Unreadable(f"Không nhận loại tệp này: {path}. Hãy dùng .jsonl, .jsonl.gz hoặc .csv.")
    try:
        with (gzip.open if path.name.lower().endswith(".gz") else open)(path, "rb") as file:
            yield from reader(file)
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(f"Không đọc được {path}: {error}.") from None


def _lines(file):
    """Yield (number, line as bytes) of `file`; None for a line beyond `MAX_LINE`, which is never held whole."""
    number = 0
    while line := file.readline(MAX_LINE + 1):
        number += 1
        is_long = len(line) > MAX_LINE
        while is_long and line and not line.endswith(b"\n"):
            line = file.readline(MAX_LINE)
        yield number, None if is_long else line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line


def _json_rows(file):
    for number, line in _lines(file):
        if line is None:
            yield Row(number, None, _TOO_LONG)
        elif line.strip():
            try:
                facts = json.loads(line.decode())
            except (ValueError, RecursionError):
                yield Row(number, None, "không phải JSON viết bằng UTF-8")
                continue
            if isinstance(facts, dict):
                yield Row(number, {normal(name): value for name, value in facts.items()})
            else:
                yield Row(number, None, "không phải một đối tượng JSON")


_TOO_LONG = f"dòng dài hơn {MAX_LINE // 1_000_000} MB"


class _Text:
    """The lines of a CSV file as text; `number`: the line read last, `faults`: rows for lines that were too long."""

    def __init__(self, file):
        self.lines, self.number, self.faults = _lines(file), 0, []

    def __iter__(self):
        return self

    def __next__(self):
        for self.number, line in self.lines:
            if line is None:
                self.faults.append(Row(self.number, None, _TOO_LONG))
                continue
            try:
                return line.decode()
            except UnicodeDecodeError:
                raise Unreadable(
                    f"Tệp không viết bằng UTF-8 (dòng {self.number}). Trong Excel chọn Lưu thành → «CSV UTF-8», rồi nhập lại."
                ) from None
        raise StopIteration


def _csv_rows(file):
    csv.field_size_limit(MAX_LINE)
    lines = _Text(file)
    first = next(lines, "")
    if first.startswith("sep="):  # Excel writes it for itself
        first = next(lines, "")
    reader = csv.reader(chain([first], lines), delimiter=max(",;\t", key=first.count), strict=True)
    header = None
    while True:
        start, fault = lines.number + 1 if header else 1, ""
        try:
            cells = next(reader, None)
        except csv.Error:
            cells, fault = [], f"dấu nháy kép đặt sai: dòng {start} đến dòng {lines.number} không đọc được"
        yield from lines.faults
        lines.faults.clear()
        if cells is None:
            break
        if header is None:
            header = [normal(cell) for cell in cells]
        elif fault or any(cell.strip() for cell in cells[len(header) :]):
            yield Row(start, None, fault or "nhiều ô hơn dòng tiêu đề")
        elif any(cell.strip() for cell in cells):
            yield Row(start, dict(zip(header, (_GUARDED.sub("", cell, count=1) for cell in cells), strict=False)))


# --- what a row says -------------------------------------------------------------------------------------

_DAYS = (
    re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:[T ,].*)?"),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})(?:[T ,].*)?", re.I),
    re.compile(r"(?:ngày )?(?P<d>\d{1,2}) tháng (?P<m>\d{1,2}) năm (?P<y>\d{4})", re.I),
)
_HOUR = re.compile(r"(?<![\d:])(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)? ?([AP]M)?", re.I)
_TAGS = re.compile(r"</?(?:p|br|b|i|u|em|strong|span|div|font|a|sup|sub)\b[^<>]*>", re.I)


def day_in(words):
    """Return the day (date) that `words` (str) write: ISO, or the day first. Raises ValueError; no day lies before 1900."""
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
        hours = int(hour[1]) % 12 + 12 * (hour[3].upper() == "PM") if hour and hour[3] else int(hour[1]) if hour else 0
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
    return text.clean_line(_TAGS.sub(" ", _resolved(value)))


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
        lines = _TAGS.sub(lambda tag: "\n" if tag[0][:3].lower() in ("<br", "</p") else " ", _resolved(self.raw(name)))
        return text.clean_block(lines)

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
        return [record for record in value if isinstance(record, dict)] if isinstance(value, list) else []

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
        return next((column for column in self.columns[name] if self.facts.get(column)), self.columns[name][0])

    def address(self, name):
        """Return `name` where it is an address of the web (str), else ""."""
        words = self.line(name)
        return words if re.match(r"https?://\S+$", words) else ""

    def count(self):
        """Return how many facts (int) the row has."""
        return sum(self.raw(name) is not None for name in self.columns)


class Origins:
    """By what rows are known again. An address that different things of one file bear is a list of them, and names none."""

    def __init__(self):
        self._bearers = {}

    def note(self, address, thing):
        """Note that the row of `thing` (str) bears `address` (str)."""
        if self._bearers.setdefault(address, thing) != thing:
            self._bearers[address] = None

    def names_one(self, address):
        """Tell whether `address` (str) names one thing."""
        return bool(address) and self._bearers.get(address) is not None


class Words:
    """A list of words that staff keep (types, categories): a word is found by its folded name, or by its fields `also`, or made.

    `key`: function of a name (str) that is the same (str) for what counts as one word; "" for what is none.
    """

    def __init__(self, model, key=lambda name: " ".join(text.words(name)), also=()):
        self.model, self.key, self.by_key = model, key, {}
        for item in model.objects.order_by("pk"):
            for name in (item.name, *(getattr(item, field) for field in also)):
                if key(name):
                    self.by_key.setdefault(key(name), item)

    def has(self, name):
        """Tell whether there is a word called `name` (str)."""
        return self.key(name) in self.by_key

    def names(self):
        """Return the names by key ({str: str})."""
        return {key: item.name for key, item in self.by_key.items()}

    def get(self, name, **values):
        """Return the word called `name` (str), made with `values` where it is missing; None where `name` has no letter or digit."""
        key = self.key(name)
        if key and key not in self.by_key:
            self.by_key[key] = self.model.objects.create(name=name, **values)
        return self.by_key.get(key)


class Folder:
    """The files below a folder, found by the last part of an address. Links are not followed."""

    def __init__(self, path):
        self.paths = defaultdict(list)
        for found in sorted(Path(path).rglob("*")):
            if found.is_file() and not found.is_symlink():
                self.paths[text.clean_line(found.name)].append(found)

    def find(self, address, is_shared=False):
        """Return (path or None, why not) of the file that `address` (str) names.

        Several of one name, or one name that addresses of several files end in (`is_shared`): the folder must occur in the address.
        """
        steps = [
            text.clean_line(unquote(step)) for step in re.split(r"[/\\]", urlsplit(address).path if "://" in address else address)
        ]
        found = self.paths.get(steps[-1], [])
        if len(found) > 1 or is_shared:
            found = [path for path in found if text.clean_line(path.parent.name) in steps[:-1]]
            if len(found) != 1:
                return None, f"không rõ tệp nào trong thư mục là {address}"
        return (found[0], "") if found else (None, f"không thấy tệp trong thư mục: {steps[-1] or address}")


# --- the run ----------------------------------------------------------------------------------------------


class Report:
    """Every row that was not taken, and what of a taken one could not be used."""

    def __init__(self):
        self.lines = []

    def add(self, line, name, reason, is_taken=False):
        """Note `reason` (str) about the row at `line` (int) that is called `name` (str)."""
        self.lines.append((line, name, "nhập một phần" if is_taken else "không nhập", reason))

    def write(self, file):
        """Write all as CSV to `file`; no cell is a formula."""
        writer = csv.writer(file)
        writer.writerow(["dong", "so_ky_hieu", "ket_qua", "ly_do"])
        writer.writerows(
            ["'" + cell if str(cell)[:1] in ("=", "+", "-", "@") else cell for cell in line] for line in sorted(self.lines)
        )

    def told(self, most=None):
        """Yield one sentence (str) for each line, `most` (int) at most."""
        for line, name, outcome, reason in sorted(self.lines)[:most]:
            yield f"dòng {line}{name and ' · '}{name}: {outcome}: {reason}"
        if most is not None and len(self.lines) > most:
            yield f"… và {len(self.lines) - most} điều khác"


class Importer:
    """Takes the rows of one file. A room says what they mean: `columns`, `plan` and `take`.

    `draft`: rows come as drafts. `counts`: what was done, by Vietnamese name ("nhập", "đã có", "không nhập", …). `written`: files of the transaction under way, as (storage, name).
    """

    columns = {}

    def __init__(self, path, folder=None, draft=False):
        self.path, self.folder, self.draft = path, folder, draft
        self.report, self.written = Report(), []
        self.counts = Counter({"nhập": 0, "đã có": 0, "không nhập": 0})
        self.now = timezone.now()

    def plan(self, line, facts):
        """Look at the row at `line` (int) before anything is written; return why it is not to be taken (str), "" if it is."""
        raise NotImplementedError

    def planned(self):
        """All rows have been looked at."""

    def take(self, rows):
        """Write `rows` (list of (line, Facts)) that are to be taken; inside a transaction."""
        raise NotImplementedError

    def run(self, progress, dry_run=False):
        """Read the file twice, first to plan and then to write, each batch in a transaction. `dry_run`: all in one that is taken back.

        Raises Unreadable before anything is written. Whatever else happens, no batch is half written and no file without a row stays.
        """
        progress.total = self._plan()
        with transaction.atomic() if dry_run else nullcontext():
            rows = ((row.line, Facts(row.facts, self.columns)) for row in rows_of(self.path) if row.facts is not None)
            try:
                while batch := list(islice(rows, BATCH)):
                    with transaction.atomic():
                        self.take(batch)
                    if not dry_run:
                        self.written.clear()
                    progress.step(f"dòng {batch[-1][0]}", len(batch))
            except BaseException:
                self._remove_written()
                raise
            if dry_run:
                transaction.set_rollback(True)
                self._remove_written()

    def _plan(self):
        total, columns = 0, set(chain(*self.columns.values()))
        for row in rows_of(self.path):
            if row.facts is not None and not columns & row.facts.keys():
                row = Row(row.line, None, "không có cột nào nhận ra được")
            if row.facts is None:
                self.refuse(row.line, "", row.fault)
                continue
            total += 1
            self.plan(row.line, Facts(row.facts, self.columns))
        if not total:
            first = f" Dòng {self.report.lines[0][0]}: {self.report.lines[0][3]}." if self.report.lines else ""
            raise Unreadable(f"Không đọc được dòng nào trong {self.path}.{first}")
        self.planned()
        return total

    def refuse(self, line, name, reason):
        """Note that the row at `line` (int), called `name` (str), is not taken, and why."""
        self.report.add(line, name, reason)
        self.counts["không nhập"] += 1

    def _remove_written(self):
        for storage, name in self.written:
            storage.delete(name)
        self.written.clear()


class Progress:
    """A bar on a terminal; nothing elsewhere. `total` (int): how many steps there will be."""

    def __init__(self, out, total=1):
        self.out, self.total, self.done = out, total, 0

    def step(self, what, count=1):
        """Show that `count` (int) more things are done; `what` (str): what they are."""
        self.done += count
        if self.out.isatty():
            filled = 30 * self.done // self.total
            end = "\n" if self.done == self.total else ""
            self.out.write(f"\r\033[K[{'█' * filled}{'·' * (30 - filled)}] {what}", ending=end)
            self.out.flush()


class ImportCommand(BaseCommand):
    """`manage.py import_… FILE`: a bar on a terminal, the report, a summary line; exit status 1 only where nothing could be read or written."""

    importer = None
    requires_migrations_checks = True

    def add_arguments(self, parser):
        """FILE and the switches that all imports share."""
        parser.add_argument("file", type=Path, metavar="FILE", help=".jsonl, .jsonl.gz hoặc .csv (UTF-8)")
        parser.add_argument("--files", type=Path, metavar="DIR", help="thư mục có các tệp, ảnh mà các dòng nhắc đến")
        parser.add_argument("--dry-run", action="store_true", help="làm đủ mọi việc rồi hủy: chỉ xem kết quả")
        parser.add_argument("--draft", action="store_true", help="nhập thành bản nháp thay vì đăng ngay")
        parser.add_argument("--report", type=Path, metavar="CSV", help="ghi mọi dòng không nhập và lý do vào tệp này")

    def handle(self, *args, file, files, dry_run, draft, report, **options):
        """Run the import and tell of it."""
        if files and not files.is_dir():
            raise CommandError(f"Không có thư mục {files}.")
        importer = self.importer(file, Folder(files) if files else None, draft)
        try:
            with report.open("w", encoding="utf-8-sig", newline="") if report else nullcontext() as sheet:
                try:
                    importer.run(Progress(self.stdout), dry_run)
                finally:
                    if sheet:
                        importer.report.write(sheet)
        except Unreadable as error:
            raise CommandError(str(error)) from None
        except (OSError, DatabaseError) as error:
            raise CommandError(f"Dừng giữa chừng, chạy lại lệnh này sẽ làm tiếp: {error}") from error
        for sentence in importer.report.told(most=20 if report else None):
            self.stdout.write(sentence)
        told = ", ".join(f"{count} {what}" for what, count in importer.counts.items())
        self.stdout.write(f"{self.__module__.rpartition('.')[2]}: {told}{'. Chạy thử: không có gì thay đổi' if dry_run else ''}.")
        if not (importer.counts["nhập"] or importer.counts["đã có"]):
            raise CommandError(f"Không dòng nào trong {file} nhập được.")


def state_of(importer, at):
    """Return the fields of publication (dict) of an imported row that was first public at `at` (aware datetime or None).

    A draft has no time; what lies ahead, or nobody knows, is public from now on.
    """
    if importer.draft:
        return {"state": State.DRAFT, "published_at": None}
    return {"state": State.PUBLISHED, "published_at": at if at and at < importer.now else importer.now}
