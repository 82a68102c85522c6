"""Intakes: uploaded files of a document that a clerk has not saved yet, kept for one day."""

import uuid
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from documents.files.models import Attachment, LeftFile, StoredFile

if TYPE_CHECKING:
    from documents.models import Document

LIFETIME = timedelta(days=1)
#: Intakes that one person may have begun and not saved.
BEGUN_MAX = 20
#: What is known of the bytes of a file, wherever it belongs.
_FACTS = [field.name for field in StoredFile._meta.fields if field.name != "file"]


class IntakeQuerySet(models.QuerySet):
    """Intakes as the admin and the housekeeping ask for them."""

    def named(self, key: str) -> "Intake | None":
        """Return the intake with this key, which may be any text."""
        try:
            return self.select_related("document").filter(pk=uuid.UUID(key)).first()
        except ValueError:
            return None

    def collect(self, now: datetime | None = None) -> int:
        """Delete intakes too old, or too many for one owner; return how many were never saved."""
        begun_before = (now or timezone.now()) - LIFETIME
        counts, unsaved = Counter(), 0
        for intake in self.defer("values").order_by("-created_at"):
            is_old = intake.created_at <= begun_before
            counts[intake.owner_id] += not is_old
            if is_old or counts[intake.owner_id] > BEGUN_MAX:
                unsaved += intake.document_id is None
                intake.delete()
        return unsaved


class Intake(models.Model):
    """A document that is being entered from its files.

    `values`: what was read in them, as `documents.admin.prefill` writes it. `document`: what it
    became; set once, so that two forms cannot make two documents.
    """

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    document = models.ForeignKey(
        "documents.Document", on_delete=models.SET_NULL, null=True, related_name="+"
    )
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IntakeQuerySet.as_manager()

    class Meta:
        db_table = "documents_entry"
        verbose_name = "văn bản đang nhập từ tệp"
        verbose_name_plural = "văn bản đang nhập từ tệp"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.key)

    @property
    def is_open(self) -> bool:
        """Whether the intake may still become a document."""
        return self.document_id is None and self.created_at > timezone.now() - LIFETIME

    def end_with(self, document: "Document") -> bool:
        """Note that the intake became `document`, in the caller's transaction; False if late."""
        return bool(type(self).objects.filter(pk=self.pk, document=None).update(document=document))

    @classmethod
    def begin(cls, owner: AbstractBaseUser, staged: "Iterable[StagedFile]") -> "Intake":
        """Save and return a new intake with its staged files; of equal files only one is saved."""
        with transaction.atomic():
            intake = cls.objects.create(owner=owner)
            unique = {}
            for file in staged:
                unique.setdefault(file.sha256, file)
            for file in unique.values():
                file.intake = intake
                file.save()
        return intake


class StagedFile(StoredFile):
    """One of the files of an intake."""

    intake = models.ForeignKey(
        Intake, on_delete=models.CASCADE, related_name="files", db_column="entry_id"
    )

    class Meta:
        verbose_name = "tệp chờ lưu"
        verbose_name_plural = "tệp chờ lưu"
        default_permissions = ()

    def become_attachment(self, document: "Document", role: str, position: int) -> Attachment:
        """Turn a staged file into an attachment of `document`; only rows change, the bytes stay."""
        facts = {name: getattr(self, name) for name in _FACTS}
        attachment = Attachment.objects.create(
            document=document, file=self.file.name, role=role, position=position, **facts
        )
        self.file = ""
        self.delete()
        return attachment


@receiver(post_delete, sender=StagedFile)
def note_left(sender: type[StagedFile], instance: StagedFile, **kwargs: Any) -> None:
    """Note a deleted staged file as left, unless it became an attachment."""
    if instance.file:
        LeftFile.note(instance.file.name)
