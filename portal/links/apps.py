"""Django application `portal.links`: links to other websites in groups."""

from django.apps import AppConfig


class LinksConfig(AppConfig):
    """Liên kết website."""

    name = "portal.links"
    verbose_name = "Liên kết website"
