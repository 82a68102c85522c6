"""Import rows of other systems in batches, once each, with a report of the rows left out.

A room says in its own importer what a row means to it, and has its own command `import_…`.
"""

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack, nullcontext
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote

from django.contrib.contenttypes.models import ContentType
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from portal.imports.facts import Facts
from portal.imports.rows import Row, Unreadable, guarded, rows_of
from portal.ops import sqlite_statistics
from portal.ops.progress import Progress
from portal.publishing.addresses import Addressed, FormerAddress
from portal.publishing.public import BATCH
from portal.publishing.states import State
from portal.text import vietnamese
from portal.uploads.storage import take_back_stored, taken_back_on_failure


class Origins:
    """Addresses by which imported rows are recognised when they come again.

    An address that several things of one file bear is that of a list, and names none of them.
    """

    def __init__(self) -> None:
        self._bearers: dict[str, str | None] = {}

    def note(self, address: str, thing: str) -> None:
        """Note that the imported row of `thing` bears the source's `address`."""
        if self._bearers.setdefault(address, thing) != thing:
            self._bearers[address] = None

    def names_one(self, address: str) -> bool:
        """Tell whether the source's `address` is that of exactly one imported thing."""
        return bool(address) and self._bearers.get(address) is not None


class Words:
    """A vocabulary (types, categories): its words found by folded name or field `also`, or made.

    `key`: function of a name that is the same for what counts as one word; "" for what is none.
    """

    def __init__(
        self,
        model: type[models.Model],
        key: Callable[[str], str] = lambda name: " ".join(vietnamese.words(name)),
        also: Iterable[str] = (),
    ) -> None:
        self.model, self.key = model, key
        self.by_key: dict[str, models.Model] = {}
        for item in model.objects.order_by("pk"):
            for name in (item.name, *(getattr(item, field) for field in also)):
                if key(name):
                    self.by_key.setdefault(key(name), item)

    def has(self, name: str) -> bool:
        """Tell whether the import knows a vocabulary row called `name`."""
        return self.key(name) in self.by_key

    def names(self) -> dict[str, str]:
        """Return the names of the import's vocabulary rows by key."""
        return {key: item.name for key, item in self.by_key.items()}

    def get(self, name: str, **values: Any) -> models.Model | None:
        """Return the import's vocabulary row called `name`, made with `values` where it is missing.

        None where `name` has no letter or digit.
        """
        key = self.key(name)
        if key and key not in self.by_key:
            self.by_key[key] = self.model.objects.create(name=name, **values)
        return self.by_key.get(key)


class Folder:
    """The files below a folder, found by the last part of an address. Links are not followed."""

    def __init__(self, path: Path) -> None:
        self.paths: dict[str, list[Path]] = defaultdict(list)
        for file in sorted(Path(path).rglob("*")):
            if file.is_file() and not file.is_symlink():
                self.paths[vietnamese.clean_line(file.name)].append(file)

    def find(self, address: str, is_shared: bool = False) -> tuple[Path | None, str]:
        """Return the file of an import that `address` names as (path, ""), or (None, why not).

        Where several files have one name, or several addresses end in it (`is_shared`), the file's
        folder must occur in the address.
        """
        # A # may stand in a name, and a ? begin what is none of it.
        for spelling in (address, re.split(r"[?#]", address)[0]):
            steps = [vietnamese.clean_line(unquote(step)) for step in re.split(r"[/\\]", spelling)]
            if steps[-1] in self.paths:
                break
        matches = self.paths.get(steps[-1], [])
        if len(matches) > 1 or is_shared:
            folders = steps[:-1]
            matches = [p for p in matches if vietnamese.clean_line(p.parent.name) in folders]
            if len(matches) != 1:
                return None, f"không rõ tệp nào trong thư mục là {address}"
        if not matches:
            return None, f"không thấy tệp trong thư mục: {steps[-1] or address}"
        return matches[0], ""


class Report:
    """The rows that were not imported, and what of an imported one could not be used."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str, str, str]] = []

    def add(self, line: int, name: str, reason: str, is_taken: bool = False) -> None:
        """Note in the import's report a `reason` about the row at `line` that is called `name`."""
        self.lines.append((line, name, "nhập một phần" if is_taken else "không nhập", reason))

    def write(self, file: IO[str]) -> None:
        """Write the import's report as CSV to `file`; no cell is a formula."""
        writer = csv.writer(file)
        writer.writerow(["dong", "so_ky_hieu", "ket_qua", "ly_do"])
        writer.writerows([guarded(str(cell)) for cell in line] for line in sorted(self.lines))

    def sentences(self, most: int | None = None) -> list[str]:
        """Sum up the import's report: a sentence for each of `most` lines, one for the rest."""
        sentences = [
            f"dòng {line}{name and ' · '}{name}: {outcome}: {reason}"
            for line, name, outcome, reason in sorted(self.lines)[:most]
        ]
        if len(sentences) < len(self.lines):
            sentences.append(f"… và {len(self.lines) - len(sentences)} điều khác")
        return sentences


