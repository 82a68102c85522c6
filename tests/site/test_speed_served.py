"""The page store under two server processes: fresh pages, no starved visitor, no lost request.

Run with a PostgreSQL in DATABASE_URL, the same is done on a second database of that server.
"""

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.support.drill import drill
from tests.support.serving import Portal, free_port

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def portal(tmp_path_factory, database):
    """A running portal of two processes with sample content."""
    with Portal(
        tmp_path_factory.mktemp("speed") / "var", WEB_CONCURRENCY=2, DATABASE_URL=database()
    ) as running:
        yield running


def ask(portal, method="GET", path="/tin-tuc/", **headers):
    """Return (status, headers, body) of one request."""
    connection = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, answer.headers, body


def raw(portal, request):
    """Send `request` (bytes) and return what comes back within a moment (bytes)."""
    with socket.create_connection(("127.0.0.1", portal.port), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        got = b""
        with contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                got += piece
    return got


def weights(portal, path):
    """Return {kind: [bytes as sent]} of a page and its subresources, without photographs."""
    html = ask(portal, path=path, **{"Accept-Encoding": "br"})
    text = ask(portal, path=path)[2].decode()
    found = {"html": [len(html[2])], "css": [], "js": [], "img": []}
    addresses = re.findall(r'<link rel="(?:stylesheet|icon)"[^>]* href="(/static/[^"]+)"', text)
    for address in {*addresses, *re.findall(r'<script src="(/static/[^"]+)"', text)}:
        status, headers, body = ask(portal, path=address, **{"Accept-Encoding": "br"})
        assert status == 200
        assert "immutable" in headers["Cache-Control"]
        found[{"css": "css", "js": "js"}.get(address.rpartition(".")[2], "img")].append(len(body))
    return found


@pytest.mark.parametrize(
    "pattern", ["/", r'href="(/tin-tuc/[a-z0-9-]+/)"', r'href="(/van-ban/\d[a-z0-9-]+/)"']
)
def test_pages_are_light(portal, pattern):
    path = pattern if pattern == "/" else re.search(pattern, ask(portal, path="/")[2].decode())[1]
    sent = weights(portal, path)
    assert sum(map(len, sent.values())) <= 15
    assert sum(sent["html"] + sent["css"]) <= 30_000
    assert sum(sent["js"]) <= 10_000
    assert sum(map(sum, sent.values())) <= 150_000


def test_nothing_is_stale_under_readers(portal):
    result = drill(portal, events=60, readers=8)
    assert result["stale"] == []
    assert result["errors"] == []
    assert result["requests"] > 50


def test_both_processes_answer_with_the_same_tag(portal):
    tags = {ask(portal, path="/lien-ket/")[1]["ETag"] for _ in range(20)}
    assert len(tags) == 1
    assert ask(portal, path="/lien-ket/", **{"If-None-Match": tags.pop()})[0] == 304


@pytest.mark.parametrize(
    "method", ["TRACE", "PUT", "DELETE", "PATCH", "PROPFIND", "ODD", "OPTIONS", "POST"]
)
def test_odd_methods_are_405(portal, method):
    status, headers, body = ask(portal, method)
    assert status == 405
    assert headers["Allow"] == "GET, HEAD"
    assert b"X-Evil" not in body


def test_connect_opens_nothing(portal):
    assert not re.match(
        rb"HTTP/1.1 [23]",
        raw(portal, b"CONNECT example.com:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
    )


def test_head_and_ranges_of_a_kept_page(portal):
    whole = ask(portal)
    head = ask(portal, "HEAD")
    assert (head[0], head[2], head[1]["Content-Length"]) == (200, b"", str(len(whole[2])))
    assert ask(portal, Range="bytes=0-9")[::2] == whole[::2]


def test_unequal_lengths_smuggle_no_second_request(portal):
    """With both lengths, the chunked one counts (RFC 9112 §6.3); the rest is a new request."""
    head = f"POST /tin-tuc/ HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\n".encode()
    before = ask(portal)[2]
    raw(
        portal,
        head
        + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
        + b"GET /quan-tri/ HTTP/1.1\r\nHost: evil\r\n\r\n",
    )
    assert raw(portal, head + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nevil!").startswith(
        b"HTTP/1.1 400"
    )
    assert ask(portal)[2] == before


def test_slow_clients_starve_nobody(portal):
    """An ordinary visitor is answered beside 200 slow connections (docs/performance.md)."""
    over = threading.Event()
    request = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\nX-Slow: ".encode()
    slow = [socket.create_connection(("127.0.0.1", portal.port), timeout=20) for _ in range(200)]

    def drip():
        place = 0
        while not over.wait(1):
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.sendall(request[place % len(request) :][:1])
            place += 1

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        worst = 0
        for number in range(20):
            began = time.monotonic()
            assert ask(portal, path="/" if number % 2 else "/tin-tuc/?q=mang")[0] == 200
            worst = max(worst, time.monotonic() - began)
    finally:
        over.set()
        dripping.join()
        for connection in slow:
            connection.close()
    assert worst < 5  # with a thread held by each it would be never


def test_slow_readers_starve_nobody(portal):
    """Visitors who ask for a large file and do not read it occupy no thread of the server."""
    path, waiting = "/static/ckeditor/ckeditor/ckeditor.js", []
    assert len(ask(portal, path=path)[2]) > 500_000
    for _ in range(40):
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect(("127.0.0.1", portal.port))
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{portal.port}\r\n\r\n".encode())
        waiting.append(connection)
    began = time.monotonic()
    assert ask(portal, path="/tin-tuc/?q=so")[0] == 200
    assert time.monotonic() - began < 5
    for connection in waiting:
        connection.close()


CACHE = """
daemon off; %(user)s pid %(folder)s/pid; error_log %(folder)s/errors;
events { worker_connections 512; }
http { access_log off;
proxy_cache_path %(folder)s/pages keys_zone=pages:10m max_size=100m;
proxy_temp_path %(folder)s/temp; client_body_temp_path %(folder)s/body;
fastcgi_temp_path %(folder)s/f; uwsgi_temp_path %(folder)s/u; scgi_temp_path %(folder)s/s;
upstream portal { server 127.0.0.1:%(portal)s; keepalive 16; }
server { listen 127.0.0.1:%(port)s; proxy_http_version 1.1;
location / { proxy_set_header Connection ""; proxy_set_header Host 127.0.0.1:%(portal)s;
auth_request /generation; auth_request_set $generation $upstream_http_x_generation;
proxy_set_header X-Generation $generation;
proxy_cache pages; proxy_cache_key "$scheme$host$request_uri $generation";
add_header X-Cache $upstream_cache_status;
proxy_pass http://portal; }
location = /generation { internal; proxy_set_header Connection "";
proxy_set_header Host 127.0.0.1:%(portal)s; proxy_pass http://portal/healthz/generation;
proxy_pass_request_body off; proxy_set_header Content-Length ""; }
} }
"""


@pytest.fixture
def cached(portal, tmp_path):
    """The portal behind nginx with the cache of docs/operations/install.md."""
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    port, user = free_port(), "user root;" if os.geteuid() == 0 else ""
    (tmp_path / "nginx.conf").write_text(
        CACHE % {"folder": tmp_path, "port": port, "portal": portal.port, "user": user}
    )
    process = subprocess.Popen(
        ["nginx", "-e", f"{tmp_path}/errors", "-c", f"{tmp_path}/nginx.conf"]
    )
    front = SimpleNamespace(url=f"http://127.0.0.1:{port}", port=port, values=portal.values)
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            ask(front)
            break
        time.sleep(0.05)
    yield front
    process.terminate()
    process.wait()


def generation(portal):
    """Return the name (str) of the present generation."""
    return ask(portal, path="/healthz/generation")[1]["X-Generation"]


def test_cache_of_nginx_serves_most_and_is_never_stale(cached):
    until = time.monotonic() + 60
    told, generations = [], {1, 2}
    while (
        len(generations) > 1 and time.monotonic() < until
    ):  # while files of the sample are still being read, the content changes
        before = generation(cached)  # a change before the first ask counts, too
        told, generations = zip(
            *[(ask(cached)[1]["X-Cache"], generation(cached)) for _ in range(3)], strict=True
        )
        generations = {before, *generations}
    assert told[1:] == ("HIT", "HIT")
    assert (
        ask(cached, path="/tim-kiem/?q=so")[1]["X-Cache"]
        == ask(cached, path="/tim-kiem/?q=so")[1]["X-Cache"]
        == "MISS"
    )
    assert (
        ask(cached, path="/quan-tri/login/")[1]["X-Cache"]
        == ask(cached, path="/quan-tri/login/")[1]["X-Cache"]
        == "MISS"
    )
    result = drill(cached, events=40, readers=4)
    assert result["stale"] == []
    assert result["errors"] == []


def workers(portal):
    """Return the process ids (set of int) of the server's processes."""
    children = Path(f"/proc/{portal.process.pid}/task/{portal.process.pid}/children").read_text()
    return {int(pid) for pid in children.split()}


def asked_again(portal):
    """Return the status of a GET, repeated once if its connection ends early (RFC 9110 §9.2.2)."""
    try:
        return ask(portal)[0]
    except (http.client.RemoteDisconnected, ConnectionResetError):
        return ask(portal)[0]


def test_restart_loses_no_request(portal):
    over, seen, lost = threading.Event(), [], []

    def visit():
        while not over.is_set():
            try:
                seen.append(asked_again(portal))
            except (OSError, http.client.HTTPException) as error:
                lost.append(repr(error))

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    before = workers(portal)
    for visitor in visitors:
        visitor.start()
    try:
        os.kill(portal.process.pid, signal.SIGHUP)
        until = time.monotonic() + 60
        while (workers(portal) & before or len(workers(portal)) < 2) and time.monotonic() < until:
            time.sleep(0.1)
        at = len(seen)
        while len(seen) < at + 20 and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        over.set()
        for visitor in visitors:
            visitor.join()
    assert not workers(portal) & before
    assert lost == []
    assert set(seen) == {200}
