"""The room `documents` as a Django application."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Văn bản."""

    name = "documents"
    verbose_name = "Văn bản"
