"""Build the search index anew from what is visible, while searches go on."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.ops.progress import Progress
from portal.search.index import update
from portal.search.models import IndexEntry


class Command(BaseCommand):
    """Rebuild the search index; safe to repeat and to interrupt."""

    help = "Build the index of the search anew from what is visible."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed",
            action="store_true",
            help="only where the index was never built, or by another version",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Build the search index anew and print how many entries it has (command `reindex`)."""
        if options["if_needed"] and update.is_current():
            return
        self.stdout.write("Building the index of the search …")
        progress = Progress(self.stdout)
        update.rebuild(lambda done: progress.step(count=done - progress.done))
        progress.clear()
        self.stdout.write(f"The index of the search has {IndexEntry.objects.count()} entries.")
