"""The admin of documents: the form with files and relations, the list, its filters."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from documents.admin.attachments import AttachmentInline, FileDesk
from documents.admin.duplicates import DuplicateSearch, new_duplicates
from documents.admin.from_files import IntakeFromFiles
from documents.admin.relations import PassiveInline, RelationInline
from documents.admin.vocabulary import day_words, linked
from documents.admin.warnings import doubts_of
from documents.law.deadlines import clock_of
from documents.law.relations import Relation
from documents.models import Document
from documents.views.register import DocumentDetail
from portal.staff.forms import PublishingForm
from portal.staff.lists import LightList, PhaseFilter
from portal.staff.private import private, require
from portal.staff.publishing import PublishableAdmin
from portal.text import vietnamese
from portal.workdays import Holiday


def found_by(document: Document) -> QuerySet[Relation]:
    """Return the relations in which others name the edited document by its number and found it."""
    named_source = Q(source=document, target__isnull=False) & ~Q(source_key="")
    named_target = Q(target=document, source__isnull=False) & ~Q(target_key="")
    return Relation.objects.filter(named_source | named_target)


class DocumentForm(PublishingForm):
    """A document with its files and relations. `duplicates`: what the clerk is asked about."""

    is_another = forms.BooleanField(label="Đây là văn bản khác, vẫn lưu", required=False)
    duplicates: list[Document] = []

    def clean(self) -> dict[str, Any]:
        """Ask the clerk before a second document gets a number of the same agency and year."""
        data = super().clean()
        self.duplicates = new_duplicates(data, self.instance)
        if self.duplicates and not data.get("is_another"):
            again = " Tệp vừa chọn phải chọn lại." if self.files else ""
            raise ValidationError(
                "Chưa lưu: văn bản này có thể đã có trên cổng. Hãy xem danh sách ở trên; "
                "nếu đây là văn bản khác, đánh dấu "
                f"«{self.fields['is_another'].label}» rồi lưu lại. "
                f"Những gì đã gõ vẫn còn.{again}"
            )
        return data


class DeadlineFilter(admin.SimpleListFilter):
    """A filter of the admin list by the deadline for publishing."""

    title = "thời hạn đăng"
    parameter_name = "thoi-han"
    OVERDUE = "qua-han"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            (self.OVERDUE, "Quá hạn, chưa đăng"),
            ("den-han", "Đến hạn hôm nay hoặc ngày làm việc tới"),
            ("da-muon", "Đã đăng muộn (năm nay, năm ngoái)"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        """Narrow the admin list of documents to those overdue, due, or published late."""
        methods = {self.OVERDUE: "overdue", "den-han": "due_soon", "da-muon": "published_late"}
        if self.value() not in methods:
            return queryset
        narrow = getattr(queryset, methods[self.value()])
        return narrow(Holiday.objects.workdays(), timezone.localdate())


class DocumentListing(LightList):
    """The admin list of documents, with validity and deadline of each row and no query per row."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: Any = None
    ) -> QuerySet[Document]:
        """Return the rows of the admin list of documents with validity and deadline facts."""
        return super().get_queryset(request, exclude_parameters).judged_on().clocked()

    def get_results(self, request: HttpRequest) -> None:
        """Set the publishing deadline of each row of the admin list of documents."""
        super().get_results(request)
        workdays, today = Holiday.objects.workdays(), timezone.localdate()
        for document in self.result_list:
            document.clock = clock_of(document, workdays, today)


