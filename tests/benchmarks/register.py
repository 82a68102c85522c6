"""`python tests/benchmarks/register.py`: what the document list costs with 50,000 documents, as a
multiple of what it costs with 500.

Each page is asked of two servers in turn, one for each size, in the same run: a slow minute of the
machine meets both. SQLite, and PostgreSQL where it is installed.
"""

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support import postgres  # noqa: E402
from tests.support.serving import Portal, environment  # noqa: E402

SIZES = (500, 50_000)
#: Addresses below /van-ban/ → what they stand for. The four facets are those that carry counts.
PAGES = {
    "": "all documents, four facets counted",
    "?loai=loai-3&co-quan=co-quan-5&linh-vuc=linh-vuc-2&tinh-trang=con": "four facets chosen",
    "?co-quan=co-quan-1": "a body with its predecessors",
    "?tinh-trang=het-mot-phan": "standing today",
    "?ngay=01/01/2015": "in force on a day",
    "?sap-xep=hieu-luc": "newest effect first",
    "phap-quy/?sap-xep=so&trang=9": "a family by number",
    "?q=27/2018": "a number",
}
FILL = """
import sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from tests.benchmarks.register import fill
fill(int(sys.argv[1]))
call_command("reindex")
if connection.vendor == "postgresql":
    connection.cursor().execute("VACUUM ANALYZE")  # as autovacuum would
"""


# --- documents by the thousand -------------------------------------------------------------------

_WORDS = (
    "quy định việc quản lý sử dụng thông tin truyền thông viễn thông bưu chính báo "
    "chí chuyển đổi số an toàn dữ liệu công nghệ tỉnh "
    "Nghệ An ban hành kế hoạch triển khai thực hiện nhiệm vụ năm hướng dẫn chi tiết "
    "một số điều của Luật Nghị định phê duyệt đề án"
).split()


def fill(count, seed=3):
    """Fill the empty database with `count` documents (int) of 20 years, as a register has them; the
    same for the same `seed`.

    24 types, 60 agencies of which 15 are former ones, 20 fields; 4 % joint documents, 10 % acted on
    by others, 3 % hidden.
    """
    from django.db import transaction

    with transaction.atomic():
        _fill(count, random.Random(seed))


