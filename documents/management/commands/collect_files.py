"""Delete stored files that no document has named for some days, and unfinished uploads."""

from typing import Any

from django.core.management.base import BaseCommand

from documents.files.housekeeping import collect


class Command(BaseCommand):
    """Safe to repeat and to run while the portal serves; `prepare` runs it at each start."""

    help = (
        "Remove files that no document has named for ATTACHMENT_KEEP_DAYS days, "
        "and unfinished uploads."
    )

    def handle(self, *args: Any, verbosity: int = 1, **options: Any) -> None:
        counts = collect()
        if verbosity and any(counts.values()):
            self.stdout.write(
                "collect_files: " + ", ".join(f"{count} {what}" for what, count in counts.items())
            )