@admin.register(Document)
class DocumentAdmin(IntakeFromFiles, FileDesk, DuplicateSearch, PublishableAdmin):
    """The admin of legal and directive documents."""

    detail_view = DocumentDetail
    form = DocumentForm
    list_display = [
        "title", "phase_now", "deadline", "short_summary", "issuer", "issued_on", "validity_words"
    ]  # fmt: skip
    list_filter = [PhaseFilter, DeadlineFilter, "family", "validity_given", "type"]
    ordering = ["-updated_at", "-pk"]
    search_fields = ["folded"]
    search_help_text = (
        "Số ký hiệu viết thế nào cũng được (19/2018, 19 2018 tt btttt); "
        "chữ gõ có dấu hay không dấu đều được."
    )
    autocomplete_fields = ["agency", "co_agencies", "fields"]
    inlines = [AttachmentInline, RelationInline, PassiveInline]
    change_form_template = "admin/documents/document/change_form.html"

    class Media:
        js = [
            forms.Script("admin/js/signers.js", defer=True),
            forms.Script("admin/js/duplicates.js", defer=True),
        ]

    fieldsets = [
        (
            None,
            {
                "fields": [
                    "family",
                    ("type", "number"),
                    "summary",
                    ("agency", "issued_on"),
                    ("effective_on", "expires_on"),
                ],
                "description": "Chép đúng như trên văn bản. "
                "Điều gì chưa rõ thì để trống, đừng đoán.",
            },
        ),
        ("Người ký", {"fields": [("signing_power", "signer", "signer_post")]}),
        ("Phân loại", {"fields": ["fields", "co_agencies", "validity_given"]}),
        ("Toàn văn", {"fields": ["body"], "classes": ["collapse"]}),
        (
            "Công báo và địa chỉ",
            {"fields": [("gazette_number", "gazette_on"), "slug"], "classes": ["collapse"]},
        ),
    ]

    @admin.display(description="văn bản", ordering="number_value")
    def title(self, document: Document) -> str:
        return document.title

    @admin.display(description="trích yếu")
    def short_summary(self, document: Document) -> str:
        words = document.summary
        return words if len(words) <= 100 else words[:99].rsplit(" ", 1)[0] + "…"

    @admin.display(description="cơ quan", ordering="agency__name")
    def issuer(self, document: Document) -> str:
        return document.agency.label if document.agency else ""

    @admin.display(description="hiệu lực")
    def validity_words(self, document: Document) -> str:
        return document.validity.label

    @admin.display(description="thời hạn đăng")
    def deadline(self, document: Document) -> str:
        """The column of the admin list that tells the deadline for publishing a document."""
        clock = document.clock
        return (
            format_html('<span class="clock clock-{}">{}</span>', clock.pace.value, clock.words)
            if clock
            else ""
        )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[DocumentListing]:
        return DocumentListing

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        return super().get_queryset(request).judged_on().select_related("type", "agency")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Let the document form suggest earlier signers while the signer's name is typed."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "signer":
            field.widget.attrs |= {
                "data-signers": reverse("admin:documents_document_signers"),
                "autocomplete": "off",
            }
        return field

    # --- what is found

    def find(self, queryset: Any, term: str) -> QuerySet[Document]:
        """Search the admin list of documents by number in any spelling, or by words."""
        return queryset.matching_number_or_words(term)

    def choices(self, queryset: Any, term: str) -> QuerySet[Document]:
        """Return the documents offered while a clerk types in a choice of a document, equal numbers
        first.
        """
        rows = queryset.defer("body", "folded")
        return rows.best_first(term) if vietnamese.fold(term).split() else rows.newest_first()

    def choice_words(self, document: Document) -> str:
        """Return how a document is named in the admin's choices: number, agency, day, trích yếu."""
        day = document.issued_on and day_words(document.issued_on)
        agency = document.agency and document.agency.label
        parts = [document.number or document.title, agency, day, self.short_summary(document)]
        return " – ".join(filter(None, parts))

    def signers(self, request: HttpRequest) -> HttpResponse:
        """Answer the document form with earlier signers that match `?q=`, for those who enter
        documents.
        """
        require(self.has_change_permission(request) or self.has_add_permission(request))
        return private(
            JsonResponse({"signers": Document.objects.signers(request.GET.get("q", "")[:120])})
        )

    # --- warnings

    def doubts(self, item: Document) -> list[str]:
        """Remind staff on the admin's first page of documents overdue for publishing."""
        return doubts_of(item)

    def reminders(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Remind staff on the admin's first page of the documents overdue for publishing."""
        if not self.has_view_permission(request):
            return []
        count = Document.objects.overdue(Holiday.objects.workdays(), timezone.localdate()).count()
        query = f"{DeadlineFilter.parameter_name}={DeadlineFilter.OVERDUE}"
        address = f"{reverse('admin:documents_document_changelist')}?{query}"
        return [(f"{count} văn bản quá hạn đăng", address)] if count else []

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        """Save the document from its form; tell which relations elsewhere have found it."""
        before = set(found_by(obj).values_list("pk", flat=True)) if change else set()
        super().save_model(request, obj, form, change)
        found = found_by(obj).exclude(pk__in=before).select_related("source__type", "target__type")
        for relation in found[:20]:
            if relation.source_id == obj.pk:
                other, words = relation.target, relation.get_kind_display()
            else:
                other, words = relation.source, relation.passive
            sentence = "Đã nối với quan hệ ghi sẵn ở {}: văn bản này {} văn bản ấy."
            self.message_user(
                request, format_html(sentence, linked([other]), words.lower()), messages.INFO
            )

    # --- doors for staff

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.signers)
        return [path("nguoi-ky/", view, name="documents_document_signers"), *super().get_urls()]
