"""`make bench`: how much slower a page is than a static file, both from the same server in the same run.

Absolute numbers belong to one machine on one day; ratios measured side by side can be compared. Each round asks every page for a moment,
in turning order, so that a slow minute of the machine meets all of them; what is printed are medians over the rounds, with their spread.
The load comes from the same machine and takes its share of it, so the static file is held back most and the ratios are flattering.
"""

import argparse
import json
import platform
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.serving import Portal  # noqa: E402

CONNECTIONS = 2


class Connection:
    """One keep-alive connection; plain sockets, because http.client would cost more than the server."""

    def __init__(self, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: identity\r\n\r\n".encode()
        self.path = path

    def ask(self):
        """Send one request and read its whole answer; return the number of bytes of the body."""
        self.socket.sendall(self.request)
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.socket.recv(262_144)
            if not piece:
                raise RuntimeError(f"{self.path}: the server closed the connection")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(f"{self.path}: {head.splitlines()[0].decode()}")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if length is None:
            raise RuntimeError(f"{self.path}: no Content-Length")
        size, got = int(length[1]), len(body)
        while got < size:
            got += len(self.socket.recv(262_144))
        return size


def load(port, path, seconds):
    """Ask for `path` for `seconds` over `CONNECTIONS` connections; return (requests per second, times in seconds of each request)."""
    times, errors = [], []

    def work():
        try:
            connection = Connection(port, path)
            while time.perf_counter() < until:
                began = time.perf_counter()
                connection.ask()
                times.append(time.perf_counter() - began)
            connection.socket.close()
        except (OSError, RuntimeError) as error:
            errors.append(error)

    began = time.perf_counter()
    until = began + seconds
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise SystemExit(f"bench: {errors[0]}")
    return len(times) / (time.perf_counter() - began), times


def targets(portal):
    """Return {name: path} of what is measured: a static file, Django with one query, and pages found by following links."""

    def body(path):
        with urllib.request.urlopen(portal.url + path, timeout=30) as answer:
            return answer.read().decode()

    def first(pattern, path):
        match = re.search(pattern, body(path))
        if match is None:
            raise SystemExit(f"bench: nothing like {pattern} on {path}")
        return match[1]

    static = json.loads((portal.data / "static" / "staticfiles.json").read_text(encoding="utf-8"))["paths"]
    return {
        "static file": f"/static/{static['css/components.css']}",  # of the size of a page
        "health": "/healthz",
        "home": "/",
        "news list": "/tin-tuc/",
        "article": first(r'href="(/tin-tuc/[a-z0-9-]+/)"', "/tin-tuc/"),
        "document list": "/van-ban/",
        "document": first(r'href="(/van-ban/\d[a-z0-9-]+/)"', "/van-ban/"),
        "week": "/lich-cong-tac/",
        "search": "/tim-kiem/?q=thong+tin",
    }


def measure(portal, rounds, seconds):
    """Return {name: {"path", "bytes", "per_second", "ratios", "times"}} over `rounds` interleaved rounds."""
    results = {
        name: {"path": path, "bytes": Connection(portal.port, path).ask(), "per_second": [], "times": []}
        for name, path in targets(portal).items()
    }
    for result in results.values():  # warm up: imports, templates, connections
        load(portal.port, result["path"], 0.3)
    names = list(results)
    for number in range(rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            speed, times = load(portal.port, results[name]["path"], seconds)
            results[name]["per_second"].append(speed)
            results[name]["times"] += times
    fastest = results["static file"]["per_second"]
    for result in results.values():
        result["ratios"] = [static / own for static, own in zip(fastest, result["per_second"], strict=True)]
    return results


def summary(result):
    """Return the numbers (dict) of one page that are worth keeping."""
    return {
        "path": result["path"],
        "bytes": result["bytes"],
        "requests": len(result["times"]),
        "per_second": round(statistics.median(result["per_second"]), 1),
        "milliseconds": round(statistics.median(result["times"]) * 1000, 2),
        "milliseconds_p95": round(statistics.quantiles(result["times"], n=20)[-1] * 1000, 2),
        "ratio": round(statistics.median(result["ratios"]), 2),
        "ratio_least": round(min(result["ratios"]), 2),
        "ratio_most": round(max(result["ratios"]), 2),
    }


def main():
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0, help="per page and round")
    options = parser.parse_args()
    print("Starting the portal with its sample content (SQLite, one server process) …", flush=True)
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder, Portal(Path(folder) / "var", WEB_CONCURRENCY=1) as portal:
        results = measure(portal, options.rounds, options.seconds)
    rows = {name: summary(result) for name, result in results.items()}
    print(f"\n{options.rounds} interleaved rounds of {options.seconds:g} s for each page, {CONNECTIONS} connections; medians\n")
    print(f"{'page':14} {'times the static file':>22} {'(least – most)':>18} {'ms':>8} {'p95':>8} {'requests/s':>11} {'kB':>7}")
    for name, row in rows.items():
        spread = f"({row['ratio_least']:.1f} – {row['ratio_most']:.1f})"
        numbers = (
            f"{row['milliseconds']:8.1f} {row['milliseconds_p95']:8.1f} {row['per_second']:11.0f} {row['bytes'] / 1000:7.1f}"
        )
        print(f"{name:14} {row['ratio']:22.1f} {spread:>18} {numbers}")
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout.strip()
    kept = ROOT / "var" / "bench"
    kept.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    path = kept / f"{now:%Y%m%d-%H%M%S}.json"
    about = {
        "at": now.isoformat(timespec="seconds"),
        "commit": commit,
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
    about |= {"rounds": options.rounds, "seconds": options.seconds, "connections": CONNECTIONS, "database": "sqlite"}
    path.write_text(json.dumps(about | {"pages": rows}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"\nKept in {path.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
