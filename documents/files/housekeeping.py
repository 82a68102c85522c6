"""Delete stored files that no row names any more, and verify every file by its SHA-256.

A file is noted as left (`LeftFile`) when its row is deleted or gets another file, in the same
transaction. Any other stored file without a row (a transaction was rolled back, a server was
killed) is noted when it is first met. Bytes are deleted `ATTACHMENT_KEEP_DAYS` later; a row that
names them again before then keeps them.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db.models import Model
from django.utils import timezone

from documents.files.models import (
    Attachment,
    LeftFile,
    StoredFile,
    attachment_storage,
    sha256_of,
)
from documents.files.staging import Intake, StagedFile
from portal.pictures.encoding import PICTURE_FOLDER
from portal.pictures.models import PictureUse
from portal.publishing.addresses import absolute
from portal.publishing.states import Publishable
from portal.uploads.storage import PART

#: Seconds without a further byte after which an unfinished upload is deleted.
UNFINISHED_FOR = 3600


def stored_names(storage: Storage, folder: str = "") -> Iterator[str]:
    """Yield the names of all finished stored files below `folder`, for housekeeping."""
    try:
        folders, names = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(names):
        if not name.endswith(PART):
            yield f"{folder}/{name}".lstrip("/")
    for name in sorted(folders):
        yield from stored_names(storage, f"{folder}/{name}".lstrip("/"))


def named_files() -> set[str]:
    """Return the names of the stored files that a row names: of a document, or of an intake."""
    return {
        name
        for model in (Attachment, StagedFile)
        for name in model.objects.values_list("file", flat=True).iterator()
    }


# --- collecting ---


def collect(now: datetime | None = None) -> dict[str, int]:
    """Delete stored files left without a row long enough ago; return counts of what was done."""
    now = now or timezone.now()
    given_up = Intake.objects.collect(now)
    storage = attachment_storage()
    left = dict(LeftFile.objects.values_list("name", "left_at"))
    stored = set(stored_names(storage))
    named = named_files()
    back = [name for name in left if name in named or name not in stored]
    LeftFile.objects.filter(name__in=back).delete()
    fresh = sorted(stored - named - left.keys())
    LeftFile.objects.bulk_create(
        [LeftFile(name=name, left_at=now) for name in fresh], ignore_conflicts=True
    )
    removed = 0
    left_before = now - timedelta(days=settings.ATTACHMENT_KEEP_DAYS)
    for row in LeftFile.objects.filter(left_at__lte=left_before):
        rows = [model.objects.filter(file=row.name) for model in (Attachment, StagedFile)]
        if not any(same.exists() for same in rows):
            storage.delete(row.name)
            removed += 1
        row.delete()
    counts = {
        "given up": given_up,
        "noted": len(fresh),
        "taken back": len(named & left.keys()),
        "removed": removed,
    }
    return counts | {"unfinished": _remove_unfinished(storage)}


def _remove_unfinished(storage: Storage) -> int:
    """Delete unfinished uploads of a killed server on this machine; return how many."""
    drafts = list(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir())
    if hasattr(storage, "location"):
        drafts += Path(storage.location).rglob(f".*{PART}")
    before = time.time() - UNFINISHED_FOR
    old = [path for path in drafts if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


# --- verifying ---


def page_of(item: Model) -> str:
    """Return the address of a stored file's page, with its phase if it is not public."""
    address = absolute(item.get_absolute_url()) if hasattr(item, "get_absolute_url") else str(item)
    is_out = (
        not isinstance(item, Publishable)
        or type(item).objects.visible().filter(pk=item.pk).exists()
    )
    return address if is_out else f"{address} ({item.phase.label})"


def verify_attachments() -> Iterator[tuple[str, str, str]]:
    """Verify each attachment and each staged file: yield (problem, name, page).

    The problem is "" (whole), "missing" or "changed".
    """
    for attachment in Attachment.objects.select_related("document").order_by("pk").iterator(200):
        problem = _problem_of(attachment)
        yield problem, attachment.file.name, page_of(attachment.document) if problem else ""
    for file in StagedFile.objects.order_by("pk").iterator(200):
        problem = _problem_of(file)
        yield problem, file.file.name, "(being entered)" if problem else ""


def _problem_of(attachment: StoredFile) -> str:
    try:
        with attachment.file.open("rb") as file:
            return "" if sha256_of(file) == attachment.sha256 else "changed"
    except FileNotFoundError:
        return "missing"


def verify_pictures() -> Iterator[tuple[str, str, str]]:
    """Verify each used picture's stored file: yield (problem, name, page), "" or "missing"."""
    for use in (
        PictureUse.objects.select_related("content_type").order_by("name", "pk").iterator(200)
    ):
        if default_storage.exists(use.name):
            yield "", use.name, ""
        else:
            item = use.content_type.model_class()._base_manager.filter(pk=use.object_id).first()
            yield "missing", use.name, page_of(item) if item else ""


def strays() -> tuple[list[str], list[str], list[str]]:
    """Return the stored files without a row, those noted as left, and unused pictures."""
    named = named_files()
    noted = set(LeftFile.objects.values_list("name", flat=True))
    without_row = [name for name in stored_names(attachment_storage()) if name not in named]
    shown = set(PictureUse.objects.values_list("name", flat=True).iterator())
    unused = [name for name in stored_names(default_storage, PICTURE_FOLDER) if name not in shown]
    left = [name for name in without_row if name in noted]
    return [name for name in without_row if name not in noted], left, unused
