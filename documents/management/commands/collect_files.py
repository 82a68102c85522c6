"""Remove attachments that no document names any more, after the days of grace; and uploads that were never finished."""

from django.core.management.base import BaseCommand

from documents.files.housekeeping import collect


class Command(BaseCommand):
    """Safe to repeat and to run while the portal serves; `prepare` runs it at each start, a timer may run it each night."""

    help = "Remove files that no document has named for ATTACHMENT_KEEP_DAYS days, and unfinished uploads."

    def handle(self, *args, verbosity=1, **options):
        """Collect and say what was done."""
        counts = collect()
        if verbosity and any(counts.values()):
            self.stdout.write(
                "collect_files: " + ", ".join(f"{count} {what}" for what, count in counts.items())
            )
