"""Create the first administrator, so that staff can enter a new portal."""

import os
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

NAME = "admin"
FILE = "first-password.txt"


class Command(BaseCommand):
    """Create `admin` with a random password: printed once, kept in a private file."""

    help = (
        "Create the administrator 'admin' with a random password, unless an administrator exists."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the first admin's account and the file of its password, both or neither."""
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            self.stdout.write("create_first_admin: an administrator exists, nothing to do")
            return
        if users.filter(username=NAME).exists():
            raise CommandError(
                f"There is no administrator, and the account {NAME!r} belongs to somebody else: "
                "make one with `manage.py createsuperuser`."
            )
        password = secrets.token_urlsafe(12)
        with transaction.atomic():
            users.create_superuser(NAME, password=password)
            path = write_privately(settings.DATA_DIR / FILE, password + "\n")
        self.stdout.write(
            f"First administrator: {NAME}   password: {password}   "
            f"(kept in {path}; change it after the first login)"
        )


def write_privately(path: Path, text: str) -> Path:
    """Write the first admin's password `text` to `path`, at no moment readable by others."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)
    return path
