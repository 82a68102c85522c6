"""The room `portal.search` as a Django application."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """Tìm kiếm."""

    name = "portal.search"
    label = "search"
    verbose_name = "Tìm kiếm"

    def ready(self):
        """Begin to listen to what changes."""
        from portal.search.index import update  # noqa: F401
