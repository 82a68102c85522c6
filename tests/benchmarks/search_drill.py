"""Random and hostile queries put to the search page and its suggestions: nothing may fail, nothing
may be slow. `python tests/benchmarks/search_drill.py`

Asks the database of the environment (DATABASE_URL, PORTAL_DATA_DIR) as it is; tests/portal asks a
few hundred of them.
"""

import argparse
import os
import random
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

ODD = [
    "\x00", "\ud800", "\udfff", "\u202e", "\u200b", "\ufeff", "'", '"', "''", '""', "“”", "\\",
    "%", "_", "*", "^", "-", "--", "+", "&", "|", "!", "(", ")",
    "((", "NEAR(", "AND", "OR", "NOT", "NEAR", "tokens:", "rowid:", ":*", "@@", "<->", "$1", "%s",
    "%(a)s", "{}", "{0}", ";", "/*", "*/", "' OR 1=1 --",
    "'); DROP TABLE search_entry; --", "\n", "\t", "\r\n", "🙂", "👩‍👩‍👧", "́́́́́", "đ", "Ð", "ß",
    "İ", "ﬁ", "½", "①", "٣", "中文", "ا", "\U0010ffff", "a" * 300,
    "1/2/3/4/5", "////", "..", "=", "#=1", "~a", "a_b", "tho*", "-a -b -c",
    '-"a b"', '"-a"', "0" * 100, "9" * 100, "19/2018/TT-BTTTT", "<b>", "&lt;", "NULL", "nan",
]  # fmt: skip
WORDS = (
    "thông tư quyết định của và về việc người dân đất đai bảo vệ môi trường 2018 19 số "
    "hiệu lực thi hành phạm vi điều chỉnh nghệ an cntt ubnd tthc"
).split()


def queries(count, seed=1):
    """Give `count` (int) queries (str): words, odd signs, mixtures of both, very long ones, five
    hundred words.
    """
    chance = random.Random(seed)
    for number in range(count):
        kind = number % 10
        if kind < 3:
            yield " ".join(chance.choices(WORDS, k=chance.randrange(1, 8)))
        elif kind < 6:
            yield "".join(
                chance.choice(["", " ", '"', "-"]) + chance.choice(ODD + WORDS)
                for _ in range(chance.randrange(1, 9))
            )
        elif kind == 6:
            yield "".join(
                chr(
                    chance.choice(
                        [
                            chance.randrange(0x250),
                            chance.randrange(0x3000),
                            chance.randrange(0x11_0000),
                        ]
                    )
                )
                for _ in range(chance.randrange(40))
            )
        elif kind == 7:
            yield " ".join(
                chance.choice(WORDS)[: chance.randrange(1, 3)]
                for _ in range(chance.randrange(1, 500))
            )
        elif kind == 8:
            yield (
                f'"{" ".join(chance.choices(WORDS, k=5))}" -{chance.choice(WORDS)} '
                f"{chance.randrange(3000)}/{chance.randrange(2100)}"
            )
        else:
            yield chance.choice(
                [
                    "x" * 10_000,
                    "a " * 5_000,
                    '"' * 5_000,
                    "-" * 9_999 + "a",
                    "đ " * 250,
                    "1/" * 4_000,
                    "\u0301" * 2_000,
                ]
            )


def request_for(factory, asked):
    """Return a request made by `factory` (RequestFactory) that asks `asked` (dict) as it is, with
    what no address could carry.
    """
    request = factory.get("/tim-kiem/")
    request.GET = request.GET.copy()
    for name, value in asked.items():
        request.GET[name] = value
    return request


def main():
    """Ask, and tell what failed and what was slow."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    import django

    django.setup()
    from django.db import connection
    from django.test import RequestFactory

    from portal.search import views

    factory, failed, times = RequestFactory(), 0, []
    chance = random.Random(2)
    for number, typed in enumerate(queries(options.count)):
        asked = {
            "q": typed.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
            if number % 2
            else typed
        }
        if number % 5 == 0:
            asked |= {
                chance.choice(["loai", "nam", "co-quan", "sap-xep", "nhom"]): chance.choice(
                    [*ODD, "van-ban", "2018", "moi-nhat"]
                )
            }
        door = views.suggest if number % 7 == 0 else views.results
        request = request_for(factory, asked)
        began, spent = time.perf_counter(), time.process_time()
        try:
            status = door(request).status_code
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            status = f"{type(error).__name__}: {error}"
        times.append((time.perf_counter() - began, time.process_time() - spent, typed[:60]))
        if status not in (200, 302):
            failed += 1
            print(f"{status!r}: {typed[:80]!r}")
    times.sort(reverse=True)
    slow = sum(took > 0.3 for took, _, _ in times)
    print(
        f"{connection.vendor}: {len(times)} queries, {failed} failed, {slow} over 300 "
        f"ms, {sum(spent > 0.3 for _, spent, _ in times)} by the processor alone"
    )
    for took, spent, typed in times[:5]:
        print(f"  {took * 1000:.0f} ms ({spent * 1000:.0f} ms of the processor): {typed!r}")


if __name__ == "__main__":
    main()
