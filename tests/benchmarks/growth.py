"""`python tests/benchmarks/growth.py`: what a page costs as the content grows, made anew in the
same process, at 1,000, 10,000 and 100,000 articles.
"""

import contextlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks import servers  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.serving import environment, manage  # noqa: E402

SIZES = {1_000: 500, 10_000: 5_000, 100_000: 50_000}
ROUNDS = 15
DEEPEST = 500


def inside():
    """Print {page: [ms, number of queries]} of the portal that the environment names, as JSON, for
    every line that comes in.
    """
    import django

    django.setup()
    from django.db import connection
    from django.test import Client

    from documents.models import Document
    from news.models import Article, Category
    from portal.cache import revision

    client = Client(headers={"host": "127.0.0.1"})
    category = Category.objects.filter(children__isnull=False).order_by("pk").first()
    last = Article.objects.visible().count() // 20
    pages = {
        "home": "/",
        "list, page 1": "/tin-tuc/",
        f"list, page {DEEPEST} or the last": f"/tin-tuc/?trang={min(DEEPEST, last)}",
        "category": category.get_absolute_url(),
        "article": Article.objects.visible().newest_first()[200].get_absolute_url(),
        "week": "/lich-cong-tac/",
        "document list": "/van-ban/",
        "document": Document.objects.visible().newest_first()[200].get_absolute_url(),
        "news feed": "/tin-tuc/rss.xml",
        "category feed": f"{category.get_absolute_url()}rss.xml",
        "document feed": "/van-ban/rss.xml",
        "site map": "/sitemap.xml",
        "site map, news": "/sitemap-tin-tuc.xml",
    }

    def made(path):
        asked = []

        def count(execute, *arguments):
            asked.append(1)
            return execute(*arguments)

        with revision.keep_in(revision.revisions.present()), connection.execute_wrapper(count):
            began = time.perf_counter()
            status = client.get(path).status_code
            took = time.perf_counter() - began
        if status != 200:
            raise SystemExit(f"growth: {path} answers {status}")
        return [took * 1000, len(asked)]

    for _ in sys.stdin:
        found = {name: made(path) for name, path in pages.items()}
        began = time.perf_counter()
        revision.next_timed_change()
        print(
            json.dumps(
                found | {"next turn of the clock": [(time.perf_counter() - began) * 1000, 1]}
            ),
            flush=True,
        )


def filled(articles, documents, folder, url):
    """Fill a portal in `folder` (and the database `url`); return its measuring process, which
    answers each line it is sent.
    """
    print(f"Filling {articles} articles and {documents} documents …", flush=True)
    done = manage("prepare", "--sample", timeout=3600, PORTAL_DATA_DIR=folder, DATABASE_URL=url)
    if done.returncode:
        raise SystemExit(f"growth: {done.stderr}")
    servers.volume(folder, articles, documents, url)
    environ = environment(PORTAL_DATA_DIR=folder, DATABASE_URL=url) | {
        "DJANGO_SETTINGS_MODULE": "portal.settings"
    }
    command = [sys.executable, "-m", "tests.benchmarks.growth", "--inside"]
    return subprocess.Popen(
        command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def measure():
    """Return {database: {size: {page: [ms, queries]}}} of portals of all sizes, asked in turns;
    PostgreSQL where it is installed.
    """
    return {
        database: _of(database)
        for database in ("SQLite", *(["PostgreSQL"] if postgres.binaries() else []))
    }


def _of(database):
    with contextlib.ExitStack() as stack:
        processes = {}
        for articles, documents in SIZES.items():
            folder = (
                Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-growth-")))
                / "var"
            )
            url = stack.enter_context(postgres.cluster()) if database == "PostgreSQL" else ""
            processes[articles] = filled(articles, documents, folder, url)
        rounds = []
        for _ in range(ROUNDS + 2):
            rounds.append({})
            for size, process in processes.items():
                process.stdin.write("\n")
                process.stdin.flush()
                rounds[-1][size] = json.loads(process.stdout.readline())
        for process in processes.values():
            process.stdin.close()
            process.wait()
    return {
        size: {
            name: [
                round(statistics.median(one[size][name][0] for one in rounds[2:]), 2),
                rounds[-1][size][name][1],
            ]
            for name in rounds[-1][size]
        }
        for size in processes
    }


def show(results):
    """Print what `measure` found with the growth from the smallest to the largest."""
    for database, found in results.items():
        _show(database, found)


def _show(database, found):
    sizes = list(found)
    print(
        f"\n{f'{database}: ms (queries)':30} "
        + " ".join(f"{size:>14,}" for size in sizes)
        + f" {'growth':>8}"
    )
    for name in found[sizes[0]]:
        cells = " ".join(
            f"{found[size][name][0]:9.2f} ({found[size][name][1]:2})" for size in sizes
        )
        print(f"{name:30} {cells} {found[sizes[-1]][name][0] / found[sizes[0]][name][0]:8.2f}")


if __name__ == "__main__":
    if "--inside" in sys.argv:
        inside()
    else:
        show(measure())
