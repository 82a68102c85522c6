"""Clean file names for showing and storing; make the path that a file is stored under."""

import re
import uuid
from pathlib import PurePosixPath

from django.utils import timezone

from portal.text import vietnamese

_WINDOWS_NAMES = frozenset(["con", "prn", "aux", "nul"]).union(
    f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)
)
NAME_MAX_BYTES = 200


def clean_name(name: str) -> str:
    """Clean the file name of an upload, for showing, storing in a row and sending back.

    NFC, no folders, no control, invisible or bidi characters, no leading dot or dash, at most
    `NAME_MAX_BYTES` bytes of UTF-8, extension in lower case. Never empty: "tep" stands for nothing.
    """
    name = re.split(r"[/\\]", vietnamese.clean_line(name))[-1].rstrip(" .")
    name = re.sub(r'[<>:"|?*\n\r\t]', "_", name)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = stem.lstrip(".- ").strip() or "tep"
    if stem.split(".")[0].casefold() in _WINDOWS_NAMES:
        stem = "_" + stem
    extension = extension.lower()[:10]
    room = NAME_MAX_BYTES - len(extension.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore").rstrip()
    return f"{stem}.{extension}" if extension else stem


def extension_of(name: str) -> str:
    """Return the extension of a file name in lower case without the dot; "" if it has none."""
    return PurePosixPath(clean_name(name)).suffix.removeprefix(".")


def generated_path(folder: str, extension: str) -> str:
    """Make a random file name below `folder` for an upload: folder/2018/12/<random>.ext."""
    return f"{folder}/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}.{extension}"
