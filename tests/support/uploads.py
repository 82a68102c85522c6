"""A clerk at a running portal: logs in over HTTP and sends files through the form of documents, as
a browser or as nobody would.
"""

import contextlib
import http.client
import http.cookies
import json
import os
import re
import secrets
import signal
import sqlite3
import threading
import time
from pathlib import Path
from urllib.parse import urlencode

import environ
import psycopg2
from psycopg2.extras import RealDictCursor

from tests.support.forms import Form

ADD = "/quan-tri/documents/document/add/"


def processes_below(pid):
    """Return the process numbers (set of int) that `pid` has started, and those they have."""
    found = set()
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            for child in map(int, children.read_text().split()):
                found |= {child} | processes_below(child)
        except OSError:
            continue
    return found


def kill(portal):
    """Kill -9 `portal` (tests.support.serving.Portal), all its processes: its workers are in groups
    of their own, and outlive it for a moment.
    """
    for pid in {portal.process.pid, *processes_below(portal.process.pid)}:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    portal.process.wait()


def workers_of(pid):
    """Return the process numbers (set of int) of the server that `pid` has become: not of what it
    starts for a while to read a file.
    """
    return {child for child in processes_below(pid) if b"portal.ops.server" in command_of(child)}


def memory_of(pids):
    """Return the resident memory (bytes) of the processes `pids` together."""
    total = 0
    for pid in pids:
        try:
            total += (
                int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) * 1024
            )
        except (OSError, TypeError):
            continue
    return total


def rows(portal, query, *values):
    """Return the rows (list of dict) that `query` (SQL with ? for each of `values`) finds in the
    database of the running `portal`.
    """
    if url := portal.values.get("DATABASE_URL"):
        where = environ.Env.db_url_config(url)
        base = psycopg2.connect(
            dbname=where["NAME"], user=where["USER"], host=where["HOST"], port=where["PORT"] or None
        )
        try:
            with base.cursor(cursor_factory=RealDictCursor) as cursor:
                cursor.execute(query.replace("?", "%s"), values)
                return [dict(row) for row in cursor]
        finally:
            base.close()
    with sqlite3.connect(
        f"file:{portal.data / 'portal.sqlite3'}?mode=ro", uri=True, timeout=20
    ) as base:
        base.row_factory = sqlite3.Row
        found = [dict(row) for row in base.execute(query, values)]
    base.close()
    return found


def served_by(pid):
    """Return the process numbers (set of int) of the server `pid` and of what it starts to answer;
    not of what reads earlier files beside it.
    """
    beside = {child for child in processes_below(pid) if b"extract_texts" in command_of(child)}
    return {pid} | processes_below(pid) - beside - {
        below for reader in beside for below in processes_below(reader)
    }


def command_of(pid):
    """Return the command line (bytes) of the process `pid` (int); empty where there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


class Gauge:
    """Measures while it is entered: `seconds`, and `grown` (bytes), the most that a server and what
    it started for the answer grew by.
    """

    def __init__(self, pid):
        self.pid, self.ended = pid, threading.Event()

    def __enter__(self):
        self.before = self.most = memory_of(served_by(self.pid))
        self.began = time.monotonic()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        while not self.ended.wait(0.02):
            self.most = max(self.most, memory_of(served_by(self.pid)))

    def __exit__(self, *error):
        self.seconds = time.monotonic() - self.began
        self.ended.set()
        self.thread.join()
        self.grown = self.most - self.before


class Clerk:
    """One logged-in session at `portal` (tests.support.serving.Portal); made for one thread."""

    def __init__(self, portal):
        self.portal, self.cookies = portal, {}
        page = self.get("/quan-tri/login/")[2].decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        values = {
            "username": "admin",
            "password": portal.password,
            "csrfmiddlewaretoken": token,
            "next": "/quan-tri/",
        }
        status, _, _ = self.send(
            "POST",
            "/quan-tri/login/",
            urlencode(values).encode(),
            "application/x-www-form-urlencoded",
        )
        if status != 302:
            raise RuntimeError(f"the login answers {status}")

    def send(self, method, path, body=None, content_type=None, **headers):
        """Return (status, headers, body as bytes) of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.portal.port, timeout=60)
        headers |= {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Referer": self.portal.url,
        }
        if content_type:
            headers["Content-Type"] = content_type
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie", []):
                self.cookies |= {
                    name: morsel.value for name, morsel in http.cookies.SimpleCookie(line).items()
                }
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def get(self, path, **headers):
        """Return (status, headers, body) of `path`."""
        return self.send("GET", path, **headers)

    def form(self):
        """Return what a browser would send of the form of a new document (dict)."""
        reader = Form()
        reader.feed(self.get(ADD)[2].decode())
        return {
            name: value
            for name, value in reader.values.items()
            if "__prefix__" not in name and value != []
        }

    def multipart(self, number, name, data, content_type="application/pdf", raw=False, **fields):
        """Return (body, content type) of a new document `number` with the file `name`; `raw`: the
        name as no browser sends it.

        `fields`: what else is typed into the form.
        """
        values = (
            self.form() | {"family": "phap-quy", "number": number, "summary": "Tệp thử"} | fields
        )
        mark = secrets.token_hex(16)
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in values.items()
        ]
        if not raw:  # https://html.spec.whatwg.org/#multipart-form-data
            name = name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
        head = (
            f'--{mark}\r\nContent-Disposition: form-data; name="attachments-0-file"; '
            f'filename="{name}"\r\nContent-Type: {content_type}\r\n\r\n'
        )
        body = (
            b"".join(parts)
            + head.encode("utf-8", "surrogatepass")
            + data
            + f"\r\n--{mark}--\r\n".encode()
        )
        return body, f"multipart/form-data; boundary={mark}"

    def upload(self, number, name, data, **options):
        """Send one file with a new document; return (status, sentence beside the file or "")."""
        status, _, page = self.send("POST", ADD, *self.multipart(number, name, data, **options))
        text = page.decode("utf-8", "replace")
        errors = re.findall(r'<ul class="errorlist"[^>]*>\s*<li>(.*?)</li>', text, re.DOTALL)
        return status, errors[0] if errors else ""

    def stored(self, number):
        """Return the files (list of dict) of the documents `number`, as the database of the portal
        has them.
        """
        found = rows(
            self.portal,
            "SELECT a.*, d.slug FROM documents_attachment a JOIN documents_document "
            "d ON d.id = a.document_id WHERE d.number = ?",
            number,
        )
        return [
            row
            | {"flags": json.loads(row["flags"]) if isinstance(row["flags"], str) else row["flags"]}
            for row in found
        ]
