"""Relations in the admin form of a document: what it does to others, what others do to it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from documents import numbers
from documents.law.relations import PASSIVE, Relation
from documents.models import Document
from portal.staff.autocomplete import PlainChoices
from portal.staff.forms import StaffForm, is_approved

#: Rows on one page of a form: with more it would have more fields than a server accepts.
ROWS = 25
PAGE = "quan-he"


class RelationForm(StaffForm):
    """One relation: the document at the `other` end is chosen, or named if it is absent."""

    other = "target"
    is_locked = False
    #: What was read in a file for this row (dict with "is_sure"), or None.
    ground = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            self.other: "Văn bản kia",
            "number": "Số ký hiệu",
            "title": "Tên, trích yếu",
            "issued_on": "Ngày ban hành",
        }
        for name, label in names.items():
            self.fields[name if name == self.other else f"{self.other}_{name}"].label = label

    @property
    def words(self) -> str:
        """The words of the saved relation on its admin form row."""
        return self.instance.get_kind_display() if self.other == "target" else self.instance.passive

    @property
    def document(self) -> Document | None:
        """The document at the other end of the relation of a form row."""
        return getattr(self.instance, self.other) if self.instance.pk else None

    @property
    def name(self) -> str:
        """The words by which a form row names the other end of its relation."""
        return self.instance.name_of(self.other)

    @property
    def is_found(self) -> bool:
        """Whether the number written in a relation's row has found its document."""
        return bool(self.document and getattr(self.instance, f"{self.other}_key"))

    @property
    def is_named(self) -> bool:
        """Whether the row of a relation shows its name fields at once."""
        return any(self[name].value() or name in self.errors for name in self._names)

    @property
    def is_detailed(self) -> bool:
        """Whether the row of a relation shows its fields for a part and for days at once."""
        return any(
            self[name].value() or name in self.errors
            for name in ("is_partial", "acts_from", "acts_until")
        )

    @property
    def _names(self) -> list[str]:
        return [f"{self.other}_{name}" for name in ("number", "title", "issued_on")]

    def clean(self) -> dict[str, Any]:
        """Let a relation's row name its other end once: the document or the words just changed."""
        data = super().clean()
        chosen, number = data.get(self.other), data.get(f"{self.other}_number") or ""
        if chosen is None or self.is_locked:
            return data
        same = numbers.key(numbers.number_in(number)) == chosen.number_key
        was_named = self.instance.pk and any(self.initial.get(name) for name in self._names)
        if self.other in self.changed_data or not was_named and (same or not number):
            for name in self._names:
                data[name] = None if name.endswith("_on") else ""
        elif number and not was_named:
            message = f"Đã chọn «{chosen}» mà lại ghi số khác. Bỏ chọn văn bản, hoặc xóa số đã ghi."
            raise ValidationError({f"{self.other}_number": message})
        return data


class PassiveForm(RelationForm):
    """One relation from the other end, in passive words."""

    other = "source"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", "---------"),
            *((kind.value, words) for kind, words in PASSIVE.items()),
        ]


class EndFormSet(forms.BaseInlineFormSet):
    """The relations at one end of a document, which may not be saved yet.

    Set for the request: `may_publish`, `page`, and `grounds` (what was read in files, row by row).
    A row on the page of an approved document can be changed only by those who may change that one.
    """

    may_publish, page, grounds = False, 0, ()

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def get_queryset(self) -> QuerySet[Relation]:
        """Return the relation rows of this page of the form; of a sent form, those it names."""
        if not hasattr(self, "_rows"):
            rows = super().get_queryset()
            self.total = rows.count() if self.instance.pk else 0
            self._rows = rows if self.is_bound else rows[self.page * ROWS : (self.page + 1) * ROWS]
        return self._rows

    @property
    def pages(self) -> list[tuple[str, str]]:
        """The pages of relation rows in the admin form: words, query ("" for the open page)."""
        if self.is_bound or getattr(self, "total", 0) <= ROWS:
            return []
        pages = []
        for number, start in enumerate(range(0, self.total, ROWS)):
            words = f"{start + 1}–{min(start + ROWS, self.total)}"
            pages.append((words, "" if number == self.page else f"?{PAGE}={number}"))
        return pages

    def add_fields(self, form: Any, index: int | None) -> None:
        """Lock the row of a relation whose document the user may not change."""
        super().add_fields(form, index)
        if index is not None and not form.instance.pk and index < len(self.grounds):
            form.ground = self.grounds[index]
        relation, own = form.instance, self.fk.name
        if (
            relation.pk
            and relation.name_of(own)
            and is_approved(getattr(relation, form.other))
            and not self.may_publish
        ):
            form.is_locked = True
            for field in form.fields.values():
                field.disabled = True


class RelationInline(PlainChoices, admin.StackedInline):
    """What this document does to others."""

    model = Relation
    form = RelationForm
    formset = EndFormSet
    template = "admin/documents/document/relations.html"
    fk_name = "source"
    other = "target"
    extra = 1
    verbose_name = "quan hệ"
    verbose_name_plural = "Văn bản này tác động đến văn bản khác"
    lead = "Ví dụ: văn bản này «Thay thế» văn bản kia. Chiều ngược lại tự có, không nhập hai lần."

    @property
    def autocomplete_fields(self) -> list[str]:
        """Let the clerk search the document at a relation's other end by number or words."""
        return [self.other]

    @property
    def fields(self) -> list[str]:
        """Show in a relation's row the other end first, then what is rarely needed."""
        names = [f"{self.other}_{name}" for name in ("number", "title", "issued_on")]
        return ["kind", self.other, "is_partial", "note", *names, "acts_from", "acts_until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Relation]:
        """Return the relations of the admin form with the names of the documents at both ends."""
        ends = [f"{end}__{name}" for end in ("source", "target") for name in ("type", "agency")]
        unread = [f"{end}__{name}" for end in ("source", "target") for name in ("body", "folded")]
        rows = super().get_queryset(request).select_related(*ends).defer(*unread)
        return rows.order_by("kind", "pk")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Read only the columns that name the documents in a relation's row."""
        kwargs["queryset"] = Document.objects.select_related("type", "agency").defer(
            "body", "folded"
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == self.other:
            field.widget.can_add_related = False
        return field

    def get_formset(self, request: HttpRequest, obj: Document | None = None, **kwargs: Any) -> Any:
        """Return the relation formset class with the user's permission and the page asked for."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.may_publish = self.admin_site.get_model_admin(Document).has_publish_permission(
            request
        )
        page = request.GET.get(PAGE, "")
        formset.page = int(page) if page.isascii() and page.isdecimal() and len(page) < 4 else 0
        return formset


class PassiveInline(RelationInline):
    """What other documents do to this one."""

    form = PassiveForm
    fk_name = "target"
    other = "source"
    verbose_name_plural = "Văn bản khác tác động đến văn bản này"
    lead = (
        "Ví dụ: văn bản này «Bị thay thế bởi» văn bản kia. "
        "Quan hệ đã nhập ở văn bản kia tự hiện ở đây."
    )
