"""What the tests know of a public page: where one of each sort is, what valid HTML is, how its
queries are counted.
"""

import contextlib
import re
from html import unescape

import html5lib
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from html5lib.constants import E as MESSAGES

XHTML = "{http://www.w3.org/1999/xhtml}"


def pages(world):
    """Return {name: (address, status)} of one page of each sort of the `World`."""
    seen, gone = world.visible, next(part for part in world.hidden if part.standing == "withdrawn")
    return {
        "home": ("/", 200),
        "news": ("/tin-tuc/", 200),
        "news filtered": ("/tin-tuc/?q=timthay&chuyen-muc=chuyen-muc-chung&tu=01/01/2018", 200),
        "news, nothing found": ("/tin-tuc/?q=khongcogi", 200),
        "news, bad date": ("/tin-tuc/?tu=31/02/2018&den=abc&chuyen-muc=khong-co&the=khong-co", 200),
        "article": (seen.article.get_absolute_url(), 200),
        "category": (seen.article.category.get_absolute_url(), 200),
        "tag": (seen.article.tags.get().get_absolute_url(), 200),
        "documents": ("/van-ban/", 200),
        "documents filtered": (
            "/van-ban/?q=timthay&loai=thong-tu-chung&tinh-trang=con&tu=01/01/2018&sap-xep=so",
            200,
        ),
        "documents, nothing found": ("/van-ban/?q=khongcogi", 200),
        "documents, bad values": (
            "/van-ban/?loai=x&co-quan=x&linh-vuc=x&tinh-trang=x&tu=31/02/2018"
            "&den=2018-99-99&sap-xep=x",
            200,
        ),
        "legal documents": ("/van-ban/phap-quy/", 200),
        "directives": ("/van-ban/chi-dao-dieu-hanh/", 200),
        "document": (seen.document.get_absolute_url(), 200),
        "file in the page": (f"/van-ban/{seen.document.slug}/tep/{seen.attachment.pk}/doc/", 200),
        "number": ("/van-ban/so/", 200),
        "number, several": ("/van-ban/so/?so=7000/2018", 302),
        "number, none": ("/van-ban/so/?so=1/1900/KHONG", 404),
        "this week": ("/lich-cong-tac/", 200),
        "week": (seen.week.get_absolute_url(), 200),
        "empty week": ("/lich-cong-tac/2011-11-11/", 200),
        "links": ("/lien-ket/", 200),
        "search": ("/tim-kiem/", 200),
        "search, found": ("/tim-kiem/?q=timthay", 200),
        "search, of a kind": ("/tim-kiem/?q=timthay&loai=van-ban", 200),
        "search, nothing found": ("/tim-kiem/?q=khongcogi", 200),
        "search, bad kind": ("/tim-kiem/?q=timthay&loai=khong-co", 200),
        "site map": ("/so-do/", 200),
        "static page": (seen.page.get_absolute_url(), 200),
        "sub-page": (seen.child.get_absolute_url(), 200),
        "not found": ("/khong-co-trang-nay/", 404),
        "gone": (gone.article.get_absolute_url(), 410),
        "bad request": ("/%00/", 400),
    }


PAGE_NAMES = [
    "home", "news", "news filtered", "news, nothing found", "news, bad date", "article",
    "category", "tag", "documents",
    "documents filtered", "documents, nothing found", "documents, bad values", "legal documents",
    "directives", "document", "file in the page", "number",
    "number, none", "this week", "week", "empty week", "links", "search", "search, found",
    "search, of a kind",
    "search, nothing found", "search, bad kind", "site map", "static page", "sub-page",
    "not found", "gone", "bad request",
]  # fmt: skip


def tree(markup):
    """Return `markup` (str) as an element tree; ValueError with the place and the parser's words
    where it is not valid HTML.
    """
    parser = html5lib.HTMLParser()
    document = parser.parse(markup)
    if parser.errors:
        (line, column), name, values = parser.errors[0]
        raise ValueError(
            f"line {line}: {MESSAGES.get(name, name) % values}: "
            f"{markup.splitlines()[line - 1][max(column - 80, 0) :][:160]}"
        )
    return document


def faults(markup):
    """Return what is wrong (list of str) with the page `markup` (str): HTML, references, labels,
    what it loads and runs.
    """
    try:
        document = tree(markup)
    except ValueError as error:
        return [str(error)]
    elements = [
        (element.tag.removeprefix(XHTML), element)
        for element in document.iter()
        if isinstance(element.tag, str)
    ]
    return [
        *_structure(document, elements),
        *_references(elements),
        *_labels(document, elements),
        *_resources(elements),
    ]


