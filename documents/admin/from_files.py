"""«Thêm từ tệp»: upload files first, and get the form of a document filled from their text.

Nothing but the intake is saved until the clerk saves the form.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join

from documents.admin import prefill
from documents.admin.attachments import AttachmentFormSet
from documents.admin.vocabulary import staff_page
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
    """A control in which several files are chosen at once, without any script."""

    allow_multiple_selected = True


class SeveralFiles(forms.FileField):
    """A field of several uploaded files; its value: StagedFile objects, inspected, not saved."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> list[StagedFile]:
        """Inspect the files chosen in «Thêm từ tệp»; ValidationError with a sentence for each
        refused one.
        """
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
    """The form of the first step: choose the files."""

    files = SeveralFiles(
        label="Các tệp của văn bản",
        widget=SeveralFilesInput(
            attrs={"multiple": True, "accept": ",".join(f".{kind}" for kind in MEDIA_TYPES)}
        ),
        help_text="Bản ký (PDF), bản Word, phụ lục: chọn một lần, "
        f"nhiều nhất {FILES_MAX} tệp. PDF, Word, Excel hoặc OpenDocument.",
    )


def reading_note(certainty: str, sentence: str) -> str:
    """Return the note at a field prefilled from files, as HTML; `certainty`: "sure", "doubtful",
    "none".
    """
    return format_html('<span class="read read-{}">{}</span>', certainty, sentence)


SURE, DOUBTFUL = (
    reading_note("sure", "Đọc từ tệp: chắc chắn."),
    reading_note("doubtful", "Đọc từ tệp: nên xem lại."),
)


