"""The model field of formatted text (HTML), cleaned on every write.

`settings.RICHTEXT_WIDGET` names its editor.
"""

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.utils.module_loading import import_string

from portal.pictures.views import PICTURE_NAME
from portal.richtext.cleaner import check_size, clean


class RichTextField(models.TextField):
    """Formatted text, clean in the database after save, bulk writes, update and loaddata."""

    holds_pictures = True
    default_validators = [check_size]

    def get_prep_value(self, value: Any) -> Any:
        """Return the RichTextField's value for the database: clean HTML, a plain str."""
        value = super().get_prep_value(value)
        return str(clean(value)) if isinstance(value, str) else value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Return the clean HTML of this RichTextField, and leave it in `instance`."""
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = clean(value)
            setattr(instance, self.attname, value)
        return value

    def picture_names(self, value: str | None) -> set[str]:
        """Return the names of our pictures in a value of this RichTextField."""
        return set(PICTURE_NAME.findall(value or ""))

    def formfield(self, **kwargs: Any) -> forms.Field:
        kwargs["widget"] = import_string(settings.RICHTEXT_WIDGET)
        return super().formfield(**kwargs)
