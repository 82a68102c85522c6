"""The page store: ready answers in front of Django, each good for one revision of the content (`portal.cache.revision`).

Wraps the WSGI application; views, models and templates know nothing of it. A page is made from its key alone: no header, cookie or
other parameter of the visitor who happened to come first reaches it. `docs/decisions/0011-…` says what is kept and what never.
"""

import gzip
import hashlib
import io
import re
import threading
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

try:
    import brotli
except ImportError:  # then gzip has to do
    brotli = None
from django.conf import settings
from django.db import Error

from portal.cache import revision

#: Paths that never come here: staff, files, health. Their doors send what is large, or differs by visitor.
OTHER_DOORS = ("/quan-tri", "/static/", "/media/", "/healthz")
#: Where a proxy that keeps pages asks which generation this is (docs/operations.md).
GENERATION = "/healthz/generation"
#: Attachments are sent in parts; search answers as many questions as there are.
_NEVER_KEPT = re.compile(r"/van-ban/[^/]*/tep/.*|/tim-kiem/.*")
#: First part of the path → parameters of a page that may be kept: names that choose from a list of ours, no words that a visitor types.
_LIST = frozenset({"trang", "chuyen-muc", "the"})
PARAMETERS = {
    "tin-tuc": _LIST,
    "chuyen-muc": _LIST,
    "the": _LIST,
    "van-ban": frozenset({"trang", "loai", "co-quan", "linh-vuc", "tinh-trang", "sap-xep"}),
}
SITEMAP = frozenset({"p"})
#: Parameters with which other sites mark their links. No page of ours reads them; they are dropped.
MARKS_OF_OTHERS = re.compile(r"utm_[a-z]{1,20}|fbclid|gclid|zarsrc")
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
_CODES = {"200 OK": 200, "404 Not Found": 404, "410 Gone": 410}
PAGE_LONGEST = 1024 * 1024
#: How long (seconds) a refusal (404, 410) is kept at most.
REFUSAL_LIFE = 60
REVALIDATE = "public, max-age=0, must-revalidate"


class Page:
    """One ready answer: `sized` tells its bytes, `was_read` whether anybody asked for it since it was last looked at."""

    def __init__(self, status, headers, body, until):
        self.status, self.until, self.was_read = status, until, False
        names = {name.lower() for name, _ in headers}
        self.headers = [
            (name, value)
            for name, value in headers
            if name.lower() not in ("content-length", "vary", "etag")
        ]
        self.headers += [] if "cache-control" in names else [("Cache-Control", REVALIDATE)]
        self.tag = hashlib.sha256(body).hexdigest()[:32]
        self.forms = {}
        self.body = body
        self.sized = len(body) + 1000
        self._add("", body)

    def _add(self, encoding, body):
        tag = f'"{self.tag}{"-" if encoding else ""}{encoding}"'
        short = [("ETag", tag), ("Vary", "Accept-Encoding")]
        short += [(name, value) for name, value in self.headers if name.lower() == "cache-control"]
        whole = [*self.headers, *short[:2], ("Content-Length", str(len(body)))]
        whole += [("Content-Encoding", encoding)] if encoding else []
        self.forms[encoding] = form = (tag, whole, short, [body])
        return form

    def form(self, encoding):
        """Return (tag, headers, headers of a 304, [body]) in `encoding` ("", "gzip", "br"), made when first asked for."""
        form = self.forms.get(encoding)
        if form is None:
            packed = (
                brotli.compress(self.body, quality=5)
                if encoding == "br"
                else gzip.compress(self.body, 6, mtime=0)
            )
            form = self._add(encoding, packed)
            self.sized += len(packed)
        return form


class Shelf:
    """Pages by key, at most `limit` bytes; the room is made by those that nobody has asked for again."""

    def __init__(self, limit):
        self.limit, self.filled = limit, 0
        self.pages = {}
        self.lock = threading.Lock()

    def put(self, key, page):
        """Keep `page`; it is counted with room for its compressed forms."""
        page.weight = page.sized * 3 // 2
        with self.lock:
            old = self.pages.pop(key, None)
            self.filled += page.weight - (old.weight if old else 0)
            self.pages[key] = page
            while self.filled > self.limit:
                oldest = next(iter(self.pages))
                seen = self.pages.pop(oldest)
                if seen.was_read and seen is not page:  # a second chance
                    seen.was_read = False
                    self.pages[oldest] = seen
                else:
                    self.filled -= seen.weight


