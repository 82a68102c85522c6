"""Programs that look at strangers' files: one process for one file, with limits, heard within bounds and ended with all it started.

Both sides, with nothing but the standard library: `ask` for who starts such a program, `give_up_rights` for the program itself.
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
#: How a program ends otherwise than well: stopped for its time, stopped for its talk, killed by the file or by others, with an error.
SLOW, ENDLESS, DEAD, FAILED = "slow", "endless", "dead", "failed"
#: Seconds in which a program that has said all must end; between two beats; bytes kept of what it complains of.
_GRACE, _BEAT, _COMPLAINT = 2, 5, 2_000


class Answer(NamedTuple):
    """What a program told of a file: `said` (bytes), `trouble` (str: see above, "" for none), `complaint` (str: its last other line)."""

    said: bytes = b""
    trouble: str = ""
    complaint: str = ""


def ask(arguments, file, seconds, most, beat=None):
    """Start Python with `arguments` (list of str), the bytes of `file` (open, binary) as its input; return its Answer.

    It is ended after `seconds` on the clock, or when it says more than `most` bytes. `beat`: called every few seconds meanwhile.
    `file` stands where it stood. The program sees no variable of ours, for those hold secrets.
    """
    with _on_disk(file) as source:
        process = subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, *arguments],
            stdin=source,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={
                "PATH": os.environ.get("PATH", ""),
                "PYTHONDONTWRITEBYTECODE": "1",
                "LC_ALL": "C.UTF-8",
            },
            start_new_session=True,  # so that whatever it started can be ended with it
        )
        with process.stdout, process.stderr:
            try:
                answer = _listen(process, time.monotonic() + seconds, most, beat)
                if not answer.trouble:
                    process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                answer = answer._replace(trouble=SLOW)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
    if process.returncode and not answer.trouble:
        how = (
            SLOW
            if process.returncode == -signal.SIGXCPU
            else DEAD
            if process.returncode < 0
            else FAILED
        )
        return answer._replace(trouble=how)
    return answer


def _listen(process, until, most, beat):
    """Return the Answer of `process` (Popen) at its end, at the time `until` (monotonic), or when it has said more than `most` bytes."""
    said, complaint, trouble, next_beat = bytearray(), b"", "", time.monotonic() + _BEAT
    ears = [process.stdout, process.stderr]
    while ears and not trouble:
        now = time.monotonic()
        if now >= until:
            trouble = SLOW
        if beat and now >= next_beat:
            beat()
            next_beat = now + _BEAT
        for ear in select.select(ears, [], [], max(0, min(until - now, _BEAT)))[0]:
            piece = os.read(ear.fileno(), 65_536)
            if not piece:
                ears.remove(ear)
            elif ear is process.stderr:
                complaint = (complaint + piece)[-_COMPLAINT:]
            else:
                said += piece
        if len(said) > most:
            trouble = ENDLESS
    return Answer(
        bytes(said), trouble, complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    )


@contextlib.contextmanager
def _on_disk(file):
    """Give a descriptor of the bytes of `file`, for reading only, at their beginning; what does not lie on a disk is copied."""
    try:
        descriptor = os.open(
            f"/proc/self/fd/{file.fileno()}", os.O_RDONLY
        )  # a place to read at of its own
    except (AttributeError, OSError):
        descriptor = None
    if descriptor is not None:
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    place = file.tell()
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        file.seek(place)
        copy.flush()
        copy.seek(0)
        yield copy.fileno()
