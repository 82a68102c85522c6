"""The register for clerks: documents with their files and relations; `admin_words` holds the lists they choose from."""

from django import forms
from django.contrib import admin, messages
from django.db.models import Q
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from documents.admin.attachments import AttachmentInline, FileDesk
from documents.admin.duplicates import DocumentForm, TwinQuestion
from documents.admin.from_files import IntakeFromFiles
from documents.admin.relations import PassiveInline, RelationInline
from documents.admin.vocabulary import day_words
from documents.admin.warnings import doubts_of, linked
from documents.law.deadlines import clock_of
from documents.law.relations import Relation
from documents.models import Document
from documents.views.register import DocumentDetail
from portal.staff.lists import LightList, PhaseFilter
from portal.staff.private import private, require
from portal.staff.publishing import PublishableAdmin
from portal.text import vietnamese
from portal.workdays import Holiday


def found_by(document):
    """Return the relations (queryset) at which another document names `document` by its number and has found it."""
    named_source = Q(source=document, target__isnull=False) & ~Q(source_key="")
    named_target = Q(target=document, source__isnull=False) & ~Q(target_key="")
    return Relation.objects.filter(named_source | named_target)


class DeadlineFilter(admin.SimpleListFilter):
    """Narrows the list by the limit for publishing."""

    title = "thời hạn đăng"
    parameter_name = "thoi-han"
    OVERDUE = "qua-han"

    def lookups(self, request, model_admin):
        """Return the choices."""
        return [
            (self.OVERDUE, "Quá hạn, chưa đăng"),
            ("den-han", "Đến hạn hôm nay hoặc ngày làm việc tới"),
            ("da-muon", "Đã đăng muộn (năm nay, năm ngoái)"),
        ]

    def queryset(self, request, queryset):
        """Return the documents of the chosen kind."""
        chosen = {self.OVERDUE: "overdue", "den-han": "due_soon", "da-muon": "published_late"}.get(
            self.value()
        )
        if chosen is None:
            return queryset
        return getattr(queryset, chosen)(Holiday.objects.workdays(), timezone.localdate())


class DocumentListing(LightList):
    """The list of documents: each row knows how it stands in law and with its limit, without a query of its own."""

    def get_queryset(self, request, exclude_parameters=None):
        """Return the rows with what their standing is computed from."""
        return super().get_queryset(request, exclude_parameters).judged_on().clocked()

    def get_results(self, request):
        """Set the clock of each row of the page."""
        super().get_results(request)
        workdays, today = Holiday.objects.workdays(), timezone.localdate()
        for document in self.result_list:
            document.clock = clock_of(document, workdays, today)


