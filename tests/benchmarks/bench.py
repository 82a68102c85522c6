"""`make bench`: how fast the portal answers, as ratios to nginx serving the same bytes, all in one run.

Everything is started first and asked in turning order, so that a slow minute of the machine meets all of them; what is printed are
medians over the rounds. Absolute numbers belong to one machine on one day. `PEERS=1` adds gunicorn and Wagtail (from PyPI, in
environments of their own below var/bench), `GROWTH=1` the cost of pages at 1,000, 10,000 and 100,000 articles.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests import postgres  # noqa: E402
from tests.benchmarks import files, growth, load, register, servers  # noqa: E402
from tests.serving import Portal, manage  # noqa: E402

ARTICLES = DOCUMENTS = 2_000
NGINX = "nginx, static file of the same bytes"
_LONGEST = (
    "from news.models import Article; from django.db.models.functions import Length; "
    "print(Article.objects.visible().filter(published_until=None).order_by(-Length('body'), 'pk').first().get_absolute_url())"
)


@dataclass
class Target:
    """One line of the table. `rates`, `medians`, `tails`: answers per second and milliseconds (p50, p99) of each round."""

    name: str
    url: str
    headers: tuple = ()
    connections: int = load.CONNECTIONS
    rates: list = field(default_factory=list)
    medians: list = field(default_factory=list)
    tails: list = field(default_factory=list)

    def ask(self, seconds):
        """Measure for `seconds`."""
        rate, median, tail = load.ask(self.url, seconds, self.headers, self.connections)
        self.rates.append(rate)
        self.medians.append(median)
        self.tails.append(tail)


def fetch(url, **headers):
    """Return (headers, body) of `url`."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        return answer.headers, answer.read()


def targets_of(portal, label, article):
    """Return the targets of one running portal: its article warm, compressed, and for who holds it already; the home page."""
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
    pages = {"article": article, "home": "/", "news list": "/tin-tuc/", "document list": "/van-ban/", "week": "/lich-cong-tac/"}
    return [Target(f"{label}, made anew: {name}", portal.url + path, connections=4) for name, path in pages.items()]


def portals(stack, folder, url, label):
    """Start a portal of `url` ("" for SQLite) with the volume; return (portal, path of its article, its targets)."""
    first = Portal(folder, WEB_CONCURRENCY=servers.PROCESSES, DATABASE_URL=url).start()
    servers.volume(folder, ARTICLES, DOCUMENTS, url)
    first.stop()
    portal = stack.enter_context(servers.again(first))
    article = manage("shell", "-v0", "-c", _LONGEST, PORTAL_DATA_DIR=folder, DATABASE_URL=url).stdout.strip()
    made_anew = stack.enter_context(servers.again(first, PAGE_STORE_MB=0))
    return portal, article, [*targets_of(portal, label, article), *uncached(made_anew, label, article)]


def peers(stack, portal, article):
    """Return the targets of gunicorn, serving the same portal, and of Wagtail."""
    found = [
        Target(f"gunicorn, {threads} threads: {name}", stack.enter_context(servers.gunicorn(portal, threads)) + path)
        for threads, name, path in ((4, "article", article), (1, "article", article), (4, "health", "/healthz"))
    ]
    found.append(Target("SQLite: health", portal.url + "/healthz"))
    names = {"page": "page cache", "frag": "fragment cache", "plain": "no cache"}
    return found + [
        Target(f"Wagtail, {names[way]}: article", url, connections=load.CONNECTIONS if way == "page" else 4)
        for way, url in stack.enter_context(servers.wagtail()).items()
    ]


def measure(targets, rounds, seconds):
    """Ask all `targets` in `rounds` interleaved rounds, after one that is thrown away."""
    for target in targets:
        load.ask(target.url, 1, target.headers, target.connections)
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
    }


def relations(rows):
    """Return {words: ratio} of the lines that are promised to stand in a relation."""
    wanted = {
        "warm article of nginx": ("SQLite: article", NGINX),
        "304 of warm": ("SQLite: article, 304", "SQLite: article"),
        "PostgreSQL warm of SQLite warm": ("PostgreSQL: article", "SQLite: article"),
        "warm article of Wagtail page-cached": ("SQLite: article", "Wagtail, page cache: article"),
        "article made anew of Wagtail fragment-cached": ("SQLite, made anew: article", "Wagtail, fragment cache: article"),
        "granian of gunicorn, warm article": ("SQLite: article", "gunicorn, 4 threads: article"),
    }
    return {
        words: round(statistics.median(a / b for a, b in zip(rows[one].rates, rows[other].rates, strict=True)), 3)
        for words, (one, other) in wanted.items()
        if one in rows and other in rows
    }


def keep(results):
    """Write `results` (dict) with the machine and the commit below var/bench; say where."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    now = datetime.now(UTC)
    about = {"at": now.isoformat(timespec="seconds"), "commit": commit, "python": platform.python_version()}
    about |= {"machine": platform.machine(), "cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    servers.KEPT.mkdir(parents=True, exist_ok=True)
    path = servers.KEPT / f"{now:%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(about | results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nKept in {path.relative_to(ROOT)}")


def main():
    """Start, measure, print, keep, stop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2, help="per line and round")
    options = parser.parse_args()
    if load.missing():
        raise SystemExit(f"bench: install {' and '.join(load.missing())} (apt-get install wrk nginx-light)")
    results = {"rounds": options.rounds, "seconds": options.seconds, "processes": servers.PROCESSES}
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-bench-")))
        print("Starting the portal with 2,000 articles and 2,000 documents …", flush=True)
        portal, article, targets = portals(stack, folder / "sqlite", "", "SQLite")
        body = fetch(portal.url + article)[1]
        targets.insert(
            0, Target(NGINX, stack.enter_context(servers.nginx(folder / "nginx", {"article.html": body})) + "/article.html")
        )
        if postgres.binaries():
            url = stack.enter_context(postgres.cluster())
            targets += portals(stack, folder / "postgres", url, "PostgreSQL")[2]
        else:
            print("PostgreSQL is not installed: left out.")
        if os.environ.get("PEERS") == "1":
            targets += peers(stack, portal, article)
        measure(targets, options.rounds, options.seconds)
    rows = {target.name: summary(target, targets[0]) for target in targets}
    print(f"\n{len(body) / 1000:.0f} kB article, {servers.PROCESSES} processes each, {options.rounds} rounds; medians\n")
    print(f"{'':46} {'answers/s':>10} {'of nginx':>9} {'(least – most)':>17} {'ms':>8} {'p99':>8}")
    for name, row in rows.items():
        spread = f"({row['of_nginx_least']:.3f} – {row['of_nginx_most']:.3f})"
        print(
            f"{name:46} {row['per_second']:10,} {row['of_nginx']:9.3f} {spread:>17} {row['milliseconds']:8.2f} {row['milliseconds_p99']:8.1f}"
        )
    results |= {"article_bytes": len(body), "lines": rows, "relations": relations({target.name: target for target in targets})}
    print()
    for words, ratio in results["relations"].items():
        print(f"{words:46} {ratio:10.2f}")
    results["register"] = register.measure()
    register.show(results["register"])
    results["files"] = files.measure()
    files.show(results["files"])
    if os.environ.get("GROWTH") == "1":
        results["growth"] = growth.table()
    keep(results)


if __name__ == "__main__":
    main()
