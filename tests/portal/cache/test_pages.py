"""The page store around the real application: pages kept, pages never kept, poisoning."""

import gzip
import io
import re
import threading

import brotli
import pytest
from django.core.wsgi import get_wsgi_application
from django.db import OperationalError

from portal.cache import pages, revision
from portal.cache.pages import PageStore
from portal.cache.revision import Revisions
from tests.support import make

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "127.0.0.1:8000"
LIMIT = 2 * 1024 * 1024


class Visitor:
    """Asks a page store as a web server does.

    `made`: the environments that reached the application.
    """

    def __init__(self, monkeypatch):
        monkeypatch.setattr(revision, "revisions", Revisions())
        self.made, self.application = [], get_wsgi_application()
        self.store = PageStore(self.inner, LIMIT)

    def inner(self, environ, start_response):
        self.made.append(environ)
        return self.application(environ, start_response)

    def ask(self, path="/", query="", method="GET", **environ):
        """Return (status, {header: value}, body) of an answer; names of `environ` as in WSGI."""
        told = []
        result = self.store(
            {
                "REQUEST_METHOD": method,
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "SCRIPT_NAME": "",
                "SERVER_NAME": "127.0.0.1",
                "SERVER_PORT": "8000",
                "SERVER_PROTOCOL": "HTTP/1.1",
                "REMOTE_ADDR": "127.0.0.1",
                "HTTP_HOST": HOST,
                "wsgi.url_scheme": "http",
                "wsgi.input": io.BytesIO(),
                "wsgi.errors": io.StringIO(),
            }
            | environ,
            lambda status, headers, exc_info=None: told.append((status, headers)),
        )
        body = b"".join(result)
        if hasattr(result, "close"):
            result.close()
        status, headers = told[-1]
        return int(status[:3]), {name.lower(): value for name, value in headers}, body

    def kept(self):
        """Return {key: page} of what is kept now."""
        shelves = revision.revisions.present().kept.get(PageStore)
        if shelves is None:
            return {}
        return shelves.plain.pages | shelves.with_query.pages | shelves.refused.pages

    def bodies(self):
        """Return {key: (status, body)} of what is kept now."""
        return {key: (page.status, page.body) for key, page in self.kept().items()}


@pytest.fixture
def visitor(monkeypatch):
    made = Visitor(monkeypatch)
    yield made
    reader = getattr(revision.revisions.reader, "query", revision.revisions.reader)
    if hasattr(reader, "wanted"):
        reader.wanted.clear()
    # This thread may never have asked.
    elif hasattr(reader, "threads") and hasattr(reader.threads, "connection"):
        reader.threads.connection.close()


# --- answers ----------------------------------------------------------------------------------


def test_second_visitor_gets_the_same_bytes_without_the_application(visitor):
    article = make.article(title="Tin hay")
    first, second = visitor.ask(article.get_absolute_url()), visitor.ask(article.get_absolute_url())
    assert first == second
    assert first[0] == 200
    assert "Tin hay" in first[2].decode()
    assert len(visitor.made) == 1
    assert first[1]["cache-control"] == "public, max-age=0, must-revalidate"
    assert "default-src 'none'" in first[1]["content-security-policy"]


def test_each_encoding_has_its_own_strong_tag_and_the_same_content(visitor):
    make.article()
    plain = visitor.ask("/tin-tuc/")
    tags = {plain[1]["etag"]}
    for accepted, encoding, unpack in (
        ("gzip, deflate", "gzip", gzip.decompress),
        ("gzip, br;q=0.9, zstd", "gzip", gzip.decompress),
        ("br, gzip", "br", brotli.decompress),
    ):
        status, headers, body = visitor.ask("/tin-tuc/", HTTP_ACCEPT_ENCODING=accepted)
        assert (status, headers["content-encoding"], headers["vary"]) == (
            200,
            encoding,
            "Accept-Encoding",
        )
        assert unpack(body) == plain[2]
        assert int(headers["content-length"]) == len(body) < len(plain[2]) / 2
        assert re.fullmatch(r'"[0-9a-f]{32}-(gzip|br)"', headers["etag"])
        tags.add(headers["etag"])
    assert len(tags) == 3
    assert len(visitor.made) == 1


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", ""), ("identity", ""), ("br;q=0", ""), ("gzip;q=0, br;q=0", ""), ("*;q=0", ""),
        ("*", "br"), ("GZIP", "gzip"),
        ("gzip;q=0.5, br;q=0.4", "gzip"), ("identity;q=1, gzip;q=0.5", ""),
        ("gzip;q=x", "gzip"), ("br", "br"),
    ],
)  # fmt: skip
def test_encoding_is_what_the_visitor_prefers(accepted, chosen):
    assert pages.best_encoding(accepted) == chosen


