"""How staff choose one thing for another: offered while they type, in the words of the chosen one's own admin, whatever was posted."""

from django import forms
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError


def is_key(value):
    """Tell whether `value` (as posted) can be the key of a row at all; Django's choices break on what cannot."""
    value = str(value)
    return value.isascii() and value.isdecimal() and len(value) <= 18


class _Sought:
    """A choice that is searched while typing, and shown again after a refusal whatever was posted for it."""

    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [key for key in value if is_key(key)], attr)


class OneSought(_Sought, AutocompleteSelect):
    """One of many."""


class SeveralSought(_Sought, AutocompleteSelectMultiple):
    """Several of many."""


class SeveralField(forms.ModelMultipleChoiceField):
    """Several of many, refused in words where one of them cannot be."""

    def clean(self, value):
        """Return the chosen rows (queryset)."""
        if isinstance(value, list | tuple) and not all(map(is_key, value)):
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""}
            )
        return super().clean(value)


class PlainChoices:
    """Mixed into forms and their rows: beside a list of choices stands "add", where that is allowed, and nothing that destroys."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Return Django's field; one that is searched while typing, with our own control."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OneSought(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Return Django's field; one that is searched while typing, with our own control."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs = {
                "widget": SeveralSought(db_field, self.admin_site),
                "form_class": SeveralField,
                **kwargs,
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Return Django's field, its choices in the words of their own admin, without the buttons that change, delete or open the chosen one."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelChoiceField) and self.admin_site.is_registered(
            field.queryset.model
        ):
            of_choice = self.admin_site.get_model_admin(field.queryset.model)
            field.label_from_instance = getattr(of_choice, "choice_words", str)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = field.widget.can_delete_related = (
                field.widget.can_view_related
            ) = False
        return field
