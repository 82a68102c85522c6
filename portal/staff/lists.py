"""Lists and search of the admin: the base class of every page for staff."""

from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
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


def alphabetical(model, name="name"):
    """Return an expression to order the rows of a small table by the text `name` as a Vietnamese dictionary does. One query."""
    rows = sorted(
        model._base_manager.values_list("pk", name), key=lambda row: vietnamese.sort_key(row[1])
    )
    if not rows or len(rows) > 800:
        return models.F(name)
    ranks = [models.When(pk=pk, then=models.Value(rank)) for rank, (pk, _) in enumerate(rows)]
    return models.Case(*ranks, output_field=models.IntegerField())


class LightList(ChangeList):
    """A list that leaves the long texts in the database."""

    def get_queryset(self, request, exclude_parameters=None):
        """Return the rows without formatted and folded text."""
        long = [
            f.name
            for f in self.model._meta.concrete_fields
            if isinstance(f, (RichTextField, FoldedField))
        ]
        return super().get_queryset(request, exclude_parameters).defer(*long)


class StaffAdmin(PlainChoices, admin.ModelAdmin):
    """The base of every page for staff: accents do not matter in searches, pictures and formatted text are shown as such."""

    form = StaffForm
    formfield_overrides = {
        PictureField: {"widget": PictureInput},
        BlockField: {"widget": AdminTextareaWidget(attrs={"rows": 3})},
    }
    list_per_page = 50
    show_full_result_count = False
    view_on_site = False
    show_facets = admin.ShowFacets.NEVER
    #: Name of the text field by which the list is in alphabetical order, after `position` where there is one.
    alphabetical_by = ""

    def get_changelist(self, request, **kwargs):
        """Return the class of the list."""
        return LightList

    def get_ordering(self, request):
        """Return the order of the list; an alphabetical one is the Vietnamese one."""
        if not self.alphabetical_by:
            return super().get_ordering(request)
        positioned = any(field.name == "position" for field in self.opts.concrete_fields)
        return [
            *(["position"] if positioned else []),
            alphabetical(self.model, self.alphabetical_by),
        ]

    def lookup_allowed(self, lookup, value, request):
        """Refuse patterns in addresses: a broken one is an error of the database, a clever one keeps it busy."""
        return not lookup.endswith("regex") and super().lookup_allowed(lookup, value, request)

    def get_search_results(self, request, queryset, search_term):
        """Return (rows, False) that hold every word of `search_term`, whatever its accents."""
        return (
            self.find(queryset, search_term) if vietnamese.fold(search_term).split() else queryset
        ), False

    def choices(self, queryset, term):
        """Return the rows that are offered while `term` (str) is typed, the likeliest first."""
        return self.find(queryset, term) if vietnamese.fold(term).split() else queryset

    def choice_words(self, item):
        """Return the words (str) by which `item` is chosen in the form of another object."""
        return str(item)

    def reminders(self, request):
        """Return [(words, address)] of what the user of `request` should see to: shown on the first page."""
        return []

    def find(self, queryset, term):
        """Return the rows that hold every word of `term` (str): by their folded text, or row by row in a small table."""
        if any(isinstance(field, FoldedField) for field in self.opts.concrete_fields):
            return queryset.matching(term)
        wanted = vietnamese.fold(term).split()
        rows = queryset.values_list("pk", *self.search_fields)
        found = [
            pk
            for pk, *texts in rows
            if all(word in vietnamese.fold(" ".join(map(str, texts))) for word in wanted)
        ]
        return queryset.filter(pk__in=found)

    @property
    def formatted_fields(self):
        """Names (list of str) of the fields that hold formatted text."""
        return [
            field.name for field in self.opts.concrete_fields if isinstance(field, RichTextField)
        ]

    def changelist_view(self, request, extra_context=None):
        """Name the list by what is in it."""
        return super().changelist_view(
            request, {"title": capfirst(self.opts.verbose_name_plural), **(extra_context or {})}
        )

    def render_change_form(self, request, context, add=False, change=False, form_url="", obj=None):
        """Name the form by what is done in it."""
        verb = "Thêm" if add else "Sửa" if self.has_change_permission(request, obj) else "Xem"
        context["title"] = f"{verb} {self.opts.verbose_name}"
        return super().render_change_form(
            request, context, add=add, change=change, form_url=form_url, obj=obj
        )

    def changeform_view(self, request, *args, **kwargs):
        """Give only the pages that hold the editor what the editor needs of the browser."""
        view = super().changeform_view
        if self.formatted_fields:
            view = csp_update(EDITOR_POLICY)(view)
        return view(request, *args, **kwargs)

    def get_fieldsets(self, request, obj=None):
        """Show formatted text as it looks, not as its source, to those who may not change it."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj) or not self.formatted_fields:
            return fieldsets
        shown = {name: self._shown(name) for name in self.formatted_fields}
        return [
            (
                title,
                options
                | {
                    "fields": [
                        shown.get(name, name) for name in flatten_fieldsets([(title, options)])
                    ]
                },
            )
            for title, options in fieldsets
        ]

    def _shown(self, name):
        def formatted(item):
            return render_to_string(
                "includes/prose.html", {"html": staff_addresses(getattr(item, name))}
            )

        formatted.short_description = self.opts.get_field(name).verbose_name
        return formatted


class PhaseFilter(admin.SimpleListFilter):
    """Narrows a list to the items that stand in one phase now."""

    title = "tình trạng"
    parameter_name = "tinh-trang"

    def lookups(self, request, model_admin):
        """Return the phases with their names."""
        return Phase.choices

    def queryset(self, request, queryset):
        """Return what stands in the chosen phase."""
        return queryset.in_phase(Phase(self.value())) if self.value() in Phase.values else queryset
