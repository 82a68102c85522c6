"""Store uploaded files whole or not at all, and take them back when a transaction fails."""

import contextlib
import os
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage

#: The end of the name of a file while it is written; a server that was killed may leave one behind.
PART = ".part"
_stored: ContextVar[dict[tuple[Storage, str], None] | None] = ContextVar("stored", default=None)


@contextlib.contextmanager
def taken_back_on_failure() -> Iterator[None]:
    """Delete the files stored within this block if it raises, as the database rolls back.

    Put it around the transaction. Blocks nest: what an inner one keeps, the outer one may delete.
    """
    outer = _stored.get()
    own: dict[tuple[Storage, str], None] = {}
    token = _stored.set(own)
    try:
        yield
    except BaseException:
        take_back_stored()
        raise
    finally:
        _stored.reset(token)
    if outer is not None:
        outer.update(own)


def note_stored(storage: Storage, name: str) -> None:
    """Note a stored file for deletion on failure, where its storage does not."""
    stored = _stored.get()
    if stored is not None:
        stored[storage, name] = None


def take_back_stored() -> None:
    """Delete the files stored in the block of `taken_back_on_failure`, as a dry run does."""
    stored = _stored.get()
    while stored:
        (storage, name), _ = stored.popitem()
        storage.delete(name)


class WholeFiles(FileSystemStorage):
    """Django's storage in a folder, but a file gets its name when all its bytes are on the disk."""

    def _save(self, name: str, content: File) -> str:
        """Store a file whole: write `content` under another name, sync it, rename it to `name`."""
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}{PART}")
        try:
            with open(part, "xb", opener=self._private) as out:
                for chunk in content.chunks():
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
            part.rename(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                part.unlink()
            raise
        _sync_folder(path.parent)
        note_stored(self, name)
        return name

    def _private(self, path: str, flags: int) -> int:
        return os.open(path, flags, self.file_permissions_mode or 0o640)


def _sync_folder(folder: Path) -> None:
    """Sync the names of stored files in `folder` to the disk, as the files already are."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
