"""`python tests/benchmarks/pages.py`: how fast public pages are answered, as ratios to nginx
serving the same bytes.

Everything is started first and asked in turning order, so that a slow minute of the machine meets
all of them; what is printed are medians over the rounds. `PEERS=1` adds gunicorn and Wagtail (from
PyPI, in environments of their own below var/bench).
"""

import contextlib
import os
import statistics
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks import load, servers  # noqa: E402
from tests.support import postgres  # noqa: E402
from tests.support.serving import Portal, manage  # noqa: E402

ARTICLES = DOCUMENTS = 2_000
NGINX = "nginx, static file of the same bytes"
#: What the body of our article must weigh for its page to weigh what the peer's does: 37 kB.
BODY_BYTES = 16_200
_LENGTHENED = f"""
from itertools import cycle
from news.models import Article
article = Article.objects.visible().filter(published_until=None, picture="").newest_first()[200]
parts = cycle(article.body.replace("</p>", "</p>\\0").split("\\0"))
body = ""
while len(body.encode()) < {BODY_BYTES}:
    body += next(parts)
article.body = body
article.save()
print(article.get_absolute_url())
"""


@dataclass
class Target:
    """One line of the table.

    `rates`, `medians`, `tails`: answers per second and milliseconds (p50, p99) of each round;
    `errors`: of all rounds.
    """

    name: str
    url: str
    headers: tuple = ()
    connections: int = load.CONNECTIONS
    rates: list = field(default_factory=list)
    medians: list = field(default_factory=list)
    tails: list = field(default_factory=list)
    errors: int = 0

    def ask(self, seconds):
        """Measure for `seconds`."""
        rate, median, tail, errors = load.ask(self.url, seconds, self.headers, self.connections)
        self.rates.append(rate)
        self.medians.append(median)
        self.tails.append(tail)
        self.errors += errors


