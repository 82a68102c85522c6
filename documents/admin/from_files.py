"""«Thêm từ tệp»: the clerk chooses the files first, and the ordinary form comes filled with what they say. He saves it, or nothing is saved."""

from datetime import date

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from documents.admin import prefill as intakes
from documents.admin.attachments import AttachmentFormSet, form_of
from documents.files.models import Attachment, Role
from documents.files.staging import Intake, StagedFile
from documents.law.relations import Relation
from documents.models import Document
from portal.staff.private import private, require
from portal.uploads.inspection import MEDIA_TYPES
from portal.uploads.names import clean_name
from portal.uploads.storage import taken_back_on_failure

#: The name by which the form's address carries the intake.
KEY = "tu-tep"
FILES_MAX = 10
#: What every document has, and the clerk must look for himself where it was not read.
EXPECTED = ["type", "number", "agency", "issued_on", "summary"]
GONE = "Các tệp đã chọn không còn: tệp chưa lưu chỉ được giữ một ngày."


class SeveralFilesInput(forms.ClearableFileInput):
    """A control in which several files are chosen at once; browsers do that without any script."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """Files that may all be attached; the value is a list of StagedFile, inspected and not saved."""

    widget = SeveralFilesInput

    def clean(self, data, initial=None):
        """Return the files (list of StagedFile); ValidationError with a sentence for each file that is refused."""
        uploads = [
            upload for upload in (data if isinstance(data, list | tuple) else [data]) if upload
        ]
        if not uploads:
            raise ValidationError("Chọn ít nhất một tệp.")
        if len(uploads) > FILES_MAX:
            raise ValidationError(f"Mỗi lần chọn nhiều nhất {FILES_MAX} tệp.")
        staged, refused = [StagedFile(file=upload) for upload in uploads], []
        for file, upload in zip(staged, uploads, strict=True):
            try:
                file.full_clean(exclude=["intake"])
            except ValidationError as error:
                refused.append(f"«{clean_name(upload.name)}»: {' '.join(error.messages)}")
        if refused:
            raise ValidationError(refused)
        return staged


class FilesForm(forms.Form):
    """The first step: the files."""

    files = SeveralFiles(
        label="Các tệp của văn bản",
        widget=SeveralFilesInput(
            attrs={"multiple": True, "accept": ",".join(f".{kind}" for kind in MEDIA_TYPES)}
        ),
        help_text=f"Bản ký (PDF), bản Word, phụ lục: chọn một lần, nhiều nhất {FILES_MAX} tệp. PDF, Word, Excel hoặc OpenDocument.",
    )


def told(standing, sentence):
    """Return `sentence` (str) on the reading of a field as HTML; `standing`: "sure", "doubtful" or "none"."""
    return format_html('<span class="read read-{}">{}</span>', standing, sentence)


SURE, DOUBTFUL = (
    told("sure", "Đọc từ tệp: chắc chắn."),
    told("doubtful", "Đọc từ tệp: nên xem lại."),
)


class FromFilesForm(forms.ModelForm):
    """Mixed into the form of a document that is entered from files. `intake`: Intake, set by the admin for the request."""

    intake = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields:
            reading = self._told_of(name)
            if reading:
                self.fields[name].help_text = format_html(
                    "{} {}", reading, self.fields[name].help_text
                )
        staged = list(self.intake.files.order_by("pk"))
        roles = intakes.roles_of(staged)
        self.staged = in_order(staged, roles)
        for file in self.staged:
            self.fields[f"staged-{file.pk}"] = forms.BooleanField(
                label=file.original_name, required=False, initial=True
            )
            label = f"Vai trò của {file.original_name}"
            self.fields[f"role-{file.pk}"] = forms.ChoiceField(
                label=label, choices=Role.choices, initial=roles[file.pk], required=False
            )

    def _told_of(self, name):
        """Return what the field `name` says of its reading (HTML); "" for nothing."""
        values, sentences = self.intake.values, []
        if name in values.get("marks", {}):
            sentences.append(SURE if values["marks"][name] else DOUBTFUL)
        if name in values.get("said", {}):
            names = "», «".join(values["said"][name])
            sentences.append(
                told("doubtful", f"Tệp ghi «{names}»: chưa rõ là mục nào trong danh sách.")
            )
        if not sentences and name in EXPECTED and values.get("was_read"):
            sentences.append(told("none", "Không thấy ghi trong tệp."))
        return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))

    @property
    def notes(self):
        """What the clerk should know of the reading (list of str)."""
        draft = (
            ["Trong tệp có chữ «Dự thảo»: kiểm tra xem đây đã là bản ký chưa."]
            if self.intake.values.get("is_draft")
            else []
        )
        return draft + self.intake.values.get("notes", [])

    @property
    def chosen(self):
        """The files (list of StagedFile) that the clerk keeps."""
        return [file for file in self.staged if self.cleaned_data.get(f"staged-{file.pk}")]

    @property
    def staged_rows(self):
        """[(StagedFile, bound field whether it is kept, bound field of its role, documents with the same file)] for the template."""
        holders = Attachment.objects.holders_of(self.staged)
        return [
            (
                file,
                self[f"staged-{file.pk}"],
                self[f"role-{file.pk}"],
                holders.get(file.sha256, [])[:3],
            )
            for file in self.staged
        ]

    def clean(self):
        """Refuse to go on with a file that is not there any more."""
        data = super().clean()
        for file in self.chosen:
            if not file.file.storage.exists(file.file.name):
                self.add_error(
                    None,
                    f"Tệp «{file.original_name}» không còn trên máy chủ. Hãy bỏ chọn và đính kèm lại.",
                )
        return data


class WithoutFilesForm(forms.ModelForm):
    """Mixed into the form of a document whose files are gone while it was filled: told once, so that what was typed can still be saved."""

    def clean(self):
        """Refuse what was sent with files; the form that comes back has none."""
        data = super().clean()
        if any(name.startswith("staged-") for name in self.data):
            self.add_error(
                None,
                f"Chưa lưu. {GONE} Những gì đã gõ vẫn còn: hãy đính kèm lại tệp dưới đây rồi lưu.",
            )
        return data


class AlreadySaved(Exception):
    """Another form has made a document of the intake."""


class IntakeFromFiles:
    """Mixed into the admin of documents, before the rest."""

    def get_urls(self):
        """Add the door of the first step."""
        return [
            path(
                "tu-tep/",
                self.admin_site.admin_view(self.from_files),
                name="documents_document_from_files",
            ),
            *super().get_urls(),
        ]

    def may_enter_from_files(self, request):
        """Tell whether the user of `request` may add documents with files."""
        return self.has_add_permission(request) and request.user.has_perm(
            "documents.add_attachment"
        )

    def from_files(self, request):
        """Take the files, read them for a few seconds, and lead to the form."""
        require(self.may_enter_from_files(request))
        form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
        if form.is_valid():
            Intake.objects.collect()
            with taken_back_on_failure():
                intake = Intake.begin(request.user, form.cleaned_data["files"])
            intakes.read_intake(intake)
            return private(
                HttpResponseRedirect(
                    f"{reverse('admin:documents_document_add')}?{KEY}={intake.key}"
                )
            )
        context = {
            **self.admin_site.each_context(request),
            "title": "Thêm văn bản từ tệp",
            "opts": self.opts,
            "form": form,
            "has_view_permission": self.has_view_permission(request),
        }
        return private(
            TemplateResponse(request, "admin/documents/document/from_files.html", context)
        )

    # --- the form that the address names

    def intake_of(self, request):
        """Return the intake (Intake) that `request` is about; None where there is none any more. 404 for somebody else's."""
        key = request.GET.get(KEY)
        if key is None:
            return None
        if not hasattr(request, "intake_from_files"):
            intake = Intake.objects.named(key)
            if intake is not None and intake.owner_id != request.user.pk:
                raise Http404
            request.intake_from_files = intake
        return request.intake_from_files

    def _open_intake(self, request, obj):
        intake = self.intake_of(request) if obj is None or obj.pk is None else None
        return intake if intake and intake.is_open else None

    def add_view(self, request, form_url="", extra_context=None):
        """Show the form; lead to the document where it is saved already, and to the first step where the files are gone."""
        if KEY in request.GET:
            require(self.may_enter_from_files(request))
            intake = self.intake_of(request)
            if intake and intake.document:
                return self._saved_already(request, intake.document)
            if not (intake and intake.is_open) and request.method != "POST":
                self.message_user(request, f"{GONE} Hãy chọn lại tệp.", messages.WARNING)
                return HttpResponseRedirect(reverse("admin:documents_document_from_files"))
        context = {
            "may_enter_from_files": self.may_enter_from_files(request),
            **(extra_context or {}),
        }
        try:
            return super().add_view(request, form_url, context)
        except AlreadySaved:
            intake = Intake.objects.named(request.GET[KEY])
            if intake is None or intake.document is None:
                raise Http404 from None
            return self._saved_already(request, intake.document)

    def _saved_already(self, request, document):
        self.message_user(request, "Văn bản này đã lưu rồi, không lưu thêm bản nữa.", messages.INFO)
        return HttpResponseRedirect(form_of(document))

    def changelist_view(self, request, extra_context=None):
        """Offer the first step to those who may take it."""
        return super().changelist_view(
            request,
            {"may_enter_from_files": self.may_enter_from_files(request), **(extra_context or {})},
        )

    def get_changeform_initial_data(self, request):
        """Fill the form with what was read."""
        initial = super().get_changeform_initial_data(request)
        intake = self._open_intake(request, None)
        read = intake.values.get("initial", {}) if intake else {}
        return {name: value for name, value in initial.items() if name != KEY} | with_dates(
            Document, read
        )

    def get_form(self, request, obj=None, change=False, **kwargs):
        """Return the form class; for an intake with its marks and its files."""
        form = super().get_form(request, obj, change=change, **kwargs)
        intake = self._open_intake(request, obj)
        if intake:
            return type(form.__name__, (FromFilesForm, form), {"intake": intake})
        if obj is None and KEY in request.GET:
            return type(form.__name__, (WithoutFilesForm, form), {})
        return form

    def get_formsets_with_inlines(self, request, obj=None):
        """Give the relations a row for each ground that was read, and the files a single further row."""
        intake = self._open_intake(request, obj)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if intake and _takes_grounds(formset):
                formset.grounds = intake.values.get("grounds", [])
                formset.extra = len(formset.grounds) + 1
            elif intake and issubclass(formset, AttachmentFormSet):
                formset.extra = 1
            yield formset, inline

    def get_formset_kwargs(self, request, obj, inline, prefix):
        """Fill the rows of grounds as they are shown; what is sent back counts as typed, so that what was left as read is saved, too."""
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        intake = self._open_intake(request, obj)
        if (
            intake
            and inline.model is Relation
            and inline.fk_name == "source"
            and request.method != "POST"
        ):
            kwargs["initial"] = [
                with_dates(Relation, ground["initial"])
                for ground in intake.values.get("grounds", [])
            ]
        elif intake and inline.model is Attachment:
            kwargs["initial"] = [{"position": intake.files.count() + 1}]
        return kwargs

    def save_related(self, request, form, formsets, change):
        """Attach the files that were kept, and end the intake, in the transaction that saves the document."""
        super().save_related(request, form, formsets, change)
        intake = getattr(form, "intake", None)
        if intake is None:
            return
        document = form.instance
        if not intake.end_with(document):
            raise AlreadySaved
        held = dict(document.attachments.values_list("sha256", "original_name"))
        doubles = [
            (file.original_name, held[file.sha256]) for file in form.chosen if file.sha256 in held
        ]
        new = [file for file in form.chosen if file.sha256 not in held]
        roles = {file.pk: form.cleaned_data.get(f"role-{file.pk}") or Role.SIGNED for file in new}
        placed = enumerate(in_order(new, roles), start=1)
        attached = [
            file.become_attachment(document, roles[file.pk], place) for place, file in placed
        ]
        intake.files.exclude(pk__in=roles).delete()
        self.tell_of_files(request, doubles, attached)


def in_order(staged, roles):
    """Return the files `staged` (list of StagedFile) as readers expect them by their `roles` ({key: role}): what was signed first."""
    return sorted(staged, key=lambda file: Role.values.index(roles[file.pk]))


def _takes_grounds(formset):
    return formset.model is Relation and formset.fk.name == "source"


def with_dates(model, values):
    """Return `values` (dict, as JSON holds them) of fields of `model` with dates where the fields are dates."""

    def value_of(name, value):
        is_day = isinstance(model._meta.get_field(name), models.DateField) and isinstance(
            value, str
        )
        return date.fromisoformat(value) if is_day else value

    return {name: value_of(name, value) for name, value in values.items()}
