"""Relations in the form of a document, from both of its ends: what it does to others, what others do to it."""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from documents import numbers
from documents.law.relations import PASSIVE, Relation
from documents.models import Document
from portal.staff.autocomplete import PlainChoices
from portal.staff.forms import StaffForm, is_approved

#: Rows of one form at most; the next ones are on the next page, or a form would have more fields than a server takes.
ROWS = 25
PAGE = "quan-he"


class RelationForm(StaffForm):
    """One relation: the document at the `other` end is chosen, or only named while the portal does not hold it."""

    other = "target"
    is_locked = False
    #: What was read in a file for this row (dict with "is_sure"), or None.
    ground = None

    def __init__(self, *args, **kwargs):
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
    def words(self):
        """What the saved relation is called on this form (str)."""
        return self.instance.get_kind_display() if self.other == "target" else self.instance.passive

    @property
    def document(self):
        """The saved document (Document) at the other end, or None."""
        return getattr(self.instance, self.other) if self.instance.pk else None

    @property
    def name(self):
        """The words (str) by which the other end is named."""
        return self.instance.name_of(self.other)

    @property
    def is_found(self):
        """Whether the written number has found its document."""
        return bool(self.document and getattr(self.instance, f"{self.other}_key"))

    @property
    def is_named(self):
        """Whether the names are to be seen at once: something stands in them, or is wrong with them."""
        return any(self[name].value() or name in self.errors for name in self._names)

    @property
    def is_detailed(self):
        """Whether the part and the days are to be seen at once."""
        return any(
            self[name].value() or name in self.errors
            for name in ("is_partial", "acts_from", "acts_until")
        )

    @property
    def _names(self):
        return [f"{self.other}_{name}" for name in ("number", "title", "issued_on")]

    def clean(self):
        """Keep one of the two, a chosen document or a name: what the clerk has just changed."""
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
    """The same from the other side, in passive words."""

    other = "source"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            ("", "---------"),
            *((kind.value, words) for kind, words in PASSIVE.items()),
        ]


class EndFormSet(forms.BaseInlineFormSet):
    """Rows that know their own end while the document is not saved yet.

    `may_publish` (bool), `page` (int) and `grounds` (list of dict: what was read in files, row by row) are set for the request. A row that stands on the page of an approved document is for those who may
    change that one.
    """

    may_publish, page, grounds = False, 0, ()

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        setattr(form.instance, self.fk.name, self.instance)
        return form

    def get_queryset(self):
        """Return the rows of this page of the form; of one that comes in, those that it names."""
        if not hasattr(self, "_rows"):
            rows = super().get_queryset()
            self.total = rows.count() if self.instance.pk else 0
            self._rows = rows if self.is_bound else rows[self.page * ROWS : (self.page + 1) * ROWS]
        return self._rows

    @property
    def pages(self):
        """[(words, query or "" for the page that is open)] where there are more rows than one page shows."""
        if self.is_bound or getattr(self, "total", 0) <= ROWS:
            return []
        starts = range(0, self.total, ROWS)
        return [
            (
                f"{start + 1}–{min(start + ROWS, self.total)}",
                "" if number == self.page else f"?{PAGE}={number}",
            )
            for number, start in enumerate(starts)
        ]

    def add_fields(self, form, index):
        """Lock a row that was written on the page of another document, one that the user may not change."""
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
    def autocomplete_fields(self):
        """The other document is found while its number or words are typed."""
        return [self.other]

    @property
    def fields(self):
        """The other end first, then what is rarely needed."""
        names = [f"{self.other}_{name}" for name in ("number", "title", "issued_on")]
        return ["kind", self.other, "is_partial", "note", *names, "acts_from", "acts_until"]

    def get_queryset(self, request):
        """Return the relations with the names of the documents at both ends."""
        ends = [f"{end}__{name}" for end in ("source", "target") for name in ("type", "agency")]
        unread = [f"{end}__{name}" for end in ("source", "target") for name in ("body", "folded")]
        return (
            super()
            .get_queryset(request)
            .select_related(*ends)
            .defer(*unread)
            .order_by("kind", "pk")
        )

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Read of the chosen documents only what names them."""
        kwargs["queryset"] = Document.objects.select_related("type", "agency").defer(
            "body", "folded"
        )
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Offer no form for a further document in a row: what the portal does not hold is named."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == self.other:
            field.widget.can_add_related = False
        return field

    def get_formset(self, request, obj=None, **kwargs):
        """Return the class of the rows for the user who asks and the page that he asks for."""
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
    lead = "Ví dụ: văn bản này «Bị thay thế bởi» văn bản kia. Quan hệ đã nhập ở văn bản kia tự hiện ở đây."
