"""Django application `news`: articles, categories, tags."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """Tin tức."""

    name = "news"
    verbose_name = "Tin tức"
