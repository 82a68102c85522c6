"""The ground floor as a Django application, and the admin with our own site."""

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class PortalConfig(AppConfig):
    """`portal` itself: publishing, text, files, commands."""

    name = "portal"
    verbose_name = "Cổng thông tin"
    default = True


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin at the site of `portal.admin_site`."""

    default_site = "portal.admin_site.PortalAdminSite"
    default = False
