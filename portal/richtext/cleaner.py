"""Clean formatted text: reduce HTML of any origin to the elements and attributes the site shows.

The only module that knows the sanitiser (nh3).
"""

import html
import re
from functools import lru_cache
from html.parser import HTMLParser

import nh3
from django.conf import settings
from django.core.exceptions import ValidationError

from portal.pictures.encoding import PICTURE_FOLDER
from portal.pictures.views import PICTURE_NAME, STAFF_PICTURES
from portal.publishing.addresses import absolute
from portal.text import vietnamese

MAX_BYTES = 1_000_000
_ALIGNMENTS = {"align-left", "align-center", "align-right", "align-justify"}
_CLASSES = {*_ALIGNMENTS, "image", "lead"}
_TAGS = {
    "p", "div", "br", "hr", "h2", "h3", "h4", "blockquote", "pre",
    "ul", "ol", "li", "dl", "dt", "dd",
    "a", "abbr", "strong", "em", "u", "s", "sub", "sup", "code", "img", "figure", "figcaption",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
_ALIGNABLE = {
    "p", "div", "h2", "h3", "h4", "td", "th", "figure", "blockquote", "li", "table", "img",
}  # fmt: skip
_WITHOUT_CONTENT = {
    "script", "style", "template", "noscript", "title", "iframe", "object", "textarea", "select",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto", "tel"}

#: Old or presentational tags and what they mean.
_MEANS = {
    "b": "strong", "i": "em", "strike": "s", "del": "s", "ins": "u",
    "h1": "h2", "h5": "h4", "h6": "h4",
}  # fmt: skip
_LOOSE_TAGS = _TAGS | _MEANS.keys()
_LOOSE_ATTRIBUTES = {
    tag: _ATTRIBUTES.get(tag, set()) | {"align", "class", "style"} for tag in _LOOSE_TAGS
}
_VOID = {"br", "hr", "img"}

#: Elements inside elements at most; deeper ones lose their tags and keep their words.
_MAX_DEPTH = 60
_NUMBER = re.compile(r"\d{1,4}")


class CleanHtml(str):
    """HTML that `clean` has cleaned. Made by it only; it is not cleaned again."""


@lru_cache(2)  # a form counts the pictures of what the field then writes
def clean(value: str | None) -> str:
    """Return HTML of any origin as clean HTML, which templates show as it is. Idempotent.

    Only `_TAGS`, `_ATTRIBUTES` and `_CLASSES` are left; links go to http, https, mailto, tel or our
    own pages; pictures are our own (an office's page makes no request to another site); alignment
    becomes a class; text is NFC.
    """
    if type(value) is CleanHtml:
        return value
    if not value:
        return ""
    loose = nh3.clean(
        vietnamese.clean(value),  # first: a lone surrogate, which JSON can bring, makes nh3 fail
        tags=_LOOSE_TAGS | {"center"},
        clean_content_tags=_WITHOUT_CONTENT,
        attributes=_LOOSE_ATTRIBUTES,
        filter_style_properties={"text-align"},
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    rewriter = _Rewriter()
    rewriter.feed(loose)
    rewriter.close()
    result = nh3.clean(
        rewriter.result(),
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes={tag: _CLASSES for tag in _ALIGNABLE},
        attribute_filter=_keep_attribute,
        url_schemes=_SCHEMES,
        link_rel="noopener",
        set_tag_attribute_values={"img": {"loading": "lazy"}},
    )
    return CleanHtml(result.strip())


def _keep_attribute(tag: str, name: str, value: str) -> str | None:
    """Return the value of an HTML attribute if the cleaner lets it stay, else None (for nh3)."""
    if name in ("width", "height", "colspan", "rowspan", "start"):
        return value if _NUMBER.fullmatch(value) else None
    if name == "scope":
        return value if value in ("row", "col", "rowgroup", "colgroup") else None
    return value


class _Rewriter(HTMLParser):
    """Rewrites nh3's well-formed output: alignment classes, our tags, our pictures, NFC text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.depth = 0

    def result(self) -> str:
        """Return the cleaner's HTML so far, without empty paragraphs and captions."""
        out = "".join(self.parts)
        return re.sub(
            r"<(p|div|figcaption)(?: class=\"[^\"]*\")?>(?:\s|&nbsp;|\u00a0|<br>)*</\1>", "", out
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "center":
            tag, attrs = "div", [("align", "center")]
        tag = _MEANS.get(tag, tag)
        kept = {name: value or "" for name, value in attrs}
        if tag == "img":
            source = own_picture(kept.get("src", ""))
            if not source:
                return
            kept = kept | {"src": source, "alt": kept.get("alt", "")}
        alignment = _alignment(kept)
        classes = [c for c in kept.pop("class", "").split() if c in _CLASSES - _ALIGNMENTS]
        kept = {name: value for name, value in kept.items() if name not in ("style", "align")}
        if tag in _ALIGNABLE and (alignment or classes):
            kept["class"] = " ".join([*classes, *([alignment] if alignment else [])])
        written = "".join(
            f' {name}="{html.escape(vietnamese.clean(value))}"' for name, value in kept.items()
        )
        if self.depth < _MAX_DEPTH:
            self.parts.append(f"<{tag}{written}>")
        self.depth += tag not in _VOID

    def handle_endtag(self, tag: str) -> None:
        tag = "div" if tag == "center" else _MEANS.get(tag, tag)
        self.depth -= tag not in _VOID
        if tag not in _VOID and self.depth < _MAX_DEPTH:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.parts.append(html.escape(vietnamese.clean(data), quote=False))


def _alignment(attributes: dict[str, str]) -> str:
    """Return the alignment class that an HTML element's class, align or style asks for, or ""."""
    for name in attributes.get("class", "").split():
        if name in _ALIGNMENTS:
            return name
    style = re.search(
        r"text-align\s*:\s*(left|center|right|justify)", attributes.get("style", ""), re.I
    )
    wanted = style[1] if style else attributes.get("align", "")
    name = f"align-{wanted.lower()}"
    return name if name in _ALIGNMENTS else ""


def own_picture(source: str) -> str:
    """Return the public address of our own picture in HTML; "" for another site's."""
    match = PICTURE_NAME.search(source.partition("?")[0])
    prefixes = (
        settings.MEDIA_URL,
        STAFF_PICTURES.removesuffix(f"{PICTURE_FOLDER}/"),
        absolute("/"),
    )
    if match and source.startswith(prefixes):
        return settings.MEDIA_URL + match[0]
    is_static = re.fullmatch(r"/static/[\w./-]+\.(?:png|jpg|webp|svg)", source)
    return source if is_static and ".." not in source else ""


def as_plain(value: str) -> str:
    """Return clean HTML as plain text on one line, one blank between blocks."""
    return vietnamese.clean_line(html.unescape(re.sub(r"<[^>]*>", " ", value)))


def pictures_without_words(value: str) -> int:
    """Count the pictures of HTML that have no alternative text."""
    return len(re.findall(r'<img\b[^>]*\salt=""', clean(value)))


def check_size(value: str) -> None:
    """Refuse formatted text above `MAX_BYTES`: almost always a picture pasted as text."""
    if len(value.encode(errors="ignore")) > MAX_BYTES:
        raise ValidationError(
            "Nội dung vượt quá 1 MB. Hãy tải ảnh lên bằng nút chèn ảnh thay vì dán ảnh vào bài."
        )
