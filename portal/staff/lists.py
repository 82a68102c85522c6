"""Base class of every admin page: lists, search without accents, formatted text, pictures."""

from collections.abc import Callable
from typing import Any

from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import Case, F, Model, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.text import capfirst

from portal.pictures.fields import PictureField
from portal.publishing.states import Phase
from portal.richtext.field import RichTextField
from portal.staff.autocomplete import PlainChoices
from portal.staff.forms import PictureInput, StaffForm
from portal.staff.private import staff_addresses
from portal.staff.site import EDITOR_POLICY
from portal.text import vietnamese
from portal.text.fields import BlockField, FoldedField


def alphabetical(model: type[Model], name: str = "name") -> F | Case:
    """Return an expression that orders an admin list by `name` in Vietnamese alphabetical order."""
    rows = sorted(
        model._base_manager.values_list("pk", name), key=lambda row: vietnamese.sort_key(row[1])
    )
    if not rows or len(rows) > 800:
        return F(name)
    ranks = [When(pk=pk, then=Value(rank)) for rank, (pk, _) in enumerate(rows)]
    return Case(*ranks, output_field=models.IntegerField())


class LightList(ChangeList):
    """A list whose query leaves out formatted and folded text."""

    def get_queryset(
        self, request: HttpRequest, exclude_parameters: list[str] | None = None
    ) -> QuerySet:
        long = [
            f.name
            for f in self.model._meta.concrete_fields
            if isinstance(f, (RichTextField, FoldedField))
        ]
        return super().get_queryset(request, exclude_parameters).defer(*long)


class StaffAdmin(PlainChoices, admin.ModelAdmin):
    """The base of every admin: search without accents, pictures and formatted text shown."""

    form = StaffForm
    formfield_overrides = {
        PictureField: {"widget": PictureInput},
        BlockField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    show_facets = admin.ShowFacets.NEVER
    #: Name of the text field by which the list is in alphabetical order, after `position`.
    alphabetical_by = ""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LightList

    def get_ordering(self, request: HttpRequest) -> Any:
        """Return the order of the admin list; by `alphabetical_by` it is the Vietnamese one."""
        if not self.alphabetical_by:
            return super().get_ordering(request)
        positioned = any(field.name == "position" for field in self.opts.concrete_fields)
        return [
            *(["position"] if positioned else []),
            alphabetical(self.model, self.alphabetical_by),
        ]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Refuse regular expressions in an admin list's address: they keep the database busy."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        """Search the admin list: (rows, False) that hold every word, whatever its accents."""
        has_words = vietnamese.fold(search_term).split()
        return self.find(queryset, search_term) if has_words else queryset, False

    def choices(self, queryset: QuerySet, term: str) -> QuerySet:
        """Return the admin list's rows offered while `term` is typed, the likeliest first."""
        return self.find(queryset, term) if vietnamese.fold(term).split() else queryset

    def choice_words(self, item: Model) -> str:
        """Return the words by which an admin list's `item` is chosen in another form."""
        return str(item)

    def reminders(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Return (words, address) of what this admin list reminds of on the admin's first page."""
        return []

    def find(self, queryset: QuerySet, term: str) -> QuerySet:
        """Return the admin list's rows that hold every word of `term`, in folded text or singly."""
        if any(isinstance(field, FoldedField) for field in self.opts.concrete_fields):
            return queryset.matching(term)
        wanted = vietnamese.fold(term).split()
        rows = queryset.values_list("pk", *self.search_fields)
        matches = [
            pk
            for pk, *texts in rows
            if all(word in vietnamese.fold(" ".join(map(str, texts))) for word in wanted)
        ]
        return queryset.filter(pk__in=matches)

    @property
    def formatted_fields(self) -> list[str]:
        """Return the names of the admin form's fields that hold formatted text."""
        return [
            field.name for field in self.opts.concrete_fields if isinstance(field, RichTextField)
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the admin list under the plural name of its rows."""
        return super().changelist_view(
            request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        )

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Model | None = None,
    ) -> HttpResponse:
        """Show the admin form under the name of what is done in it."""
        verb = "Thêm" if add else "Sửa" if self.has_change_permission(request, obj) else "Xem"
        context["title"] = f"{verb} {self.opts.verbose_name}"
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the admin form, with the editor's security policy where it holds the editor."""
        view = super().changeform_view
        if self.formatted_fields:
            view = csp_update(EDITOR_POLICY)(view)
        return view(request, *args, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list:
        """Show formatted text in the admin form as it looks to those who may not change it."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj) or not self.formatted_fields:
            return fieldsets
        shown = {name: self._shown(name) for name in self.formatted_fields}
        rows = [
            [shown.get(name, name) for name in flatten_fieldsets([fieldset])]
            for fieldset in fieldsets
        ]
        return [
            (title, options | {"fields": fields})
            for (title, options), fields in zip(fieldsets, rows, strict=True)
        ]

    def _shown(self, name: str) -> Callable[[Model], str]:
        def formatted(item: Model) -> str:
            html = staff_addresses(getattr(item, name))
            return render_to_string("includes/prose.html", {"html": html})

        formatted.short_description = self.opts.get_field(name).verbose_name
        return formatted


class PhaseFilter(admin.SimpleListFilter):
    """The filter of an admin list by phase of publication."""

    title = "tình trạng"
    parameter_name = "tinh-trang"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return Phase.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.in_phase(Phase(self.value())) if self.value() in Phase.values else queryset
