"""«Thêm từ tệp»: the clerk chooses the files first, and the ordinary form comes filled with what they say. He saves it, or nothing is saved."""

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import transaction
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from documents import entry as entries
from documents.attachments import Attachment, Role
from documents.relations import Relation
from documents.staging import Entry, StagedFile
from portal import files
from portal.admin_site import private, require

#: The name by which the form's address carries the entry.
KEY = "tu-tep"
FILES_MAX = 10
SURE, DOUBTFUL = "chắc chắn", "nên xem lại"


class SeveralFilesInput(forms.ClearableFileInput):
    """A control in which several files are chosen at once; browsers do that without any script."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Files, each checked like an attachment; the value is their list."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        """Return the files (list of UploadedFile); ValidationError that names each file which is refused."""
        uploads = [upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload]
        if not uploads:
            raise ValidationError("Chọn ít nhất một tệp.")
        if len(uploads) > FILES_MAX:
            raise ValidationError(f"Mỗi lần chọn nhiều nhất {FILES_MAX} tệp.")
        refused = []
        for upload in uploads:
            try:
                check(upload)
            except ValidationError as error:
                refused.append(f"«{files.clean_name(upload.name)}»: {' '.join(error.messages)}")
        if refused:
            raise ValidationError(refused)
        return uploads


def check(upload):
    """Refuse the open file `upload` with the very words with which the form of attachments would. Raises ValidationError."""
    try:
        Attachment(file=upload).full_clean(exclude=["document"])
    except ValidationError as error:
        raise ValidationError(error.messages) from None


class FilesForm(forms.Form):
    """The first step: the files."""

    files = SeveralFiles(
        label="Các tệp của văn bản",
        widget=SeveralFilesInput(attrs={"multiple": True, "accept": ".pdf,.doc,.docx,.xls,.xlsx,.odt,.ods"}),
        help_text="Bản ký (PDF), bản Word, phụ lục: chọn một lần, nhiều tệp. PDF, Word, Excel hoặc OpenDocument.",
    )


class MarkedInput(AdminTextInputWidget):
    """A line with words behind it on how sure its value is."""

    def __init__(self, is_sure, attrs=None):
        super().__init__(attrs)
        self.is_sure = is_sure

    def render(self, name, value, attrs=None, renderer=None):
        """Return the control with the words behind it."""
        return format_html("{} {}", super().render(name, value, attrs, renderer), mark(self.is_sure))


def mark(is_sure):
    """Return the words (HTML) that tell how sure a value is that was read in a file."""
    return format_html(
        '<span class="read {}">Đọc từ tệp: {}</span>', "read-sure" if is_sure else "read-doubtful", SURE if is_sure else DOUBTFUL
    )


class FromFilesForm(forms.ModelForm):
    """Mixed into the form of a document that is entered from files. `entry`: Entry, set by the admin for the request."""

    entry = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, is_sure in self.entry.values.get("marks", {}).items():
            if name in self.fields:
                self.fields[name].help_text = format_html("{} {}", mark(is_sure), self.fields[name].help_text)
        for name, words in self.entry.values.get("said", {}).items():
            if name in self.fields:
                sentence = format_html('<span class="read read-doubtful">Trong tệp ghi «{}», chưa có trong danh sách.</span>', words)
                self.fields[name].help_text = format_html("{} {}", sentence, self.fields[name].help_text)
        self.staged = list(self.entry.files.order_by("pk"))
        seen_pdf = False
        for file in self.staged:
            is_pdf = files.extension_of(file.original_name) == "pdf"
            role = entries.role_of(file, is_pdf and not seen_pdf)
            seen_pdf = seen_pdf or is_pdf
            self.fields[f"staged-{file.pk}"] = forms.BooleanField(label=file.original_name, required=False, initial=True)
            label = f"Vai trò của {file.original_name}"
            self.fields[f"role-{file.pk}"] = forms.ChoiceField(label=label, choices=Role.choices, initial=role, required=False)

    @property
    def chosen(self):
        """The files (list of StagedFile) that the clerk keeps."""
        return [file for file in self.staged if self.cleaned_data.get(f"staged-{file.pk}")]

    @property
    def staged_rows(self):
        """[(StagedFile, bound field whether it is kept, bound field of its role)] for the template."""
        return [(file, self[f"staged-{file.pk}"], self[f"role-{file.pk}"]) for file in self.staged]

    def clean(self):
        """Check the files once more, as they lie there now."""
        data = super().clean()
        for file in self.chosen:
            try:
                with file.file.open("rb") as opened:
                    check(File(opened, name=file.original_name))
            except FileNotFoundError:
                self.add_error(None, f"Tệp «{file.original_name}» không còn. Hãy bỏ chọn và tải tệp lên lại.")
            except ValidationError as error:
                self.add_error(None, f"«{file.original_name}»: {' '.join(error.messages)}")
        return data


class EntryFromFiles:
    """Mixed into the admin of documents, before the rest."""

    def get_urls(self):
        """Add the door of the first step."""
        return [path("tu-tep/", self.admin_site.admin_view(self.from_files), name="documents_document_from_files"), *super().get_urls()]

    def may_enter_from_files(self, request):
        """Tell whether the user of `request` may add documents with files."""
        return self.has_add_permission(request) and request.user.has_perm("documents.add_attachment")

    def from_files(self, request):
        """Take the files, read them for a few seconds, and lead to the form."""
        require(self.may_enter_from_files(request))
        form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
        if form.is_valid():
            entry = self._stage(request, form.cleaned_data["files"])
            entries.read_entry(entry)
            return private(HttpResponseRedirect(f"{reverse('admin:documents_document_add')}?{KEY}={entry.key}"))
        context = {
            **self.admin_site.each_context(request),
            "title": "Thêm văn bản từ tệp",
            "opts": self.opts,
            "form": form,
            "has_view_permission": self.has_view_permission(request),
        }
        status = 400 if form.is_bound else 200
        return private(TemplateResponse(request, "admin/documents/document/from_files.html", context, status=status))

    def _stage(self, request, uploads):
        Entry.objects.collect()
        with transaction.atomic():
            entry = Entry.objects.create(owner=request.user)
            for upload in uploads:
                upload.seek(0)
                name = files.clean_name(upload.name)
                StagedFile.objects.create(entry=entry, file=File(upload, name=name), original_name=name, size=upload.size)
        return entry

    def entry_of(self, request):
        """Return the entry (Entry) of the form that `request` is about; None where there is none, or it is somebody else's."""
        if not hasattr(request, "entry_from_files"):
            key = request.GET.get(KEY, "")
            request.entry_from_files = Entry.objects.begun_by(request.user, key) if key else None
        return request.entry_from_files

    def add_view(self, request, form_url="", extra_context=None):
        """Tell, where the entry is gone, what to do."""
        if request.GET.get(KEY) and self.entry_of(request) is None:
            self.message_user(request, "Các tệp đã chọn không còn (giữ một ngày). Hãy chọn lại tệp.", messages.WARNING)
            return HttpResponseRedirect(reverse("admin:documents_document_from_files"))
        return super().add_view(request, form_url, {"entry": self.entry_of(request), **(extra_context or {})})

    def changelist_view(self, request, extra_context=None):
        """Offer the first step to those who may take it."""
        return super().changelist_view(request, {"may_enter_from_files": self.may_enter_from_files(request), **(extra_context or {})})

    def get_changeform_initial_data(self, request):
        """Fill the form with what was read."""
        entry = self.entry_of(request)
        initial = super().get_changeform_initial_data(request)
        initial.pop(KEY, None)
        return initial | (entry.values.get("initial", {}) if entry else {})

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form class; for an entry with its marks and its files."""
        form = super().get_form(request, obj, change=change, **kwargs)
        entry = self.entry_of(request) if obj is None else None
        return type(form.__name__, (FromFilesForm, form), {"entry": entry}) if entry else form

    def get_formsets_with_inlines(self, request, obj=None):
        """Give the relations a row for each ground that was read."""
        entry = self.entry_of(request) if obj is None else None
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if entry and _takes_grounds(inline):
                formset.extra = len(entry.values.get("grounds", [])) + 1
                formset.form = type(formset.form.__name__, (GroundForm, formset.form), {})
            yield formset, inline

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Fill the rows; what is sent back counts as typed, so that what was left as read is saved, too."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        entry = self.entry_of(request) if not obj.pk else None
        if entry and _takes_grounds(inline) and request.method != "POST":
            kwargs["initial"] = entry.values.get("grounds", [])
        return kwargs

    def save_related(self, request, form, formsets, change):
        """Attach the files that were kept; the entry is over."""
        super().save_related(request, form, formsets, change)
        entry = getattr(form, "entry", None)
        if entry is None:
            return
        position = form.instance.attachments.count()
        for file in form.chosen:
            position += 1
            role = form.cleaned_data.get(f"role-{file.pk}") or Role.SIGNED
            with file.file.open("rb") as opened:
                kept = File(opened, name=file.original_name)
                Attachment.objects.create(document=form.instance, file=kept, role=role, position=position)
        entry.delete()


def _takes_grounds(inline):
    return inline.model is Relation and inline.fk_name == "source"


class GroundForm(forms.ModelForm):
    """Mixed into the rows of relations: a row that was read in a file says how sure it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "is_sure" in self.initial and "target_number" in self.fields:
            field = self.fields["target_number"]
            field.widget = MarkedInput(self.initial["is_sure"], field.widget.attrs)
