"""Asks ClamAV, where there is one, whether a file holds a virus. No clear answer counts as a refusal.

Source: clamd(8), INSTREAM: pieces with their length before them (four bytes, big endian), an empty one at the end; one line comes back.
"""

import logging
import socket
import struct
import time

from django.conf import settings
from django.core.exceptions import ValidationError

log = logging.getLogger(__name__)
_PIECE = 64 * 1024
_LONGEST_ANSWER = 4096


def check(file):
    """Refuse the open `file` (binary, read from its beginning) where ClamAV names a virus or gives no clear answer in time.

    Raises ValidationError with a sentence. Does nothing where no `CLAMAV_SOCKET` is set.
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
        raise ValidationError(
            f"Tệp có vi-rút ({name[:80]}), không nhận. Hãy quét máy của bạn rồi tải tệp sạch lên."
        )
    if answer != "stream: OK":
        if answer:
            log.error("ClamAV answers %r", answer)
        raise ValidationError(
            "Chưa quét được vi-rút nên chưa nhận tệp. Hãy thử lại sau ít phút; nếu vẫn vậy, báo người quản trị máy chủ."
        )


def _answer(file):
    """Return the line (str) that clamd answers to the bytes of `file`; OSError where it does not within `CLAMAV_SECONDS`."""
    end = time.monotonic() + settings.CLAMAV_SECONDS
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as clamd:

        def in_time():
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError("timed out")
            clamd.settimeout(left)

        in_time()
        clamd.connect(settings.CLAMAV_SOCKET)
        answer = b""
        try:
            clamd.sendall(b"zINSTREAM\0")
            file.seek(0)
            while piece := file.read(_PIECE):
                in_time()
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # clamd ends the talk where a file is too long for it, and has said so before
        finally:
            file.seek(0)
        while len(answer) < _LONGEST_ANSWER and not answer.endswith((b"\0", b"\n")):
            in_time()
            piece = clamd.recv(_LONGEST_ANSWER)
            if not piece:
                break
            answer += piece
    return answer.rstrip(b"\0\n").decode("utf-8", "replace")
