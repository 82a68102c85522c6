"""The files of documents: as visible as the document they hang on, never in the public folder."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import models
from django.urls import reverse

from documents.reading import Readable, ReadableQuerySet
from portal import files
from portal.publishing import Phase, Public, phase_q


class Role(models.TextChoices):
    """What a file is to its document."""

    SIGNED = "ban-ky", "Bản ký"
    WORD = "ban-word", "Bản Word"
    ANNEX = "phu-luc", "Phụ lục"


def attachment_storage():
    """Return where attachments lie: never the public folder."""
    return storages["attachments"]


def attachment_path(instance, filename):
    """Return the generated path (str) of an attachment: it tells nothing of the document or of the original name."""
    return files.generated_path("van-ban", files.extension_of(filename) or "bin")


class AttachmentQuerySet(ReadableQuerySet):
    """A file is as visible as the document it hangs on."""

    def visible(self, at=None):
        """Return the files of the documents that a stranger may see at the time `at`."""
        return self.filter(phase_q(Phase.PUBLISHED, at, prefix="document__"))

    def in_order(self):
        """Return the files as the clerk arranged them."""
        return self.order_by("position", "pk")


class Attachment(Readable, Public):
    """A file of a document, stored outside the public folder under a generated name."""

    document = models.ForeignKey(
        "documents.Document", on_delete=models.CASCADE, related_name="attachments", verbose_name="văn bản"
    )
    file = models.FileField(
        "tệp",
        upload_to=attachment_path,
        storage=attachment_storage,
        max_length=120,
        help_text="PDF, Word, Excel hoặc OpenDocument.",
    )
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.SIGNED)
    original_name = models.CharField("tên tệp", max_length=255, editable=False)
    size = models.PositiveBigIntegerField("cỡ (byte)", editable=False, default=0)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=1)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"

    def __str__(self):
        return self.original_name

    def clean(self):
        """Refuse a newly chosen file that is not what may be attached."""
        super().clean()
        if self.file and not self.file._committed:
            try:
                files.check_attachment(self.file.file)
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from None

    def make_ready(self, taken=None):
        """For a newly chosen file, note its name, size (bytes) and SHA-256, and let it wait to be read."""
        super().make_ready(taken)
        if self.file and not self.file._committed:
            self.original_name = files.clean_name(self.file.name)
            self.size = self.file.size
            digest = hashlib.sha256()
            for chunk in self.file.chunks():
                digest.update(chunk)
            self.sha256 = digest.hexdigest()
            self.wait_to_be_read()

    @property
    def kind(self):
        """The type of the file as a reader knows it (str): "PDF", "DOCX"."""
        return files.extension_of(self.original_name).upper()

    @property
    def content_type(self):
        """The media type to send the file with (str); unknown ones as plain bytes."""
        return files.MEDIA_TYPES.get(files.extension_of(self.original_name), "application/octet-stream")

    def get_absolute_url(self):
        """Return the address (str) under which the file is downloaded."""
        return reverse("documents:download", args=[self.document.slug, self.pk, self.original_name])
