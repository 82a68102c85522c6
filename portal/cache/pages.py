"""The page store: finished answers in front of Django, kept for one revision of the content.

Wraps the WSGI application; views, models and templates know nothing of it. A page is made from its
key alone: no header, cookie or other parameter of the visitor who came first reaches it.
`docs/decisions/0011-…` says what is kept and what never.

Speed: `make bench PARTS=pages`, "article". A kept page is answered 40 to 70 times as often as one
made anew (docs/performance.md). Goes if that is less than 5 ms of a reader's time.
"""

import gzip
import hashlib
import io
import re
import threading
import time
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import brotli
from django.conf import settings
from django.db import Error

from portal.cache import revision
from portal.cache.revision import Revision

#: Paths that the store passes on: staff, files, health. Large, or another answer for each visitor.
PASSED_PATHS = ("/quan-tri", "/static/", "/media/", "/healthz")
#: Where a proxy that keeps pages asks which revision this is (docs/operations.md).
REVISION_PATH = "/healthz/generation"
#: Attachments are sent in parts; search answers as many questions as there are.
_NEVER_KEPT = re.compile(r"/van-ban/[^/]*/tep/.*|/tim-kiem/.*")
#: First part of the path → parameters of a page that may be kept: they choose from a list of ours,
#: and hold no words that a visitor types.
_LIST = frozenset({"trang", "chuyen-muc", "the"})
PARAMETERS = {
    "tin-tuc": _LIST,
    "chuyen-muc": _LIST,
    "the": _LIST,
    "van-ban": frozenset({"trang", "loai", "co-quan", "linh-vuc", "tinh-trang", "sap-xep"}),
}
SITEMAP = frozenset({"p"})
#: Parameters with which other sites mark their links. No page of ours reads them; they are dropped.
TRACKING_PARAMETERS = re.compile(r"utm_[a-z]{1,20}|fbclid|gclid|zarsrc")
_PATH = re.compile(r"/(?:[A-Za-z0-9_.-]+/)*[A-Za-z0-9_.-]*")
_VALUE = re.compile(r"[a-z0-9-]{1,60}")
_QUERY_LONGEST = 500

#: What of a request a kept page is made from, besides its key.
_PASSED_ON = (
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "REMOTE_ADDR",
    "HTTP_HOST",
    "HTTP_X_FORWARDED_PROTO",
)
_KEPT_STATUS = ("200 OK", "404 Not Found", "410 Gone")
PAGE_LONGEST = 1024 * 1024
#: How long (seconds) a refusal (404, 410) is kept at most.
REFUSAL_LIFE = 60
REVALIDATE = "public, max-age=0, must-revalidate"


#: (scheme, host, path, query) of a page that may be kept.
Key = tuple[str, str, str, str]
Headers = list[tuple[str, str]]
#: (ETag, headers, headers of a 304, [body]) of a page in one encoding.
Encoded = tuple[str, Headers, Headers, list[bytes]]
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


class Page:
    """One finished answer. `was_read` tells whether it was asked for since the last clearing."""

    def __init__(self, status: str, headers: Headers, body: bytes, until: float) -> None:
        self.status, self.until, self.was_read = status, until, False
        names = {name.lower() for name, _ in headers}
        self.headers = [
            (name, value)
            for name, value in headers
            if name.lower() not in ("content-length", "vary", "etag")
        ]
        self.headers += [] if "cache-control" in names else [("Cache-Control", REVALIDATE)]
        self.tag = hashlib.sha256(body).hexdigest()[:32]
        self.encoded: dict[str, Encoded] = {}
        self.body = body
        #: Bytes that are counted for it: with room for its compressed forms.
        self.weight = (len(body) + 1000) * 3 // 2
        self._add("", body)

    def _add(self, encoding: str, body: bytes) -> Encoded:
        tag = f'"{self.tag}{"-" if encoding else ""}{encoding}"'
        short = [("ETag", tag), ("Vary", "Accept-Encoding")]
        short += [(name, value) for name, value in self.headers if name.lower() == "cache-control"]
        whole = [*self.headers, *short[:2], ("Content-Length", str(len(body)))]
        whole += [("Content-Encoding", encoding)] if encoding else []
        self.encoded[encoding] = (tag, whole, short, [body])
        return self.encoded[encoding]

    def encode(self, encoding: str) -> Encoded:
        """Return the kept page's body in `encoding` ("", "gzip", "br"), compressed once."""
        if encoding in self.encoded:
            return self.encoded[encoding]
        if encoding == "br":
            return self._add(encoding, brotli.compress(self.body, quality=5))
        return self._add(encoding, gzip.compress(self.body, 6, mtime=0))