def test_who_holds_the_page_gets_304_with_the_tag(visitor):
    tag = visitor.ask("/tin-tuc/")[1]["etag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = visitor.ask("/tin-tuc/", HTTP_IF_NONE_MATCH=held)
        assert (status, headers["etag"], body) == (304, tag, b"")
        assert headers["vary"] == "Accept-Encoding"
        assert "content-length" not in headers
    assert visitor.ask("/tin-tuc/", HTTP_IF_NONE_MATCH='"other"')[0] == 200
    assert (
        visitor.ask("/tin-tuc/", HTTP_IF_NONE_MATCH=tag, HTTP_ACCEPT_ENCODING="gzip")[0] == 200
    )  # other bytes


def test_head_is_the_head_of_get(visitor):
    first_head = visitor.ask("/tin-tuc/", method="HEAD")
    get = visitor.ask("/tin-tuc/")
    assert first_head == visitor.ask("/tin-tuc/", method="HEAD") == (200, get[1], b"")
    assert len(visitor.made) == 1
    assert visitor.made[0]["REQUEST_METHOD"] == "GET"


# --- never stale ------------------------------------------------------------------------------


def test_every_change_is_seen_at_once(visitor):
    article = make.article(title="Cũ")
    address = article.get_absolute_url()
    assert "Cũ" in visitor.ask(address)[2].decode()
    article.title = "Mới tinh"
    article.save()
    for path in (address, "/", "/tin-tuc/"):
        assert "Mới tinh" in visitor.ask(path)[2].decode(), path
    article.state, article.withdrawal_reason = "withdrawn", "Sai số liệu"
    article.save()
    assert visitor.ask(address)[0] == 410
    assert "Mới tinh" not in visitor.ask("/")[2].decode()
    article.delete()
    assert visitor.ask(address)[0] == 404


@pytest.mark.parametrize(
    "change", ["menu_item", "notice", "link", "document", "week", "page", "category"]
)
def test_furniture_of_the_page_is_as_fresh_as_the_page(visitor, change):
    before = visitor.ask("/")[2]
    getattr(make, change)()
    visitor.ask("/")
    assert len(visitor.made) == 2
    assert (
        change not in ("menu_item", "notice", "link", "document") or visitor.ask("/")[2] != before
    )


def test_a_page_made_while_the_content_moved_is_not_kept(visitor):
    article = make.article(title="Cũ")

    def moved(environ, start_response):
        result = visitor.application(environ, start_response)
        if not visitor.made:
            article.title = "Mới tinh"
            article.save()
        visitor.made.append(environ)
        return result

    visitor.store.inner = moved
    assert (
        "Cũ" in visitor.ask(article.get_absolute_url())[2].decode()
    )  # as it was when it was asked for
    assert visitor.bodies() == {}
    assert "Mới tinh" in visitor.ask(article.get_absolute_url())[2].decode()
    assert len(visitor.made) == 2


def test_a_page_ends_when_the_clock_changes_it(visitor):
    visitor.ask("/")
    revision.revisions.present().until = 0
    visitor.ask("/")
    assert len(visitor.made) == 2


def test_many_who_ask_at_once_wait_for_one(visitor):
    make.article()
    begun, go_on, answers = threading.Event(), threading.Event(), []

    def slow(environ, start_response):
        visitor.made.append(environ)
        begun.set()
        assert go_on.wait(20)
        start_response("200 OK", [("Content-Type", "text/html")])
        return Answer(b"made once")

    visitor.store.inner = slow
    threads = [
        threading.Thread(target=lambda: answers.append(visitor.ask("/tin-tuc/"))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(20)
    go_on.set()
    for thread in threads:
        thread.join(30)
    assert len(visitor.made) == 1
    assert {body for _, _, body in answers} == {b"made once"}


class Answer(list):
    """A response of the application, as Django's are: `content`, `streaming`, `close`."""

    streaming = False

    def __init__(self, content):
        super().__init__([content])
        self.content = content

    def close(self):
        """Nothing to be closed."""


# --- what is never kept -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        ("200 OK", [("Set-Cookie", "a=b")]),
        ("200 OK", [("Cache-Control", "private, no-store")]),
        ("200 OK", [("Cache-Control", "no-cache")]),
        ("200 OK", [("Vary", "Cookie")]),
        ("200 OK", [("Vary", "Accept-Encoding, Accept-Language")]),
        ("200 OK", [("Vary", "*")]),
        ("200 OK", [("Content-Encoding", "gzip")]),
        ("206 Partial Content", []),
        ("301 Moved Permanently", [("Location", "/")]),
        ("302 Found", [("Location", "/")]),
        ("400 Bad Request", []),
        ("403 Forbidden", []),
        ("500 Internal Server Error", []),
        ("503 Service Unavailable", [("Retry-After", "30")]),
    ],
)
def test_answers_that_are_not_for_everybody_are_not_kept(visitor, status, headers):
    def inner(environ, start_response):
        visitor.made.append(environ)
        start_response(status, [("Content-Type", "text/html"), *headers])
        return Answer(b"words")

    visitor.store.inner = inner
    for times in (1, 2):
        assert visitor.ask("/tin-tuc/")[::2] == (int(status[:3]), b"words")
        assert len(visitor.made) == times
    assert not visitor.kept()


@pytest.mark.parametrize(
    "path",
    [
        "/quan-tri/",
        "/quan-tri/login/",
        "/static/css/base.css",
        "/media/anh/2018/01/x.png",
        "/healthz",
        "/tim-kiem/",
        "/van-ban/a/tep/1/b.pdf",
    ],
)
def test_other_doors_are_not_kept(visitor, path):
    visitor.ask(path)
    assert not visitor.kept()


def test_attachments_are_sent_in_parts_and_not_kept(visitor):
    address = make.attachment(name="a.pdf").get_absolute_url()
    status, _, body = visitor.ask(address, HTTP_RANGE="bytes=0-4")
    assert (status, body) == (206, b"%PDF-")
    assert not visitor.kept()


@pytest.mark.slow
def test_refusals_are_short_lived_and_few(visitor):
    assert visitor.ask("/tin-tuc/khong-co/")[0] == 404
    page = next(iter(visitor.kept().values()))
    assert page.until - pages.time.time() <= pages.REFUSAL_LIFE
    for number in range(400):
        visitor.ask(f"/tin-tuc/khong-co-{number}/")
    shelves = revision.revisions.present().kept[PageStore]
    assert shelves.refused.filled <= LIMIT // 16
    assert not shelves.plain.pages


# --- poisoning --------------------------------------------------------------------------------

PROBES = {
    "host": {"HTTP_HOST": "evil.example"},
    "host with our name in front": {"HTTP_HOST": "127.0.0.1:8000.evil.example"},
    "host with another port": {"HTTP_HOST": "127.0.0.1:6666"},
    "host in capitals": {"HTTP_HOST": "LOCALHOST"},
    "no host": {"HTTP_HOST": ""},
    "host with user": {"HTTP_HOST": "evil@127.0.0.1:8000"},
    "forwarded host": {"HTTP_X_FORWARDED_HOST": "evil.example"},
    "forwarded server": {"HTTP_X_FORWARDED_SERVER": "evil.example"},
    "forwarded": {"HTTP_FORWARDED": "host=evil.example;proto=https"},
    "forwarded proto": {"HTTP_X_FORWARDED_PROTO": "https"},
    "forwarded scheme": {"HTTP_X_FORWARDED_SCHEME": "https"},
    "forwarded port": {"HTTP_X_FORWARDED_PORT": "1"},
    "forwarded for": {"HTTP_X_FORWARDED_FOR": "1.2.3.4"},
    "forwarded prefix": {"HTTP_X_FORWARDED_PREFIX": "/evil"},
    "script name": {"SCRIPT_NAME": "/evil"},
    "original address": {"HTTP_X_ORIGINAL_URL": "/quan-tri/"},
    "rewritten address": {"HTTP_X_REWRITE_URL": "/quan-tri/"},
    "authorization": {"HTTP_AUTHORIZATION": "Basic YTpi"},
    "cookie of a session": {"HTTP_COOKIE": "sessionid=abc; csrftoken=def"},
    "cookie of anything": {"HTTP_COOKIE": "theme=<script>"},
    "cookie of messages": {"HTTP_COOKIE": "messages=evil"},
    "language": {"HTTP_ACCEPT_LANGUAGE": "en"},
    "accept": {"HTTP_ACCEPT": "application/json"},
    "agent": {"HTTP_USER_AGENT": "<script>alert(1)</script>"},
    "referrer": {"HTTP_REFERER": "https://evil.example/<script>"},
    "origin": {"HTTP_ORIGIN": "https://evil.example"},
    "range": {"HTTP_RANGE": "bytes=0-9"},
    "ranges": {"HTTP_RANGE": "bytes=0-9,20-29"},
    "if range": {"HTTP_IF_RANGE": '"x"', "HTTP_RANGE": "bytes=0-9"},
    "if modified": {"HTTP_IF_MODIFIED_SINCE": "Wed, 01 Jan 2031 00:00:00 GMT"},
    "if match": {"HTTP_IF_MATCH": '"x"'},
    "override": {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
    "override, other name": {"HTTP_X_METHOD_OVERRIDE": "DELETE"},
    "ajax": {"HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
    "encoding nobody speaks": {"HTTP_ACCEPT_ENCODING": "evil, zstd"},
    "no cache": {"HTTP_CACHE_CONTROL": "no-cache", "HTTP_PRAGMA": "no-cache"},
    "body on GET": {"CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"evil!")},
    "chunked body on GET": {"HTTP_TRANSFER_ENCODING": "chunked"},
    "HEAD": {"method": "HEAD"},
    "POST": {"method": "POST"},
    "OPTIONS": {"method": "OPTIONS"},
    "TRACE": {"method": "TRACE", "HTTP_X_EVIL": "evil"},
    "method in small letters": {"method": "get"},
    "unknown parameter": {"query": "x=<script>"},
    "marks of others": {"query": "utm_source=evil&fbclid=evil"},
    "words": {"query": "q=evil"},
    "parameter twice": {"query": "trang=2&trang=1"},
    "parameter with an array": {"query": "trang[]=2"},
    "parameters by semicolon": {"query": "trang=1;q=evil"},
    "query of percents": {"query": "%3Cscript%3E=%00"},
    "empty value": {"query": "trang="},
}


@pytest.mark.slow
@pytest.mark.parametrize("first", ["the probe", "an honest visitor"])
def test_no_probe_changes_what_others_get(visitor, first):
    """Try each probe before and after an honest visitor, who gets the honest page.

    Nothing of the probe is kept.
    """
    make.article(title="Tin thật")
    honest = {path: visitor.ask(path)[::2] for path in ("/", "/tin-tuc/")}
    assert len(PROBES) >= 30
    for name, probe in PROBES.items():
        probe = dict(probe)
        for path in honest:
            if first == "the probe":
                revision.revisions.newest = None  # nothing is kept yet
            visitor.ask(
                path,
                probe.get("query", ""),
                probe.get("method", "GET"),
                **{k: v for k, v in probe.items() if k not in ("query", "method")},
            )
            assert visitor.ask(path)[::2] == honest[path], (name, path)
            for key, (status, body) in visitor.bodies().items():
                assert b"evil" not in body, (name, key)
                assert b"<script>a" not in body, (name, key)
                assert "evil" not in repr(key), (name, key)
                assert status == "200 OK", (name, key)


@pytest.mark.parametrize("path", [
    "//", "/tin-tuc//", "/./tin-tuc/", "/../", "/tin-tuc/\x00/", "/tin-tuc/%2e%2e/", "/TIN-TUC/",
    "/tin-tuc", "/tin-tuc/\xe1\xba\xa1/", "/tin-tuc/a\r\nb/", "/tin-tuc;x/", "/tin-tuc/?x/",
])  # fmt: skip
def test_odd_paths_are_no_other_page(visitor, path):
    honest = visitor.ask("/tin-tuc/")
    status = visitor.ask(path)[0]
    assert status in (301, 400, 404)
    assert visitor.ask("/tin-tuc/") == honest
    assert all(
        page.status != "200 OK" or key[2] == "/tin-tuc/" for key, page in visitor.kept().items()
    )


def test_ten_thousand_questions_make_no_page_kept(visitor):
    visitor.store.inner = cheap
    visitor.ask("/tin-tuc/")
    for number in range(10_000):
        visitor.ask("/tin-tuc/", f"q={number}" if number % 2 else f"x{number}=1")
    assert len(visitor.kept()) == 1


def cheap(environ, start_response):
    """Answer with 30 kB and the address."""
    start_response("200 OK", [("Content-Type", "text/html")])
    return Answer(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}".encode().ljust(30_000, b"x"))


def test_memory_has_an_end_and_what_is_read_stays(visitor):
    visitor.store.inner = cheap
    for number in range(1_000):
        visitor.ask(f"/tin-tuc/{number}/", HTTP_ACCEPT_ENCODING="gzip" if number % 3 == 0 else "")
        visitor.ask("/tin-tuc/yeu-thich/")
        visitor.ask("/van-ban/", f"loai=x{number}")
    shelves = revision.revisions.present().kept[PageStore]
    held = sum(
        len(form[3][0]) for page in visitor.kept().values() for form in page.encoded.values()
    )
    assert held <= LIMIT
    for shelf in (shelves.plain, shelves.with_query):
        assert 0 < shelf.filled <= shelf.limit
        assert shelf.filled == sum(page.weight for page in shelf.pages.values())
    assert ("http", HOST, "/tin-tuc/yeu-thich/", "") in shelves.plain.pages


# --- parameters -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "kept"),
    [
        ("/tin-tuc/", "trang=2", "trang=2"),
        ("/tin-tuc/", "trang=2&chuyen-muc=a-b", "chuyen-muc=a-b&trang=2"),
        ("/tin-tuc/", "chuyen-muc=a-b&trang=2", "chuyen-muc=a-b&trang=2"),
        ("/tin-tuc/", "trang=1&trang=2", "trang=2"),
        ("/tin-tuc/", "utm_source=zalo&fbclid=Iw_1", ""),
        ("/tin-tuc/", "utm_source=zalo&trang=2", "trang=2"),
        ("/van-ban/phap-quy/", "loai=nghi-dinh&tinh-trang=con", "loai=nghi-dinh&tinh-trang=con"),
        ("/sitemap-tin-tuc.xml", "p=3", "p=3"),
        ("/tin-tuc/", "q=thue", None),
        ("/tin-tuc/", "tu=2018-01-01", None),
        ("/tin-tuc/", "trang=2&nam=2018", None),
        ("/van-ban/", "dinh-dang=csv", None),
        ("/van-ban/", "loai=%C3%A1", None),
        ("/lien-ket/", "trang=2", None),
        ("/tin-tuc/", "trang=" + "1" * 61, None),
        ("/tin-tuc/", "trang=1&" * 100, None),
    ],
)
def test_query_is_kept_in_one_form_or_not_at_all(path, query, kept):
    assert pages.kept_query(path, query) == kept


def test_unknown_parameters_reach_the_page_of_their_visitor(visitor):
    visitor.ask("/tin-tuc/", "q=thue&moi=1")
    assert visitor.made[-1]["QUERY_STRING"] == "q=thue&moi=1"
    visitor.ask("/tin-tuc/", "trang=1&utm_source=zalo")
    assert visitor.made[-1]["QUERY_STRING"] == "trang=1"


def test_only_the_key_of_a_visitor_reaches_a_page_that_is_kept(visitor):
    visitor.ask(
        "/", HTTP_USER_AGENT="x", HTTP_IF_NONE_MATCH='"x"', HTTP_REFERER="y", HTTP_X_ANYTHING="z"
    )
    assert {name for name in visitor.made[0] if name.startswith("HTTP_")} == {"HTTP_HOST"}


def test_who_brings_a_cookie_is_served_and_leaves_nothing(visitor):
    visitor.ask("/tin-tuc/", HTTP_COOKIE="sessionid=abc")
    assert not visitor.kept()
    visitor.ask("/tin-tuc/")
    made = len(visitor.made)
    assert visitor.ask("/tin-tuc/", HTTP_COOKIE="sessionid=abc")[0] == 200
    assert len(visitor.made) == made


def test_pages_answer_where_the_mark_cannot_be_asked(visitor, monkeypatch):
    def away():
        raise OperationalError("away")

    monkeypatch.setattr(revision.revisions, "present", away)
    assert visitor.ask("/tin-tuc/")[0] == 200
