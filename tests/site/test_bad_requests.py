"""Answer bad addresses, headers and methods with a page of status 200 or 4xx, never 500."""

import re
from urllib.parse import quote, unquote_to_bytes

import pytest
from django.test import Client

from tests.support import hostile, make
from tests.support.public import faults, main_words, queries
from tests.support.shared import needs_shared

pytestmark = pytest.mark.django_db
LISTS = [
    "/tin-tuc/",
    "/chuyen-muc/thong-bao/",
    "/the/so-hoa/",
    "/van-ban/",
    "/van-ban/phap-quy/",
    "/van-ban/chi-dao-dieu-hanh/",
    "/tim-kiem/",
]
FILTERS = [
    "q",
    "chuyen-muc",
    "the",
    "loai",
    "co-quan",
    "linh-vuc",
    "nguoi-ky",
    "tinh-trang",
    "tu",
    "den",
    "sap-xep",
    "so",
]


@pytest.fixture
def content():
    """A list behind every address of `LISTS`."""
    make.article(title="Tin một", category=make.category(name="Thông báo"), tags=["Số hóa"])
    make.document(number="19/2018/TT-BTTTT")


def asked(path, **options):
    """Return the response to a raw, percent-encoded `path`, decoded as a WSGI server does."""
    raw, _, query = path.partition("?")
    response = Client().get(
        "/", QUERY_STRING=query, PATH_INFO=unquote_to_bytes(raw).decode("latin-1"), **options
    )
    assert response.status_code < 500, path
    return response


# --- page numbers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", LISTS)
def test_page_number_that_does_not_exist_is_unknown(content, address):
    for number in (
        "abc",
        "0",
        "-1",
        "2",
        "999999999",
        str(10**30),
        "1e9",
        "1.5",
        "٢",
        "²",
        "１",
        "+1",
        " 1",
        "%00",
        "%FF",
        "1%00",
        "'",
    ):
        assert asked(f"{address}?trang={quote(number, safe='%')}").status_code == 404, number


def test_page_number_beyond_the_end_reads_no_rows(content):
    for number in ("999999999", "10000"):
        with queries() as statements:
            asked(f"/van-ban/?trang={number}")
        assert not [statement for statement in statements if "OFFSET" in statement]


def test_pages_of_a_list_go_on_and_keep_the_filter(client):
    for number in range(21):
        make.document(number=f"{number}/2018/QĐ-UBND", summary="Về việc chung")
    first = client.get("/van-ban/?q=chung&sap-xep=so")
    assert len(first.context["object_list"]) == 20
    assert 'href="?q=chung&amp;sap-xep=so&amp;trang=2"' in first.content.decode()
    second = client.get("/van-ban/?q=chung&sap-xep=so&trang=2")
    assert [document.number for document in second.context["object_list"]] == ["20/2018/QĐ-UBND"]


# --- values of the filters ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["31/02/2018", "2018-99-99", "32/13/2018", "abc", "01/01/0001", "29/02/2019"]
)
@pytest.mark.parametrize("field", ["tu", "den"])
@pytest.mark.parametrize("address", ["/tin-tuc/", "/van-ban/"])
def test_bad_date_is_said_beside_its_field_and_nothing_is_lost(content, address, field, value):
    response = asked(f"{address}?q=19&{field}={quote(value)}")
    page = response.content.decode()
    assert response.status_code == 200
    message = re.search(
        rf'<input[^>]*name="{field}"[^>]*>\s*<ul class="errorlist"[^>]*>(.*?)</ul>', page, re.S
    )
    assert "Ngày không đúng. Hãy ghi dạng ngày/tháng/năm, ví dụ 03/12/2018." in message[1]
    assert page.count("Ngày không đúng") == 1
    assert f'value="{value}"' in page
    assert 'value="19"' in page


