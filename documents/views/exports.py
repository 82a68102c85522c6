"""The rows of a document list as CSV for spreadsheets and as JSON for programs, in one query."""

import csv
import json
from collections.abc import Iterator
from datetime import date

from django.http import HttpResponse
from django.urls import reverse

from documents.models import Document, DocumentQuerySet
from portal.imports.rows import guarded
from portal.publishing.addresses import absolute

CHUNK = 500


def as_data(document: Document, day: date | None) -> dict[str, str]:
    """Return the row of a document in the CSV and JSON export; its validity on `day`."""
    address = document.get_absolute_url()
    file = [document.slug, document.file_key, document.file_name]
    return {
        "so_ky_hieu": document.number,
        "loai": document.type.name if document.type else "",
        "nhom": document.get_family_display(),
        "trich_yeu": document.summary,
        "co_quan_ban_hanh": document.agency.name if document.agency else "",
        "nguoi_ky": document.signer,
        "ngay_ban_hanh": _iso(document.issued_on),
        "ngay_hieu_luc": _iso(document.effective_on),
        "ngay_het_hieu_luc": _iso(document.expires_on),
        "tinh_trang": document.validity.label,
        "tinh_trang_ngay": _iso(day),
        "dia_chi": absolute(address),
        "tep": absolute(reverse("documents:download", args=file)) if document.file_key else "",
    }


COLUMNS = (
    "so_ky_hieu", "loai", "nhom", "trich_yeu", "co_quan_ban_hanh", "nguoi_ky", "ngay_ban_hanh",
    "ngay_hieu_luc", "ngay_het_hieu_luc", "tinh_trang", "tinh_trang_ngay", "dia_chi", "tep",
)  # fmt: skip


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


class _Line:
    """A file for the csv writer that returns each line instead of storing it."""

    @staticmethod
    def write(line: str) -> str:
        return line


def as_csv(documents: DocumentQuerySet, day: date | None) -> HttpResponse:
    """Export a document list (fetched `for_data`) as CSV in UTF-8 with BOM."""

    def lines() -> Iterator[str]:
        writer = csv.writer(_Line)
        yield "\ufeff" + writer.writerow(COLUMNS)
        for document in documents.iterator(CHUNK):
            yield writer.writerow([guarded(cell) for cell in as_data(document, day).values()])

    response = HttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="van-ban.csv"'
    return response


def as_json(documents: DocumentQuerySet, day: date | None) -> HttpResponse:
    """Export a document list (fetched `for_data`) as a JSON object with its number of rows."""

    def pieces() -> Iterator[str]:
        count = 0
        yield '{"van_ban": ['
        for count, document in enumerate(documents.iterator(CHUNK), start=1):
            yield (", " if count > 1 else "") + json.dumps(
                as_data(document, day), ensure_ascii=False
            )
        yield f'], "tong_so": {count}}}'

    return HttpResponse(pieces(), content_type="application/json")


FORMATS = {"csv": as_csv, "json": as_json}
