"""Prepare the portal before it is served: migrate, collect static files, groups, first account."""

import hashlib
import io
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error as DatabaseError
from django.db import connection

from portal.cache.revision import note_revision
from portal.ops import sqlite_statistics
from portal.publishing.states import Publishable


class Command(BaseCommand):
    """Prepare the data folder and the database; safe to repeat, done steps cost nothing."""

    help = "Migrate, collect static files, set up the groups and the first administrator."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sample", action="store_true", help="fill an empty database with sample content"
        )

    def handle(self, *args: Any, sample: bool = False, **options: Any) -> None:
        """Prepare database, groups and static files before serving, the quick checks first."""
        check_services()
        call_command("migrate", interactive=False, verbosity=0, skip_checks=True)
        note_revision()  # templates and settings may be other ones than when a proxy kept its pages
        sqlite_statistics.analyze()
        self.collect_static()
        call_command("set_up_groups", stdout=io.StringIO())
        call_command("reindex", "--if-needed", stdout=io.StringIO() if is_empty() else self.stdout)
        if sample and is_empty():
            self.stdout.write("The database is empty: loading the sample content …")
            call_command("load_sample", stdout=self.stdout)
        if not get_user_model().objects.filter(is_superuser=True).exists():
            call_command("create_first_admin", stdout=self.stdout)
        call_command("collect_files", stdout=self.stdout)

    def collect_static(self) -> None:
        """Collect and compress the static files before serving, unless they have not changed."""
        mark = settings.DATA_DIR / "static-collected.txt"
        present = fingerprint()
        if (
            mark.exists()
            and mark.read_text(encoding="ascii") == present
            and settings.STATIC_ROOT.exists()
        ):
            return
        self.stdout.write("Collecting static files …")
        call_command(
            "collectstatic", interactive=False, verbosity=0, ignore_patterns=settings.STATIC_IGNORE
        )
        mark.write_text(present, encoding="ascii")


def check_services() -> None:
    """Stop preparing with one sentence where the database or the cache does not answer."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        raise CommandError(
            "The portal cannot start: DATABASE_URL: the database does not answer "
            f"({_first_line(error)})."
        ) from None
    try:
        cache.get("portal-start")
    except Exception as error:  # noqa: BLE001 - each cache has its own errors
        raise CommandError(
            f"The portal cannot start: CACHE_URL: the cache does not answer ({_first_line(error)})."
        ) from None


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def is_empty() -> bool:
    """Tell `prepare` whether the database holds no account and no content, as for --sample."""
    kinds = [model for model in apps.get_models() if issubclass(model, Publishable)]
    return not any(model._default_manager.exists() for model in [get_user_model(), *kinds])


def fingerprint() -> str:
    """Return the checksum by which `prepare` knows the static files: names, sizes, times."""
    digest = hashlib.sha256(
        repr((settings.STORAGES["staticfiles"], settings.STATIC_IGNORE)).encode()
    )
    for finder in get_finders():
        for name, storage in finder.list([]):
            changed = storage.get_modified_time(name).timestamp()
            digest.update(f"{name} {storage.size(name)} {changed}\n".encode())
    return digest.hexdigest()
