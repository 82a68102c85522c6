"""The room `portal.pages` as a Django application."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Trang tĩnh và bộ mặt cổng."""

    name = "portal.pages"
    verbose_name = "Trang tĩnh và bộ mặt cổng"
