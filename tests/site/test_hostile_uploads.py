"""Upload hostile files and names through the admin form, and kill the server in mid-upload.

`python -m tests.site.test_hostile_uploads TABLE [ROUNDS]` writes the outcome of every case as a
table and kills as often as told, with the database that DATABASE_URL names.
"""

import hashlib
import http.client
import json
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tests.support import samples
from tests.support.serving import Portal
from tests.support.shared import SHARED, needs_shared
from tests.support.uploads import ADD, Clerk, Gauge, kill, rows, workers_of

pytestmark = pytest.mark.slow

SECONDS, MEMORY = 5, 256 * 1024 * 1024
ON_POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")
once = pytest.mark.once  # the served portal keeps its own SQLite


# --- the corpus -----------------------------------------------------------------------------------


def corpus(folder):
    """Make the hostile corpus in `folder`; return its attachment cases, with bytes as "data"."""
    subprocess.run(
        [sys.executable, SHARED / "hostile" / "make.py", folder], check=True, capture_output=True
    )
    cases = [
        case
        for case in json.loads((folder / "manifest.json").read_text())
        if case["target"] == "attachment"
    ]
    for case in cases:
        case["data"] = (folder / case["file"]).read_bytes()
        case.setdefault("name", Path(case["file"]).name)
    raw = [
        case | {"id": case["id"] + " raw", "raw": True}
        for case in cases
        if '"' in case["name"] or "\0" in case["name"]
    ]
    return cases + raw


#: The real files that are refused, and a word of the sentence.
LIES = {
    "0eaca79dfba2b0505eb1954750dc8b81f39c6a83.doc": "thành .docx",
    "A0702-dt-Luat-TCTAND-sd---20240513190028.doc": "thành .docx",
    "6389542382143257056c5d35b61a15416597cd104106e7efa9.docx": "một trang web",
    "A09.02-dt-Luat-GTDB--sd-.doc": "toàn số 0",
    "empty_protected.pdf": "mật khẩu",
    "encrypted-attachment.pdf": "mật khẩu",
    "print_protection.pdf": "mật khẩu",
}


def real_files():
    """Return the real files of ../shared/data/files as upload cases, accepted or in `LIES`."""
    paths = sorted(path for path in (SHARED / "data" / "files").rglob("*") if path.is_file())
    expected = {True: "reject", False: "accept"}
    return [
        {
            "id": path.parent.name.removeprefix("vn_"),
            "name": path.name,
            "data": path.read_bytes(),
            "expect": expected[path.name in LIES],
        }
        for path in paths
    ]


def attempt(clerk, case):
    """Upload one case; return it with status, sentence, stored, seconds, grown, whole."""
    number = f"{case['id']}/HS-{random.randrange(10**9)}"
    with Gauge(clerk.portal.process.pid) as gauge:
        status, sentence = clerk.upload(
            number,
            case["name"],
            case["data"],
            content_type=case.get("content_type", "application/octet-stream"),
            raw=case.get("raw", False),
        )
    stored = clerk.stored(number)
    whole = None
    if stored:
        path = f"/quan-tri/documents/document/{stored[0]['document_id']}/tep/{stored[0]['id']}/"
        answer, headers, body = clerk.get(path)
        whole = (answer, body) == (200, case["data"]) and "sandbox" in headers[
            "Content-Security-Policy"
        ]
        whole &= headers["X-Content-Type-Options"] == "nosniff" and headers[
            "Content-Disposition"
        ].startswith("attachment")
    return case | {
        "status": status,
        "sentence": sentence,
        "stored": stored,
        "seconds": gauge.seconds,
        "grown": gauge.grown,
        "whole": whole,
    }


