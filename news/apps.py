"""The room `news` as a Django application."""

from django.apps import AppConfig


class NewsConfig(AppConfig):
    """Tin tức."""

    name = "news"
    verbose_name = "Tin tức"
