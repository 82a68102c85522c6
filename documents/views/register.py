"""Pages of the document register: lists, one document, download of its files, search by number."""

import logging
from typing import Any

from django.db.models import QuerySet
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

from documents.files.models import Attachment
from documents.filters.facets import Facets
from documents.filters.form import DayFilter, DocumentFilter, joined
from documents.law.explanation import explanation_of, explanation_on
from documents.law.relations import lines_of
from documents.law.succession import issuers_of
from documents.models import Document, DocumentQuerySet, Family
from documents.views.diagram import diagram_of
from documents.views.exports import FORMATS as DATA_FORMATS
from portal.cache.revision import kept
from portal.publishing.addresses import FormerAddress
from portal.web.pagination import PageNumber
from portal.web.sending import send
from portal.web.views import FilteredList, VisibleDetail, gone, query_parameter

log = logging.getLogger(__name__)
DOCUMENTS = ("Văn bản", "/van-ban/")


class DocumentList(FilteredList):
    """The list of all documents, or of one family; `?dinh-dang=csv|json` gives the rows as data."""

    model = Document
    template_name = "documents/document_list.html"
    family = ""

    def get_form(self) -> DocumentFilter:
        return DocumentFilter(self.request.GET, self.family)

    def get_base_queryset(self) -> DocumentQuerySet:
        return Document.objects.visible()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.GET.get("dinh-dang", "")
        if not wanted:
            return super().get(request, *args, **kwargs)
        if wanted not in DATA_FORMATS:
            raise Http404
        rows = self.get_queryset()
        return DATA_FORMATS[wanted](rows.for_data(self.form.day), self.form.day)

    def paginate_queryset(
        self, queryset: DocumentQuerySet, page_size: int
    ) -> tuple[Any, Any, Any, bool]:
        """Count the facets of the register's list, once for all pages and orders of a filter."""
        narrowed = tuple(pair for pair in self.form.given() if pair[0] not in ("trang", "sap-xep"))
        self.facets = kept(
            ("facets", self.family, narrowed), lambda: Facets(self.form, self.get_base_queryset())
        )
        if self.facets.few is not None:
            queryset = self.form.sorted(self.get_base_queryset().filter(pk__in=self.facets.few))
        paginator = PageNumber(queryset.for_lists(self.form.day), page_size)
        paginator.count = self.facets.total
        page = paginator.page_of(self.request.GET.get("trang", "1"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        chips = self.form.chips()
        self.form.show_counts(self.facets)
        query = context["query"]
        family = self.family and f"nhom={self.family}"
        return context | {
            "heading": Family(self.family).label if self.family else "Văn bản",
            "family": self.family,
            "families": self._families(query),
            "trail": [DOCUMENTS] if self.family else [],
            "chips": chips,
            "day": self.form.values().get("ngay"),
            "data_links": [
                (kind.upper(), joined("", query, f"dinh-dang={kind}")) for kind in DATA_FORMATS
            ],
            "feeds": [
                (name, joined(reverse(f"documents:{kind}"), family, query))
                for kind, name in (("rss", "RSS"), ("atom", "Atom"), ("json", "JSON Feed"))
            ],
        }

    def _families(self, query: str) -> list[tuple[str, str, str, int]]:
        """Return the tabs of the register's list with counts: all, and one for each family."""
        tabs = [("", "Tất cả văn bản", "list", self.facets.of_all_families)]
        counts = self.facets.counts["nhom"]
        tabs += [(family.value, family.label, family.value, counts[family]) for family in Family]
        return [
            (value, words, joined(reverse(f"documents:{view}"), query), count)
            for value, words, view, count in tabs
        ]


class DocumentDetail(VisibleDetail):
    """The page of one document: validity (also on `?ngay=`), facts, files, relations, text."""

    model = Document
    template_name = "documents/document_detail.html"
    context_object_name = "document"

    def get_queryset(self) -> QuerySet[Document]:
        self.form = DayFilter(self.request.GET)
        return (
            Document.objects.judged_on(then=self.form.day)
            .select_related("type", "agency")
            .prefetch_related("fields")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        document, form = self.object, self.form
        today, otherwise = document.judged_on, document.contradiction
        lines = lines_of(document, today)
        family = (document.get_family_display(), reverse(f"documents:{document.family}"))
        return super().get_context_data(
            form=form,
            explanation=explanation_on(today, document, lines),
            then=explanation_on(form.day, document, lines) if form.day else None,
            otherwise=explanation_of(otherwise, document, lines, today) if otherwise else None,
            issuers=issuers_of(document),
            attachments=attachments_of(document),
            relations=lines,
            diagram=diagram_of(lines) if lines else None,
            trail=[DOCUMENTS, family],
            **kwargs,
        )


def attachments_of(document: Document) -> list[Attachment]:
    """Return the files for a document's page in order, without a query for each."""
    attachments = list(document.attachments.in_order())
    for attachment in attachments:
        attachment.document = document
    return attachments


def by_number(request: HttpRequest) -> HttpResponse:
    """Resolve a document number (`?so=`): one match redirects, several are listed, else 404."""
    so = query_parameter(request, "so")
    matches = list(Document.objects.visible().for_lists().numbered(so).newest_first()[:100])
    if len(matches) == 1:
        return HttpResponseRedirect(matches[0].get_absolute_url())
    context = {
        "so": so,
        "object_list": matches,
        "heading": "Tìm văn bản theo số ký hiệu",
        "trail": [DOCUMENTS],
    }
    return render(
        request,
        "documents/document_by_number.html",
        context,
        status=200 if matches or not so else 404,
    )


def shown_file(
    request: HttpRequest, slug: str, pk: int
) -> tuple[Attachment | None, HttpResponse | None]:
    """Return a file of a visible document for a public view, or the answer 410 of a withdrawn one.

    Http404 for any other file, and for a `slug` that neither is nor was its document's.
    """
    attachment = Attachment.objects.visible().select_related("document").filter(pk=pk).first()
    if attachment is None:
        return None, _gone_with_its_document(request, slug, pk)
    document = attachment.document
    if document.slug != slug and FormerAddress.owner(Document, slug) != document.pk:
        raise Http404
    return attachment, None


def download(request: HttpRequest, slug: str, pk: int, name: str = "") -> HttpResponseBase:
    """Download a file of a visible document; a wrong name or a former slug redirects."""
    attachment, answer = shown_file(request, slug, pk)
    if attachment is None:
        return answer
    if (attachment.document.slug, attachment.original_name) != (slug, name):
        return HttpResponsePermanentRedirect(attachment.get_absolute_url())
    response = sent(request, attachment)
    response["Cache-Control"] = "public, max-age=0, must-revalidate"
    return response


def sent(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """Send an attachment as a download that never opens inside the site.

    The caller has checked who may see it. Http404 where the file is lost.
    """
    try:
        file = attachment.file.open("rb")
    except FileNotFoundError:
        log.error("attachment %s: its file %s is lost", attachment.pk, attachment.file.name)
        raise Http404 from None
    response = send(
        request,
        file,
        etag=attachment.sha256,
        content_type=attachment.content_type,
        download_name=attachment.original_name,
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _gone_with_its_document(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Answer 410 for the download of a withdrawn document's file, else raise Http404."""
    document = Document.objects.gone().filter(slug=slug, attachments__pk=pk).first()
    if document is None:
        raise Http404
    return gone(request, document)
