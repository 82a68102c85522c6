"""Run a sandboxed program on one untrusted file, read its output within bounds, and end it.

The program itself calls `portal.sandbox.limits`. The standard library only.
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
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
#: Why a program failed: it took too long, wrote too much, was killed, or ended with an error.
SLOW, ENDLESS, DEAD, FAILED = "slow", "endless", "dead", "failed"
#: Seconds for a program to end after its output; seconds between two beats; bytes kept of stderr.
_GRACE, _BEAT, _COMPLAINT = 2, 5, 2_000


class Answer(NamedTuple):
    """What a program wrote: its `output`, its `trouble` (see above, "" for none), and `complaint`.

    The complaint is the last line of its error stream.
    """

    output: bytes = b""
    trouble: str = ""
    complaint: str = ""


def run_program(
    arguments: Sequence[str],
    file: IO[bytes],
    seconds: float,
    output_max: int,
    beat: Callable[[], None] | None = None,
) -> Answer:
    """Run a sandboxed Python program with `arguments` on the bytes of `file`; return its Answer.

    It is killed after `seconds` on the clock, or when it writes more than `output_max` bytes.
    `beat` is called every few seconds meanwhile. The position of `file` stays. The program sees no
    environment variable of ours, for those hold secrets.
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
        assert process.stdout and process.stderr
        with process.stdout, process.stderr:
            try:
                pipes = process.stdout, process.stderr
                answer = _listen(*pipes, time.monotonic() + seconds, output_max, beat)
                if not answer.trouble:
                    process.wait(_GRACE)
            except subprocess.TimeoutExpired:
                answer = answer._replace(trouble=SLOW)
            finally:
                if process.poll() is None:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
    if answer.trouble or not process.returncode:
        return answer
    if process.returncode == -signal.SIGXCPU:
        return answer._replace(trouble=SLOW)
    return answer._replace(trouble=DEAD if process.returncode < 0 else FAILED)


def _listen(
    stdout: IO[bytes],
    stderr: IO[bytes],
    until: float,
    output_max: int,
    beat: Callable[[], None] | None,
) -> Answer:
    """Read what the sandboxed program writes until it ends, or `until`, or beyond `output_max`."""
    output, complaint, trouble, next_beat = bytearray(), b"", "", time.monotonic() + _BEAT
    pipes = [stdout, stderr]
    while pipes and not trouble:
        now = time.monotonic()
        if now >= until:
            trouble = SLOW
        if beat and now >= next_beat:
            beat()
            next_beat = now + _BEAT
        for pipe in select.select(pipes, [], [], max(0, min(until - now, _BEAT)))[0]:
            piece = os.read(pipe.fileno(), 65_536)
            if not piece:
                pipes.remove(pipe)
            elif pipe is stderr:
                complaint = (complaint + piece)[-_COMPLAINT:]
            else:
                output += piece
        if len(output) > output_max:
            trouble = ENDLESS
    last_line = complaint.decode("utf-8", "replace").strip().rpartition("\n")[2]
    return Answer(bytes(output), trouble, last_line)


@contextlib.contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[int]:
    """Open a descriptor on `file` for the sandboxed program; what is not on a disk is copied."""
    try:
        # Opened anew, for a reading position of its own.
        descriptor = os.open(f"/proc/self/fd/{file.fileno()}", os.O_RDONLY)
    except (AttributeError, OSError):
        pass
    else:
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    position = file.tell()
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        file.seek(position)
        copy.flush()
        copy.seek(0)
        yield copy.fileno()
