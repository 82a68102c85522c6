"""The form field and the model field of a picture."""

from typing import Any

from django import forms
from django.core.files.base import ContentFile
from django.db import models
from django.db.models.fields.files import FieldFile

from portal.pictures.encoding import encode_picture


class PictureFormField(forms.FileField):
    """Reads an uploaded picture; the value is the re-encoded file of `encode_picture`."""

    widget = forms.ClearableFileInput

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.widget.attrs.setdefault("accept", "image/jpeg,image/png,image/webp,image/gif")

    def to_python(self, data: Any) -> ContentFile | None:
        upload = super().to_python(data)
        return encode_picture(upload) if upload else upload


class PictureField(models.FileField):
    """A picture outside of formatted text, re-encoded on upload, under a generated name."""

    holds_pictures = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("help_text", "JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.")
        super().__init__(*args, **kwargs)

    def generate_filename(self, instance: models.Model | None, filename: str) -> str:
        """Name the file of this picture field as `encode_picture` generated it."""
        return filename

    def picture_names(self, value: FieldFile | None) -> set[str]:
        """Return the picture names in a value of this picture field."""
        return {value.name} if value else set()

    def formfield(self, **kwargs: Any) -> forms.Field:
        return super().formfield(**{"form_class": PictureFormField, **kwargs})