class Shelf:
    """Pages by key in at most `limit` bytes; the oldest that were not asked for again make room."""

    def __init__(self, limit: int) -> None:
        self.limit, self.filled = limit, 0
        self.pages: dict[Key, Page] = {}
        self.lock = threading.Lock()

    def put(self, key: Key, page: Page) -> None:
        """Keep `page` under `key` on this shelf of the page store."""
        with self.lock:
            replaced = self.pages.pop(key, None)
            self.filled += page.weight - (replaced.weight if replaced else 0)
            self.pages[key] = page
            while self.filled > self.limit:
                oldest_key = next(iter(self.pages))
                oldest = self.pages.pop(oldest_key)
                if oldest.was_read and oldest is not page:  # a second chance
                    oldest.was_read = False
                    self.pages[oldest_key] = oldest
                else:
                    self.filled -= oldest.weight


class Shelves:
    """All pages of one revision: addresses without and with a query, refusals (404, 410).

    Each has a limit of its own, so that none crowds out another.
    """

    def __init__(self, limit: int) -> None:
        self.plain = Shelf(limit * 3 // 4)
        self.with_query = Shelf(limit * 3 // 16)
        self.refused = Shelf(limit // 16)
        self.making: dict[Key, threading.Event] = {}
        self.lock = threading.Lock()

    def find(self, key: Key) -> Page | None:
        """Return the page that the page store keeps under `key`."""
        shelf = self.with_query if key[3] else self.plain
        page = shelf.pages.get(key) or self.refused.pages.get(key)
        return page if page is not None and time.time() < page.until else None

    def keep(self, key: Key, page: Page) -> None:
        """Put `page` under `key` into the page store, on the shelf of its kind."""
        if not page.status.startswith("2"):
            self.refused.put(key, page)
        else:
            (self.with_query if key[3] else self.plain).put(key, page)

    def begin(self, key: Key) -> threading.Event | None:
        """Let the page store's first caller make the page of `key` (None); give others an event."""
        with self.lock:
            event = self.making.get(key)
            if event is None:
                self.making[key] = threading.Event()
            return event

    def end(self, key: Key) -> None:
        """Wake the requests that wait for the page store's page of `key`."""
        with self.lock:
            self.making.pop(key).set()


class PageStore:
    """The WSGI application `inner` with its pages kept in at most `limit` bytes (0: none)."""

    def __init__(self, inner: Callable[..., Any], limit: int) -> None:
        self.inner, self.limit = inner, limit
        self.hosts = own_hosts()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        try:
            if path == REVISION_PATH:
                return self.answer_revision(start_response)
            if path.startswith(PASSED_PATHS):
                return self.inner(environ, start_response)
            return self.serve(environ, start_response, self.key(environ, path))
        except Error:  # the revision could not be read
            return self.inner(environ, start_response)  # which says that the database is away

    def answer_revision(self, start_response: StartResponse) -> list[bytes]:
        """Answer with X-Generation, the name of the present revision, alone."""
        name = name_of(revision.revisions.present())
        start_response("204 No Content", [("X-Generation", name), ("Cache-Control", "no-store")])
        return []

    def serve(
        self, environ: Environ, start_response: StartResponse, key: Key | None
    ) -> Iterable[bytes]:
        """Answer with the page store's page of `key` as it is now (None: made for this visitor)."""
        present = revision.revisions.present()
        if key is None:
            return self.pass_on(environ, start_response, present)
        shelves = present.kept.get(PageStore) or present.kept.setdefault(
            PageStore, Shelves(self.limit)
        )
        page = shelves.find(key)
        if page is None:
            return self.make(environ, start_response, present, shelves, key)
        return self.answer(page, environ, start_response, present)

    def key(self, environ: Environ, path: str) -> Key | None:
        """Return the page store's key of a request whose page may be kept, or None."""
        host = environ.get("HTTP_HOST")
        if (
            not self.limit
            or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or "HTTP_AUTHORIZATION" in environ
            or environ.get("SCRIPT_NAME")
            or host not in self.hosts
            or environ.get("CONTENT_LENGTH") not in (None, "", "0")
            or "HTTP_TRANSFER_ENCODING" in environ
        ):
            return None
        scheme = environ["wsgi.url_scheme"]
        if settings.HTTPS and environ.get("HTTP_X_FORWARDED_PROTO") == "https":
            scheme = "https"
        query = environ.get("QUERY_STRING", "")
        if query:
            query = kept_query(path, query)
            if query is None:
                return None
        if len(path) > 300 or not _PATH.fullmatch(path) or _NEVER_KEPT.fullmatch(path):
            return None
        return scheme, host, path, query

    def answer(
        self, page: Page, environ: Environ, start_response: StartResponse, present: Revision
    ) -> list[bytes]:
        """Answer with a page of the page store: whole, 304, or its head.

        A proxy that has named the present revision may keep the page for as long as that lasts.
        """
        page.was_read = True
        encoding = best_encoding(environ.get("HTTP_ACCEPT_ENCODING", ""))
        tag, headers, short, body = page.encoded.get(encoding) or page.encode(encoding)
        known_tags = environ.get("HTTP_IF_NONE_MATCH")
        if known_tags is not None and page.status == "200 OK" and names_tag(known_tags, tag):
            start_response("304 Not Modified", short)
            return []
        if "HTTP_X_GENERATION" in environ and environ["HTTP_X_GENERATION"] == name_of(present):
            # Before Cache-Control: nginx up to 1.22 goes by the one that comes first.
            headers = [("X-Accel-Expires", str(max(0, int(page.until - time.time())))), *headers]
        start_response(page.status, headers)
        return body if environ["REQUEST_METHOD"] == "GET" else []

    def pass_on(
        self, environ: Environ, start_response: StartResponse, present: Revision
    ) -> Iterable[bytes]:
        """Let Django answer past the page store; what its pages share may be kept."""
        with revision.keep_in(present):
            return self.inner(environ, start_response)

    def make(
        self,
        environ: Environ,
        start_response: StartResponse,
        present: Revision,
        shelves: Shelves,
        key: Key,
    ) -> Iterable[bytes]:
        """Make the page store's page of `key` and answer with it; others who ask meanwhile wait.

        It is not kept where the content has changed meanwhile.
        """
        if "HTTP_COOKIE" in environ:  # known visitors are served, and leave nothing behind
            return self.pass_on(environ, start_response, present)
        being_made = shelves.begin(key)
        if being_made is not None:
            being_made.wait(10)
            page = shelves.find(key)
            if page is None:  # it is of a kind that is not kept
                return self.pass_on(environ, start_response, present)
            return self.answer(page, environ, start_response, present)
        try:
            started: list[tuple[str, Headers]] = []
            with revision.keep_in(present):
                result = self.inner(
                    bare(environ, key),
                    lambda status, headers, exc_info=None: started.append((status, headers)),
                )
            page = page_of(started, result, present.until)
            if page is not None and revision.revisions.is_present(present):
                shelves.keep(key, page)
        finally:
            shelves.end(key)
        if page is not None:
            result.close()  # tells Django that the request is over
            return self.answer(page, environ, start_response, present)
        if getattr(result, "streaming", True):  # sent in parts: the visitor's own headers count
            result.close()
            return self.pass_on(environ, start_response, present)
        start_response(*started[-1])
        return result if environ["REQUEST_METHOD"] == "GET" else []


def name_of(present: Revision) -> str:
    """Return the X-Generation name of a revision: the same in every process, new after a change."""
    return f"{'-'.join(map(str, present.mark))}-{present.until:.6f}"


def own_hosts() -> frozenset[str]:
    """Return the Host headers under which the page store keeps pages, with and without our port."""
    names = {host for host in settings.ALLOWED_HOSTS if host != "*" and not host.startswith(".")}
    return frozenset(
        {urlsplit(settings.SITE_URL).netloc, *names, *(f"{name}:{settings.PORT}" for name in names)}
    )


def kept_query(path: str, query: str) -> str | None:
    """Return the `query` in the one form of the page store's keys; None for a page not kept."""
    first = path.split("/", 2)[1]
    allowed = SITEMAP if first.startswith("sitemap-") else PARAMETERS.get(first, ())
    if len(query) > _QUERY_LONGEST:
        return None
    parameters = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in allowed and _VALUE.fullmatch(value):
            parameters[name] = value  # of several the last counts, as it does in the views
        elif not TRACKING_PARAMETERS.fullmatch(name):
            return None
    return urlencode(sorted(parameters.items()))


def bare(environ: Environ, key: Key) -> Environ:
    """Return the WSGI environment that a page store's `key` tells, to make its page with Django."""
    kept = {name: environ[name] for name in _PASSED_ON if name in environ}
    kept |= {name: value for name, value in environ.items() if name.startswith("wsgi.")}
    return kept | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": key[2],
        "QUERY_STRING": key[3],
        "wsgi.input": io.BytesIO(),
    }


def page_of(started: list[tuple[str, Headers]], result: Any, until: float) -> Page | None:
    """Return a WSGI answer as a page for the page store, or None where it must not be kept.

    `started`: the calls of `start_response`; `until`: time.time of its end.
    """
    if not started or getattr(result, "streaming", True):
        return None
    status, headers = started[-1]
    values: dict[str, list[str]] = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    control = ",".join(values.get("cache-control", [])).lower()
    varies_by = {name.strip().lower() for name in ",".join(values.get("vary", [])).split(",")}
    if (
        status not in _KEPT_STATUS
        or "set-cookie" in values
        or any(word in control for word in ("no-store", "private", "no-cache"))
        or varies_by - {"", "accept-encoding"}
        or "content-encoding" in values
        or len(result.content) > PAGE_LONGEST
    ):
        return None
    if status != "200 OK":
        until = min(until, time.time() + REFUSAL_LIFE)
    return Page(status, headers, result.content, until)


@lru_cache(maxsize=100)
def best_encoding(accepted: str) -> str:
    """Return "br", "gzip" or "" for a kept page by Accept-Encoding; not with q=0 (RFC 9110)."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        match = re.search(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        weights[name.strip()] = float(match[1]) if match else 1.0
    choices = [(weights.get(name, weights.get("*", 0)), name) for name in ("gzip", "br")]
    weight, name = max(choices, key=lambda choice: (choice[0], choice[1] == "br"))
    return name if weight > 0 and weight >= weights.get("identity", 0) else ""


def names_tag(header: str, tag: str) -> bool:
    """Tell whether an If-None-Match `header` names the kept page's ETag `tag`, or weak, or *."""
    return (
        header == tag
        or header.strip() == "*"
        or tag in [part.strip().removeprefix("W/") for part in header.split(",")]
    )
