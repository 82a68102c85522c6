"""A page is made from one state of the content: what changes between two of its queries shows whole
or not at all.
"""

import json
import subprocess
import sys

import pytest

from tests.support.serving import ROOT, environment, manage

pytestmark = pytest.mark.slow

#: Reads [[path, label of a model, its table], …]; prints what each page says while the item changes
#: after the first question about it.
SCRIPT = """
import json, sys, threading
import django
django.setup()
from django.db import connection
from django.test import Client
from portal.publishing.states import State
from tests.support import make

def changed(item):
    is_out = item.state == State.PUBLISHED
    item.state = State.WITHDRAWN if is_out else State.PUBLISHED
    item.withdrawal_reason = "Diễn tập" if is_out else ""
    item.save()

def answer(path, item):
    due = [item]
    def watch(execute, sql, *rest):
        result = execute(sql, *rest)
        if due and item._meta.db_table in sql and sql.startswith("SELECT"):
            thread = threading.Thread(target=changed, args=[due.pop()])
            thread.start()
            thread.join()
        return result
    with connection.execute_wrapper(watch):
        got = Client(SERVER_NAME="127.0.0.1").get(path)
    body = b"".join(got.streaming_content) if got.streaming else got.content
    return [not due, got.status_code, "Việc diễn tập" in body.decode(errors="replace")]

attachment = make.attachment()
week = make.week()
make.appointment(week, content="Việc diễn tập")
article, document, page = make.article(), attachment.document, make.page()
pages = [(item.get_absolute_url(), item) for item in (article, document, page, week)]
pages.append((attachment.get_absolute_url(), document))
print(json.dumps(
    [[path, item.state, *answer(path, item)] for path, item in pages for turn in range(4)]
))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory, database):
    """What the pages said: [(path, state of the item before, whether it changed meanwhile, status,
    whether the appointment was there)].
    """
    values = {
        "PORTAL_DATA_DIR": tmp_path_factory.mktemp("state"),
        "DATABASE_URL": database(),
        "DEBUG": 1,
    }
    done = manage("migrate", "-v0", **values)
    assert done.returncode == 0, done.stderr
    env = environment(**values) | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_what_changes_under_a_page_shows_whole_or_not_at_all(told):
    assert len(told) == 20
    for path, state, has_changed, status, shows_appointment in told:
        assert has_changed, path
        assert status in (200, 410), (path, state)
        assert not path.startswith("/lich-cong-tac/") or (status, shows_appointment) in (
            (200, True),
            (410, False),
        ), state
