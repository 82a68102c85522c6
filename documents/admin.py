"""The register for clerks: documents with their files and relations, and the lists of words they choose from."""

from django import forms
from django.contrib import admin
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import path, reverse

from documents.attachments import Attachment
from documents.models import Document
from documents.relations import Relation
from documents.views import DocumentDetail
from documents.vocabulary import Agency, DocumentType, Field
from portal.admin import PhaseFilter, PlainChoices, PublishableAdmin, StaffAdmin
from portal.admin_forms import StaffForm
from portal.admin_site import private, require
from portal.files import send


class WordAdmin(StaffAdmin):
    """A list of words that documents are described by; in alphabetical order after `position`."""

    alphabetical_by = "name"
    search_help_text = "Gõ có dấu hay không dấu đều được."


@admin.register(DocumentType)
class DocumentTypeAdmin(WordAdmin):
    """Kinds of documents."""

    list_display = ["name", "abbreviation", "position"]
    list_editable = ["position"]
    search_fields = ["name", "abbreviation"]
    fields = ["name", "abbreviation", "position", "slug"]


@admin.register(Agency)
class AgencyAdmin(WordAdmin):
    """Who issues documents. A merged or renamed agency stays, with its end and its successor."""

    list_display = ["name", "short_name", "ended_on", "successor", "position"]
    list_editable = ["position"]
    list_select_related = ["successor"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["successor"]
    fieldsets = [
        (None, {"fields": ["name", "short_name"]}),
        (
            "Sáp nhập, đổi tên",
            {
                "fields": ["ended_on", "successor"],
                "description": "Không sửa tên cơ quan cũ: thêm cơ quan mới, rồi ghi ngày kết thúc và cơ quan kế thừa ở đây.",
            },
        ),
        ("Thứ tự và địa chỉ", {"fields": ["position", "slug"], "classes": ["collapse"]}),
    ]


@admin.register(Field)
class FieldAdmin(WordAdmin):
    """Fields of documents."""

    list_display = ["name", "position"]
    list_editable = ["position"]
    search_fields = ["name"]
    fields = ["name", "position", "slug"]


class AttachmentInput(forms.ClearableFileInput):
    """A file of a document, with a link by which staff open it; it has no public address of its own."""

    def is_initial(self, value):
        """Tell whether a file is there; Django asks for its public address, which there is none of."""
        return bool(value)

    def render(self, name, value, attrs=None, renderer=None):
        """Return the control with the present file before it."""
        context = self.get_context(name, value, attrs)
        if context["widget"]["is_initial"]:
            context |= {"address": staff_file(value.instance), "file_name": value.instance.original_name}
        return render_to_string("admin/widgets/attachment.html", context)


def staff_file(attachment):
    """Return the address (str) under which staff open the file of `attachment`, whatever the state of its document."""
    return reverse("admin:documents_document_file", args=[attachment.document_id, attachment.pk])


class AttachmentInline(admin.TabularInline):
    """The files of a document: first in the form, for they are what the reader comes for."""

    model = Attachment
    form = StaffForm
    fields = ["file", "role", "position"]
    extra = 2
    view_on_site = False
    verbose_name = "tệp"
    verbose_name_plural = "Tệp đính kèm (bản ký trước, bản Word và phụ lục sau)"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Give the file its own control."""
        if db_field.name == "file":
            kwargs["widget"] = AttachmentInput(attrs={"accept": ".pdf,.doc,.docx,.xls,.xlsx,.odt,.ods"})
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        """Show the bare link instead of the control to those who may not change the document."""
        document_admin = self.admin_site.get_model_admin(Document)
        may_change = obj is None or document_admin.has_change_permission(request, obj)
        return self.fields if may_change and self.has_change_permission(request, obj) else ["link", "role", "position"]

    def get_readonly_fields(self, request, obj=None):
        """Let the link be shown."""
        return ["link"]

    @admin.display(description="tệp")
    def link(self, attachment):
        """The name of the file, by which staff open it."""
        context = {"address": staff_file(attachment), "file_name": attachment.original_name}
        return render_to_string("admin/widgets/attachment_link.html", context) if attachment.pk else ""


class EndFormSet(forms.BaseInlineFormSet):
    """Relations that know their own end while the document is not saved yet."""

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form


class RelationInline(PlainChoices, admin.TabularInline):
    """What this document does to others."""

    model = Relation
    form = StaffForm
    formset = EndFormSet
    fk_name = "source"
    fields = ["kind", "target", "target_number", "target_title", "note"]
    autocomplete_fields = ["target"]
    extra = 1
    verbose_name = "quan hệ"
    verbose_name_plural = "Quan hệ: văn bản này … văn bản kia (chiều ngược lại tự có)"

    def get_queryset(self, request):
        """Return the relations with the names of the other documents."""
        return super().get_queryset(request).select_related("target__type")


@admin.register(Document)
class DocumentAdmin(PublishableAdmin):
    """Legal and directive documents."""

    detail_view = DocumentDetail
    list_display = ["title", "standing", "short_summary", "agency", "issued_on", "validity_words"]
    list_filter = [PhaseFilter, "family", "validity_given", "type"]
    ordering = ["-updated_at", "-pk"]
    search_fields = ["folded"]
    search_help_text = "Số ký hiệu viết thế nào cũng được (19/2018, 19 2018 tt btttt); chữ gõ có dấu hay không dấu đều được."
    autocomplete_fields = ["agency", "co_agencies", "fields"]
    inlines = [AttachmentInline, RelationInline]
    change_form_template = "admin/documents/document/change_form.html"
    fieldsets = [
        (
            None,
            {
                "fields": ["family", ("type", "number"), "summary", ("agency", "issued_on"), ("effective_on", "expires_on")],
                "description": "Chép đúng như trên văn bản. Điều gì chưa rõ thì để trống, đừng đoán.",
            },
        ),
        ("Người ký", {"fields": [("signing_power", "signer", "signer_post")]}),
        ("Phân loại", {"fields": ["fields", "co_agencies", "validity_given"]}),
        ("Toàn văn", {"fields": ["body"], "classes": ["collapse"]}),
        ("Công báo và địa chỉ", {"fields": [("gazette_number", "gazette_on"), "slug"], "classes": ["collapse"]}),
    ]

    @admin.display(description="văn bản", ordering="number_value")
    def title(self, document):
        """Type and number."""
        return document.title

    @admin.display(description="trích yếu")
    def short_summary(self, document):
        """The beginning of the trích yếu."""
        return document.summary if len(document.summary) <= 100 else document.summary[:99].rsplit(" ", 1)[0] + "…"

    @admin.display(description="hiệu lực")
    def validity_words(self, document):
        """How it stands today."""
        return document.validity.label

    def get_queryset(self, request):
        """Return the documents with how they stand, their types, which their names begin with, and agencies."""
        return super().get_queryset(request).judged_on().select_related("type", "agency")

    def find(self, queryset, term):
        """Return the documents that a reader would find, however the number is written."""
        return queryset.matching_number_or_words(term)

    def doubts(self, item):
        """Tell of an equal number of the same agency and year, and of dates that contradict each other; both are kept."""
        found = []
        twins = Document.objects.filter(number_key=item.number_key, agency=item.agency_id).exclude(pk=item.pk)
        if item.number_key and item.issued_on and twins.filter(issued_on__year=item.issued_on.year).exists():
            found.append(
                f"Đã có văn bản khác của cơ quan này mang số {item.number} trong năm {item.issued_on.year}. Hãy xem lại."
            )
        if item.issued_on and item.effective_on and item.effective_on < item.issued_on:
            found.append("Ngày có hiệu lực đứng trước ngày ban hành. Hãy xem lại.")
        if item.effective_on and item.expires_on and item.expires_on < item.effective_on:
            found.append("Ngày hết hiệu lực đứng trước ngày có hiệu lực. Hãy xem lại.")
        if not item.attachments.exists():
            found.append("Văn bản chưa có tệp đính kèm.")
        return found

    def get_urls(self):
        """Add the door by which staff open files."""
        door = self.admin_site.admin_view(self.file)
        return [path("<int:pk>/tep/<int:file_pk>/", door, name="documents_document_file"), *super().get_urls()]

    def file(self, request, pk, file_pk):
        """Send a file of any document to staff who may view documents, never to be opened inside the site."""
        attachment = Attachment.objects.select_related("document").filter(pk=file_pk, document=pk).first()
        require(self.has_view_permission(request, attachment and attachment.document))
        if attachment is None:
            raise Http404
        response = send(
            request,
            attachment.file.open("rb"),
            etag=attachment.sha256,
            content_type=attachment.content_type,
            download_name=attachment.original_name,
        )
        response["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return private(response)

    def preview_html(self, request, item):
        """Return the page with its files leading to the door for staff."""
        html = super().preview_html(request, item)
        for attachment in item.attachments.all():
            attachment.document = item
            html = html.replace(f'href="{attachment.get_absolute_url()}"', f'href="{staff_file(attachment)}"')
        return html
