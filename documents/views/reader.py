"""Pages for reading a file on the portal: pictures and text of its pages, a few at a time."""

import logging
import re
from typing import Any

from django.core.files import File
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from documents.files import page_images
from documents.files.models import Attachment
from documents.files.text_queue import PageText, TextState
from documents.views.register import DOCUMENTS, shown_file
from portal.extraction import client
from portal.web.sending import send

log = logging.getLogger(__name__)
#: Pages of a file on one page of the portal.
AT_ONCE = 5
_ITEM = re.compile(r"\w{1,3}[).] ")
#: What a reader is told of a file that cannot be read here, beside the note of the file itself.
WAITING = (
    "Tệp vừa được tải lên, cổng đang chuẩn bị các trang để đọc. "
    "Hãy quay lại sau ít phút, hoặc tải tệp về."
)
WORDS_ONLY = (
    "Cổng chỉ hiện chữ của tệp {kind}. Muốn xem đúng cách trình bày, bảng và hình, hãy tải tệp về."
)


def read(request: HttpRequest, slug: str, pk: int, page: int = 1) -> HttpResponse:
    """Show a reader page: five pages of a visible document's file, or redirect to those with
    `page`.
    """
    attachment, answer = shown_file(request, slug, pk)
    if attachment is None:
        return answer
    count = attachment.page_texts.count() if attachment.can_be_read_here else 0
    first = (page - 1) // AT_ONCE * AT_ONCE + 1
    if page < 1 or page > max(count, 1):
        raise Http404
    address = address_from(attachment, first)
    if attachment.document.slug != slug:
        return HttpResponsePermanentRedirect(address)
    if request.path != address:
        return HttpResponseRedirect(f"{address}#trang-{page}")
    rows = attachment.page_texts.from_page(first, AT_ONCE) if count else []
    document = attachment.document
    context = {
        "attachment": attachment,
        "document": document,
        "heading": f"Đọc tệp: {attachment.original_name}",
        "sheets": [Sheet(attachment, row) for row in rows],
        "count": count,
        "last": min(first + AT_ONCE - 1, count),
        "first": first,
        "parts": _parts(attachment, first, count),
        "note": _note(attachment),
        "trail": [DOCUMENTS, (document.title, document.get_absolute_url())],
        "canonical": address,
    }
    return render(request, "documents/read.html", context)


def address_from(attachment: Attachment, first: int) -> str:
    """Return the address of the reader page of an attachment from the page `first` on."""
    arguments = [attachment.document.slug, attachment.pk]
    return (
        reverse("documents:read-from", args=[*arguments, first])
        if first > 1
        else reverse("documents:read", args=arguments)
    )


def _note(attachment: Attachment) -> str:
    """Return the note above a reader page about its file; "" for nothing."""
    if attachment.text_state == TextState.WAITING:
        return WAITING
    words_only = attachment.can_be_read_here and attachment.kind != "PDF"
    remark = WORDS_ONLY.format(kind=attachment.kind) if words_only else ""
    return f"{attachment.text_note} {remark}".strip()


def _parts(attachment: Attachment, first: int, count: int) -> dict[str, Any]:
    """Return the links of a reader page to the other pages of the file.

    `before`, `after`: an address or ""; `near`: words, address, whether it is open now, and whether
    pages are left out before it.
    """
    starts = list(range(1, count + 1, AT_ONCE))
    here = starts.index(first) if first in starts else 0
    shown = {0, len(starts) - 1, *range(max(here - 2, 0), min(here + 3, len(starts)))}
    near, former = [], -1
    for index in sorted(shown) if len(starts) > 1 else []:
        start = starts[index]
        end = min(start + AT_ONCE - 1, count)
        near.append(
            {
                "words": f"{start}–{end}" if end > start else str(start),
                "address": address_from(attachment, start),
                "here": index == here,
                "gap": index > former + 1,
            }
        )
        former = index
    return {
        "before": address_from(attachment, starts[here - 1]) if here > 0 else "",
        "after": address_from(attachment, starts[here + 1]) if here + 1 < len(starts) else "",
        "near": near,
    }


def flowing(words: str) -> str:
    """Join for a reader page the lines of print that only the width of the paper parted.

    A line continues in the next one that begins in lower case and is no item («a)», «đ.»), or where
    it ends in a dash between words.
    """
    lines = []
    for line in words.split("\n"):
        before = lines[-1] if lines else ""
        goes_on = (
            line[:1].islower() and not _ITEM.match(line) and before[-1:] not in ("", ".", ";", ":")
        )
        if goes_on or (line and before.endswith(" -")):
            lines[-1] = f"{before} {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


class Sheet:
    """One page of a file as it is shown: number, text, addresses and size of its picture."""

    def __init__(self, attachment: Attachment, row: PageText) -> None:
        self.number, self.text = row.number, flowing(row.text) if row.has_picture else row.text
        self.by_ocr, self.was_legacy, self.has_picture = row.by_ocr, row.was_legacy, row.has_picture
        self.is_broken = attachment.kind == "PDF" and not row.has_picture
        arguments = [attachment.document.slug, attachment.pk, row.number]
        self.pictures = [
            (reverse("documents:page-picture", args=[*arguments, width]), width)
            for width in page_images.WIDTHS
        ]
        self.width = page_images.WIDTHS[0]
        self.height = (
            max(1, min(round(self.width * row.height / row.width), 20_000))
            if row.has_picture
            else 0
        )

    @property
    def sources(self) -> str:
        """The page pictures of a reader page as `srcset` names them."""
        return ", ".join(f"{address} {width}w" for address, width in self.pictures)


def picture(request: HttpRequest, slug: str, pk: int, page: int, width: int) -> HttpResponseBase:
    """Send one page picture to a reader page; 503 while too many are being drawn."""
    attachment, answer = shown_file(request, slug, pk)
    if attachment is None:
        return answer
    known = attachment.can_be_read_here and width in page_images.WIDTHS and 0 < page < 1_000_000
    if not known or attachment.document.slug != slug:
        raise Http404
    row = attachment.page_texts.filter(number=page).first()
    if row is None or not row.has_picture:
        raise Http404
    try:
        file = page_images.picture_of(attachment, page, width)
    except page_images.Busy:
        response = HttpResponse(
            "Đang có nhiều người xem. Hãy thử lại sau giây lát.",
            content_type="text/plain; charset=utf-8",
            status=503,
        )
        response["Retry-After"], response["Cache-Control"] = "2", "no-store"
        return response
    except client.Unread:
        raise Http404 from None
    except FileNotFoundError:
        log.error("attachment %s: its file %s is lost", pk, attachment.file.name)
        raise Http404 from None
    response = send(
        request, File(file), etag=f"{attachment.sha256}-{page}-{width}", content_type="image/webp"
    )
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response
