"""Django applications: `portal` itself, and the admin with our own site."""

from typing import Any

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    """The application `portal`, which refuses a database of an older version."""

    name = "portal"
    verbose_name = "Cổng thông tin"
    default = True

    def ready(self) -> None:
        """Check the database before it is migrated."""
        pre_migrate.connect(refuse_old_database, sender=self)


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin at the site of `portal.staff.site`."""

    default_site = "portal.staff.site.PortalAdminSite"
    default = False


def refuse_old_database(using: str, **kwargs: Any) -> None:
    """Refuse to migrate a database whose migrations were made anew since; raises CommandError."""
    loader = MigrationLoader(connections[using], ignore_no_migrations=True)
    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in ("portal", "news", "documents", "schedule")
    }
    unknown = sorted(
        f"{app}.{name}"
        for app, name in set(loader.applied_migrations) - set(loader.disk_migrations)
        if app in ours
    )
    if unknown:
        raise CommandError(
            f"The portal cannot start: this database was made by an older version ({unknown[0]}) "
            "whose list of migrations is another one. It was left as it is. How to take it over: "
            'docs/operations/trouble.md, "An older database".'
        )
