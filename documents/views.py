"""The pages of the register: lists, one document, its files, the resolver of numbers."""

import csv
import io
import logging

from django.http import Http404, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from documents.attachments import Attachment
from documents.diagram import draw
from documents.forms import DocumentFilter
from documents.issuers import issuers_of
from documents.models import Document, Family
from documents.relations import lines_of
from documents.standing import DayAsked, standing_as, standing_on
from portal.doors import FilteredList, VisibleDetail, absolute, asked, gone
from portal.files import send
from portal.publishing import FormerAddress

log = logging.getLogger(__name__)
DOCUMENTS = ("Văn bản", "/van-ban/")
#: Rows at most in one file of data; the lists of a department are far below.
DATA_ROWS = 20_000


class DocumentList(FilteredList):
    """All documents, or one family; `?dinh-dang=csv|json` gives the same rows as data."""

    model = Document
    form_class = DocumentFilter
    template_name = "documents/document_list.html"
    family = ""

    def get_base_queryset(self):
        """Return what the filter narrows."""
        documents = Document.objects.visible().for_lists()
        return documents.of_family(self.family) if self.family else documents

    def get(self, request, *args, **kwargs):
        wanted = request.GET.get("dinh-dang", "")
        if wanted in ("csv", "json"):
            rows = [as_data(document) for document in self.get_queryset()[:DATA_ROWS]]
            return csv_response(rows) if wanted == "csv" else json_response(rows)
        if wanted:
            raise Http404
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        query = context["query"]
        data = [(kind.upper(), "?" + "&".join(filter(None, [query, f"dinh-dang={kind}"]))) for kind in ("csv", "json")]
        return context | {
            "heading": Family(self.family).label if self.family else "Văn bản",
            "family": self.family,
            "families": [(family.label, reverse(f"documents:{family.value}")) for family in Family],
            "trail": [DOCUMENTS] if self.family else [],
            "chips": self.form.chips(),
            "data_links": data,
            "feeds": [
                ("RSS", reverse("documents:rss")),
                ("Atom", reverse("documents:atom")),
                ("JSON Feed", reverse("documents:json")),
            ],
        }


def as_data(document):
    """Return the public facts of `document` as a dict of str, in the order of the columns."""
    main_file = document.main_file

    def day(value):
        return value.isoformat() if value else ""

    return {
        "so_ky_hieu": document.number,
        "loai": document.type.name if document.type else "",
        "nhom": document.get_family_display(),
        "trich_yeu": document.summary,
        "co_quan_ban_hanh": document.agency.name if document.agency else "",
        "nguoi_ky": document.signer,
        "ngay_ban_hanh": day(document.issued_on),
        "ngay_hieu_luc": day(document.effective_on),
        "ngay_het_hieu_luc": day(document.expires_on),
        "tinh_trang": document.validity.label,
        "dia_chi": absolute(document.get_absolute_url()),
        "tep": absolute(main_file.get_absolute_url()) if main_file else "",
    }


def csv_response(rows):
    """Return `rows` (list of dict) as CSV in UTF-8 with BOM; a cell that a spreadsheet would compute begins with '."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(list(rows[0]) if rows else list(DATA_COLUMNS))
    for row in rows:
        writer.writerow(["'" + cell if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell for cell in row.values()])
    response = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="van-ban.csv"'
    return response


def json_response(rows):
    """Return `rows` (list of dict) as a JSON object with its count."""
    return JsonResponse({"tong_so": len(rows), "van_ban": rows}, json_dumps_params={"ensure_ascii": False})


DATA_COLUMNS = (
    "so_ky_hieu", "loai", "nhom", "trich_yeu", "co_quan_ban_hanh", "nguoi_ky",
    "ngay_ban_hanh", "ngay_hieu_luc", "ngay_het_hieu_luc", "tinh_trang", "dia_chi", "tep",
)  # fmt: skip


class DocumentDetail(VisibleDetail):
    """One document: how it stands (`?ngay=`: on that day as well), its facts, files, relations, full text."""

    model = Document
    template_name = "documents/document_detail.html"
    context_object_name = "document"

    def get_queryset(self):
        self.form = DayAsked(self.request.GET)
        return Document.objects.judged_on(then=self.form.day).select_related("type", "agency").prefetch_related("fields")

    def get_context_data(self, **kwargs):
        document, form = self.object, self.form
        today, otherwise = document.judged_on, document.contradiction
        lines = lines_of(document, today)
        family = (document.get_family_display(), reverse(f"documents:{document.family}"))
        return super().get_context_data(
            form=form,
            standing=standing_on(today, document, lines),
            then=standing_on(form.day, document, lines) if form.day else None,
            otherwise=standing_as(otherwise, document, lines, today) if otherwise else None,
            issuers=issuers_of(document),
            attachments=attachments_of(document),
            relations=lines,
            diagram=draw(document, lines) if lines else None,
            trail=[DOCUMENTS, family],
            **kwargs,
        )


def attachments_of(document):
    """Return the files (list of Attachment) of `document`, each knowing it, in order."""
    attachments = list(document.attachments.in_order())
    for attachment in attachments:
        attachment.document = document
    return attachments


def by_number(request):
    """`?so=`: one match redirects, several are listed, none says so."""
    so = asked(request, "so")
    matches = list(Document.objects.visible().for_lists().numbered(so).newest_first()[:100])
    if len(matches) == 1:
        return HttpResponseRedirect(matches[0].get_absolute_url())
    context = {"so": so, "object_list": matches, "heading": "Tìm văn bản theo số ký hiệu", "trail": [DOCUMENTS]}
    return render(request, "documents/document_by_number.html", context, status=200 if matches or not so else 404)


def shown_file(request, slug, pk):
    """Return (the file `pk` of a visible document: Attachment, None), or (None, why not: 410 for one of a withdrawn document).

    Http404 for any other, and for a `slug` that neither is nor was its document's.
    """
    attachment = Attachment.objects.visible().select_related("document").filter(pk=pk).first()
    if attachment is None:
        return None, _gone_with_its_document(request, slug, pk)
    if attachment.document.slug != slug and FormerAddress.owner(Document, slug) != attachment.document_id:
        raise Http404
    return attachment, None


def download(request, slug, pk, name=""):
    """A file of a visible document, as attachment; a wrong name or a former slug leads to the right address."""
    attachment, answer = shown_file(request, slug, pk)
    if attachment is None:
        return answer
    if (attachment.document.slug, attachment.original_name) != (slug, name):
        return HttpResponsePermanentRedirect(attachment.get_absolute_url())
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        log.error("attachment %s: its file %s is lost", pk, attachment.file.name)
        raise Http404 from None
    response = send(
        request,
        file,
        etag=attachment.sha256,
        content_type=attachment.content_type,
        download_name=attachment.original_name,
    )
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _gone_with_its_document(request, slug, pk):
    """Answer 410 for the file of a withdrawn document, else 404."""
    document = Document.objects.gone().filter(slug=slug, attachments__pk=pk).first()
    if document is None:
        raise Http404
    return gone(request, document)
