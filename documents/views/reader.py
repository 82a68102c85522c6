"""Files read in the page: pictures of their pages, a few at a time, with the text of each as text."""

import logging
import re

from django.core.files import File
from django.db.models import Count
from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from documents.files import page_images
from documents.files.text_queue import TextState
from documents.views.register import DOCUMENTS, shown_file
from portal.extraction import client
from portal.web.sending import send

log = logging.getLogger(__name__)
#: Pages of a file on one page of the portal.
AT_ONCE = 5
_ITEM = re.compile(r"\w{1,3}[).] ")
#: What a reader is told of a file that cannot be read here, beside the note of the file itself.
WAITING = "Tệp vừa được tải lên, cổng đang chuẩn bị các trang để đọc. Hãy quay lại sau ít phút, hoặc tải tệp về."
WORDS_ONLY = (
    "Cổng chỉ hiện chữ của tệp {kind}. Muốn xem đúng cách trình bày, bảng và hình, hãy tải tệp về."
)


def read(request, slug, pk, page=1):
    """Five pages of a file of a visible document. A page within leads to the five it belongs to."""
    attachment, answer = shown_file(request, slug, pk)
    if attachment is None:
        return answer
    count = (
        attachment.page_texts.aggregate(count=Count("pk"))["count"]
        if attachment.can_be_read_here
        else 0
    )
    first = (page - 1) // AT_ONCE * AT_ONCE + 1
    if page < 1 or page > max(count, 1):
        raise Http404
    address = address_from(attachment, first)
    if attachment.document.slug != slug:
        return HttpResponsePermanentRedirect(address)
    if request.path != address:
        return HttpResponseRedirect(f"{address}#trang-{page}")
    sheets = (
        [Sheet(attachment, row) for row in attachment.page_texts.from_page(first, AT_ONCE)]
        if count
        else []
    )
    document = attachment.document
    context = {
        "attachment": attachment,
        "document": document,
        "heading": f"Đọc tệp: {attachment.original_name}",
        "sheets": sheets,
        "count": count,
        "last": min(first + AT_ONCE - 1, count),
        "first": first,
        "parts": _parts(attachment, first, count),
        "note": _note(attachment),
        "trail": [DOCUMENTS, (document.title, document.get_absolute_url())],
        "canonical": address,
    }
    return render(request, "documents/read.html", context)


def address_from(attachment, first):
    """Return the address (str) at which `attachment` is read from the page `first` (int) on."""
    arguments = [attachment.document.slug, attachment.pk]
    return (
        reverse("documents:read-from", args=[*arguments, first])
        if first > 1
        else reverse("documents:read", args=arguments)
    )


def _note(attachment):
    """Return what a reader must know of `attachment` before he begins (str); "" for nothing."""
    if attachment.text_state == TextState.WAITING:
        return WAITING
    words_only = attachment.can_be_read_here and attachment.kind != "PDF"
    return f"{attachment.text_note} {WORDS_ONLY.format(kind=attachment.kind) if words_only else ''}".strip()


def _parts(attachment, first, count):
    """Return the ways to the other pages (dict): `before`, `after` (address or ""), `near` ([(words, address, is here)]) with gaps as ""."""
    starts = list(range(1, count + 1, AT_ONCE))
    here = starts.index(first) if first in starts else 0
    shown = (
        sorted({0, len(starts) - 1, *range(max(here - 2, 0), min(here + 3, len(starts)))})
        if len(starts) > 1
        else []
    )
    near, former = [], -1
    for place in shown:
        start = starts[place]
        end = min(start + AT_ONCE - 1, count)
        words = f"{start}–{end}" if end > start else str(start)
        near.append(
            {
                "words": words,
                "address": address_from(attachment, start),
                "here": place == here,
                "gap": place > former + 1,
            }
        )
        former = place
    return {
        "before": address_from(attachment, starts[here - 1]) if here > 0 else "",
        "after": address_from(attachment, starts[here + 1]) if here + 1 < len(starts) else "",
        "near": near,
    }


def flowing(words):
    """Return `words` (str, the text of a printed page) with the lines put together that only the width of the paper parted.

    A line goes on in the next one that begins in lower case and is no item («a)», «đ.»), or where it ends in a dash between words.
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
    """One page as it is shown: its number, its text, and the addresses and size of its picture."""

    def __init__(self, attachment, row):
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
    def sources(self):
        """The pictures as `srcset` names them (str)."""
        return ", ".join(f"{address} {width}w" for address, width in self.pictures)


def picture(request, slug, pk, page, width):
    """The picture of one page of a file of a visible document, exactly as visible as the file itself; 503 where too many are being drawn."""
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
