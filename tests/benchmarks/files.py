"""`python tests/benchmarks/files.py`: how soon the first page of a file is seen, and whether a
giant file holds up the site.

First pictures are asked of a running portal that has none yet, beside an ordinary page made anew by
the same process. Then one visitor asks for that page again and again while a file of 1 GB, and one
of 20,000 pages, is uploaded, read and drawn.
"""

import argparse
import itertools
import os
import shutil
import statistics
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import office_files  # noqa: E402
from tests.support.serving import Portal  # noqa: E402
from tests.support.shared import SHARED  # noqa: E402
from tests.support.uploads import ADD, Clerk, rows  # noqa: E402

WIDTHS = (720, 1080)
#: What a first picture may weigh (bytes) and how long it may take (milliseconds).
BYTES_MAX, MILLISECONDS_MAX = 120_000, 300
MEGABYTE = 1024 * 1024
PATIENCE = 600
_days = itertools.count()


def _page(clerk):
    """Return how long (float, ms) the list of documents takes, each time from another day before
    all of them, so that it is never a kept page.
    """
    return _timed(clerk, f"/van-ban/?tu={date(1901, 1, 1) + timedelta(days=next(_days))}")[0]


def _timed(clerk, path):
    """Return (milliseconds, bytes of the body) of one answer; whatever is no 200 ends the run."""
    began = time.perf_counter()
    status, _, body = clerk.get(path)
    if status != 200:
        raise SystemExit(f"bench: {path} answers {status}")
    return (time.perf_counter() - began) * 1000, len(body)


def _read(portal):
    """Wait until no file waits to be read."""
    until = time.monotonic() + PATIENCE
    while rows(portal, "SELECT id FROM documents_attachment WHERE text_state = 'waiting'"):
        if time.monotonic() > until:
            raise SystemExit("bench: the files are not read")
        time.sleep(0.2)


# --- first pictures ------------------------------------------------------------------------------


def _first_pictures(portal, clerk, rounds):
    """Return {"SOURCE, WIDTH": {"files", "ratio", "milliseconds", "worst_milliseconds", "in_time",
    "largest_bytes"}}.
    """
    sources = {
        "our samples": office_files.SAMPLE_PDF,
        "gazette, signed": SHARED / "data/files",
        "odd and broken": SHARED / "data/files",
    }
    folders = {
        "gazette, signed": ("vn_congbao/*.pdf", "signed/*.pdf"),
        "odd and broken": ("robustness/*.pdf",),
    }
    for source, folder in sources.items():
        for path in sorted(
            path for pattern in folders.get(source, ("*.pdf",)) for path in folder.glob(pattern)
        ):
            number = f"{next(_days)}/{source.upper().replace(', ', '-').replace(' ', '-')}"
            clerk.upload(number, path.name, path.read_bytes(), state="published")
    _read(portal)
    found = rows(
        portal,
        "SELECT a.id, d.slug, d.number FROM documents_attachment a JOIN "
        "documents_document d ON d.id = a.document_id "
        "JOIN documents_pagetext p ON p.attachment_id = a.id WHERE p.number "
        "= 1 AND p.width > 0 AND p.height > 0",
    )
    results = {}
    for source in sources:
        mine = [
            row
            for row in found
            if row["number"].partition("/")[2]
            == source.upper().replace(", ", "-").replace(" ", "-")
        ]
        for width in WIDTHS if mine else ():
            results[f"{source}, {width} px"] = _cold(portal, clerk, mine, width, rounds)
    return results


def _cold(portal, clerk, files, width, rounds):
    """Return what the first pictures of `files` (rows with id, slug) take and weigh when none is
    kept.
    """
    times, sizes, pages = {row["id"]: [] for row in files}, [], []
    for _ in range(rounds):
        shutil.rmtree(portal.data / "page-pictures", ignore_errors=True)
        for row in files:
            spent, size = _timed(
                clerk, f"/van-ban/{row['slug']}/tep/{row['id']}/trang/1-{width}.webp"
            )
            times[row["id"]].append(spent)
            sizes.append(size)
            pages.append(_page(clerk))
    each = [statistics.median(found) for found in times.values()]
    return {
        "files": len(files),
        "ratio": round(statistics.median(each) / statistics.median(pages), 2),
        "milliseconds": round(statistics.median(each)),
        "worst_milliseconds": round(max(each)),
        "in_time": sum(one <= MILLISECONDS_MAX for one in each),
        "largest_bytes": max(sizes),
    }


# --- giant files ---------------------------------------------------------------------------------


