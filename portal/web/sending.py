"""Sending a file: whole or one range of it, with ETag, 304 and 416 (RFC 9110)."""

import re
from typing import Literal

from django.core.files import File
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import content_disposition_header, parse_etags, quote_etag


def send(
    request: HttpRequest, file: File, *, etag: str, content_type: str, download_name: str = ""
) -> HttpResponse | FileResponse:
    """Send an open `file`: 200, 206 for one range, 304, or 416.

    `etag` changes with the bytes. With `download_name` the browser saves the file under this name
    (RFC 6266).
    Several ranges at once are answered with the whole file (RFC 9110 §14.2 allows it).
    """
    size = file.size
    etag = quote_etag(etag)
    if _has_already(request, etag):
        file.close()
        response = HttpResponseNotModified()
    else:
        span = _range(request, size, etag)
        if span is False:
            file.close()
            response = HttpResponse(status=416)
            response["Content-Range"] = f"bytes */{size}"
        elif span:
            first, last = span
            file.seek(first)
            response = FileResponse(
                _Part(file, last - first + 1), status=206, content_type=content_type
            )
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
            response["Content-Length"] = last - first + 1
        else:
            response = FileResponse(file, content_type=content_type)
            response["Content-Length"] = size
        response["Content-Type"] = content_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    if download_name:
        response["Content-Disposition"] = content_disposition_header(True, download_name)
    return response


def _has_already(request: HttpRequest, etag: str) -> bool:
    """Tell whether If-None-Match names the sent file's `etag` (quoted), also as a weak one."""
    tags = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return etag in tags or "*" in tags


def _range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | Literal[False] | None:
    """Return (first, last) byte of Range of the sent file, None for all, False outside of it."""
    match = re.fullmatch(r"bytes=(\d{0,19})-(\d{0,19})", request.headers.get("Range", ""))
    if not match or match[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        first, last = max(size - int(last), 0), size - 1
    elif last and int(last) < int(first):
        return None  # RFC 9110 §14.1.1: not a range at all, to be ignored
    else:
        first, last = int(first), min(int(last), size - 1) if last else size - 1
    return (first, last) if first <= last and first < size else False


class _Part:
    """The next `length` bytes of an open file, as a file."""

    def __init__(self, file: File, length: int) -> None:
        self.file, self.left = file, length

    def read(self, size: int | None = -1) -> bytes:
        size = self.left if size is None or size < 0 else min(size, self.left)
        data = self.file.read(size)
        self.left -= len(data)
        return data

    def close(self) -> None:
        self.file.close()
