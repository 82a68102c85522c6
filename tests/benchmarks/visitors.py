"""`python tests/benchmarks/visitors.py`: what bad visitors cost the others, 200 that send a byte
now and then, and one that asks for 10,000 addresses.
"""

import contextlib
import http.client
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.serving import Portal  # noqa: E402
from tests.support.uploads import memory_of, workers_of  # noqa: E402

SLOW = 200
#: Seconds between two bytes of a slow visitor.
BETWEEN = 10
ADDRESSES = 10_000
LASTS = 30


def seconds_of(portal, path):
    """Return how long one ordinary visitor waits for `path`, with a connection of his own."""
    began = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    connection.request("GET", path)
    status = connection.getresponse().status
    connection.close()
    if status != 200:
        raise SystemExit(f"bench: {path} answers {status}")
    return time.perf_counter() - began


@contextlib.contextmanager
def slow_visitors(portal):
    """Keep `SLOW` connections open that send one byte of a request every `BETWEEN` seconds."""
    over = threading.Event()
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\nX-Slow: {'x' * 1000}".encode()
    crowd = [socket.create_connection(("127.0.0.1", portal.port), timeout=20) for _ in range(SLOW)]

    def drip():
        for place in range(len(request)):
            for connection in crowd:
                with contextlib.suppress(OSError):
                    connection.sendall(request[place : place + 1])
            if over.wait(BETWEEN):
                return

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        yield
    finally:
        over.set()
        dripping.join()
        for connection in crowd:
            connection.close()


def waits(portal, seconds):
    """Return the waits (list of seconds) of one ordinary visitor after the other for `seconds`: a
    kept page, and a question that is never kept.
    """
    found, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        found += [seconds_of(portal, "/"), seconds_of(portal, f"/tin-tuc/?q=mang+{len(found)}")]
        time.sleep(0.05)
    return found


def grown_by_addresses(portal):
    """Return by how many bytes the most grown process of `portal` grew while one visitor asked for
    `ADDRESSES` addresses, kept and not.
    """
    processes = workers_of(portal.process.pid)
    for _ in range(50):
        seconds_of(portal, "/")
    before = {pid: memory_of([pid]) for pid in processes}
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=60)
    for number in range(ADDRESSES):
        path = (
            f"/tin-tuc/khong-co-{number}/",
            f"/van-ban/?loai=x{number}",
            f"/tin-tuc/?q={number}",
            f"/?x{number}=1",
        )[number % 4]
        if number % 100 == 0:  # a new connection may come to another process
            connection.close()
        connection.request("GET", path)
        connection.getresponse().read()
    connection.close()
    return max(memory_of([pid]) - size for pid, size in before.items())


def measure():
    """Return what bad visitors cost at a portal with sample content: {"quiet", "slow": [median,
    worst] ms of an ordinary visitor, "grown_mib": float}.
    """
    with (
        tempfile.TemporaryDirectory(prefix="portal-bench-") as folder,
        Portal(Path(folder) / "var", WEB_CONCURRENCY=2) as portal,
    ):
        found = {"quiet": waits(portal, LASTS)}
        with slow_visitors(portal):
            found["slow"] = waits(portal, LASTS)
        told = {
            name: [round(value * 1000, 1) for value in (statistics.median(one), max(one))]
            for name, one in found.items()
        }
        return told | {"grown_mib": round(grown_by_addresses(portal) / 1024**2, 1)}


def show(found):
    """Print what `measure` found."""
    print(
        f"\nAn ordinary visitor, median and worst ms: {found['quiet']} alone, "
        f"{found['slow']} beside {SLOW} slow ones"
    )
    print(f"{ADDRESSES:,} addresses make a server process grow by {found['grown_mib']} MiB at most")


if __name__ == "__main__":
    show(measure())
