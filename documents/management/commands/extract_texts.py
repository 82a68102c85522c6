"""Extract the text of the files in the queue: once, or as long as the portal is served."""

import logging
import os
import signal
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections, transaction

from documents.files import text_queue
from documents.files.models import Attachment
from documents.files.text_queue import TextState
from portal.ops.progress import Progress

log = logging.getLogger(__name__)
#: Seconds between two looks at the queue, and after the database did not answer.
LOOK, PATIENCE = 2, 10


class Command(BaseCommand):
    """Safe to run beside the one that `serve` started: each file is taken by one of them."""

    help = "Read the text of the files that wait for it, page by page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--beside",
            type=int,
            metavar="PID",
            help="stay and read files as they come, while the server PID, its parent, lives",
        )
        parser.add_argument(
            "--again", action="store_true", help="also read anew what could not be read before"
        )

    def handle(
        self, *args: Any, beside: int | None = None, again: bool = False, **options: Any
    ) -> None:
        if again:
            self.put_back()
        if beside:
            self.stay(beside)
            return
        progress = Progress(self.stdout)
        counts = text_queue.read_all(seen=progress.step)
        progress.clear()
        self.stdout.write(
            f"extract_texts: {counts[TextState.DONE]} read, "
            f"{counts[TextState.NO_TEXT]} without text, "
            f"{counts[TextState.FAILED]} could not be read"
        )

    def put_back(self) -> None:
        """Put files into the text queue again that failed or had no text without OCR."""
        with transaction.atomic():
            rows = list(
                Attachment.objects.filter(text_state__in=[TextState.FAILED, TextState.NO_TEXT])
            )
            for row in rows:
                row.wait_to_be_read()
                row.save(
                    update_fields=["text_state", "text_note", "text_crashes", "text_leased_until"]
                )

    def stay(self, server: int) -> None:
        """Extract texts as files come, until a signal or the end of the parent process `server`."""
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: sys.exit(0))
        os.nice(5)  # visitors come first
        while os.getppid() == server:
            try:
                file = text_queue.take()
                if file is not None:
                    text_queue.read(file)
                    continue
            except DatabaseError as error:
                log.warning(
                    "extract_texts: the database does not answer (%s)", type(error).__name__
                )
                connections.close_all()
                time.sleep(PATIENCE)
            except OSError as error:  # of the storage; the file waits on
                log.warning("extract_texts: the storage does not answer (%s)", type(error).__name__)
                time.sleep(PATIENCE)
            close_old_connections()
            time.sleep(LOOK)