class Visitor(threading.Thread):
    """Asks for the list of documents ten times a second; `during(phase)` names what happens
    meanwhile.
    """

    def __init__(self, portal):
        super().__init__(daemon=True)
        self.clerk, self.phase, self.over, self.seen = Clerk(portal), "", threading.Event(), {}

    def run(self):
        while not self.over.wait(0.1):
            phase, spent = self.phase, _page(self.clerk)
            if phase and phase == self.phase:
                self.seen.setdefault(phase, []).append(spent)

    def stop(self):
        """Stop; return {phase: {"pages", "milliseconds", "worst_milliseconds", "ratio"}}; ratio:
        the median, of that when nothing happens.
        """
        self.over.set()
        self.join()
        alone = statistics.median(self.seen["nothing"])
        return {
            phase: {
                "pages": len(spent),
                "milliseconds": round(statistics.median(spent), 1),
                "worst_milliseconds": round(max(spent)),
                "ratio": round(statistics.median(spent) / alone, 2),
            }
            for phase, spent in self.seen.items()
        }


def _giant(megabytes):
    """Return (before, after) of a PDF of one page (bytes) that is valid with `megabytes` of a
    stream nobody shows in between.
    """
    small = office_files.pdf("Mot trang")
    place = small.index(b"xref\n")
    before = small[:place] + b"99 0 obj\n<< /Length %d >>\nstream\n" % (megabytes * MEGABYTE)
    after = b"\nendstream\nendobj\n"
    table = small[place:].partition(b"startxref")[0]
    return before, after + table + b"startxref\n%d\n%%%%EOF\n" % (
        len(before) + megabytes * MEGABYTE + len(after)
    )


def _upload_giant(clerk, number, megabytes):
    """Send a PDF of `megabytes` with a new document; return the status."""
    mark = b"-- here --"
    body, kind = clerk.multipart(number, "lon.pdf", mark, state="published")
    first, last = body.split(mark)
    before, after = _giant(megabytes)
    piece = os.urandom(MEGABYTE)
    pieces = itertools.chain([first, before], itertools.repeat(piece, megabytes), [after, last])
    length = len(first) + len(before) + megabytes * MEGABYTE + len(after) + len(last)
    return clerk.send("POST", ADD, pieces, kind, **{"Content-Length": str(length)})[0]


def _giants(portal, clerk, megabytes, pages):
    """Return {phase: latency} (see `Visitor.stop`) of a page while giant files are uploaded, read
    and drawn.
    """
    many = office_files.pdf(*["x"] * pages)
    visitor = Visitor(portal)
    visitor.phase = "nothing"
    visitor.start()
    time.sleep(5)
    sends = {
        f"a file of {megabytes:,} MB": lambda: _upload_giant(clerk, "1/LON", megabytes),
        f"a file of {pages:,} pages": lambda: clerk.upload(
            "2/NHIEU", "nhieu.pdf", many, state="published"
        )[0],
    }
    for (what, send), number in zip(sends.items(), ("1/LON", "2/NHIEU"), strict=True):
        visitor.phase = f"{what} is uploaded"
        status = send()
        stored = clerk.stored(number)
        if not stored:
            raise SystemExit(f"bench: {what} was not taken ({status})")
        visitor.phase = f"{what} is read"
        _read(portal)
        visitor.phase = f"{what} is drawn"
        until = time.monotonic() + 5
        while time.monotonic() < until:
            shutil.rmtree(portal.data / "page-pictures", ignore_errors=True)
            clerk.get(f"/van-ban/{stored[0]['slug']}/tep/{stored[0]['id']}/trang/1-1080.webp")
    return visitor.stop()


# --- together ------------------------------------------------------------------------------------


def measure(rounds=3, megabytes=1024, pages=20_000):
    """Return {"pictures": …, "giants": …} of one server process of four threads, on SQLite."""
    limits = {"ATTACHMENT_MAX_MB": megabytes + 10, "ATTACHMENT_CHECK_SECONDS": 60}
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        Portal(Path(folder) / "var", sample=False, WEB_CONCURRENCY=1, **limits) as portal,
    ):
        clerk = Clerk(portal)
        return {
            "pictures": _first_pictures(portal, clerk, rounds),
            "giants": _giants(portal, clerk, megabytes, pages),
        }


def show(results):
    """Print what `measure` found."""
    print(
        f"\nfirst page pictures, cold, medians (at most "
        f"{BYTES_MAX // 1000} kB and {MILLISECONDS_MAX} ms)"
    )
    for name, row in results["pictures"].items():
        print(
            f"{row['milliseconds']:6} ms   {row['ratio']:6.2f} × the document list "
            f"made anew   worst {row['worst_milliseconds']:5} ms   "
            f"{row['in_time']} of {row['files']} in time   largest "
            f"{row['largest_bytes'] / 1000:.0f} kB   {name}"
        )
    print("\nthe document list made anew, while …")
    for phase, row in results["giants"].items():
        print(
            f"{row['ratio']:6.2f} ×   {row['milliseconds']:7.1f} ms   worst "
            f"{row['worst_milliseconds']:5} ms   {phase}   ({row['pages']} pages)"
        )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--megabytes", type=int, default=1024)
    parser.add_argument("--pages", type=int, default=20_000)
    options = parser.parse_args()
    show(measure(options.rounds, options.megabytes, options.pages))


if __name__ == "__main__":
    main()