def fetch(url, **headers):
    """Return (headers, body) of `url`."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.headers, answer.read()


def targets_of(portal, label, article):
    """Return the targets of one running portal: its article warm, compressed, and for who holds it
    already; the home page.
    """
    url = portal.url + article
    tag = fetch(url)[0]["ETag"]
    return [
        Target(f"{label}: article", url),
        Target(f"{label}: article, gzip", url, ("Accept-Encoding: gzip",)),
        Target(f"{label}: article, brotli", url, ("Accept-Encoding: br",)),
        Target(f"{label}: article, 304", url, (f"If-None-Match: {tag}",)),
        Target(f"{label}: home", portal.url + "/"),
    ]


def uncached(portal, label, article):
    """Return the targets of a portal that keeps no page: what it costs to make one."""
    pages = {
        "article": article,
        "home": "/",
        "news list": "/tin-tuc/",
        "document list": "/van-ban/",
        "week": "/lich-cong-tac/",
    }
    return [
        Target(f"{label}, made anew: {name}", portal.url + path, connections=4)
        for name, path in pages.items()
    ]


def portals(stack, folder, url, label):
    """Start a portal of `url` ("" for SQLite) with the volume; return (portal, path of its article,
    its targets).
    """
    first = Portal(folder, WEB_CONCURRENCY=servers.PROCESSES, DATABASE_URL=url).start()
    servers.volume(folder, ARTICLES, DOCUMENTS, url)
    first.stop()
    portal = stack.enter_context(servers.again(first))
    article = manage(
        "shell", "-v0", "-c", _LENGTHENED, PORTAL_DATA_DIR=folder, DATABASE_URL=url
    ).stdout.strip()
    made_anew = stack.enter_context(servers.again(first, PAGE_STORE_MB=0))
    return (
        portal,
        article,
        [*targets_of(portal, label, article), *uncached(made_anew, label, article)],
    )


def peers(stack, portal, article):
    """Return the targets of gunicorn, serving the same portal, and of Wagtail, one process each as
    its recipe has it, beside one of ours.
    """
    found = [
        Target(
            f"gunicorn, {threads} threads: {name}",
            stack.enter_context(servers.gunicorn(portal, threads)) + path,
        )
        for threads, name, path in (
            (4, "article", article),
            (1, "article", article),
            (4, "health", "/healthz"),
        )
    ]
    found.append(Target("SQLite: health", portal.url + "/healthz"))
    alone = stack.enter_context(servers.again(portal, WEB_CONCURRENCY=1))
    made_anew = stack.enter_context(servers.again(portal, WEB_CONCURRENCY=1, PAGE_STORE_MB=0))
    found.append(Target("one process: article", alone.url + article))
    found.append(Target("one process, made anew: article", made_anew.url + article, connections=4))
    both = servers.wagtail("page", processes=servers.PROCESSES)
    found.append(Target("Wagtail, page cache, two processes: article", stack.enter_context(both)))
    for way, name in (("page", "page cache"), ("frag", "fragment cache"), ("plain", "no cache")):
        url = stack.enter_context(servers.wagtail(way))
        found.append(
            Target(
                f"Wagtail, {name}: article",
                url,
                connections=load.CONNECTIONS if way == "page" else 4,
            )
        )
    return found


def ask_all(targets, rounds, seconds):
    """Ask all `targets` in `rounds` interleaved rounds, after one that is thrown away."""
    for target in targets:
        if errors := load.ask(target.url, 1, target.headers, target.connections)[3]:
            print(f"{target.name}: {errors} errors while warming up", flush=True)
    for number in range(rounds):
        turn = number * 7 % len(targets)
        for target in targets[turn:] + targets[:turn]:
            target.ask(seconds)
        print(f"round {number + 1} of {rounds}", flush=True)


def summary(target, base):
    """Return what is worth keeping (dict) of `target`; `base`: the target that counts as 1."""
    ratios = [own / other for own, other in zip(target.rates, base.rates, strict=True)]
    return {
        "per_second": round(statistics.median(target.rates)),
        "of_nginx": round(statistics.median(ratios), 4),
        "of_nginx_least": round(min(ratios), 4),
        "of_nginx_most": round(max(ratios), 4),
        "milliseconds": round(statistics.median(target.medians), 3),
        "milliseconds_p99": round(statistics.median(target.tails), 2),
        "errors": target.errors,
    }


def relations(rows):
    """Return {words: ratio} of the lines that are promised to stand in a relation."""
    wanted = {
        "warm article of nginx": ("SQLite: article", NGINX),
        "304 of warm": ("SQLite: article, 304", "SQLite: article"),
        "PostgreSQL warm of SQLite warm": ("PostgreSQL: article", "SQLite: article"),
        "warm article of Wagtail page-cached": (
            "one process: article",
            "Wagtail, page cache: article",
        ),
        "the same, two processes each": (
            "SQLite: article",
            "Wagtail, page cache, two processes: article",
        ),
        "article made anew of Wagtail fragment-cached": (
            "one process, made anew: article",
            "Wagtail, fragment cache: article",
        ),
        "granian of gunicorn, warm article": ("SQLite: article", "gunicorn, 4 threads: article"),
    }
    return {
        words: round(
            statistics.median(
                a / b for a, b in zip(rows[one].rates, rows[other].rates, strict=True)
            ),
            3,
        )
        for words, (one, other) in wanted.items()
        if one in rows and other in rows
    }


def measure(rounds=5, seconds=2):
    """Return {"processes", "rounds", "seconds" (per line and round), "article_bytes", "lines",
    "relations"} of one run.
    """
    if load.missing():
        raise SystemExit(
            f"bench: install {' and '.join(load.missing())} (apt-get install wrk nginx-light)"
        )
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        print(
            f"Starting the portal with {ARTICLES:,} articles and {DOCUMENTS:,} documents …",
            flush=True,
        )
        portal, article, targets = portals(stack, folder / "sqlite", "", "SQLite")
        body = fetch(portal.url + article)[1]
        static = stack.enter_context(servers.nginx(folder / "nginx", {"article.html": body}))
        targets.insert(0, Target(NGINX, f"{static}/article.html"))
        if postgres.binaries():
            url = stack.enter_context(postgres.cluster())
            targets += portals(stack, folder / "postgres", url, "PostgreSQL")[2]
        else:
            print("PostgreSQL is not installed: left out.")
        if os.environ.get("PEERS") == "1":
            targets += peers(stack, portal, article)
        ask_all(targets, rounds, seconds)
    about = {
        "processes": servers.PROCESSES,
        "rounds": rounds,
        "seconds": seconds,
        "article_bytes": len(body),
    }
    lines = {target.name: summary(target, targets[0]) for target in targets}
    return about | {
        "lines": lines,
        "relations": relations({target.name: target for target in targets}),
    }


def show(results):
    """Print what `measure` found."""
    about = (
        f"{results['article_bytes'] / 1000:.0f} kB article, {results['processes']} "
        f"processes each, {results['rounds']} rounds; medians"
    )
    print(
        f"\n{about}\n\n{'':46} {'answers/s':>10} {'of nginx':>9} "
        f"{'(least – most)':>17} {'ms':>8} {'p99':>8}"
    )
    for name, row in results["lines"].items():
        spread = f"({row['of_nginx_least']:.3f} – {row['of_nginx_most']:.3f})"
        times = f"{row['milliseconds']:8.2f} {row['milliseconds_p99']:8.1f}"
        errors = f"  {row['errors']} errors" if row["errors"] else ""
        print(
            f"{name:46} {row['per_second']:10,} {row['of_nginx']:9.3f} {spread:>17} {times}{errors}"
        )
    print()
    for words, ratio in results["relations"].items():
        print(f"{words:46} {ratio:10.2f}")


if __name__ == "__main__":
    show(measure())
