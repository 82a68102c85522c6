"""Scan an upload for viruses with ClamAV, where there is one; no clear answer is a refusal.

Source: clamd(8), INSTREAM: pieces with their length before them (four bytes, big endian), an empty
one at the end; one line comes back.
"""

import logging
import socket
import struct
import time
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError

log = logging.getLogger(__name__)
VIRUS = "Tệp có vi-rút ({}), không nhận. Hãy quét máy của bạn rồi tải tệp sạch lên."
NOT_SCANNED = (
    "Chưa quét được vi-rút nên chưa nhận tệp. Hãy thử lại sau ít phút; "
    "nếu vẫn vậy, báo người quản trị máy chủ."
)
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


def check(file: IO[bytes]) -> None:
    """Refuse `file` where ClamAV names a virus or gives no clear answer in time.

    Raises ValidationError. Does nothing where no `CLAMAV_SOCKET` is set.
    """
    if not settings.CLAMAV_SOCKET:
        return
    try:
        answer = _answer(file)
    except OSError as error:
        log.error("ClamAV at %s does not answer: %s", settings.CLAMAV_SOCKET, error)
        answer = ""
    if answer.endswith(" FOUND"):
        name = answer.removeprefix("stream: ").removesuffix(" FOUND")
        log.warning("ClamAV found %s in an upload", name)
        raise ValidationError(VIRUS.format(name[:80]))
    if answer != "stream: OK":
        if answer:
            log.error("ClamAV answers %r", answer)
        raise ValidationError(NOT_SCANNED)


def _answer(file: IO[bytes]) -> str:
    """Send `file` to ClamAV and return its answer; OSError if none in `CLAMAV_SECONDS`."""
    end = time.monotonic() + settings.CLAMAV_SECONDS
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as clamd:

        def wait_at_most() -> None:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            clamd.settimeout(left)

        wait_at_most()
        clamd.connect(settings.CLAMAV_SOCKET)
        answer = b""
        try:
            clamd.sendall(b"zINSTREAM\0")
            file.seek(0)
            while piece := file.read(_PIECE):
                wait_at_most()
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd hangs up where a file is too long for it, and has answered so before
        finally:
            file.seek(0)
        while len(answer) < _LONGEST_ANSWER and not answer.endswith((b"\0", b"\n")):
            wait_at_most()
            piece = clamd.recv(_LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
