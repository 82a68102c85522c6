"""The room `portal.links` as a Django application."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    """Liên kết website."""

    name = "portal.links"
    verbose_name = "Liên kết website"