class FromFilesForm(forms.ModelForm):
    """Mixed into the form of a document that is entered from files.

    `intake`: set by the admin for the request.
    """

    intake = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fields:
            reading = self._reading_notes(name)
            if reading:
                self.fields[name].help_text = format_html(
                    "{} {}", reading, self.fields[name].help_text
                )
        staged = list(self.intake.files.order_by("pk"))
        roles = prefill.roles_of(staged)
        self.staged = in_order(staged, roles)
        for file in self.staged:
            self.fields[f"staged-{file.pk}"] = forms.BooleanField(
                label=file.original_name, required=False, initial=True
            )
            label = f"Vai trò của {file.original_name}"
            self.fields[f"role-{file.pk}"] = forms.ChoiceField(
                label=label, choices=Role.choices, initial=roles[file.pk], required=False
            )

    def _reading_notes(self, name: str) -> str:
        """Return the notes at the field `name` of a form prefilled from files, as HTML; "" for
        none.
        """
        values, sentences = self.intake.values, []
        if name in values.get("marks", {}):
            sentences.append(SURE if values["marks"][name] else DOUBTFUL)
        if name in values.get("unmatched", {}):
            names = "», «".join(values["unmatched"][name])
            sentences.append(
                reading_note("doubtful", f"Tệp ghi «{names}»: chưa rõ là mục nào trong danh sách.")
            )
        if not sentences and name in EXPECTED and values.get("was_read"):
            sentences.append(reading_note("none", "Không thấy ghi trong tệp."))
        return format_html_join(" ", "{}", ((sentence,) for sentence in sentences))

    @property
    def notes(self) -> list[str]:
        """What the clerk should know about the reading of the files of «Thêm từ tệp»."""
        draft = "Trong tệp có chữ «Dự thảo»: kiểm tra xem đây đã là bản ký chưa."
        values = self.intake.values
        return ([draft] if values.get("is_draft") else []) + values.get("notes", [])

    @property
    def chosen(self) -> list[StagedFile]:
        """The staged files that the clerk of «Thêm từ tệp» has not deselected."""
        return [file for file in self.staged if self.cleaned_data.get(f"staged-{file.pk}")]

    @property
    def staged_rows(self) -> list[tuple[Any, ...]]:
        """The staged files in the form «Thêm từ tệp»: file, checkbox, role, documents with an equal
        file.
        """
        holders = Attachment.objects.holders_of(self.staged)
        fields = [(self[f"staged-{file.pk}"], self[f"role-{file.pk}"]) for file in self.staged]
        return [
            (file, is_chosen, role, holders.get(file.sha256, [])[:3])
            for file, (is_chosen, role) in zip(self.staged, fields, strict=True)
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse in «Thêm từ tệp» a chosen staged file that is no longer stored."""
        data = super().clean()
        for file in self.chosen:
            if not file.file.storage.exists(file.file.name):
                self.add_error(
                    None,
                    f"Tệp «{file.original_name}» không còn trên máy chủ. "
                    "Hãy bỏ chọn và đính kèm lại.",
                )
        return data


class WithoutFilesForm(forms.ModelForm):
    """Mixed into the form of a document whose files expired meanwhile.

    It refuses once and says so; what was typed can be saved then.
    """

    def clean(self) -> dict[str, Any]:
        """Refuse once a form of «Thêm từ tệp» whose staged files have expired; nothing typed is
        lost.
        """
        data = super().clean()
        if any(name.startswith("staged-") for name in self.data):
            self.add_error(
                None,
                f"Chưa lưu. {GONE} Những gì đã gõ vẫn còn: hãy đính kèm lại tệp dưới đây rồi lưu.",
            )
        return data


class AlreadySaved(Exception):
    """Raised when another form has already made a document of the intake."""


class IntakeFromFiles:
    """Mixed into the admin of documents, first: both steps of «Thêm từ tệp»."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(self.from_files)
        return [path("tu-tep/", view, name="documents_document_from_files"), *super().get_urls()]

    def may_enter_from_files(self, request: HttpRequest) -> bool:
        """Tell whether the user may use «Thêm từ tệp»: add documents with files."""
        may_add_files = request.user.has_perm("documents.add_attachment")
        return self.has_add_permission(request) and may_add_files

    def from_files(self, request: HttpRequest) -> HttpResponse:
        """Show the first step of «Thêm từ tệp»: upload and read the files, redirect to the form."""
        require(self.may_enter_from_files(request))
        form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
        if form.is_valid():
            Intake.objects.collect()
            with taken_back_on_failure():
                intake = Intake.begin(request.user, form.cleaned_data["files"])
            prefill.read_intake(intake)
            address = f"{reverse('admin:documents_document_add')}?{KEY}={intake.key}"
            return private(HttpResponseRedirect(address))
        context = {
            **self.admin_site.each_context(request),
            "title": "Thêm văn bản từ tệp",
            "opts": self.opts,
            "form": form,
            "has_view_permission": self.has_view_permission(request),
        }
        template = "admin/documents/document/from_files.html"
        return private(TemplateResponse(request, template, context))

    # --- the form that the address names

    def intake_of(self, request: HttpRequest) -> Intake | None:
        """Return the intake that a form of «Thêm từ tệp» names; None without one, 404 if another
        user's.
        """
        key = request.GET.get(KEY)
        if key is None:
            return None
        if not hasattr(request, "intake_from_files"):
            intake = Intake.objects.named(key)
            if intake is not None and intake.owner_id != request.user.pk:
                raise Http404
            request.intake_from_files = intake
        return request.intake_from_files

    def _open_intake(self, request: HttpRequest, obj: Document | None) -> Intake | None:
        intake = self.intake_of(request) if obj is None or obj.pk is None else None
        return intake if intake and intake.is_open else None

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the form prefilled from files; redirect if it is saved or the staged files have
        expired.
        """
        if KEY in request.GET:
            require(self.may_enter_from_files(request))
            intake = self.intake_of(request)
            if intake and intake.document:
                return self._saved_already(request, intake.document)
            if not (intake and intake.is_open) and request.method != "POST":
                self.message_user(request, f"{GONE} Hãy chọn lại tệp.", messages.WARNING)
                return HttpResponseRedirect(reverse("admin:documents_document_from_files"))
        may_enter = {"may_enter_from_files": self.may_enter_from_files(request)}
        try:
            return super().add_view(request, form_url, may_enter | (extra_context or {}))
        except AlreadySaved:
            intake = Intake.objects.named(request.GET[KEY])
            if intake is None or intake.document is None:
                raise Http404 from None
            return self._saved_already(request, intake.document)

    def _saved_already(self, request: HttpRequest, document: Document) -> HttpResponse:
        self.message_user(request, "Văn bản này đã lưu rồi, không lưu thêm bản nữa.", messages.INFO)
        return HttpResponseRedirect(staff_page(document))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the document list with a link to «Thêm từ tệp» for those who may take it."""
        may_enter = {"may_enter_from_files": self.may_enter_from_files(request)}
        return super().changelist_view(request, may_enter | (extra_context or {}))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill the new document's form with what «Thêm từ tệp» read in the files."""
        initial = super().get_changeform_initial_data(request)
        intake = self._open_intake(request, None)
        read = intake.values.get("initial", {}) if intake else {}
        return {name: value for name, value in initial.items() if name != KEY} | with_dates(
            Document, read
        )

    def get_form(
        self, request: HttpRequest, obj: Document | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """Return the form class of «Thêm từ tệp» with notes and staged files of its intake."""
        form = super().get_form(request, obj, change=change, **kwargs)
        intake = self._open_intake(request, obj)
        if intake:
            return type(form.__name__, (FromFilesForm, form), {"intake": intake})
        if obj is None and KEY in request.GET:
            return type(form.__name__, (WithoutFilesForm, form), {})
        return form

    def get_formsets_with_inlines(
        self, request: HttpRequest, obj: Document | None = None
    ) -> Iterator[tuple[Any, Any]]:
        """Give the form of «Thêm từ tệp» a relation row for each căn cứ read, and one empty file
        row.
        """
        intake = self._open_intake(request, obj)
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if intake and _takes_grounds(formset):
                formset.grounds = intake.values.get("grounds", [])
                formset.extra = len(formset.grounds) + 1
            elif intake and issubclass(formset, AttachmentFormSet):
                formset.extra = 1
            yield formset, inline

    def get_formset_kwargs(
        self, request: HttpRequest, obj: Document | None, inline: Any, prefix: str
    ) -> dict[str, Any]:
        """Fill the relation rows of «Thêm từ tệp» with the căn cứ that were read, when they are
        shown.

        What is sent back counts as typed, so that rows left as read are saved, too.
        """
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

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Attach the chosen staged files of «Thêm từ tệp» and end the intake, with the document."""
        super().save_related(request, form, formsets, change)
        intake = getattr(form, "intake", None)
        if intake is None:
            return
        document = form.instance
        if not intake.end_with(document):
            raise AlreadySaved
        names = dict(document.attachments.values_list("sha256", "original_name"))
        left_out = [
            (file.original_name, names[file.sha256]) for file in form.chosen if file.sha256 in names
        ]
        new = [file for file in form.chosen if file.sha256 not in names]
        roles = {file.pk: form.cleaned_data.get(f"role-{file.pk}") or Role.SIGNED for file in new}
        attached = [
            file.become_attachment(document, roles[file.pk], position)
            for position, file in enumerate(in_order(new, roles), start=1)
        ]
        intake.files.exclude(pk__in=roles).delete()
        self.tell_of_files(request, left_out, attached)


def in_order(staged: Iterable[StagedFile], roles: dict[int, str]) -> list[StagedFile]:
    """Order the staged files of «Thêm từ tệp» by their roles (by key of the file), the signed one
    first.
    """
    return sorted(staged, key=lambda file: Role.values.index(roles[file.pk]))


def _takes_grounds(formset: Any) -> bool:
    return formset.model is Relation and formset.fk.name == "source"


def with_dates(model: type[models.Model], values: dict[str, Any]) -> dict[str, Any]:
    """Return the values that «Thêm từ tệp» stored as JSON, with dates in the date fields of
    `model`.
    """

    def value_of(name: str, value: Any) -> Any:
        is_day = isinstance(model._meta.get_field(name), models.DateField) and isinstance(
            value, str
        )
        return date.fromisoformat(value) if is_day else value

    return {name: value_of(name, value) for name, value in values.items()}
