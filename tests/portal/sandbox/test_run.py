"""Sandboxed programs: their limits, their environment, their output, and that they end."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from portal.sandbox import run
from tests.support.serving import ROOT


def ask(code, data=b"abc", seconds=20, most=1000, **options):
    """Return the Answer of the program `code` (str) about the bytes `data`."""
    return run.run_program(["-c", code], ContentFile(data), seconds, most, **options)


def test_program_reads_the_file_and_is_heard():
    answer = ask("import sys; sys.stdout.write(sys.stdin.read().upper())")
    assert answer == (b"ABC", "", "")


def test_file_on_disk_is_lent_for_reading_and_stands_where_it_stood(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"0123456789" * 10_000)
    with path.open("r+b") as file:
        file.seek(3)
        answer = run.run_program(
            ["-c", "import os; print(len(os.read(0, 99_999))); os.write(0, b'x')"], file, 20, 1000
        )
        assert (answer.output, file.read(3)) == (b"99999\n", b"345")
    assert "Bad file descriptor" in answer.complaint
    assert path.read_bytes() == b"0123456789" * 10_000


def test_program_that_fails_is_heard_to_complain():
    answer = ask("raise MemoryError('enough')")
    assert answer == (b"", run.FAILED, "MemoryError: enough")


def test_program_that_dies_is_noticed():
    assert ask("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)").trouble == run.DEAD


def test_program_without_end_is_stopped_with_all_it_started(tmp_path):
    code = (
        "import subprocess, time\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n"
        "print('begun', flush=True); time.sleep(600)"
    )
    answer = ask(code, seconds=2)
    assert (answer.output, answer.trouble) == (b"begun\n", run.SLOW)
    assert is_gone((tmp_path / "pid").read_text())


def test_program_that_closes_its_mouth_and_stays_is_stopped(monkeypatch):
    monkeypatch.setattr(run, "_GRACE", 0.2)
    assert ask("import os, time; os.close(1); os.close(2); time.sleep(600)").trouble == run.SLOW


@pytest.mark.slow
@pytest.mark.parametrize("where", ["stdout", "stderr"])
def test_program_that_talks_without_end_is_bounded(where):
    answer = ask(f"import sys\nwhile True: sys.{where}.write('x' * 4096)", seconds=3)
    assert answer.trouble == (run.ENDLESS if where == "stdout" else run.SLOW)
    assert len(answer.output) < 100_000
    assert len(answer.complaint) <= 2_000


def test_beat_is_given_while_the_program_works(monkeypatch):
    monkeypatch.setattr(run, "_BEAT", 0.05)
    beats = []
    ask(
        "import sys, time\nfor _ in range(5): print(flush=True); time.sleep(0.1)",
        beat=lambda: beats.append(1),
    )
    assert beats


def test_rights_that_were_given_up_do_not_come_back(tmp_path):
    code = (
        "from portal.sandbox import limits; limits.give_up_rights(256 << 20, 4)\n"
        "import resource as r\n"
        "kinds = r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE\n"
        "print([r.getrlimit(kind) for kind in kinds])\n"
        f"import os; os.write(os.open({str(tmp_path / 'x')!r}, os.O_CREAT | os.O_WRONLY), b'x')"
    )
    answer = ask(code)
    assert answer.output.decode().strip() == str([(256 << 20, 256 << 20), (4, 5), (0, 0), (0, 0)])
    assert "File too large" in answer.complaint


@pytest.mark.slow
def test_program_that_only_computes_is_slow_and_not_dead():
    assert (
        ask(
            "from portal.sandbox import limits; limits.give_up_rights(1 << 30, 1)\nwhile True: pass"
        ).trouble
        == run.SLOW
    )


def test_program_learns_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "bi-mat")
    assert set(ask("import os; print(*os.environ)").output.decode().split()) <= {
        "PATH", "PYTHONDONTWRITEBYTECODE", "LC_ALL", "LC_CTYPE",
    }  # fmt: skip


def test_program_ends_with_whoever_started_it():
    inner = (
        "from portal.sandbox import limits; limits.give_up_rights(1 << 30, 60)\n"
        "import os, time; print(os.getpid(), flush=True); time.sleep(600)"
    )
    outer = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {inner!r}]); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", outer], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as parent:
        child = parent.stdout.readline().strip()
        parent.kill()
    assert is_gone(child)


def is_gone(pid, patience=10):
    """Tell whether the process `pid` ends within `patience` seconds; a zombie counts as ended."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(int(pid), 0)
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.02)
    return False