def _structure(document, elements):
    if document.get("lang") != "vi":
        yield "the page is not said to be Vietnamese"
    headings = [int(tag[1]) for tag, _ in elements if re.fullmatch("h[1-6]", tag)]
    if headings.count(1) != 1:
        yield f"{headings.count(1)} h1"
    for name, least in (("title", 1), ("main", 1)):
        if [tag for tag, _ in elements].count(name) != least:
            yield f"not one <{name}>"
    for tag, element in elements:
        text = "".join(element.itertext()).strip()
        if (
            tag in ("title", "h1", "h2", "h3", "button", "summary", "label", "caption", "legend")
            and not text
        ):
            yield f"an empty <{tag}>"
        named = (
            text
            or element.get("aria-label")
            or any(img.get("alt") for img in element.iter(f"{XHTML}img"))
        )
        if tag == "a" and element.get("href") is not None and not named:
            yield f"a link without words: {element.get('href')}"


def _references(elements):
    ids = [element.get("id") for _, element in elements if element.get("id") is not None]
    yield from (
        f"id {name!r} stands {ids.count(name)} times"
        for name in sorted(set(ids))
        if ids.count(name) > 1
    )
    for tag, element in elements:
        for name in (
            "for",
            "aria-labelledby",
            "aria-describedby",
            "aria-controls",
            "headers",
            "list",
        ):
            yield from (
                f"<{tag} {name}={one}> leads to nothing"
                for one in (element.get(name) or "").split()
                if one not in ids
            )
        target = element.get("href") or ""
        if target.startswith("#") and len(target) > 1 and target[1:] not in ids:
            yield f"the link {target} leads to nothing"


def _labels(document, elements):
    labelled = {element.get("for") for tag, element in elements if tag == "label"}
    wrapped = {control for label in document.iter(f"{XHTML}label") for control in label.iter()}
    for tag, element in elements:
        if (
            tag in ("select", "textarea")
            or tag == "input"
            and element.get("type") not in ("hidden", "submit")
        ):
            has_words = (
                element.get("aria-label")
                or element.get("aria-labelledby")
                or element.get("id") in labelled
            )
            if not has_words and element not in wrapped:
                yield f"<{tag} name={element.get('name')}> has no label"
        if tag == "img" and element.get("alt") is None:
            yield f"<img src={element.get('src')}> has no alt"


def _resources(elements):
    for tag, element in elements:
        if element.get("style") is not None or tag == "style":
            yield f"inline style on <{tag}>"
        if (
            tag == "script"
            and not element.get("src")
            and element.get("type") != "application/ld+json"
        ):
            yield "inline script"
        yield from (
            f"<{tag} {name}>"
            for name in element.attrib
            if isinstance(name, str) and name.startswith("on")
        )
        for address in _loaded(tag, element):
            if not re.match(r"/(?![/\\])", address):
                yield f"<{tag}> loads {address}"
            elif (
                address.startswith("/static/")
                and finders.find(address.removeprefix("/static/")) is None
            ):
                yield f"<{tag}> loads {address}, which is no file"
        if re.match(r"(?i)\s*(javascript|data|vbscript):", element.get("href") or ""):
            yield f"<{tag} href={element.get('href')}>"


def _loaded(tag, element):
    """Return the addresses that a browser fetches for `element` or sends a form to."""
    kinds = set((element.get("rel") or "").split())
    if tag == "link" and kinds & {
        "stylesheet",
        "icon",
        "preload",
        "modulepreload",
        "manifest",
        "apple-touch-icon",
        "prefetch",
    }:
        return [element.get("href")]
    if tag == "form":
        return [element.get("action")] if element.get("action") else []
    found = [element.get(name) for name in ("src", "poster", "data") if element.get(name)]
    return found + [
        part.split()[0] for part in (element.get("srcset") or "").split(",") if part.strip()
    ]


def words(markup):
    """Return what a reader sees of `markup` (str): text without tags, single blanks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", markup))).strip()


def main_words(response):
    """Return what a reader sees (str) of the main part of a page."""
    return words(re.search(r"<main.*?</main>", response.content.decode(), re.S)[0])


@contextlib.contextmanager
def queries():
    """Give a list that holds, at the end, the SQL statements (str) that were run; without
    savepoints, which are the tests' own.
    """
    found = []
    with CaptureQueriesContext(connection) as captured:
        yield found
    found += [
        row["sql"]
        for row in captured
        if not re.match(r"(RELEASE |ROLLBACK TO )?SAVEPOINT", row["sql"])
    ]