def faults(done):
    """Return what differs in the outcome `done` of `attempt` from what the manifest expects."""
    found = []
    expected, stored = done["expect"], done["stored"]
    if done["status"] not in (200, 302, 400):
        found.append(f"status {done['status']}")
    if expected == "reject" and stored:
        found.append("stored")
    if expected == "accept" and not stored:
        found.append("refused")
    if expected == "accept_flag" and stored and not stored[0]["flags"]:
        found.append("not flagged")
    if done["status"] == 200 and not done["sentence"]:
        found.append("refused without a word")
    if stored and not done["whole"]:
        found.append("comes back otherwise")
    if done["seconds"] > SECONDS:
        found.append(f"{done['seconds']:.1f} s")
    if done["grown"] > MEMORY:
        found.append(f"{done['grown'] // 2**20} MiB")
    return found


@needs_shared
@once
def test_every_hostile_upload_ends_as_its_manifest_says(tmp_path):
    with Portal(tmp_path / "var", WEB_CONCURRENCY=1) as portal:
        clerk = Clerk(portal)
        workers = workers_of(portal.process.pid)
        wrong = {}
        for case in corpus(tmp_path / "corpus"):
            found = faults(attempt(clerk, case))
            if found:
                wrong[case["id"]] = found
        assert wrong == {}
        assert workers_of(portal.process.pid) == workers
        same_name(portal)
        assert "Internal Server Error" not in portal.log


@needs_shared
@once
def test_every_real_file_comes_back_byte_by_byte_or_is_refused_with_its_sentence(tmp_path):
    with Portal(tmp_path / "var", WEB_CONCURRENCY=1) as portal:
        clerk = Clerk(portal)
        done = [attempt(clerk, case) for case in real_files()]
        assert {each["name"]: faults(each) for each in done if faults(each)} == {}
        assert {each["name"] for each in done if not each["stored"]} == LIES.keys()
        assert all(LIES[each["name"]] in each["sentence"] for each in done if not each["stored"])


