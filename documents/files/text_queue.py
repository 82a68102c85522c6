"""The queue of files for text extraction, in the database, and the extracted text of each page.

A file waits in the state «waiting». A process takes a lease of it, renews the lease while it
works, and writes pages and state in one transaction. After a crash nothing half-done is left, and
another process takes the file when the lease has ended.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from django.db import models, transaction
from django.dispatch import receiver
from django.utils import timezone

from portal.extraction import client
from portal.extraction.worker import PAGES_MAX, has_ocr
from portal.publishing.public import BATCH, Public, PublicQuerySet, content_changed
from portal.publishing.states import Phase, phase_q
from portal.text import vietnamese
from portal.text.fields import BlockField

if TYPE_CHECKING:
    from documents.files.models import Attachment

log = logging.getLogger(__name__)
LEASE = timedelta(seconds=60)
#: A file that has crashed the extraction so often is not tried again.
CRASHES_MAX = 2


class TextState(models.TextChoices):
    """The state of the text extraction of a file."""

    WAITING = "waiting", "Đang chờ đọc chữ"
    DONE = "done", "Đã đọc chữ"
    NO_TEXT = "no-text", "Không có lớp chữ"
    FAILED = "failed", "Không đọc được chữ"


class ReadableQuerySet(PublicQuerySet):
    """Files as the queue asks for them."""

    def to_be_read(self, at: datetime | None = None) -> "ReadableQuerySet":
        """Return the files in the text queue without a lease at the time `at`, the oldest first."""
        free = models.Q(text_leased_until=None) | models.Q(
            text_leased_until__lte=at or timezone.now()
        )
        return self.filter(free, text_state=TextState.WAITING).order_by("pk")


class Readable(models.Model):
    """Abstract model of a file with the state of its text extraction."""

    text_state = models.CharField(
        "chữ trong tệp",
        max_length=10,
        choices=TextState,
        default=TextState.WAITING,
        editable=False,
        db_index=True,
    )
    text_note = models.CharField(
        "ghi chú về chữ trong tệp", max_length=300, editable=False, blank=True, default=""
    )
    text_crashes = models.PositiveSmallIntegerField(editable=False, default=0)
    text_leased_until = models.DateTimeField(editable=False, null=True)

    class Meta:
        abstract = True

    def wait_to_be_read(self) -> None:
        """Put the file back into the text queue as a new one. Does not save."""
        self.text_state, self.text_note = TextState.WAITING, ""
        self.text_crashes, self.text_leased_until = 0, None

    @property
    def can_be_read_here(self) -> bool:
        """Whether the text queue is done with the file, so that a page can show it or its text."""
        return self.text_state in (TextState.DONE, TextState.NO_TEXT)


class PageTextQuerySet(PublicQuerySet):
    """Pages, as visible as the document of their file."""

    def visible(self, at: datetime | None = None) -> "PageTextQuerySet":
        """Return the page texts of the documents that the public may see at the time `at`."""
        return self.filter(phase_q(Phase.PUBLISHED, at, prefix="attachment__document__"))

    def from_page(self, first: int, count: int) -> "PageTextQuerySet":
        """Return the texts of `count` pages from the number `first` on, in order."""
        return self.filter(number__gte=first, number__lt=first + count).order_by("number")


class PageText(Public):
    """The text of one page of a file; its size in points where images can be drawn of it."""

    attachment = models.ForeignKey(
        "documents.Attachment", on_delete=models.CASCADE, related_name="page_texts"
    )
    number = models.PositiveIntegerField("trang")
    text = BlockField("chữ", blank=True)
    width = models.FloatField("rộng", default=0)
    height = models.FloatField("cao", default=0)
    by_ocr = models.BooleanField("nhận dạng từ ảnh", default=False)
    was_legacy = models.BooleanField("chuyển từ phông chữ cũ", default=False)

    objects = PageTextQuerySet.as_manager()

    class Meta:
        verbose_name = "trang của tệp"
        verbose_name_plural = "trang của tệp"
        constraints = [
            models.UniqueConstraint(fields=["attachment", "number"], name="one_text_of_a_page")
        ]

    def __str__(self) -> str:
        return f"Trang {self.number}"

    @property
    def has_picture(self) -> bool:
        """Whether the page text has a size, so that an image of the page can be drawn."""
        return self.width > 0 and self.height > 0


def _attachments() -> "type[Attachment]":
    return PageText._meta.get_field("attachment").related_model


# --- the queue ---


def take() -> "Attachment | None":
    """Take the next waiting file from the text queue, leased to the caller."""
    model = _attachments()
    if not model.objects.to_be_read().exists():
        return None
    with transaction.atomic():
        file = model.objects.to_be_read().select_for_update(skip_locked=True).first()
        if file is not None:
            _note(file, text_leased_until=timezone.now() + LEASE)
    return file


def read(file: "Attachment") -> TextState | None:
    """Extract and store the page texts of the leased `file`; return None if it waits again."""
    try:
        with file.file.open("rb") as opened:
            reading = _read_well(
                opened, beat=lambda: _note(file, text_leased_until=timezone.now() + LEASE)
            )
    except client.Crashed as error:
        return _crashed(file, str(error))
    except client.Unread as error:
        return _keep(file, TextState.FAILED, str(error))
    except FileNotFoundError:
        log.error("attachment %s: its file %s is lost", file.pk, file.file.name)
        return _keep(file, TextState.FAILED, "Tệp không còn trên máy chủ.")
    except BaseException:  # stopped, or the storage does not answer: release the lease
        _note(file, text_leased_until=None)
        raise
    state = TextState.DONE if reading.has_text else TextState.NO_TEXT
    return _keep(file, state, _remark(reading), reading.pages)


def read_all(seen: Callable[[TextState], None] = lambda state: None) -> dict[TextState, int]:
    """Extract the text of all files in the queue; call `seen` with each state; return counts."""
    counts = dict.fromkeys((TextState.DONE, TextState.NO_TEXT, TextState.FAILED), 0)
    while (file := take()) is not None:
        state = read(file)
        if state is not None:
            counts[state] += 1
            seen(state)
    return counts


def _read_well(opened: BinaryIO, beat: Callable[[], None]) -> client.Reading:
    """Extract the text of the `opened` file, with OCR for pages without text where it is installed.

    Raises Unread, also where no page can be opened.
    """
    reading = client.read_text(opened, beat=beat)
    if reading.kind == "pdf" and not all(page.text.strip() for page in reading.pages) and has_ocr():
        reading = client.read_text(opened, seconds=client.OCR_SECONDS, with_ocr=True, beat=beat)
    if (
        reading.kind == "pdf"
        and not reading.has_text
        and not any(page.width and page.height for page in reading.pages)
    ):
        raise client.Unread("Các trang của tệp bị hỏng, không mở được.")
    return reading


def _remark(reading: client.Reading) -> str:
    """Return what readers must know of missing page texts; "" for nothing."""
    if not reading.is_whole:
        read_count = len(reading.pages)
        is_limited = read_count >= min(reading.count, PAGES_MAX)
        why = "; phần sau xin tải tệp về xem" if is_limited else ""
        return f"Chỉ đọc được {read_count} trang đầu trong {reading.count} trang{why}."
    if not reading.has_text:
        return "Tệp không có lớp chữ: có thể là bản quét."
    return ""


def _crashed(file: "Attachment", sentence: str) -> TextState | None:
    """Note that a file crashed the text extraction; let it wait in the queue again, or fail."""
    with transaction.atomic():
        rows = _attachments()._base_manager.select_for_update()
        row = rows.filter(pk=file.pk, file=file.file.name).first()
        if row is None:
            return None
        if row.text_crashes + 1 < CRASHES_MAX:
            _note(file, text_crashes=row.text_crashes + 1, text_leased_until=None)
            return None
    log.warning("attachment %s: killed the program that reads it", file.pk)
    return _keep(file, TextState.FAILED, sentence)


def _keep(
    file: "Attachment", state: TextState, note: str, pages: "Iterable[client.Page]" = ()
) -> TextState | None:
    """Store the page texts and the state of a file in one transaction; None if it was replaced."""
    model = _attachments()
    with transaction.atomic():
        row = model._base_manager.select_for_update().filter(
            pk=file.pk, file=file.file.name, text_state=TextState.WAITING
        )
        if row.first() is None:
            return None
        PageText.objects.filter(attachment=file.pk).delete()
        rows = [PageText(attachment_id=file.pk, **asdict(page)) for page in pages]
        PageText.objects.bulk_create(rows, batch_size=100)
        _note(
            file,
            text_state=state,
            text_note=vietnamese.clean_line(note)[:300],
            text_leased_until=None,
        )
        content_changed.send(sender=model, pks=[file.pk])
    return state


def _note(file: "Attachment", **values: Any) -> None:
    """Update a file's row in the text queue without `content_changed`: nothing visible changes."""
    _attachments()._base_manager.filter(pk=file.pk, file=file.file.name).update(**values)


@receiver(content_changed)
def forget_the_former_text(sender: type[models.Model], pks: list[int], **kwargs: Any) -> None:
    """Delete the page texts of a file that was replaced and waits in the queue again."""
    if sender is _attachments():
        for start in range(0, len(pks), BATCH):
            batch = pks[start : start + BATCH]
            PageText.objects.filter(
                attachment__in=batch, attachment__text_state=TextState.WAITING
            ).delete()