def test_bad_choice_is_said_and_the_rest_still_narrows(content, client):
    make.document(number="20/2018/TT-BTTTT")
    response = client.get("/van-ban/?q=19/2018&loai=khong-co")
    assert [document.number for document in response.context["object_list"]] == ["19/2018/TT-BTTTT"]
    assert "Không có lựa chọn này" in response.content.decode()


ODD = {
    "nul": "%00",
    "nul inside": "a%00b",
    "invalid utf-8": "%FF%FE",
    "cut utf-8": "%E1%BB",
    "surrogate": "%ED%A0%80",
    "overlong": "%C0%AF",
    "10 kB": "a" * 10_000,
    "10 kB of words": "a%20" * 2_500,
    "like": "%25_" * 300,
    "regex": "(a%2B)%2B%24",
    "open brackets": "(((((%5B%5B%5B",
    "quotes": "%27%22%60%27%27",
    "sql": "%27%20OR%20%271%27%3D%271",
    "fts": "%22%20OR%20NEAR(a%20b)%20*",
    "backslash": "%5C%5C%25",
    "newlines": "%0D%0ASet-Cookie:%20x=1",
    "html": "%3Cscript%3Ealert(1)%3C/script%3E",
    "template": "%7B%7B7*7%7D%7D%7B%25%20debug%20%25%7D",
    "bidi": "%E2%80%AE%E2%81%A6",
    "marks": "Z" + "%CC%81" * 500,
    "emoji": "%F0%9F%87%BB",
    "blank": "%20%20",
    "only signs": "---///...",
    "big number": "9" * 200,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", ODD)
def test_odd_value_of_any_filter_is_a_page(content, name):
    everywhere = (
        "&".join(f"{field}={ODD[name]}" for field in FILTERS)
        if len(ODD[name]) < 600
        else f"q={ODD[name]}"
    )
    for address in (
        "/tin-tuc/?",
        "/van-ban/?",
        "/tim-kiem/?",
        "/van-ban/so/?",
        "/van-ban/rss.xml?",
        "/van-ban/?dinh-dang=csv&",
    ):
        for query in (everywhere, f"q={ODD[name]}"):
            response = asked(address + query)
            assert response.status_code in (200, 302, 404)
            assert b"<script>alert" not in response.content
        if address in ("/tin-tuc/?", "/van-ban/?", "/tim-kiem/?"):
            assert faults(response.content.decode()) == []


@pytest.mark.parametrize(
    "query",
    [
        "q[]=a&q=b&q=c",
        "q=a&q=",
        "&&&=&=a",
        "q",
        "?q=a",
        ";q=a",
        "q=%",
        "=%00",
        "%00=a",
        "q=a&trang=1&trang=2x&trang=1",
    ],
)
def test_odd_query_string_is_a_page(content, query):
    for address in [
        "/tin-tuc/",
        "/van-ban/",
        "/tim-kiem/",
        "/",
        "/van-ban/so/",
        "/lich-cong-tac/",
        "/sitemap-tin-tuc.xml",
        "/tin-tuc/rss.xml",
    ]:
        assert asked(f"{address}?{query}").status_code in (200, 400)


def test_odd_page_of_a_sitemap_is_unknown(content):
    for number in ("abc", "0", "-1", "99", "9" * 40):
        assert asked(f"/sitemap-tin-tuc.xml?p={number}").status_code == 404


def test_wildcards_and_regular_expressions_are_plain_text(client):
    make.article(title="Đạt 100% kế hoạch"), make.article(title="Họp giao ban")
    for query, found in (
        ("%", 1),
        ("_", 0),
        ("100%", 1),
        (".*", 0),
        ("h[oò]p", 0),
        ("\\", 0),
        ("'", 0),
        ("giao%ban", 0),
        ("gia_", 0),
    ):
        assert len(client.get("/tin-tuc/", {"q": query}).context["object_list"]) == found, query


def test_signs_set_words_apart_and_mean_nothing_to_the_search(client):
    make.article(title="Đạt 100% kế hoạch"), make.article(title="Họp giao ban")
    for query, found in (
        ("%", 0),
        ("_", 0),
        ("100%", 1),
        (".*", 0),
        ("h[oò]p", 0),
        ("\\", 0),
        ("'", 0),
        ("giao%ban", 1),
        ("g*", 1),
    ):
        assert client.get("/tim-kiem/", {"q": query}).context["total"] == found, query


def test_long_query_is_cut_and_said(client):
    response = client.get("/tim-kiem/", {"q": "a" * 10_000})
    assert response.status_code == 200
    assert "a" * 200 in response.content.decode()
    assert "a" * 201 not in response.content.decode()


# --- paths ----------------------------------------------------------------------------------------

PATHS = [
    "/%00/", "/tin-tuc/%00/", "/van-ban/%00", "/lich-cong-tac/%00/", "/media/anh/%00",
    "/tin-tuc/%FF%FE/", "/%C0%AE%C0%AE/", "/" + "a" * 9_000 + "/",
    "/tin-tuc/" + "a" * 20_000 + "/", "/media/../portal/settings.py",
    "/media/%2e%2e/portal/settings.py", "/media/..%2fportal%2fsettings.py",
    "/media/..%5cportal%5csettings.py", "/media/%252e%252e/settings.py", "/media//etc/passwd",
    "/media/anh/../../portal.sqlite3", "/static/../manage.py", "/static/%2e%2e/manage.py",
    "/media/anh/", "/%1b[2J%0d%0aX-Injected:1", "/tin-tuc/%0d%0aX-Injected:1/", "//evil.example//",
    "//evil.example/x", "/%2f%2fevil.example", "/%5cevil.example/", "///evil.example/%2e%2e",
    "/van-ban/a/tep/99999999999999999999999/a.pdf", "/van-ban/a/tep/-1/a.pdf",
    "/van-ban/a/tep/1/%2e%2e%2f", "/van-ban/" + "a" * 3_000 + "/", "/sitemap-%00.xml",
    "/sitemap-../../x.xml",
]  # fmt: skip


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:40])
def test_odd_path_is_unknown_and_leads_nowhere_else(path):
    response = asked(path)
    assert response.status_code in (400, 404)
    assert faults(response.content.decode()) == []
    assert "X-Injected" not in response
    assert "Location" not in response
    assert not re.search(r'(?:href|src|action)="//', response.content.decode())