def same_name(portal, times=20):
    """Upload `times` files of one name at once; assert that each is stored by itself."""
    clerks = [Clerk(portal) for _ in range(times)]
    threads = [
        threading.Thread(target=clerk.upload, args=(f"{n}/CUNG-TEN", "x.pdf", samples.pdf()))
        for n, clerk in enumerate(clerks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    stored = [row for n in range(times) for row in clerks[0].stored(f"{n}/CUNG-TEN")]
    assert (
        len({row["file"] for row in stored})
        == len({(row["slug"], row["id"]) for row in stored})
        == times
    )
    assert {row["original_name"] for row in stored} == {"x.pdf"}


# --- killed in mid-upload -------------------------------------------------------------------------


class Sending(threading.Thread):
    """Upload one big file again and again, each time with a new document, until stopped."""

    def __init__(self, clerk, data):
        super().__init__(daemon=True)
        self.clerk, self.ended, self.answered, self.others = clerk, threading.Event(), 0, []
        self.body, self.kind = clerk.multipart("SO-MOI", "to.pdf", data)

    def run(self):
        while not self.ended.is_set():
            body = self.body.replace(b"SO-MOI", b"%d/GIET" % random.randrange(10**9), 1)
            try:
                status, _, _ = self.clerk.send("POST", ADD, body, self.kind)
                self.answered += status == 302
                if status != 302:
                    self.others.append(status)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)


def kill_in_mid_upload(portal, rounds):
    """Kill all processes of `portal` `rounds` times while three clerks upload, and restart it.

    Returns (rows, files without a row, unfinished files, answered uploads).
    """
    data = samples.pdf().replace(b"%%EOF", b"%" + b"x" * 8_000_000 + b"\n%%EOF")
    began = time.monotonic()
    Clerk(portal).upload("3/GIET", "to.pdf", data)
    # So that on a busy machine, too, some uploads end and others are cut at any point.
    took = time.monotonic() - began
    sending = [Sending(Clerk(portal), data + b"\n" * n) for n in range(3)]
    for thread in sending:
        thread.start()
    for _ in range(rounds):
        time.sleep(random.uniform(0.1, 5 * took))
        kill(portal)
        portal.start()
    for thread in sending:
        thread.ended.set()
        thread.join(60)
    assert not [status for thread in sending for status in thread.others]
    return (*inventory(portal), sum(thread.answered for thread in sending))


def inventory(portal):
    """Return (rows, files without a row, unfinished files); each row's file must be whole."""
    store = portal.data / "attachments"
    named = {
        row["file"]: row["sha256"]
        for row in rows(portal, "SELECT file, sha256 FROM documents_attachment")
    }
    for name, digest in named.items():
        assert hashlib.sha256((store / name).read_bytes()).hexdigest() == digest, name
    files = {path.relative_to(store).as_posix() for path in store.rglob("*") if path.is_file()}
    parts = {name for name in files if name.endswith(".part")}
    return len(named), files - parts - named.keys(), parts


@once
def test_killed_server_leaves_no_row_without_its_file_and_works_on(tmp_path):
    with Portal(tmp_path / "var", WEB_CONCURRENCY=1) as portal:
        stored, _, parts, answered = kill_in_mid_upload(portal, rounds=4)
        assert answered
        status, sentence = Clerk(portal).upload("2/SAU", "sau.pdf", samples.pdf())
        assert (status, sentence) == (302, "")
        assert all(name.rpartition("/")[2].startswith(".") for name in parts)
        assert inventory(portal)[0] > stored


# --- by hand: the table of all cases --------------------------------------------------------------


def line(done):
    """Return one line (str) of the table."""
    stored, found = done["stored"], faults(done)
    if stored:
        outcome = f"stored as `{stored[0]['original_name'][:40]}`" + "".join(
            f"; {flag}" for flag in stored[0]["flags"]
        )
    else:
        outcome = f"refused `{done['name'][:40]!a}`: {done['sentence'] or done['status']}"
    outcome = outcome.replace("|", "¦").replace("<", "&lt;")
    verdict = "; ".join(found) or "ok"
    return (
        f"| {done['id']} | {done['expect']} | {outcome} | {done['seconds']:.2f} "
        f"| {done['grown'] / 2**20:.0f} | {verdict} |"
    )


def main(table, rounds=0):
    """Write the table of all cases to the file `table`; then kill `rounds` times."""
    database = {"DATABASE_URL": os.environ["DATABASE_URL"]} if ON_POSTGRES else {}
    with (
        tempfile.TemporaryDirectory() as folder,
        Portal(Path(folder) / "var", WEB_CONCURRENCY=1, **database) as portal,
    ):
        clerk = Clerk(portal)
        workers = workers_of(portal.process.pid)
        done = [attempt(clerk, case) for case in corpus(Path(folder) / "corpus")]
        alive = workers_of(portal.process.pid) == workers
        head = ["| case | manifest | outcome | seconds | + MiB | |", "|---|---|---|---|---|---|"]
        lines = [
            *head,
            *map(line, done),
            "",
            f"{len(done)} uploads, {sum(bool(faults(each)) for each in done)} "
            "not as the manifest says.",
        ]
        lines.append(
            f"Worker alive, the same process: {alive}. "
            f"Server errors in the log: {portal.log.count('Internal Server Error')}."
        )
        done = [attempt(clerk, case) for case in real_files()]
        lines += [
            "",
            "Files of ../shared/data/files:",
            "",
            head[0].replace("case", "folder"),
            head[1],
            *map(line, done),
            "",
        ]
        lines.append(
            f"{len(done)} files, {sum(bool(each['stored']) for each in done)} "
            "stored and downloaded byte-identical, "
            f"{sum(bool(faults(each)) for each in done)} otherwise than expected."
        )
        same_name(portal)
        lines.append("20 uploads of one name at once: 20 files, 20 addresses.")
        Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
        if rounds:
            stored, without_row, parts, finished = kill_in_mid_upload(portal, rounds)
            left = len(list((portal.data / "uploads").iterdir()))
            after = Clerk(portal).upload("2/SAU", "sau.pdf", samples.pdf())
            lines.append(
                f"kill -9 of the whole server × {rounds} in mid-upload: {finished} uploads "
                f"answered, {stored} rows, 0 without its file or with other "
                f"bytes, {len(without_row)} files without a row, {len(parts)} unfinished under "
                f"a temporary name, {left} cut uploads (collected after an hour); "
                f"an upload afterwards: {after[0]}."
            )
    Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(*lines[-4:], sep="\n")


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:3]))
