"""The app of the search room."""

from django.apps import AppConfig


class SearchConfig(AppConfig):
    """The search room: index, answers, synonyms."""

    name = "portal.search"
    label = "search"
    verbose_name = "Tìm kiếm"

    def ready(self) -> None:
        """Connect the receivers that keep the search index up to date."""
        from portal.search.index import update  # noqa: F401
