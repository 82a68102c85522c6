"""`make bench`: what the portal costs, as ratios measured side by side in one run.

Absolute numbers belong to one machine on one day.

`make bench PARTS="pages register"` measures those parts alone. `PEERS=1` adds gunicorn and Wagtail
to the pages, `SEARCH=1` 250,000 generated entries to the search, `GROWTH=1` the parts that take
long: pages at 1,000, 10,000 and 100,000 articles.
"""

import json
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.benchmarks import files, growth, pages, register, search, servers, visitors  # noqa: E402

#: Name → module with `measure()`, which returns what can be written as JSON, and `show()`, which
#: prints that.
PARTS = {
    "pages": pages,
    "register": register,
    "files": files,
    "search": search,
    "visitors": visitors,
    "growth": growth,
}
LONG = {"growth"}


def keep(results):
    """Write `results` (dict) with the machine and the commit below var/bench; say where."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    now = datetime.now(UTC)
    about = {
        "at": now.isoformat(timespec="seconds"),
        "commit": commit,
        "python": platform.python_version(),
    }
    about |= {
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "load_at_the_end": os.getloadavg()[0],
    }
    servers.KEPT.mkdir(parents=True, exist_ok=True)
    path = servers.KEPT / f"{now:%Y%m%d-%H%M%S}.json"
    path.write_text(
        json.dumps(about | results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    print(f"\nKept in {path.relative_to(ROOT)}")


def main(names):
    """Measure the parts `names` (list of str; empty: the usual ones), one after the other; print
    and keep what was found.
    """
    if unknown := set(names) - set(PARTS):
        raise SystemExit(
            f"bench: no part is called {' or '.join(sorted(unknown))}; there are {', '.join(PARTS)}"
        )
    results = {}
    for name in names or [
        name for name in PARTS if name not in LONG or os.environ.get("GROWTH") == "1"
    ]:
        print(f"\n=== {name} ===", flush=True)
        results[name] = PARTS[name].measure()
        PARTS[name].show(results[name])
    keep(results)


if __name__ == "__main__":
    main(sys.argv[1:])
