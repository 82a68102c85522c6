"""Serve the portal with the production server, after `prepare`."""

import errno
import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from portal.ops.server import HOST


class Command(BaseCommand):
    """Run `prepare`, then replace this process by the web server, so that signals reach it."""

    help = (
        f"Prepare the portal and serve it on http://{HOST}:$PORT/ with $WEB_CONCURRENCY processes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--sample", action="store_true", help="fill an empty database with sample content"
        )

    def handle(self, *args: Any, sample: bool = False, **options: Any) -> None:
        """Check the port, prepare, and start the web server (command `serve`)."""
        check_port(settings.PORT)
        call_command("prepare", sample=sample, stdout=self.stdout)
        connections.close_all()
        self.stdout.write(
            f"The portal is at http://{HOST}:{settings.PORT}/ (staff: /quan-tri/). Ctrl-C stops it."
        )
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        arguments = [
            sys.executable,
            "-m",
            "portal.ops.server",
            str(settings.PORT),
            str(settings.WORKERS),
        ]
        os.execv(sys.executable, arguments)  # noqa: S606 - no shell is wanted


def check_port(port: int) -> None:
    """Stop the command `serve` with one sentence where `port` cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            reason = (
                "is already in use"
                if error.errno == errno.EADDRINUSE
                else f"cannot be used ({error.strerror})"
            )
            raise CommandError(
                f"PORT {port} {reason}; choose another one, for example: "
                f"PORT={port % 65_000 + 1} make run"
            ) from None
