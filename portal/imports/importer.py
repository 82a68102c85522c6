"""Taking rows of another system in: known again, in batches, with a report of what stayed outside.

A room says in its own `imports.py` what a row means to it; the commands are `portal/management/commands/import_….py`.
"""

import csv
import re
from collections import Counter, defaultdict
from contextlib import ExitStack, nullcontext
from itertools import chain, islice
from pathlib import Path
from urllib.parse import unquote

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, transaction
from django.utils import timezone

from portal.imports.facts import Facts
from portal.imports.rows import Row, Unreadable, guarded, rows_of
from portal.ops import sqlite_statistics
from portal.ops.progress import Progress
from portal.publishing.addresses import FormerAddress
from portal.publishing.public import BATCH
from portal.publishing.states import State
from portal.text import vietnamese
from portal.uploads.storage import take_back_stored, taken_back_on_failure

# --- known again --------------------------------------------------------------------------------------------


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

    def __init__(self, model, key=lambda name: " ".join(vietnamese.words(name)), also=()):
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
                self.paths[vietnamese.clean_line(found.name)].append(found)

    def find(self, address, is_shared=False):
        """Return (path or None, why not) of the file that `address` (str) names.

        Several of one name, or one name that addresses of several files end in (`is_shared`): the folder must occur in the address.
        """
        for written in (
            address,
            re.split(r"[?#]", address)[0],
        ):  # a # may stand in a name, and a ? begin what is none of it
            steps = [vietnamese.clean_line(unquote(step)) for step in re.split(r"[/\\]", written)]
            if steps[-1] in self.paths:
                break
        found = self.paths.get(steps[-1], [])
        if len(found) > 1 or is_shared:
            found = [
                path for path in found if vietnamese.clean_line(path.parent.name) in steps[:-1]
            ]
            if len(found) != 1:
                return None, f"không rõ tệp nào trong thư mục là {address}"
        return (
            (found[0], "")
            if found
            else (None, f"không thấy tệp trong thư mục: {steps[-1] or address}")
        )


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
        writer.writerows([guarded(str(cell)) for cell in line] for line in sorted(self.lines))

    def told(self, most=None):
        """Yield one sentence (str) for each line, `most` (int) at most."""
        for line, name, outcome, reason in sorted(self.lines)[:most]:
            yield f"dòng {line}{name and ' · '}{name}: {outcome}: {reason}"
        if most is not None and len(self.lines) > most:
            yield f"… và {len(self.lines) - most} điều khác"


class Importer:
    """Takes the rows of one file. A room says what they mean: `model`, `columns`, `plan` and `take`.

    `draft`: rows come as drafts. `counts`: what was done, by Vietnamese name ("nhập", "đã có", "không nhập", …).
    """

    model, columns = None, {}

    def __init__(self, path, folder=None, draft=False):
        self.path, self.folder, self.draft = path, folder, draft
        self.report = Report()
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
        with ExitStack() as whole_run:
            if dry_run:
                whole_run.enter_context(taken_back_on_failure())
                whole_run.enter_context(transaction.atomic())
            rows = (
                (row.line, Facts(row.facts, self.columns))
                for row in rows_of(self.path)
                if row.facts is not None
            )
            while batch := list(islice(rows, BATCH)):
                with taken_back_on_failure(), transaction.atomic():
                    self._wait_for_others()
                    self.take(batch)
                progress.step(f"dòng {batch[-1][0]}", len(batch))
            if dry_run:
                transaction.set_rollback(True)
                take_back_stored()

    def _wait_for_others(self):
        """Hold a lock until the end of the batch, so that of two runs at once neither takes what the other is taking."""
        kind = ContentType.objects.get_for_model(self.model)
        list(ContentType.objects.select_for_update(no_key=True).filter(pk=kind.pk))

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
            first = (
                f" Dòng {self.report.lines[0][0]}: {self.report.lines[0][3]}."
                if self.report.lines
                else ""
            )
            raise Unreadable(f"Không đọc được dòng nào trong {self.path}.{first}")
        self.planned()
        return total

    def refuse(self, line, name, reason):
        """Note that the row at `line` (int), called `name` (str), is not taken, and why."""
        self.report.add(line, name, reason)
        self.counts["không nhập"] += 1


class ImportCommand(BaseCommand):
    """`manage.py import_… FILE`: a bar on a terminal, the report, a summary line; exit status 1 only where nothing could be read or written."""

    importer = None
    requires_migrations_checks = True

    def add_arguments(self, parser):
        """FILE and the switches that all imports share."""
        parser.add_argument(
            "file", type=Path, metavar="FILE", help=".jsonl, .jsonl.gz hoặc .csv (UTF-8)"
        )
        parser.add_argument(
            "--files", type=Path, metavar="DIR", help="thư mục có các tệp, ảnh mà các dòng nhắc đến"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="làm đủ mọi việc rồi hủy: chỉ xem kết quả"
        )
        parser.add_argument(
            "--draft", action="store_true", help="nhập thành bản nháp thay vì đăng ngay"
        )
        parser.add_argument(
            "--report",
            type=Path,
            metavar="CSV",
            help="ghi mọi dòng không nhập và lý do vào tệp này",
        )

    def handle(self, *args, file, files, dry_run, draft, report, **options):
        """Run the import and tell of it."""
        if files and not files.is_dir():
            raise CommandError(f"Không có thư mục {files}.")
        importer = self.importer(file, Folder(files) if files else None, draft)
        try:
            with (
                report.open("w", encoding="utf-8-sig", newline="")
                if report
                else nullcontext() as sheet
            ):
                try:
                    importer.run(Progress(self.stdout), dry_run)
                finally:
                    if sheet:
                        importer.report.write(sheet)
        except Unreadable as error:
            raise CommandError(str(error)) from None
        except (OSError, DatabaseError) as error:
            raise CommandError(
                f"Dừng giữa chừng, chạy lại lệnh này sẽ làm tiếp: {error}"
            ) from error
        sqlite_statistics.analyze()
        for sentence in importer.report.told(most=20 if report else None):
            self.stdout.write(sentence)
        told = ", ".join(f"{count} {what}" for what, count in importer.counts.items())
        self.stdout.write(
            f"{self.__module__.rpartition('.')[2]}: {told}{'. Chạy thử: không có gì thay đổi' if dry_run else ''}."
        )
        if not (importer.counts["nhập"] or importer.counts["đã có"]):
            raise CommandError(f"Không dòng nào trong {file} nhập được.")


def free_slugs(model, wanted):
    """Return those of the slugs `wanted` (iterable of str) that no object of `model` has or had (set)."""
    wanted = {slug for slug in wanted if slug} - model.reserved_slugs
    former = FormerAddress.objects.filter(
        content_type=ContentType.objects.get_for_model(model), slug__in=wanted
    )
    taken = model.objects.filter(slug__in=wanted)
    return wanted.difference(*(rows.values_list("slug", flat=True) for rows in (former, taken)))


def state_of(importer, at):
    """Return the fields of publication (dict) of an imported row that was first public at `at` (aware datetime or None).

    A draft has no time; what lies ahead, or nobody knows, is public from now on.
    """
    if importer.draft:
        return {"state": State.DRAFT, "published_at": None}
    return {
        "state": State.PUBLISHED,
        "published_at": at if at and at < importer.now else importer.now,
    }
