"""The drill of the page store: one process publishes, withdraws and schedules, many readers look
whether anybody is shown what is over.

`python -m tests.support.drill EVENTS` runs it in full against two server processes, with the
database that DATABASE_URL names. Every observation is judged afterwards: a request must show a
state that was true at some moment between its sending and its answer.
"""

import http.client
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.support.serving import ROOT, Portal, environment

ARTICLES = 5
#: How long (seconds) after its approval a scheduled article appears.
AHEAD = 0.15
_VERSION = re.compile(rb"Di\xe1\xbb\x85n t\xe1\xba\xadp (\d) phi\xc3\xaan b\xe1\xba\xa3n (\d+)\.")
LIST = "/tin-tuc/"


def path_of(number):
    """Return the address (str) of the drill's article `number` (int)."""
    return f"/tin-tuc/dien-tap-{number}/"


def publish(events):
    """Make `events` (int) changes in a process of its own; print each as JSON with the times
    (time.time) before it and after its commit.
    """
    import django

    django.setup()
    from datetime import timedelta

    from django.utils import timezone

    from news.models import Article, Category
    from portal.publishing.states import State

    category = Category.objects.get_or_create(name="Diễn tập")[0]
    chance = random.Random(1)
    for version in range(events + ARTICLES):
        number = version % ARTICLES
        kind = (
            "publish" if version < ARTICLES else chance.choice(["publish", "withdraw", "schedule"])
        )
        now = timezone.now()
        appears = now + timedelta(seconds=AHEAD if kind == "schedule" else -1)
        values = {
            "title": f"Diễn tập {number} phiên bản {version}.",
            "category": category,
            "published_at": appears,
        }
        values |= (
            {"state": State.WITHDRAWN, "withdrawal_reason": "Diễn tập"}
            if kind == "withdraw"
            else {"state": State.PUBLISHED}
        )
        article = Article.objects.filter(slug=f"dien-tap-{number}").first() or Article(
            slug=f"dien-tap-{number}"
        )
        for name, value in values.items():
            setattr(article, name, value)
        began = time.time()
        article.save()
        told = {"number": number, "version": version, "kind": kind, "appears": appears.timestamp()}
        print(json.dumps(told | {"began": began, "acknowledged": time.time()}), flush=True)


class Reader(threading.Thread):
    """Reads article pages and the list over one kept connection until `over` is set; `seen`:
    [(number, sent, answered, what)].
    """

    def __init__(self, url, over, seed):
        super().__init__()
        self.parts, self.over, self.chance = urlsplit(url), over, random.Random(seed)
        self.seen, self.errors, self.requests = [], [], 0

    def run(self):
        connection = http.client.HTTPConnection(self.parts.hostname, self.parts.port, timeout=30)
        while not self.over.is_set():
            number = self.chance.randrange(ARTICLES + 1)
            try:
                sent = time.time()
                connection.request("GET", LIST if number == ARTICLES else path_of(number))
                answer = connection.getresponse()
                body = answer.read()
                answered = time.time()
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(repr(error))
                connection.close()
                continue
            self.requests += 1
            versions = {int(n): int(version) for n, version in _VERSION.findall(body)}
            if answer.status >= 500:
                self.errors.append(f"{answer.status} for {number}")
            elif number == ARTICLES:
                self.seen += [
                    (n, sent, answered, versions.get(n, "absent")) for n in range(ARTICLES)
                ]
            else:
                self.seen.append(
                    (
                        number,
                        sent,
                        answered,
                        versions.get(number) if answer.status == 200 else answer.status,
                    )
                )
        connection.close()


def truths(history, sent, answered):
    """Return what (set) may be seen of one article between `sent` and `answered`; `history`: its
    events in order.
    """
    first = max(place for place, event in enumerate(history) if event["acknowledged"] <= sent)
    may = set()
    for event in history[first:]:
        if event["began"] > answered:
            break
        if event["kind"] == "withdraw":
            may |= {410, "absent"}
            continue
        if event["appears"] <= answered:
            may.add(event["version"])
        if event["appears"] > sent:
            may |= {404, "absent"}
    return may


def drill(portal, events, readers=8):
    """Run `events` (int) changes under `readers` (int) at a running `portal`; return {"stale":
    [...], "errors": [...], "requests": int}.
    """
    environ = environment(**portal.values) | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    command = [sys.executable, "-m", "tests.support.drill", "--publish", str(events)]
    publisher = subprocess.Popen(command, cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True)
    over, crowd, history = threading.Event(), [], {number: [] for number in range(ARTICLES)}
    for place, line in enumerate(publisher.stdout):
        event = json.loads(line)
        history[event["number"]].append(event)
        if place == ARTICLES - 1:  # each article is there: now they may be looked for
            crowd = [Reader(portal.url, over, seed) for seed in range(readers)]
            for reader in crowd:
                reader.start()
    status = publisher.wait()
    time.sleep(2 * AHEAD)  # the last scheduled one appears before the eyes of the readers
    over.set()
    for reader in crowd:
        reader.join()
    stale = [
        (number, what, truths(history[number], sent, answered))
        for reader in crowd
        for number, sent, answered, what in reader.seen
        if what not in truths(history[number], sent, answered)
    ]
    errors = [error for reader in crowd for error in reader.errors] + (
        ["the publisher failed"] if status else []
    )
    return {
        "events": events,
        "requests": sum(reader.requests for reader in crowd),
        "stale": stale,
        "errors": errors,
    }


def main(events):
    """Run the drill in full and print what came of it; return the exit status."""
    with tempfile.TemporaryDirectory(prefix="portal-drill-") as folder:
        url = os.environ.get("DATABASE_URL", "")
        with Portal(Path(folder) / "var", WEB_CONCURRENCY=2, DATABASE_URL=url) as portal:
            began = time.monotonic()
            result = drill(portal, events)
    print(
        f"{url.partition(':')[0] or 'sqlite'}: {events} events, {result['requests']} "
        f"requests in {time.monotonic() - began:.0f} s: "
        f"{len(result['stale'])} stale, {len(result['errors'])} errors",
        *result["stale"][:5],
        *result["errors"][:5],
    )
    return 1 if result["stale"] or result["errors"] else 0


if __name__ == "__main__":
    if sys.argv[1] == "--publish":
        publish(int(sys.argv[2]))
    else:
        sys.exit(main(int(sys.argv[1])))
