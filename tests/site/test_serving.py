"""`make run` starts from nothing and again: it keeps data, names what is wrong, stops cleanly.

Run with a PostgreSQL in DATABASE_URL, the same is done on a second database of that server.
"""

import json
import os
import re
import shutil
import signal
import socket
import time
import urllib.request

import pytest

from tests.conftest import OURS
from tests.support.serving import ROOT, Portal, manage
from tests.support.uploads import command_of, processes_below

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory, database):
    """A stopped portal, started from an empty folder, with what it answered and printed."""
    url = database()
    folder = tmp_path_factory.mktemp("served") / "var"
    portal = Portal(folder, seeded=bool(url), WEB_CONCURRENCY=2, DATABASE_URL=url).start()
    portal.pages = {
        path: fetch(portal, path)
        for path in ("/", "/tin-tuc/", "/van-ban/", "/lich-cong-tac/", "/quan-tri/login/")
    }
    portal.first_log = portal.log
    portal.status = portal.stop()
    return portal


def where(portal):
    """Return the variables (dict) under which `manage.py` works on what `portal` worked on."""
    return {"PORTAL_DATA_DIR": portal.data, "DATABASE_URL": portal.values["DATABASE_URL"]}


def same(portal):
    """Return the variables (dict) of another start of `portal`."""
    return {"DATABASE_URL": portal.values["DATABASE_URL"], "WEB_CONCURRENCY": 1}


def fetch(portal, path):
    """Return (status, headers, body as str) of `path` at a running portal."""
    with urllib.request.urlopen(portal.url + path, timeout=20) as answer:
        return answer.status, answer.headers, answer.read().decode()


def test_first_start_answers_with_sample_content(served):
    for path, (status, headers, body) in served.pages.items():
        assert status == 200, path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert 'lang="vi"' in body, path
    assert "/tin-tuc/" in served.pages["/"][2]


def test_style_sheet_is_compressed_and_may_be_kept_for_ever(served):
    address = re.search(r'href="(/static/[^"]+\.css)"', served.pages["/"][2])[1]
    with Portal(served.data, **same(served)) as portal:
        request = urllib.request.Request(portal.url + address, headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(request) as answer:
            assert answer.headers["Content-Encoding"] == "br"
            assert "immutable" in answer.headers["Cache-Control"]
            assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_stops_cleanly(served):
    assert served.status == 0
    assert "Traceback" not in served.log


def test_reader_of_files_ends_with_the_server_and_not_by_itself(served):
    """Ctrl-C in the terminal goes to the server only; a killed server leaves no reader behind."""
    again = Portal(served.data, **same(served)).start()
    reader = soon(
        lambda: next(
            (
                pid
                for pid in processes_below(again.process.pid)
                if b"extract_texts" in command_of(pid)
            ),
            None,
        )
    )
    assert os.getpgid(reader) != os.getpgid(again.process.pid)
    again.stop(signal.SIGKILL)
    assert soon(lambda: b"extract_texts" not in command_of(reader))


def soon(found, patience=60):
    """Return `found()` (a function) once it is true; TimeoutError after `patience` seconds."""
    until = time.monotonic() + patience
    while not (value := found()):
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.1)
    return value


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_stops_at_once_however_often_it_is_told(served, how):
    portal = Portal(served.data, **same(served)).start()
    began = time.monotonic()
    assert portal.stop(how, times=3) == 0
    # One that hangs is killed after ten seconds. The log is not asked: granian looks 1 ms after
    # the join and, on a busy machine, calls a worker "refused" that is already ending.
    assert time.monotonic() - began < 5
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", portal.port)) != 0


def test_password_is_printed_once_and_kept_for_the_owner_only(served):
    assert served.first_log.count(served.password) == 1
    assert len(served.password) >= 16
    assert (served.data / "first-password.txt").stat().st_mode & 0o777 == 0o600
    assert "already" not in served.first_log


def content_of(portal):
    """Return all rows that people made, without the progress of text extraction."""
    rows = json.loads(
        manage("dumpdata", "news", "documents", "schedule", "auth.user", **where(portal)).stdout
    )
    for row in rows:
        row["fields"] = {
            name: value for name, value in row["fields"].items() if not name.startswith("text_")
        }
    return [row for row in rows if row["model"] != "documents.pagetext"]


def test_second_start_is_quick_and_keeps_everything(served):
    before = content_of(served)
    password = served.password
    again = Portal(served.data, **same(served)).start()
    took, status = again.seconds, again.stop(signal.SIGTERM)
    assert took < 15
    assert status == 0
    assert password not in again.log
    assert "sample" not in again.log
    assert again.password == password
    assert content_of(served) == before


def test_state_lies_in_the_data_folder(served):
    names = {path.name for path in served.data.iterdir()}
    assert {"secret-key.txt", "first-password.txt", "static"} <= names
    assert OURS.startswith("postgres") or "portal.sqlite3" in names


def test_no_page_of_a_package_is_served(served):
    assert not list((served.data / "static").rglob("*.html"))
    assert (served.data / "static" / "ckeditor" / "ckeditor" / "ckeditor.js").exists()


def test_taken_port_is_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = manage("serve", PORTAL_DATA_DIR=tmp_path / "var", PORT=port)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert str(port) in done.stderr
    assert "in use" in done.stderr
    assert not (tmp_path / "var" / "portal.sqlite3").exists()


def test_sample_content_never_mixes_with_real_content(tmp_path, served, database):
    data = {"PORTAL_DATA_DIR": tmp_path / "var", "DATABASE_URL": database()}
    shutil.copytree(served.data / "static", tmp_path / "var" / "static")
    shutil.copy(served.data / "static-collected.txt", tmp_path / "var")
    assert manage("migrate", "--verbosity", "0", **data).returncode == 0
    code = (
        "from django.contrib.auth.models import User; "
        "User.objects.create_superuser('truong-phong', password='x')"
    )
    assert manage("shell", "--command", code, **data).returncode == 0
    done = manage("prepare", "--sample", **data)
    assert done.returncode == 0, done.stderr
    assert "sample" not in done.stdout
    assert not (tmp_path / "var" / "first-password.txt").exists()


def test_run_and_test_are_the_commands_of_the_makefile():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in ("run", "test", "bench", "dev"):
        assert re.search(rf"^{name}:", makefile, re.MULTILINE)