class Shelves:
    """All that is kept of one generation: plain addresses, addresses with parameters, refusals; none crowds out another."""

    def __init__(self, limit):
        self.plain, self.asked, self.refused = (
            Shelf(limit * 3 // 4),
            Shelf(limit * 3 // 16),
            Shelf(limit // 16),
        )
        self.making = {}
        self.lock = threading.Lock()

    def find(self, key):
        """Return the page kept under `key`, or None."""
        page = (self.asked if key[3] else self.plain).pages.get(key) or self.refused.pages.get(key)
        return page if page is not None and time.time() < page.until else None

    def keep(self, key, page):
        """Keep `page` under `key`."""
        (
            self.refused
            if not page.status.startswith("2")
            else self.asked
            if key[3]
            else self.plain
        ).put(key, page)

    def begin(self, key):
        """Return None to the one who is to make the page of `key`; to the others an event that tells when it is made."""
        with self.lock:
            event = self.making.get(key)
            if event is None:
                self.making[key] = threading.Event()
            return event

    def end(self, key):
        """Tell those who wait for `key` to look."""
        with self.lock:
            self.making.pop(key).set()


class PageStore:
    """The WSGI application `inner` with its pages kept in at most `limit` bytes; with 0 each is made anew."""

    def __init__(self, inner, limit):
        self.inner, self.limit = inner, limit
        self.hosts = own_hosts()
        self.encodings = {}

    def __call__(self, environ, start_response):
        path = environ.get("PATH_INFO", "")
        try:
            if path == GENERATION:
                return self.tell(start_response)
            if path.startswith(OTHER_DOORS):
                return self.inner(environ, start_response)
            return self.serve(environ, start_response, self.key(environ, path))
        except Error:  # while the mark was asked for
            return self.inner(environ, start_response)  # which says that the database is away

    def tell(self, start_response):
        """Answer with the name of the present generation alone."""
        start_response(
            "204 No Content",
            [
                ("X-Generation", name_of(revision.revisions.present())),
                ("Cache-Control", "no-store"),
            ],
        )
        return []

    def serve(self, environ, start_response, key):
        """Answer with the page of `key` as it is now (None: made for this visitor)."""
        present = revision.revisions.present()
        if key is None:
            return self.made(environ, start_response, present)
        shelves = present.kept.get(PageStore) or present.kept.setdefault(
            PageStore, Shelves(self.limit)
        )
        page = shelves.find(key)
        if page is None:
            return self.miss(environ, start_response, present, shelves, key)
        return self.answer(page, environ, start_response, present)

    def key(self, environ, path):
        """Return (scheme, host, path, query) of a request whose page may be kept, or None."""
        if (
            environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or "HTTP_AUTHORIZATION" in environ
            or environ.get("SCRIPT_NAME")
        ):
            return None
        if not self.limit:
            return None
        host = environ.get("HTTP_HOST")
        if (
            host not in self.hosts
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

    def answer(self, page, environ, start_response, present):
        """Answer with `page`: whole, 304, or its head. A proxy that has named the present generation may keep it for that."""
        page.was_read = True
        accepted = environ.get("HTTP_ACCEPT_ENCODING")
        encoding = "" if accepted is None else self.encodings.get(accepted)
        if encoding is None:
            encoding = best_encoding(accepted)
            if len(self.encodings) < 100 and len(accepted) < 100:
                self.encodings[accepted] = encoding
        tag, headers, short, body = page.forms.get(encoding) or page.form(encoding)
        held = environ.get("HTTP_IF_NONE_MATCH")
        if held is not None and page.status == "200 OK" and is_held(held, tag):
            start_response("304 Not Modified", short)
            return []
        if "HTTP_X_GENERATION" in environ and environ["HTTP_X_GENERATION"] == name_of(present):
            # Before Cache-Control: nginx up to 1.22 goes by the one that comes first.
            headers = [("X-Accel-Expires", str(max(0, int(page.until - time.time())))), *headers]
        start_response(page.status, headers)
        return body if environ["REQUEST_METHOD"] == "GET" else []

    def made(self, environ, start_response, present):
        """Let the application answer, for this visitor only; what its pages share may be kept."""
        with revision.within(present):
            return self.inner(environ, start_response)

    def miss(self, environ, start_response, present, shelves, key):
        """Make the page of `key`, once however many ask for it, and answer with it; one that the content moved under is not kept."""
        if "HTTP_COOKIE" in environ:  # known visitors are served, and leave nothing behind
            return self.made(environ, start_response, present)
        others = shelves.begin(key)
        if others is not None:
            others.wait(10)
            page = shelves.find(key)
            if page is None:  # it is of a kind that is not kept
                return self.made(environ, start_response, present)
            return self.answer(page, environ, start_response, present)
        try:
            told = []
            with revision.within(present):
                result = self.inner(
                    bare(environ, key),
                    lambda status, headers, exc_info=None: told.append((status, headers)),
                )
            page = page_of(told, result, present.until)
            if page is not None and revision.revisions.is_present(present):
                shelves.keep(key, page)
        finally:
            shelves.end(key)
        if page is not None:
            result.close()  # tells Django that the request is over
            return self.answer(page, environ, start_response, present)
        if getattr(result, "streaming", True):  # sent in parts: the visitor's own headers count
            result.close()
            return self.made(environ, start_response, present)
        start_response(*told[-1])
        return result if environ["REQUEST_METHOD"] == "GET" else []


def name_of(present):
    """Return the name (str) of a Revision: the same in every process, another one after every change and turn of the clock."""
    return f"{'-'.join(map(str, present.mark))}-{present.until:.6f}"


def own_hosts():
    """Return the Host headers (frozenset of str) under which pages are kept: our names with and without our port, no pattern."""
    names = {host for host in settings.ALLOWED_HOSTS if host != "*" and not host.startswith(".")}
    return frozenset(
        {urlsplit(settings.SITE_URL).netloc, *names, *(f"{name}:{settings.PORT}" for name in names)}
    )


def kept_query(path, query):
    """Return `query` (str) in its one form if the page of `path` may be kept with it, else None."""
    first = path.split("/", 2)[1]
    allowed = SITEMAP if first.startswith("sitemap-") else PARAMETERS.get(first, ())
    if len(query) > _QUERY_LONGEST:
        return None
    asked = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name in allowed and _VALUE.fullmatch(value):
            asked[name] = value  # of several the last counts, as it does in the views
        elif not MARKS_OF_OTHERS.fullmatch(name):
            return None
    return urlencode(sorted(asked.items()))


def bare(environ, key):
    """Return the environ (dict) of a request that says no more than `key`."""
    kept = {name: environ[name] for name in _PASSED_ON if name in environ}
    kept |= {name: value for name, value in environ.items() if name.startswith("wsgi.")}
    return kept | {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": key[2],
        "QUERY_STRING": key[3],
        "wsgi.input": io.BytesIO(),
    }


def page_of(told, result, until):
    """Return the `Page` of an answer of the application, or None where it must not be kept. `until`: time.time of its end."""
    if not told or getattr(result, "streaming", True):
        return None
    status, headers = told[-1]
    code = _CODES.get(status)
    values = {}
    for name, value in headers:
        values.setdefault(name.lower(), []).append(value)
    control = ",".join(values.get("cache-control", [])).lower()
    if (
        code is None
        or "set-cookie" in values
        or any(word in control for word in ("no-store", "private", "no-cache"))
        or {name.strip().lower() for value in values.get("vary", []) for name in value.split(",")}
        - {"accept-encoding"}
        or "content-encoding" in values
    ):
        return None
    if len(result.content) > PAGE_LONGEST:
        return None
    return Page(
        status,
        headers,
        result.content,
        until if code == 200 else min(until, time.time() + REFUSAL_LIFE),
    )


def best_encoding(accepted):
    """Return "br", "gzip" or "" for an Accept-Encoding (str); what is refused by q=0 is not chosen (RFC 9110 §12.5.3)."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, parameters = part.partition(";")
        match = re.search(r"q\s*=\s*([01](?:\.\d{0,3})?)", parameters)
        weights[name.strip()] = float(match[1]) if match else 1.0
    choices = [
        (weights.get(name, weights.get("*", 0)), name)
        for name in ("gzip", *(["br"] if brotli else []))
    ]
    weight, name = max(choices, key=lambda choice: (choice[0], choice[1] == "br"))
    return name if weight > 0 and weight >= weights.get("identity", 0) else ""


def is_held(header, tag):
    """Tell whether an If-None-Match `header` (str) names `tag` (str, quoted); a proxy may have made it a weak one."""
    return (
        header == tag
        or header.strip() == "*"
        or tag in [part.strip().removeprefix("W/") for part in header.split(",")]
    )