@admin.register(Document)
class DocumentAdmin(IntakeFromFiles, FileDesk, PublishableAdmin):
    """Legal and directive documents."""

    detail_view = DocumentDetail
    form = DocumentForm
    list_display = [
        "title",
        "phase_now",
        "deadline",
        "short_summary",
        "issuer",
        "issued_on",
        "validity_words",
    ]
    list_filter = [PhaseFilter, DeadlineFilter, "family", "validity_given", "type"]
    ordering = ["-updated_at", "-pk"]
    search_fields = ["folded"]
    search_help_text = "Số ký hiệu viết thế nào cũng được (19/2018, 19 2018 tt btttt); chữ gõ có dấu hay không dấu đều được."
    autocomplete_fields = ["agency", "co_agencies", "fields"]
    inlines = [AttachmentInline, RelationInline, PassiveInline]
    change_form_template = "admin/documents/document/change_form.html"

    class Media:
        js = [
            forms.Script("admin/js/signers.js", defer=True),
            forms.Script("admin/js/twins.js", defer=True),
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
                "description": "Chép đúng như trên văn bản. Điều gì chưa rõ thì để trống, đừng đoán.",
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
    def title(self, document):
        """Type and number."""
        return document.title

    @admin.display(description="trích yếu")
    def short_summary(self, document):
        """The beginning of the trích yếu."""
        return (
            document.summary
            if len(document.summary) <= 100
            else document.summary[:99].rsplit(" ", 1)[0] + "…"
        )

    @admin.display(description="cơ quan", ordering="agency__name")
    def issuer(self, document):
        """The short name of the agency."""
        return document.agency.label if document.agency else ""

    @admin.display(description="hiệu lực")
    def validity_words(self, document):
        """How it stands today."""
        return document.validity.label

    @admin.display(description="thời hạn đăng")
    def deadline(self, document):
        """How it stands with the limit for publishing."""
        clock = document.clock
        return (
            format_html('<span class="clock clock-{}">{}</span>', clock.pace.value, clock.words)
            if clock
            else ""
        )

    def get_changelist(self, request, **kwargs):
        """Return the class of the list."""
        return DocumentListing

    def get_queryset(self, request):
        """Return the documents with how they stand, their types, which their names begin with, and agencies."""
        return super().get_queryset(request).judged_on().select_related("type", "agency")

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Offer, while the signer's name is typed, those who signed before; whatever is typed is kept."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "signer":
            field.widget.attrs |= {
                "data-signers": reverse("admin:documents_document_signers"),
                "autocomplete": "off",
            }
        return field

    # --- what is found

    def find(self, queryset, term):
        """Return the documents that a reader would find, however the number is written."""
        return queryset.matching_number_or_words(term)

    def choices(self, queryset, term):
        """Return the documents to choose from while `term` is typed, the one with just this number first."""
        rows = queryset.defer("body", "folded")
        return rows.best_first(term) if vietnamese.fold(term).split() else rows.newest_first()

    def choice_words(self, document):
        """Return number, agency, day of issue and the beginning of the trích yếu."""
        day = document.issued_on and day_words(document.issued_on)
        parts = [
            document.number or document.title,
            document.agency and document.agency.label,
            day,
            self.short_summary(document),
        ]
        return " – ".join(part for part in parts if part)

    def signers(self, request):
        """Answer with those who signed documents before and are meant by `?q=`, for those who enter documents."""
        require(self.has_change_permission(request) or self.has_add_permission(request))
        return private(
            JsonResponse({"signers": Document.objects.signers(request.GET.get("q", "")[:120])})
        )

    def twins(self, request):
        """Answer with the part of the form that asks whether the document is here already; without content where it is not."""
        require(self.has_change_permission(request) or self.has_add_permission(request))
        twins = TwinQuestion(request.GET).twins()
        if not twins:
            return private(HttpResponse(status=204))
        return private(
            HttpResponse(
                render_to_string("admin/documents/document/twins.html", {"twins": twins}, request)
            )
        )

    # --- what is told

    def doubts(self, item):
        """Tell of what may be wrong; all of it is kept."""
        return doubts_of(item)

    def reminders(self, request):
        """Count what should stand on the portal by now and does not."""
        if not self.has_view_permission(request):
            return []
        count = Document.objects.overdue(Holiday.objects.workdays(), timezone.localdate()).count()
        address = f"{reverse('admin:documents_document_changelist')}?{DeadlineFilter.parameter_name}={DeadlineFilter.OVERDUE}"
        return [(f"{count} văn bản quá hạn đăng", address)] if count else []

    def save_model(self, request, obj, form, change):
        """Save, and tell which relations that others wrote have found this document now."""
        before = set(found_by(obj).values_list("pk", flat=True)) if change else set()
        super().save_model(request, obj, form, change)
        for relation in (
            found_by(obj).exclude(pk__in=before).select_related("source__type", "target__type")[:20]
        ):
            is_source = relation.source_id == obj.pk
            other, words = (
                (relation.target, relation.get_kind_display())
                if is_source
                else (relation.source, relation.passive)
            )
            sentence = "Đã nối với quan hệ ghi sẵn ở {}: văn bản này {} văn bản ấy."
            self.message_user(
                request, format_html(sentence, linked([other]), words.lower()), messages.INFO
            )

    # --- doors for staff

    def get_urls(self):
        """Add the doors by which the form asks for signers and twins."""
        doors = [
            path(
                "nguoi-ky/",
                self.admin_site.admin_view(self.signers),
                name="documents_document_signers",
            ),
            path("trung/", self.admin_site.admin_view(self.twins), name="documents_document_twins"),
        ]
        return [*doors, *super().get_urls()]
