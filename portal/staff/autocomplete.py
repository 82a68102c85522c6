"""Autocomplete fields of the admin: how staff choose a related row while they type.

The choices are in the words of the chosen row's own admin, and bear whatever was posted.
"""

from typing import Any

from django import forms
from django.contrib.admin.widgets import (
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest


def is_key(value: Any) -> bool:
    """Tell whether an autocomplete's posted `value` can be a primary key."""
    value = str(value)
    return value.isascii() and value.isdecimal() and len(value) <= 18


class _Sought:
    """An autocomplete field that is shown again after a refusal, whatever was posted for it."""

    def optgroups(self, name: str, value: list[Any], attr: dict[str, Any] | None = None) -> list:
        return super().optgroups(name, [key for key in value if is_key(key)], attr)


class OneSought(_Sought, AutocompleteSelect):
    """An autocomplete field for one row."""


class SeveralSought(_Sought, AutocompleteSelectMultiple):
    """An autocomplete field for several rows."""


class SeveralField(forms.ModelMultipleChoiceField):
    """A choice of several rows; a posted value that is no key gets an error message."""

    def clean(self, value: Any) -> QuerySet:
        if isinstance(value, list | tuple) and not all(map(is_key, value)):
            raise ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": ""}
            )
        return super().clean(value)


class PlainChoices:
    """Mixin of admins and inlines: beside a list of choices stands "add" alone, where allowed."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", OneSought(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: models.ManyToManyField, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs = {
                "widget": SeveralSought(db_field, self.admin_site),
                "form_class": SeveralField,
                **kwargs,
            }
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def formfield_for_dbfield(
        self, db_field: models.Field, request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Return the autocomplete field with the choices in the words of their own admin.

        The buttons that change, delete or open the chosen row are left out.
        """
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
