"""Verify every attachment by its SHA-256, and that every picture of a page exists."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from documents.files import housekeeping
from documents.files.models import Attachment
from documents.files.staging import StagedFile
from portal.ops.progress import Progress
from portal.pictures.models import PictureUse


class Command(BaseCommand):
    """Reads only; may run at any time. Exit status 1 if one is missing, changed or orphaned."""

    help = (
        "Verify the SHA-256 of every attachment; name what is missing, changed or orphaned, "
        "and the page it belongs to."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify all files and pictures, print each problem on a line, then a summary."""
        total = sum(model.objects.count() for model in (Attachment, StagedFile, PictureUse))
        progress, counts = Progress(self.stdout, total), {"missing": 0, "changed": 0}
        for verified in (housekeeping.verify_attachments(), housekeeping.verify_pictures()):
            for problem, name, page in verified:
                if problem:
                    counts[problem] += 1
                    progress.say(f"{problem}: {name}   {page}")
                progress.step()
        orphaned, left, unused = housekeeping.strays()
        for name in orphaned:
            progress.say(
                f"orphaned: {name}   "
                "no document names it (collect_files will note and later remove it)"
            )
        faults = sum(counts.values()) + len(orphaned)
        self.stdout.write(
            f"{progress.done} files verified: {counts['missing']} missing, "
            f"{counts['changed']} changed, {len(orphaned)} orphaned; "
            f"{len(left)} left and not yet collected, {len(unused)} pictures in no page."
        )
        if faults:
            sys.exit(1)
