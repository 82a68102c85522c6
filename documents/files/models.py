"""Attachments: the files of documents, as visible as these, stored outside the public folder."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage, storages
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from documents.files.text_queue import Readable, ReadableQuerySet
from portal.publishing.public import Public
from portal.publishing.states import Phase, phase_q
from portal.uploads import inspection
from portal.uploads.names import clean_name, extension_of, generated_path

if TYPE_CHECKING:
    from documents.models import Document


class Role(models.TextChoices):
    """What a file is to its document."""

    SIGNED = "ban-ky", "Bản ký"
    WORD = "ban-word", "Bản Word"
    ANNEX = "phu-luc", "Phụ lục"


def attachment_storage() -> Storage:
    """Return the storage of attachments, which is outside the public folder."""
    return storages["attachments"]


def attachment_path(instance: models.Model, filename: str) -> str:
    """Return the generated path of an attachment; it tells neither document nor original name."""
    return generated_path("van-ban", extension_of(filename) or "bin")


class AttachmentQuerySet(ReadableQuerySet):
    """Attachments, each as visible as its document."""

    def visible(self, at: datetime | None = None) -> "AttachmentQuerySet":
        """Return the attachments of the documents that the public may see at the time `at`."""
        return self.filter(phase_q(Phase.PUBLISHED, at, prefix="document__"))

    def in_order(self) -> "AttachmentQuerySet":
        """Return the attachments in the order that the clerk gave them."""
        return self.order_by("position", "pk")

    def duplicates_of(self, file: "Attachment") -> "AttachmentQuerySet":
        """Return the attachments of other documents that are equal to `file`, byte by byte."""
        same = self.filter(sha256=file.sha256).exclude(sha256="").exclude(document=file.document_id)
        return same.select_related("document__type").order_by("-pk")

    def holders_of(self, staged: "Iterable[StoredFile]") -> "dict[str, list[Document]]":
        """Return by SHA-256 the documents with an attachment equal to one of the staged files.

        One query.
        """
        found = {}
        same = self.filter(sha256__in=[file.sha256 for file in staged]).exclude(sha256="")
        for attachment in same.select_related("document__type").order_by("-pk")[:100]:
            found.setdefault(attachment.sha256, []).append(attachment.document)
        return found


class StoredFile(models.Model):
    """Abstract model of a file outside the public folder, with its inspection and its SHA-256."""

    file = models.FileField(
        "tệp",
        upload_to=attachment_path,
        storage=attachment_storage,
        max_length=120,
        help_text="PDF, Word, Excel hoặc OpenDocument.",
    )
    original_name = models.CharField("tên tệp", max_length=255, editable=False)
    size = models.PositiveBigIntegerField("cỡ (byte)", editable=False, default=0)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False, blank=True)
    pages = models.PositiveIntegerField("số trang", null=True, editable=False)
    flags = models.JSONField("điều người duyệt cần biết", default=list, editable=False)
    checked_at = models.DateTimeField("kiểm tra lúc", null=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.original_name

    @property
    def is_new(self) -> bool:
        """Whether the attachment's file is newly chosen and not stored yet."""
        return bool(self.file) and not self.file._committed

    def clean(self) -> None:
        """Inspect a newly chosen attachment: refuse it, or note what was found in it."""
        super().clean()
        if self.is_new:
            try:
                found = inspection.check_attachment(self.file.file)
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from None
            self.describe()
            self.flags, self.pages, self.checked_at = found.flags, found.pages, timezone.now()

    def describe(self) -> None:
        """Note the name, size (bytes) and SHA-256 of a newly chosen attachment."""
        digest = sha256_of(self.file)
        if digest != self.sha256:  # other bytes than those that were looked into, or none were
            self.flags, self.pages, self.checked_at = [], None, None
        self.original_name, self.size, self.sha256 = (
            clean_name(self.file.name),
            self.file.size,
            digest,
        )


class Attachment(StoredFile, Readable, Public):
    """A file of a document."""

    document = models.ForeignKey(
        "documents.Document",
        on_delete=models.CASCADE,
        related_name="attachments",
        verbose_name="văn bản",
    )
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.SIGNED)
    position = models.PositiveSmallIntegerField("thứ tự", default=1)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"
        indexes = [models.Index(fields=["sha256"], name="attachment_by_bytes")]

    def make_ready(self, taken: Any = None) -> None:
        """Describe a newly chosen attachment, and put it into the queue for text extraction."""
        super().make_ready(taken)
        if self.is_new:
            self.describe()
            self.wait_to_be_read()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the attachment; note the replaced file as left."""
        with transaction.atomic(using=kwargs.get("using")):
            replaced = self.pk and self.is_new
            before = (
                type(self)._base_manager.filter(pk=self.pk).values_list("file", flat=True).first()
                if replaced
                else ""
            )
            super().save(*args, **kwargs)
            if before:
                LeftFile.note(before)

    save.alters_data = True

    @property
    def kind(self) -> str:
        """The kind of an attachment as a reader knows it: "PDF", "DOCX"."""
        return extension_of(self.original_name).upper()

    @property
    def content_type(self) -> str:
        """The media type to send an attachment with; unknown ones as plain bytes."""
        return inspection.MEDIA_TYPES.get(
            extension_of(self.original_name), "application/octet-stream"
        )

    def get_absolute_url(self) -> str:
        """Return the address under which an attachment is downloaded."""
        return reverse("documents:download", args=[self.document.slug, self.pk, self.original_name])


def sha256_of(file: File) -> str:
    """Return the SHA-256 (hexadecimal) of an attachment's bytes, read piece by piece."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    return digest.hexdigest()


class LeftFile(models.Model):
    """A stored file that no row names any more; it can come back until it is deleted days later."""

    name = models.CharField("tên trong kho", max_length=120, unique=True)
    left_at = models.DateTimeField("bỏ lại lúc", default=timezone.now, db_index=True)

    class Meta:
        verbose_name = "tệp bỏ lại"
        verbose_name_plural = "tệp bỏ lại"
        default_permissions = ()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def note(cls, name: str) -> None:
        """Note that the stored file `name` was left now by its attachment."""
        cls.objects.update_or_create(name=name, defaults={"left_at": timezone.now()})


@receiver(post_delete, sender=Attachment)
def _note_left(sender: type[Attachment], instance: Attachment, **kwargs: Any) -> None:
    if instance.file:
        LeftFile.note(instance.file.name)
