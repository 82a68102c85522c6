"""Django application `portal.pages`: static pages, menu, notices, site identity."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Trang tĩnh và bộ mặt cổng."""

    name = "portal.pages"
    verbose_name = "Trang tĩnh và bộ mặt cổng"
