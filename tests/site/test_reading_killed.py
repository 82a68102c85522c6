"""The process that reads files, killed at any moment, it or the program it has started: no half
text stays, and the work goes on.

`python -m tests.site.test_reading_killed ROUNDS` kills as often as told, with the database that
DATABASE_URL names.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from portal.extraction import client
from portal.text import vietnamese
from tests.support.serving import ROOT, environment, manage
from tests.support.uploads import processes_below, rows

pytestmark = pytest.mark.slow


class Desk:
    """The sample content in a folder of its own, with a process that reads its files; as
    `tests.support.uploads.rows` wants it.
    """

    def __init__(self, data, **values):
        self.data, self.values, self.known = Path(data), {"PORTAL_DATA_DIR": data, **values}, {}
        done = manage("prepare", "--sample", **self.values)
        assert done.returncode == 0, done.stderr
        self.start()

    def start(self):
        """Start the reading process, as the server does."""
        command = [sys.executable, "manage.py", "extract_texts", f"--beside={os.getpid()}"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment(**self.values), stdin=subprocess.DEVNULL
        )

    def kill(self, victim):
        """Kill -9 the "reader", the "program" it has started, or "both"; return whether there was a
        program to be killed.
        """
        below = processes_below(self.process.pid)
        for pid in (
            below
            if victim == "program"
            else {self.process.pid}
            if victim == "reader"
            else {self.process.pid, *below}
        ):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim != "program":
            self.process.wait()
            self.start()
        return below

    def stop(self):
        """Stop the reading process as the server does."""
        self.process.terminate()
        self.process.wait(20)

    def waiting(self):
        """Return how many files wait to be read (int)."""
        return rows(
            self, "SELECT COUNT(*) AS files FROM documents_attachment WHERE text_state = 'waiting'"
        )[0]["files"]

    def whole(self):
        """Return the number of files that are read; assert that these, and whichever has any text,
        have all their pages.
        """
        files = {
            row["id"]: row
            for row in rows(
                self, "SELECT id, file, original_name, text_state FROM documents_attachment"
            )
        }
        kept = {
            number: [] for number, row in files.items() if row["text_state"] in ("done", "no-text")
        }
        read = len(kept)
        for row in rows(
            self,
            "SELECT attachment_id, number, text FROM documents_pagetext "
            "ORDER BY attachment_id, number",
        ):
            kept.setdefault(row["attachment_id"], []).append(
                (row["number"], vietnamese.words(row["text"]))
            )
        for number, pages in kept.items():
            assert pages == self.expected(files[number]["file"]), files[number]["original_name"]
        return read

    def expected(self, name):
        """Return [(number, words)] of the pages of the stored file `name`, read by who is not
        killed.
        """
        if name not in self.known:
            with (self.data / "attachments" / name).open("rb") as file:
                pages = client.read_text(file, seconds=120).pages
            self.known[name] = [
                (page.number, vietnamese.words(vietnamese.clean_block(page.text))) for page in pages
            ]
        return self.known[name]


def kill_in_mid_reading(desk, rounds):
    """Kill `rounds` times while a file is read: in turn the process, its program, and both."""
    hit = 0
    while hit < rounds:
        while not processes_below(desk.process.pid):
            assert desk.waiting(), "nothing left to be read"
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.15))
        hit += bool(desk.kill(("reader", "program", "both")[hit % 3]))
        desk.whole()


def programs_left(desk):
    """Return the numbers of the programs that read a file and that no living process of `desk` has
    started, after a moment.
    """
    time.sleep(0.5)
    ours = processes_below(desk.process.pid)
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"portal.extraction.worker" in (path / "cmdline").read_bytes() and os.readlink(
                path / "cwd"
            ) == str(ROOT):
                found.add(int(path.name))
    return found - ours


def test_killed_reader_leaves_no_half_text_and_the_work_goes_on(tmp_path, database):
    desk = Desk(tmp_path / "var", DATABASE_URL=database())
    try:
        kill_in_mid_reading(desk, rounds=4)
        before, until = desk.whole(), time.monotonic() + 60
        while desk.whole() == before and time.monotonic() < until:
            time.sleep(0.2)
        assert desk.whole() > before
    finally:
        desk.stop()


# --- by hand
# ------------------------------------------------------------------------------------------------


def main(rounds):
    """Kill `rounds` times; then let it read what waits, and again what was given up; say what came
    of it.
    """
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(Path(folder) / "var", DATABASE_URL=os.environ.get("DATABASE_URL", ""))
        for _ in range(rounds // 10):
            kill_in_mid_reading(desk, 10)
            manage("shell", "-c", ANEW, **desk.values)
        left, began = programs_left(desk), time.monotonic()
        while desk.waiting():
            time.sleep(1)
        seconds = time.monotonic() - began
        desk.stop()
        given_up = sum(
            row["n"]
            for row in rows(
                desk, "SELECT COUNT(*) AS n FROM documents_attachment WHERE text_state = 'failed'"
            )
        )
        again = manage("extract_texts", "--again", timeout=600, **desk.values).stdout.strip()
        print(
            f"kill -9 × {rounds} while a file was being read: no half text after "
            f"any; {len(left)} programs left behind; "
            f"all files read {seconds:.0f} s later, {desk.whole()} whole, {given_up} "
            f"given up because their program was killed twice; then: {again}"
        )


#: Half of the files wait once more, so that there is work for further rounds.
ANEW = """
from documents.files.models import Attachment

for row in Attachment.objects.filter(pk__lte=40):
    row.wait_to_be_read()
    row.save()
"""

if __name__ == "__main__":
    main(int(sys.argv[1]))
