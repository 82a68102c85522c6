"""Upload, read, show and download real files, or answer with a sentence that says why not.

`python -m tests.site.test_real_files TABLE` writes a table, file by file, with the database that
DATABASE_URL names.
"""

import html
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.site.test_hostile_uploads import LIES, real_files
from tests.support.serving import Portal
from tests.support.shared import needs_shared
from tests.support.uploads import Clerk, rows

pytestmark = [pytest.mark.slow, pytest.mark.once]

#: The real files that are stored and cannot be read, and words of the note on the reader's page.
BROKEN = {
    "poppler-395-0-fuzzed.pdf": "không có trang nào",
    "poppler-742-0-fuzzed.pdf": "bị hỏng, không mở được",
    "poppler-85140-0.pdf": "Các trang của tệp bị hỏng",
    "poppler-937-0-fuzzed.pdf": "Các trang của tệp bị hỏng",
}


def walk(portal):
    """Publish all real files in `portal`, ask for every page and download, return the cases.

    Added: "sentence" (of the refusal, "" for none), "row" (of the file, once it is read), "note"
    and "pages" as the reader's page tells them, "picture" (bytes of the first page's, 0 for none),
    "milliseconds" (of that), "whole" (whether all and a part came back right).
    """
    clerk, cases = Clerk(portal), real_files()
    for place, case in enumerate(cases):
        case["number"] = f"{place}/{case['id'].upper()}"
        case["status"], case["sentence"] = clerk.upload(
            case["number"], case["name"], case["data"], state="published"
        )
    until = time.monotonic() + 600
    while (
        rows(portal, "SELECT id FROM documents_attachment WHERE text_state = 'waiting'")
        and time.monotonic() < until
    ):
        time.sleep(0.5)
    for case in cases:
        case["row"] = next(iter(clerk.stored(case["number"])), None)
        if case["row"]:
            case |= look(portal, case)
    return cases


def look(portal, case):
    """Return what a visitor gets of the stored file of `case`."""
    stranger, row = Stranger(portal), case["row"]
    base = f"/van-ban/{row['slug']}/tep/{row['id']}/"
    status, headers, body = stranger.get(base + quote(row["original_name"]))
    whole = (status, body) == (200, case["data"]) and headers["X-Content-Type-Options"] == "nosniff"
    middle = len(body) // 2
    status, headers, part = stranger.get(
        base + quote(row["original_name"]), Range=f"bytes={middle}-{middle + 99}"
    )
    whole &= (status, part) == (206, case["data"][middle : middle + 100])
    status, _, page = stranger.get(f"{base}doc/")
    assert status == 200, (case["name"], status)
    page = page.decode()
    note = re.search(r'<p class="reader-note">(.*?)</p>', page)
    shown = re.search(r'<img\s+src="([^"]+\.webp)"', page)
    began = time.perf_counter()
    status, _, picture = stranger.get(shown[1]) if shown else (0, None, b"")
    return {
        "whole": whole,
        "note": html.unescape(note[1]) if note else "",
        "words": len(
            re.findall(
                r"\w+",
                re.sub(
                    r"<[^>]+>",
                    " ",
                    " ".join(re.findall(r'<div class="sheet-text">(.*?)</div>', page, re.S)),
                ),
            )
        ),
        "pages": page.count('<section class="sheet'),
        "picture": len(picture) if status == 200 else 0,
        "picture_status": status,
        "milliseconds": (time.perf_counter() - began) * 1000,
    }


class Stranger(Clerk):
    """A visitor without a session."""

    def __init__(self, portal):
        self.portal, self.cookies = portal, {}


@needs_shared
def test_every_real_file_is_read_shown_and_sent_back_or_says_why_not(tmp_path, database):
    with Portal(
        tmp_path / "var", sample=False, WEB_CONCURRENCY=1, DATABASE_URL=database()
    ) as portal:
        done = walk(portal)
        assert "Internal Server Error" not in portal.log
    refused = {case["name"]: case["sentence"] for case in done if not case["row"]}
    assert refused.keys() == LIES.keys()
    assert all(LIES[name] in sentence for name, sentence in refused.items())
    stored = [case for case in done if case["row"]]
    assert {case["name"] for case in stored if not case["whole"]} == set()
    notes = {case["name"]: case["note"] for case in stored if case["row"]["text_state"] == "failed"}
    assert notes.keys() == BROKEN.keys()
    assert all(BROKEN[name] in note for name, note in notes.items())
    for case in stored:
        if case["row"]["text_state"] == "no-text":
            assert "không có lớp chữ" in case["note"], case["name"]
        elif case["row"]["text_state"] == "done":
            assert case["words"], case["name"]
        if case["name"].endswith(".pdf"):
            assert bool(case["picture"]) == (case["name"] not in BROKEN), case["name"]
            assert case["picture"] <= 120_000, case["name"]
        else:
            assert "chỉ hiện chữ" in case["note"], case["name"]


# --- by hand: the table ---------------------------------------------------------------------------


def line(case):
    """Return one line (str) of the table."""
    name = f"{case['id']}/{case['name'][:44]}"
    if not case["row"]:
        return f"| {name} | refused: {case['sentence'] or case['status']} | – | – | – |"
    row = case["row"]
    text = {"done": "read", "no-text": "no text layer", "failed": "not read"}.get(
        row["text_state"], row["text_state"]
    )
    text += f"; {case['note']}" if case["note"] else ""
    picture = (
        f"{case['picture'] / 1000:.1f} kB, {case['milliseconds']:.0f} ms"
        if case["picture"]
        else f"none ({case['picture_status']})"
    )
    flags = "; ".join(row["flags"])
    return (
        f"| {name} | stored{': ' + flags if flags else ''} "
        f"| {text}; {case['pages']} pages first, {case['words']} words | {picture} "
        f"| {'identical, whole and in part' if case['whole'] else 'OTHERWISE'} |"
    )


def main(table):
    """Write the table to the file `table`."""
    database = os.environ.get("DATABASE_URL", "")
    with (
        tempfile.TemporaryDirectory() as folder,
        Portal(Path(folder) / "var", sample=False, DATABASE_URL=database) as portal,
    ):
        done = walk(portal)
        errors = portal.log.count("Internal Server Error")
    lines = [
        "| file | upload | text | first picture (cold) | download |",
        "|---|---|---|---|---|",
        *map(line, done),
        "",
    ]
    lines.append(f"{len(done)} files; server errors: {errors}.")
    Path(table).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