@pytest.mark.parametrize(
    "path",
    ["//evil.example", "/\\evil.example", "//tin-tuc", "//van-ban/so", "/%5C%5Cevil.example"],
)
def test_slash_is_never_added_towards_another_site(path):
    response = asked(path)
    assert response.status_code in (400, 404)
    assert "Location" not in response


@pytest.mark.parametrize(
    "day",
    [
        "9999-99-99",
        "0000-00-00",
        "2018-02-30",
        "99999-01-01",
        "1999-12-31",
        "2100-01-04",
        "2018-12-3",
        "20181203",
        "2018-W52-1",
        "hom-nay",
        "٢٠١٨-١٢-٠٣",
    ],
)
def test_day_outside_of_the_calendar_is_unknown(day):
    assert asked(f"/lich-cong-tac/{quote(day)}/").status_code == 404


@pytest.mark.parametrize("day", ["2018-12-31", "2019-01-06"])
def test_year_edge_belongs_to_the_iso_week(day):
    assert "Tuần 1 (từ 31/12/2018 đến 06/01/2019)" in main_words(asked(f"/lich-cong-tac/{day}/"))


@pytest.mark.parametrize("day", ["2000-01-03", "2099-12-31"])
def test_calendar_ends_without_a_way_beyond(day):
    response = asked(f"/lich-cong-tac/{day}/")
    assert response.status_code == 200
    assert ("Tuần trước" in main_words(response)) == (day == "2099-12-31")
    assert ("Tuần sau" in main_words(response)) == (day == "2000-01-03")


# --- methods and headers --------------------------------------------------------------------------

