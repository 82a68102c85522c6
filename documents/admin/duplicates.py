"""Duplicates: documents that may be entered twice, and files that are equal byte by byte.

The form asks before it saves a second document with the number of another one of the same agency
and year. The clerk decides; nothing is refused for good.
"""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path
from django.utils.html import format_html

from documents.admin.vocabulary import linked
from documents.files.models import Attachment
from documents.models import Document, DocumentQuerySet
from documents.vocabulary import Agency
from portal.staff.autocomplete import SeveralField
from portal.staff.private import private, require

#: Documents shown at most in the question of the form, and linked at most in one warning.
SHOWN, LINKED = 10, 5


def duplicates_of(document: Document) -> DocumentQuerySet:
    """Return the possible duplicates of a saved document."""
    issuers = {document.agency_id, *document.co_agencies.values_list("pk", flat=True)} - {None}
    same = Document.objects.duplicates_of(document.number, issuers, document.issued_on)
    return same.exclude(pk=document.pk)


def new_duplicates(data: dict[str, Any], document: Document | None) -> list[Document]:
    """Return the possible duplicates of the document that an admin form describes.

    `data`: the cleaned `number`, `agency`, `co_agencies`, `issued_on`. `document`: the document
    itself where it is saved; its duplicates of before are not asked about again.
    """
    agencies = [data.get("agency"), *(data.get("co_agencies") or [])]
    issuers = {agency.pk for agency in agencies if agency}
    same = Document.objects.duplicates_of(data.get("number") or "", issuers, data.get("issued_on"))
    saved = Document.objects.filter(pk=document.pk).first() if document else None
    if saved:
        same = same.exclude(pk=saved.pk).exclude(pk__in=duplicates_of(saved).values("pk"))
    files = Prefetch("attachments", Attachment.objects.in_order())
    rows = same.select_related("type", "agency").defer("body", "folded").prefetch_related(files)
    return list(rows.newest_first()[:SHOWN])


def duplicate_warnings(document: Document) -> list[str]:
    """Return the warning about duplicates: other documents of the agency have this number."""
    same = duplicates_of(document).select_related("type").defer("body", "folded")[:LINKED]
    if not same:
        return []
    when = f" trong năm {document.issued_on.year}" if document.issued_on else ""
    sentence = (
        "Đã có văn bản khác của cơ quan này mang số {}{}: {}. "
        "Nếu nhập trùng, hãy xóa hoặc gỡ một bản."
    )
    return [format_html(sentence, document.number, when, linked(same))]


def left_out_warning(name: str, kept_name: str) -> str:
    """Return the warning that a duplicate file was not saved: the document has an equal one."""
    return f"Tệp «{name}» giống hệt «{kept_name}» của văn bản này nên chỉ giữ một tệp."


def equal_file_warnings(attachment: Attachment) -> list[str]:
    """Return the warning about a duplicate file: other documents have its very bytes."""
    equal = Attachment.objects.duplicates_of(attachment)[:3]
    sentence = "Tệp «{}» giống hệt tệp đã có ở văn bản: {}. Hãy xem có nhập trùng không."
    links = linked(file.document for file in equal)
    return [format_html(sentence, attachment.original_name, links)] if links else []


class DuplicateQuestion(forms.Form):
    """The question of the form's script before it sends the form, so that no file is lost."""

    number = forms.CharField(max_length=200)
    issued_on = forms.DateField(required=False)
    agency = forms.ModelChoiceField(Agency.objects.all(), required=False)
    co_agencies = SeveralField(Agency.objects.all(), required=False)
    document = forms.ModelChoiceField(Document.objects.only("pk"), required=False)

    def duplicates(self) -> list[Document]:
        """Return the duplicates to show above a form; none where the form tells what is wrong."""
        if not self.is_valid():
            return []
        return new_duplicates(self.cleaned_data, self.cleaned_data["document"])


class DuplicateSearch:
    """Mixed into the admin of documents: the address at which the form's script asks."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.duplicates)
        return [path("trung/", view, name="documents_document_duplicates"), *super().get_urls()]

    def duplicates(self, request: HttpRequest) -> HttpResponse:
        """Answer a form with its possible duplicates, as a part of the page; 204 without any."""
        require(self.has_change_permission(request) or self.has_add_permission(request))
        same = DuplicateQuestion(request.GET).duplicates()
        if not same:
            return private(HttpResponse(status=204))
        template = "admin/documents/document/duplicates.html"
        return private(HttpResponse(render_to_string(template, {"duplicates": same}, request)))
