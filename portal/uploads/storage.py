"""Where attachments lie on this machine: a file is there whole or not at all, whatever happens while it is written."""

import contextlib
import os
from contextvars import ContextVar
from pathlib import Path

from django.core.files.storage import FileSystemStorage

#: The end of the name under which a file is written; what bears it for long was left behind by a server that was killed.
PART = ".part"
_stored = ContextVar("what was stored since `taken_back_on_failure` began", default=None)


@contextlib.contextmanager
def taken_back_on_failure():
    """Remove what is stored within this block where the block ends in an exception, as the database takes back its rows."""
    token = _stored.set([])
    try:
        yield
    except BaseException:
        for storage, name in _stored.get():
            storage.delete(name)
        raise
    finally:
        _stored.reset(token)


class WholeFiles(FileSystemStorage):
    """Django's storage in a folder, but a file gets its name when all its bytes are on the disk."""

    def _save(self, name, content):
        """Write `content` under another name, bring it safely to the disk, then give it its `name`; return that."""
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
        if _stored.get() is not None:
            _stored.get().append((self, name))
        return name

    def _private(self, path, flags):
        return os.open(path, flags, self.file_permissions_mode or 0o640)


def _sync_folder(folder):
    """Bring the names in `folder` (Path) safely to the disk, as the files already are."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