PUBLIC = [
    "/", "/tin-tuc/", "/van-ban/", "/van-ban/so/", "/lich-cong-tac/", "/lich-cong-tac/lich.ics",
    "/lien-ket/", "/tim-kiem/", "/so-do/", "/healthz", "/tin-tuc/rss.xml", "/sitemap.xml",
    "/robots.txt", "/khong-co/", "/media/anh/2018/12/x.jpg",
]  # fmt: skip


@pytest.mark.parametrize(
    "method", ["TRACE", "PUT", "DELETE", "PATCH", "FOO", "CONNECT", "POST", "OPTIONS", "PROPFIND"]
)
def test_method_that_does_not_read_is_refused_on_the_public_side(method):
    for address in PUBLIC:
        for client in (Client(), Client(enforce_csrf_checks=True)):
            response = client.generic(
                method, address, data="a=b", content_type="application/x-www-form-urlencoded"
            )
            assert response.status_code == 405, address
            assert response["Allow"] == "GET, HEAD"
    assert faults(response.content.decode()) == []


@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "FOO"])
def test_method_that_nobody_serves_is_refused_for_staff_too(method):
    assert Client().generic(method, "/quan-tri/login/").status_code == 405


def test_foreign_host_is_refused_and_not_repeated():
    for host in (
        "evil.example",
        "evil.example:80",
        "127.0.0.1.evil.example",
        "a b",
        "[",
        "localhost@evil.example",
    ):
        response = Client().get("/", headers={"Host": host})
        assert response.status_code == 400
        assert b"evil.example" not in response.content


@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Host",
        "X-Host",
        "X-Original-URL",
        "X-Rewrite-URL",
        "Forwarded",
        "X-HTTP-Method-Override",
        "Referer",
    ],
)
def test_header_of_a_stranger_changes_nothing(content, name):
    for address in (
        "/",
        "/tin-tuc/rss.xml",
        "/sitemap.xml",
        "/van-ban/?dinh-dang=json",
        "/opensearch.xml",
        "/lich-cong-tac/lich.ics",
    ):
        plain, odd = (
            Client().get(address),
            Client().get(address, headers={name: "https://evil.example/quan-tri/"}),
        )
        assert odd.status_code == 200
        assert odd.content == plain.content


def test_long_headers_and_logins_change_nothing(content):
    plain = Client().get("/").content
    for headers in (
        {"Accept": "a;" * 4000},
        {"Accept-Language": "vi-" + "x" * 10_000},
        {"Authorization": "Basic YTpi"},
        {"Cookie": "sessionid=x; a=" + "b" * 4000},
    ):
        response = Client().get("/", headers=headers)
        assert (response.status_code, response.content) == (200, plain)
        assert not response.cookies


# --- the corpus -----------------------------------------------------------------------------------


def corpus():
    """Return the public, literal requests of the hostile corpus to addresses of this portal."""
    found = []
    for name, method, path, headers, codes in hostile.requests():
        literal = path.startswith("/") and not re.search(r"[ <]|\.\.\d|quan-tri|ckeditor", path)
        if literal and method != "POST":
            found.append(
                pytest.param(
                    method,
                    path.replace("?page=", "?trang=").replace("\x00", "%00"),
                    headers,
                    codes,
                    id=name,
                )
            )
    return found


@needs_shared
@pytest.mark.parametrize(("method", "path", "headers", "codes"), corpus())
def test_request_of_the_corpus_gets_what_it_should(content, method, path, headers, codes):
    if "/media/docs/ok.pdf" in path:
        path = make.attachment().get_absolute_url()
    response = (
        asked(path, headers=headers)
        if method == "GET"
        else Client().generic(method, path, headers=headers)
    )
    assert response.status_code in codes
    assert b"evil.example" not in b"".join(
        response.streaming_content if response.streaming else [response.content]
    )


@needs_shared
def test_corpus_was_read():
    assert {"R05", "R10", "R19", "R23", "R24", "R47"} <= {case.id for case in corpus()}
