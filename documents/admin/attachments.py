"""Attachments in the admin form of a document: upload, warnings, download for staff."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.urls import path, reverse

from documents.admin.duplicates import equal_file_warnings, left_out_warning
from documents.files.models import Attachment
from documents.models import Document
from documents.views.register import sent
from portal.staff.forms import StaffForm
from portal.staff.private import private, require
from portal.uploads.inspection import MEDIA_TYPES
from portal.uploads.storage import taken_back_on_failure


def staff_file(attachment: Attachment) -> str:
    """Return the address at which staff download an attachment, in any phase of its document."""
    return reverse("admin:documents_document_file", args=[attachment.document_id, attachment.pk])


class AttachmentInput(forms.ClearableFileInput):
    """The file control of an attachment, with a link for staff: it has no public address."""

    def is_initial(self, value: Any) -> bool:
        return bool(value)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> str:
        """Render the file control of an attachment with the link for staff to its present file."""
        context = self.get_context(name, value, attrs)
        if context["widget"]["is_initial"]:
            context |= {"address": staff_file(value.instance), "attachment": value.instance}
        return render_to_string("admin/widgets/attachment.html", context)


class AttachmentForm(StaffForm):
    """The form of one attachment.

    `equal_name`: the name of an equal file that the document has; then this one is not saved.
    """

    equal_name = ""

    def has_changed(self) -> bool:
        """Tell whether an attachment's row has a file to save; a position alone is nothing."""
        is_only_a_place = not self.instance.pk and self.changed_data == ["position"]
        return not self.equal_name and not is_only_a_place and super().has_changed()


class AttachmentFormSet(forms.BaseInlineFormSet):
    """The attachments of one document; of equal files only one is saved."""

    def clean(self) -> None:
        """Mark each new attachment that is equal to a file of the document or of an earlier row."""
        super().clean()
        kept = {}
        for form in self.initial_forms:
            if form.instance.sha256 and not self._should_delete_form(form):
                kept[form.instance.sha256] = form.instance.original_name
        for form in self.extra_forms:
            digest = form.instance.sha256
            if digest and form.is_valid() and not self._should_delete_form(form):
                form.equal_name = kept.get(digest, "")
                kept.setdefault(digest, form.instance.original_name)

    @property
    def left_out(self) -> list[tuple[str, str]]:
        """The names of new attachments that are not saved, each with the name of its equal file."""
        return [
            (form.instance.original_name, form.equal_name)
            for form in self.extra_forms
            if form.equal_name
        ]


class AttachmentInline(admin.TabularInline):
    """The attachments of a document, first in its form: readers come for them."""

    model = Attachment
    form = AttachmentForm
    formset = AttachmentFormSet
    fields = ["file", "role", "position"]
    extra = 2
    view_on_site = False
    verbose_name = "tệp"
    verbose_name_plural = "Tệp đính kèm (bản ký trước, bản Word và phụ lục sau)"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "file":
            kwargs["widget"] = AttachmentInput(
                attrs={"accept": ",".join(f".{kind}" for kind in MEDIA_TYPES)}
            )
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Document | None = None) -> list[str]:
        """Show a link instead of the upload control to those who may not change the attachment."""
        document_admin = self.admin_site.get_model_admin(self.parent_model)
        if obj and not document_admin.has_change_permission(request, obj):
            return ["link", "role", "position"]
        may_change = self.has_change_permission(request, obj)
        return self.fields if may_change else ["link", "role", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["link"]

    @admin.display(description="tệp")
    def link(self, attachment: Attachment) -> str:
        """The name of the attachment, as a download link for staff."""
        if not attachment.pk:
            return ""
        context = {"address": staff_file(attachment), "attachment": attachment}
        return render_to_string("admin/widgets/attachment_link.html", context)


class FileDesk:
    """Mixed into the admin of documents: warnings about new files, and download for staff."""

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Take back stored attachments when the document of the form could not be saved."""
        with taken_back_on_failure():
            return super().changeform_view(request, *args, **kwargs)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the attachments of the form; warn the clerk about new files."""
        super().save_formset(request, form, formset, change)
        if isinstance(formset, AttachmentFormSet):
            changed = [item for item, names in formset.changed_objects if "file" in names]
            self.tell_of_files(request, formset.left_out, [*formset.new_objects, *changed])

    def tell_of_files(
        self,
        request: HttpRequest,
        left_out: Iterable[tuple[str, str]],
        attachments: Iterable[Attachment],
    ) -> None:
        """Warn the clerk about new attachments: duplicates (`left_out`: name, equal name) and
        findings.
        """
        sentences = [left_out_warning(*names) for names in left_out]
        for attachment in attachments:
            name = attachment.original_name
            sentences += equal_file_warnings(attachment)
            sentences += [
                f"Tệp «{name}»: {flag} Người duyệt sẽ thấy điều này." for flag in attachment.flags
            ]
        for sentence in sentences:
            self.message_user(request, sentence, messages.WARNING)

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.file)
        address = path("<int:pk>/tep/<int:file_pk>/", view, name="documents_document_file")
        return [address, *super().get_urls()]

    def file(self, request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
        """Send an attachment of any document, as a download, to staff who may view documents."""
        attachment = (
            Attachment.objects.select_related("document").filter(pk=file_pk, document=pk).first()
        )
        require(self.has_view_permission(request, attachment and attachment.document))
        if attachment is None:
            raise Http404
        return private(sent(request, attachment))

    def preview_html(self, request: HttpRequest, item: Document) -> str:
        """Return the preview of a document with links to its attachments that work for staff."""
        html = super().preview_html(request, item)
        for attachment in item.attachments.all():
            attachment.document = item
            html = html.replace(
                f'href="{attachment.get_absolute_url()}"', f'href="{staff_file(attachment)}"'
            )
        return html
