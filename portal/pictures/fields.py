"""The form field and the model field of a picture."""

from django import forms
from django.db import models

from portal.pictures.encoding import encode_picture


class PictureFormField(forms.FileField):
    """Reads an uploaded picture; the value is the re-encoded file of `encode_picture`."""

    widget = forms.ClearableFileInput

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.widget.attrs.setdefault("accept", "image/jpeg,image/png,image/webp,image/gif")

    def to_python(self, data):
        upload = super().to_python(data)
        return encode_picture(upload) if upload else upload


class PictureField(models.FileField):
    """A picture of its own field (not inside formatted text), re-encoded on upload, under a generated name."""

    holds_pictures = True

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("help_text", "JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.")
        super().__init__(*args, **kwargs)

    def generate_filename(self, instance, filename):
        """Keep a name that `encode_picture` generated; the storage adds nothing of the original name."""
        return filename

    def picture_names(self, value):
        """Return the picture names (set of str) in a value of this field."""
        return {value.name} if value else set()

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField, **kwargs})
