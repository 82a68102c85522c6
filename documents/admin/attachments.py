"""Files in the form of a document: what was found in each, who else has it, and the door by which staff open it."""

from django import forms
from django.contrib import admin, messages
from django.http import Http404
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from documents.files.models import Attachment
from documents.views.register import sent
from portal.staff.forms import StaffForm
from portal.staff.private import private, require
from portal.uploads.inspection import MEDIA_TYPES
from portal.uploads.storage import taken_back_on_failure


def staff_file(attachment):
    """Return the address (str) under which staff open the file of `attachment`, whatever the state of its document."""
    return reverse("admin:documents_document_file", args=[attachment.document_id, attachment.pk])


class AttachmentInput(forms.ClearableFileInput):
    """A file of a document, with a link by which staff open it; it has no public address of its own."""

    def is_initial(self, value):
        """Tell whether a file is there; Django asks for its public address, which there is none of."""
        return bool(value)

    def render(self, name, value, attrs=None, renderer=None):
        """Return the control with the present file before it."""
        context = self.get_context(name, value, attrs)
        if context["widget"]["is_initial"]:
            context |= {"address": staff_file(value.instance), "attachment": value.instance}
        return render_to_string("admin/widgets/attachment.html", context)


class AttachmentForm(StaffForm):
    """One file. `double_of` (str): the name of the same file that the document has already; then this one is left out."""

    double_of = ""

    def has_changed(self):
        """Tell whether there is something to save; a place alone is no file."""
        is_only_a_place = not self.instance.pk and self.changed_data == ["position"]
        return not self.double_of and not is_only_a_place and super().has_changed()


class AttachmentFormSet(forms.BaseInlineFormSet):
    """The files of one document: the same bytes are kept once."""

    def clean(self):
        """Mark every new file whose bytes the document has already, or has got by another row of this form."""
        super().clean()
        kept = {}
        for form in self.initial_forms:
            if form.instance.sha256 and not self._should_delete_form(form):
                kept[form.instance.sha256] = form.instance.original_name
        for form in self.extra_forms:
            digest = form.instance.sha256
            if digest and form.is_valid() and not self._should_delete_form(form):
                form.double_of = kept.get(digest, "")
                kept.setdefault(digest, form.instance.original_name)

    @property
    def doubles(self):
        """Names (list of (left out, kept)) of the files that are kept once."""
        return [
            (form.instance.original_name, form.double_of)
            for form in self.extra_forms
            if form.double_of
        ]


class AttachmentInline(admin.TabularInline):
    """The files of a document: first in the form, for they are what the reader comes for."""

    model = Attachment
    form = AttachmentForm
    formset = AttachmentFormSet
    fields = ["file", "role", "position"]
    extra = 2
    view_on_site = False
    verbose_name = "tệp"
    verbose_name_plural = "Tệp đính kèm (bản ký trước, bản Word và phụ lục sau)"

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Give the file its own control."""
        if db_field.name == "file":
            kwargs["widget"] = AttachmentInput(
                attrs={"accept": ",".join(f".{kind}" for kind in MEDIA_TYPES)}
            )
            return db_field.formfield(**kwargs)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_fields(self, request, obj=None):
        """Show the bare link instead of the control to those who may not change the document."""
        document_admin = self.admin_site.get_model_admin(self.parent_model)
        may_change = obj is None or document_admin.has_change_permission(request, obj)
        return (
            self.fields
            if may_change and self.has_change_permission(request, obj)
            else ["link", "role", "position"]
        )

    def get_readonly_fields(self, request, obj=None):
        """Let the link be shown."""
        return ["link"]

    @admin.display(description="tệp")
    def link(self, attachment):
        """The name of the file, by which staff open it."""
        context = (
            {"address": staff_file(attachment), "attachment": attachment} if attachment.pk else {}
        )
        return render_to_string("admin/widgets/attachment_link.html", context) if context else ""


class FileDesk:
    """Mixed into the admin of documents: what is told of new files, and the door by which staff open any file."""

    def changeform_view(self, request, *args, **kwargs):
        """Keep no file of a document that could not be saved."""
        with taken_back_on_failure():
            return super().changeform_view(request, *args, **kwargs)

    def save_formset(self, request, form, formset, change):
        """Save; tell what was found in new files, which were left out, and where else the same bytes are."""
        super().save_formset(request, form, formset, change)
        if isinstance(formset, AttachmentFormSet):
            changed = [item for item, names in formset.changed_objects if "file" in names]
            self.tell_of_files(request, formset.doubles, [*formset.new_objects, *changed])

    def tell_of_files(self, request, doubles, attachments):
        """Tell what was found in new `attachments`, where else the same bytes are, and which files were left out: `doubles`, (name, kept name)."""
        for sentence in self._told_of(doubles, attachments):
            self.message_user(request, sentence, messages.WARNING)

    def _told_of(self, doubles, attachments):
        """Yield a sentence for each of `doubles` (names), and for what `attachments` hold or share with other documents."""
        for left_out, kept in doubles:
            yield f"Tệp «{left_out}» giống hệt «{kept}» của văn bản này nên chỉ giữ một tệp."
        for attachment in attachments:
            twins = Attachment.objects.duplicates_of(attachment)[:3]
            if twins:
                links = format_html_join(
                    ", ",
                    '<a href="{}">{}</a>',
                    ((form_of(twin.document), twin.document) for twin in twins),
                )
                yield format_html(
                    "Tệp «{}» giống hệt tệp đã có ở văn bản: {}. Hãy xem có nhập trùng không.",
                    attachment.original_name,
                    links,
                )
            for flag in attachment.flags:
                yield f"Tệp «{attachment.original_name}»: {flag} Người duyệt sẽ thấy điều này."

    def get_urls(self):
        """Add the door by which staff open files."""
        door = self.admin_site.admin_view(self.file)
        return [
            path("<int:pk>/tep/<int:file_pk>/", door, name="documents_document_file"),
            *super().get_urls(),
        ]

    def file(self, request, pk, file_pk):
        """Send a file of any document to staff who may view documents, never to be opened inside the site."""
        attachment = (
            Attachment.objects.select_related("document").filter(pk=file_pk, document=pk).first()
        )
        require(self.has_view_permission(request, attachment and attachment.document))
        if attachment is None:
            raise Http404
        return private(sent(request, attachment))

    def preview_html(self, request, item):
        """Return the page with its files leading to the door for staff."""
        html = super().preview_html(request, item)
        for attachment in item.attachments.all():
            attachment.document = item
            html = html.replace(
                f'href="{attachment.get_absolute_url()}"', f'href="{staff_file(attachment)}"'
            )
        return html


def form_of(document):
    """Return the address (str) of the form of `document`."""
    return reverse("admin:documents_document_change", args=[document.pk])
