"""Collect the static files; join each style sheet of ours with those that it imports."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'^@import url\("([\w/.-]+\.css)"\);$', re.MULTILINE)


class _Joined:
    """A storage of sources that reads a style sheet with its imports, without comments and indents."""

    def __init__(self, source: Storage) -> None:
        self.source = source

    def open(self, name: str, mode: str = "rb") -> File:
        text = re.sub(r"/\*.*?\*/|^\s+", "", self.read(name), flags=re.DOTALL | re.MULTILINE)
        return ContentFile(text.encode())

    def read(self, name: str) -> str:
        """Return the text of the sheet `name`, each import replaced by the sheet that it names."""
        with self.source.open(name) as file:
            text = file.read().decode()
        folder = PurePosixPath(name).parent
        return IMPORT.sub(lambda found: self.read(str(folder / found[1])), text)


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Whitenoise's storage: one file for `css/components.css`, so that a page asks once for it."""

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Iterator[tuple[str, str, bool]]:
        for name, (source, path) in paths.items():
            if name.startswith("css/") and name.endswith(".css"):
                paths[name] = _Joined(source), path
        return super().post_process(paths, *args, **options)
