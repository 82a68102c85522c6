"""Images of the pages of PDF files: drawn on request, stored on disk up to a limit.

The store exists for speed: drawing takes up to 253 ms (`make bench PARTS=files`, figures in
docs/performance.md). It goes when drawing takes less than 5 ms. The folder needs no protection
of its own: only `documents.views.reader` opens it, after it has checked who may see the file.
"""

import contextlib
import fcntl
import hashlib
import os
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db.models.signals import post_delete
from django.dispatch import receiver

from documents.files.models import Attachment
from portal.extraction import client

#: Widths in pixels for a telephone and for a desk.
WIDTHS = (720, 1080)
FOLDER = settings.DATA_DIR / "page-pictures"
KEPT_BYTES = 500 * 1024 * 1024
#: Processes that draw at the same time on the whole machine; threads of a server process that may
#: wait for them (of four: one is always left for other pages); how many seconds they wait.
DRAWING, WAITING, PATIENCE = 2, 3, 5
#: Seconds for which a page that could not be drawn is not tried again.
GIVEN_UP = 600

_room = threading.BoundedSemaphore(WAITING)
#: Bytes written since `tidy` last ran. The start is random, so that many short-lived processes
#: together run it as often as one long-lived process.
_written = {"bytes": random.randrange(KEPT_BYTES // 20)}  # noqa: S311 - not a secret


class Busy(Exception):
    """Raised when too many images are being drawn; try again in a moment."""


def picture_of(attachment: Attachment, page: int, width: int) -> BinaryIO:
    """Return the page image of `page` of `attachment`, `width` pixels wide (one of `WIDTHS`).

    Raises client.Unread or Busy.
    """
    path = _path(attachment, page, width)
    with contextlib.suppress(FileNotFoundError):
        return _opened(path)
    given_up = path.with_suffix(".no")
    with contextlib.suppress(FileNotFoundError):
        if time.time() - given_up.stat().st_mtime < GIVEN_UP:
            raise client.Unread("Trang này không vẽ được.")
    if not _room.acquire(blocking=False):
        raise Busy
    try:
        with _place():
            with contextlib.suppress(FileNotFoundError):  # somebody else has drawn it meanwhile
                return _opened(path)
            try:
                with attachment.file.open("rb") as file:
                    data = client.picture(file, page, width)
            except client.Unread:
                given_up.touch()
                raise
            _keep(path, data)
            return _opened(path)
    finally:
        _room.release()


def _path(attachment: Attachment, page: int, width: int) -> Path:
    content = attachment.sha256 or hashlib.sha256(attachment.file.name.encode()).hexdigest()
    folder = FOLDER / content[:2]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{content}-{page}-{width}.webp"


def _opened(path: Path) -> BinaryIO:
    """Open a stored page image; note once a day that it was used, for `tidy`."""
    file = path.open("rb")
    if time.time() - os.fstat(file.fileno()).st_mtime > 86_400:
        os.utime(file.fileno())
    return file


@contextlib.contextmanager
def _place() -> Iterator[None]:
    """Lock one of the `DRAWING` slots while a page image is drawn; Busy where none is free in time.

    The lock of a process that dies is released.
    """
    until = time.monotonic() + PATIENCE
    while True:
        for number in range(DRAWING):
            with (FOLDER / f"place-{number}").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    continue
                yield
                return
        if time.monotonic() > until:
            raise Busy
        time.sleep(0.02)


def _keep(path: Path, data: bytes) -> None:
    """Write a page image to `path` in one step; now and then limit the size of the folder."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as draft:
        draft.write(data)
    Path(draft.name).replace(path)
    _written["bytes"] += len(data)
    if _written["bytes"] >= KEPT_BYTES // 20:
        _written["bytes"] = 0
        tidy()


def tidy(most: int = KEPT_BYTES) -> None:
    """Delete the page images unused for longest until `most` bytes are left, and half-written
    files.
    """
    files, total = [], 0
    for path in FOLDER.glob("??/*"):
        with contextlib.suppress(FileNotFoundError):
            facts = path.stat()
            if path.suffix == ".webp":
                files.append((facts.st_mtime, facts.st_size, path))
                total += facts.st_size
            elif time.time() - facts.st_mtime > GIVEN_UP:
                path.unlink()
    for _, size, path in sorted(files):
        if total <= most:
            return
        path.unlink(missing_ok=True)  # whoever reads it now reads on
        total -= size


@receiver(post_delete, sender=Attachment)
def forget(sender: type[Attachment], instance: Attachment, **kwargs: Any) -> None:
    """Delete the page images of a deleted file, unless another attachment has the same bytes."""
    if (
        instance.sha256
        and not Attachment.objects.filter(sha256=instance.sha256).exclude(pk=instance.pk).exists()
    ):
        for path in (FOLDER / instance.sha256[:2]).glob(f"{instance.sha256}-*"):
            path.unlink(missing_ok=True)
