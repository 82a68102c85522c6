"""Pictures of the pages of files: made when they are asked for, kept on disk within bounds, never too many at once.

What is kept is no secret of its own: only `documents.views.reader`, which asks who may see the file, opens it.
"""

import contextlib
import fcntl
import hashlib
import os
import random
import tempfile
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db.models.signals import post_delete
from django.dispatch import receiver

from documents.files.models import Attachment
from portal.extraction import client

#: Widths in pixels that can be asked for: a telephone, and a desk.
WIDTHS = (720, 1080)
FOLDER = settings.DATA_DIR / "page-pictures"
KEPT_BYTES = 500 * 1024 * 1024
#: Processes that draw at the same time, on the whole machine; threads of one server process that may wait for them (a process has four:
#: one is always left for other pages), and how long (seconds).
DRAWING, WAITING, PATIENCE = 2, 3, 5
#: Seconds for which a page that could not be drawn is not tried again.
GIVEN_UP = 600

_room = threading.BoundedSemaphore(WAITING)
#: Bytes written since the folder was looked through; where a process begins is left to chance, so that many short lives count as one long one.
_written = {"bytes": random.randrange(KEPT_BYTES // 20)}  # noqa: S311 - not a secret


class Busy(Exception):
    """Too many pictures are being drawn: come again in a moment."""


def picture_of(attachment, page, width):
    """Return the picture (open file, binary) of `page` (int) of `attachment`, `width` (one of `WIDTHS`) wide. Raises fence.Unread or Busy."""
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


def _path(attachment, page, width):
    content = attachment.sha256 or hashlib.sha256(attachment.file.name.encode()).hexdigest()
    folder = FOLDER / content[:2]
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{content}-{page}-{width}.webp"


def _opened(path):
    """Return the file at `path` (Path), noted as used today: what nobody opens goes first."""
    file = path.open("rb")
    if time.time() - os.fstat(file.fileno()).st_mtime > 86_400:
        os.utime(file.fileno())
    return file


@contextlib.contextmanager
def _place():
    """Wait for one of the places at which pictures are drawn; Busy where none becomes free. A process that dies gives its place back."""
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


def _keep(path, data):
    """Write `data` (bytes) to `path` (Path), whole or not at all; now and then see to it that the folder stays within bounds."""
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".tmp", delete=False) as draft:
        draft.write(data)
    Path(draft.name).replace(path)
    _written["bytes"] += len(data)
    if _written["bytes"] >= KEPT_BYTES // 20:
        _written["bytes"] = 0
        tidy()


def tidy(most=KEPT_BYTES):
    """Remove the pictures that were not used for longest until `most` bytes are left, and what a killed process left half-written."""
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
def forget(sender, instance, **kwargs):
    """The pictures of a deleted file are deleted with it, unless another file has the same bytes."""
    if (
        instance.sha256
        and not Attachment.objects.filter(sha256=instance.sha256).exclude(pk=instance.pk).exists()
    ):
        for path in (FOLDER / instance.sha256[:2]).glob(f"{instance.sha256}-*"):
            path.unlink(missing_ok=True)
