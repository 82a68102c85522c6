"""The room `portal.search` as a Django application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Tìm kiếm."""

    name = "portal.search"
    verbose_name = "Tìm kiếm"
