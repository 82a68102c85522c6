"""The ground floor as a Django application, and the admin with our own site."""

from django.apps import AppConfig, apps
from django.contrib.admin import apps as admin_apps
from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    """`portal` itself: publishing, text, files, commands."""

    name = "portal"
    verbose_name = "Cổng thông tin"
    default = True

    def ready(self):
        """Look at the database before it is migrated."""
        pre_migrate.connect(refuse_old_database, sender=self)


class PortalAdminConfig(admin_apps.AdminConfig):
    """Django's admin at the site of `portal.staff.site`."""

    default_site = "portal.staff.site.PortalAdminSite"
    default = False


def refuse_old_database(using, **kwargs):
    """Stop before anything is written to a database whose migrations were made anew since (CommandError tells the way over)."""
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
            f"The portal cannot start: this database was made by an older version ({unknown[0]}) whose tables cannot be brought up to date. "
            "It was left as it is. Export it with the older version, then import it into a new one: "
            'docs/operations.md, "An older database".'
        )