def _fill(count, chance):
    from django.utils import timezone

    from documents import numbers
    from documents.files.models import Attachment
    from documents.files.text_queue import TextState
    from documents.law.relations import Relation, RelationKind
    from documents.models import Document, Family
    from documents.vocabulary import Agency, DocumentType, Field
    from portal.publishing.states import State

    def create(model, rows):
        return model._base_manager.bulk_create(rows, batch_size=500)

    now, today = timezone.now(), timezone.localdate()
    types = create(
        DocumentType, [DocumentType(name=f"Loại {n}", slug=f"loai-{n}") for n in range(1, 25)]
    )
    agencies = create(
        Agency,
        [
            Agency(name=f"Cơ quan {n}", short_name=f"CQ {n}", slug=f"co-quan-{n}")
            for n in range(1, 61)
        ],
    )
    for former in agencies[45:]:
        former.successor, former.ended_on = chance.choice(agencies[:12]), date(2025, 2, 28)
    Agency._base_manager.bulk_update(agencies[45:], ["successor", "ended_on"])
    fields = create(
        Field, [Field(name=f"Lĩnh vực {n}", slug=f"linh-vuc-{n}") for n in range(1, 21)]
    )

    documents = []
    for n in range(count):
        issued = (
            today - timedelta(days=chance.randrange(20 * 365)) if chance.random() > 0.01 else None
        )
        effective = (
            issued + timedelta(days=chance.choice((0, 7, 45)))
            if issued and chance.random() < 0.8
            else None
        )
        year = issued.year if issued else 2000
        number = f"{chance.randrange(1, 4000)}/{year}/QĐ-CQ{chance.randrange(60)}"
        document = Document(
            family=chance.choice(Family.values), type=types[int(24 * chance.random() ** 2)],
            agency=agencies[int(60 * chance.random() ** 2)], number=number, slug=f"van-ban-{n}",
            number_key=numbers.key(number), number_value=numbers.value(number),
            summary=" ".join(chance.choices(_WORDS, k=chance.randrange(15, 50))).capitalize(),
            signer=f"Nguyễn Văn {chance.randrange(300)}",
            issued_on=issued, effective_on=effective,
            expires_on=effective + timedelta(days=chance.randrange(3000))
            if effective and chance.random() < 0.1 else None,
            validity_given=chance.choice(("con", "het", "khong-phu-hop"))
            if chance.random() < 0.05 else "",
            body=f"<p>{' '.join(chance.choices(_WORDS, k=600))}</p>" if n % 4 == 0 else "",
            state=State.DRAFT if chance.random() < 0.02 else State.PUBLISHED,
            published_at=now
            + timedelta(days=1 if chance.random() < 0.005 else -chance.randrange(1, 3000)),
            published_until=now + timedelta(days=chance.choice((-1, 99)))
            if chance.random() < 0.02 else None,
        )  # fmt: skip
        documents.append(document)
    create(Document, documents)
    joint = chance.sample(documents, count // 25)
    issuers, shelves = Document.co_agencies.through, Document.fields.through
    create(
        issuers,
        [
            issuers(document=d, agency=a)
            for d in joint
            for a in chance.sample(agencies[:45], chance.randint(1, 3))
        ],
    )
    create(
        shelves,
        [
            shelves(document=d, field=f)
            for d in documents
            for f in chance.sample(fields, chance.choice((1, 1, 2, 3)))
        ],
    )
    about = {
        "original_name": "a.pdf",
        "size": 99_000,
        "text_state": TextState.NO_TEXT,
    }  # nothing is left to be read meanwhile
    create(Attachment, [Attachment(document=d, file=f"{d.slug}.pdf", **about) for d in documents])
    kinds = (
        RelationKind.AMENDS,
        RelationKind.AMENDS,
        RelationKind.REPLACES,
        RelationKind.REPEALS,
        RelationKind.SUSPENDS,
    )
    acted = chance.sample(documents, count // 10)
    acting = [
        Relation(source=chance.choice(documents), target=d, kind=chance.choice(kinds))
        for d in acted
    ]
    create(Relation, acting)
    others = (RelationKind.BASED_ON, RelationKind.CITES)
    create(
        Relation,
        [
            Relation(source=d, target=chance.choice(documents), kind=chance.choice(others))
            for d in documents
        ],
    )


# --- two portals side by side --------------------------------------------------------------------


def _filled(folder, size, **values):
    """Return a Portal (not started) in `folder` (Path) over a database of `size` documents."""
    portal = Portal(folder / "var", WEB_CONCURRENCY=1, **values)
    portal.data.mkdir(parents=True)
    names = environment(**portal.values, DJANGO_SETTINGS_MODULE="portal.settings")
    subprocess.run(
        [sys.executable, "-c", FILL, str(size)],
        env=names,
        cwd=ROOT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return portal


def _seconds(portal, path, number):
    """Return how long (float) one request takes, with a connection of its own.

    Each time from another day before all documents: the rows stay, and neither the page nor its
    counts can have been kept.
    """
    day = date(1901, 1, 1) + timedelta(days=number)
    began = time.perf_counter()
    with urllib.request.urlopen(
        f"{portal.url}/van-ban/{path}{'&' if '?' in path else '?'}tu={day}", timeout=60
    ) as answer:
        answer.read()
    return time.perf_counter() - began


def _compared(portals, rounds):
    """Return {path: {"about", "ratio", "milliseconds"}} of `portals` (list, one for each of
    `SIZES`), asked in turn.
    """
    times = {path: [[] for _ in portals] for path in PAGES}
    for number in range(rounds + 1):
        for path in PAGES:
            for portal, found in zip(portals, times[path], strict=True):
                spent = _seconds(portal, path, number)
                if number:  # the first round only warms up
                    found.append(spent)
    return {
        path: {
            "about": PAGES[path],
            "ratio": round(
                statistics.median(many / few for few, many in zip(*found, strict=True)), 2
            ),
            "milliseconds": [round(statistics.median(one) * 1000, 1) for one in found],
        }
        for path, found in times.items()
    }


def measure(rounds=15):
    """Return {name of the database: {path below /van-ban/: {"about", "ratio", "milliseconds"}}}:
    50,000 documents against 500.
    """
    results = {}
    for database in ("sqlite", "postgresql") if postgres.binaries() else ("sqlite",):
        with ExitStack() as stack:
            portals = []
            for size in SIZES:
                folder = Path(
                    stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-"))
                )
                values = (
                    {"DATABASE_URL": stack.enter_context(postgres.cluster())}
                    if database == "postgresql"
                    else {}
                )
                portals.append(stack.enter_context(_filled(folder, size, **values)))
            results[database] = _compared(portals, rounds)
    return results


def show(results):
    """Print what `measure` found."""
    for database, rows in results.items():
        print(f"\n{database}: {SIZES[1]:,} documents against {SIZES[0]:,}, medians")
        for path, row in rows.items():
            few, many = row["milliseconds"]
            print(
                f"{row['ratio']:6.2f} ×   {few:7.1f} ms → {many:7.1f} ms   "
                f"/van-ban/{path}   ({row['about']})"
            )


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    show(measure(parser.parse_args().rounds))


if __name__ == "__main__":
    main()
