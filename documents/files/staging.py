"""Files that a clerk has chosen and whose document is not saved yet: his alone, for a day. Then they are left like any other file."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from documents.files.models import Attachment, LeftFile, StoredFile

LIFETIME = timedelta(days=1)
#: Intakes that one person may have begun and not saved.
BEGUN_MAX = 20
#: What is known of the bytes of a file, wherever it belongs.
_FACTS = [field.name for field in StoredFile._meta.fields if field.name != "file"]


class IntakeQuerySet(models.QuerySet):
    """Intakes as the admin and the housekeeping ask for them."""

    def named(self, key):
        """Return the intake `key` (str as asked); None where there is none."""
        try:
            return self.select_related("document").filter(pk=uuid.UUID(key)).first()
        except ValueError:
            return None

    def collect(self, now=None):
        """Delete what is too old, and the oldest of those who have begun too many, with their files. Return how many were never saved (int)."""
        old = list(
            self.filter(created_at__lte=(now or timezone.now()) - LIFETIME).values_list(
                "pk", flat=True
            )
        )
        begun = {}
        for pk, owner in (
            self.exclude(pk__in=old).order_by("-created_at").values_list("pk", "owner")
        ):
            begun.setdefault(owner, []).append(pk)
        old += [pk for keys in begun.values() for pk in keys[BEGUN_MAX:]]
        intakes = list(self.filter(pk__in=old))
        for intake in intakes:
            intake.delete()
        return sum(intake.document_id is None for intake in intakes)


class Intake(models.Model):
    """A document that is being entered from its files.

    `values`: what was read in them, as `documents.admin.prefill` writes it. `document`: what came of it; set once, so that no form makes two.
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

    def __str__(self):
        return str(self.key)

    @property
    def is_open(self):
        """Whether the intake may still become a document (bool)."""
        return self.document_id is None and self.created_at > timezone.now() - LIFETIME

    def end_with(self, document):
        """Note that the intake became `document`, within the caller's transaction; return False where another form was faster."""
        return bool(type(self).objects.filter(pk=self.pk, document=None).update(document=document))

    @classmethod
    def begin(cls, owner, staged):
        """Save and return a new intake of `owner` (user) with the files `staged` (list of StagedFile, inspected); the same bytes once."""
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

    def become_attachment(self, document, role, position):
        """Make it a file of `document` and return that (Attachment). The bytes stay where they lie: only the row changes."""
        facts = {name: getattr(self, name) for name in _FACTS}
        attachment = Attachment.objects.create(
            document=document, file=self.file.name, role=role, position=position, **facts
        )
        self.file = ""
        self.delete()
        return attachment


@receiver(post_delete, sender=StagedFile)
def note_left(sender, instance, **kwargs):
    """A staged file that goes without having become an attachment is left."""
    if instance.file:
        LeftFile.note(instance.file.name)