class Importer:
    """Imports the rows of one file. A room says their meaning: `model`, `columns`, `plan`, `take`.

    `draft`: rows come as drafts. `counts`: what was done, by Vietnamese name ("nhập", "đã có",
    "không nhập", …).
    """

    model: type[Addressed]
    columns: dict[str, list[str]] = {}

    def __init__(self, path: Path, folder: Folder | None = None, draft: bool = False) -> None:
        self.path, self.folder, self.draft = path, folder, draft
        self.report = Report()
        self.counts = Counter({"nhập": 0, "đã có": 0, "không nhập": 0})
        self.now = timezone.now()

    def plan(self, line: int, facts: Facts) -> None:
        """Look at the import's row at `line` before any row is written."""
        raise NotImplementedError

    def planned(self) -> None:
        """Prepare the writing of an import, after `plan` of all rows."""

    def take(self, rows: list[tuple[int, Facts]]) -> None:
        """Write the rows of an import's batch, given with their lines, inside a transaction."""
        raise NotImplementedError

    def run(self, progress: Progress, dry_run: bool = False) -> None:
        """Read the import's file twice: first to plan, then to write, each batch in a transaction.

        `dry_run`: all in one transaction that is rolled back. Raises Unreadable before anything is
        written. Whatever else fails, no batch is half written and no file without a row stays.
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

    def _wait_for_others(self) -> None:
        """Lock the import until the batch ends, so that two runs never import the same rows."""
        kind = ContentType.objects.get_for_model(self.model)
        list(ContentType.objects.select_for_update(no_key=True).filter(pk=kind.pk))

    def _plan(self) -> int:
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
            first = "".join(f" Dòng {line}: {why}." for line, *_, why in self.report.lines[:1])
            raise Unreadable(f"Không đọc được dòng nào trong {self.path}.{first}")
        self.planned()
        return total

    def refuse(self, line: int, name: str, reason: str) -> None:
        """Note that the import leaves out the row at `line`, called `name`, and why."""
        self.report.add(line, name, reason)
        self.counts["không nhập"] += 1


class ImportCommand(BaseCommand):
    """The command `import_… FILE`: progress bar, report, summary line.

    Exit status 1 only where nothing could be read or written.
    """

    importer: type[Importer]
    requires_migrations_checks = True

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the argument FILE and the switches that all import commands share."""
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

    def handle(
        self,
        *args: Any,
        file: Path,
        files: Path | None,
        dry_run: bool,
        draft: bool,
        report: Path | None,
        **options: Any,
    ) -> None:
        """Run the import command and print its report."""
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
        for sentence in importer.report.sentences(most=20 if report else None):
            self.stdout.write(sentence)
        counts = ", ".join(f"{count} {what}" for what, count in importer.counts.items())
        trial = ". Chạy thử: không có gì thay đổi" if dry_run else ""
        self.stdout.write(f"{self.__module__.rpartition('.')[2]}: {counts}{trial}.")
        if not (importer.counts["nhập"] or importer.counts["đã có"]):
            raise CommandError(f"Không dòng nào trong {file} nhập được.")


def free_slugs(model: type[Addressed], wanted: Iterable[str]) -> set[str]:
    """Return the slugs of `wanted` that imported rows may take: no `model` row has or had them."""
    wanted = {slug for slug in wanted if slug} - model.reserved_slugs
    former = FormerAddress.objects.filter(
        content_type=ContentType.objects.get_for_model(model), slug__in=wanted
    )
    taken = model.objects.filter(slug__in=wanted)
    return wanted.difference(*(rows.values_list("slug", flat=True) for rows in (former, taken)))


def state_of(importer: Importer, at: datetime | None) -> dict[str, Any]:
    """Return `state` and `published_at` of an imported row that was first public at `at`.

    A draft has no time; a row whose time is unknown or ahead is public from now on.
    """
    if importer.draft:
        return {"state": State.DRAFT, "published_at": None}
    at = at if at and at < importer.now else importer.now
    return {"state": State.PUBLISHED, "published_at": at}
