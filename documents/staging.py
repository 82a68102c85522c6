"""Files that a clerk has chosen and whose document is not saved yet: his alone, for a day."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils import timezone

from documents.attachments import attachment_storage
from portal import files

LIFETIME = timedelta(days=1)
#: Entries that one person may have begun and not saved.
BEGUN_MAX = 20


def staged_path(instance, filename):
    """Return the generated path (str) of a file that waits for its document."""
    return files.generated_path("cho-luu", files.extension_of(filename) or "bin")


class EntryQuerySet(models.QuerySet):
    """Entries as the admin asks for them."""

    def begun_by(self, user, key):
        """Return the entry `key` (str as asked) that `user` has begun and that is not too old; None for any other."""
        try:
            return self.filter(pk=uuid.UUID(key), owner=user, created_at__gt=timezone.now() - LIFETIME).first()
        except ValueError:
            return None

    def collect(self):
        """Delete what is too old, and the oldest of those who have begun too many, with their files. Return how many (int)."""
        old = list(self.filter(created_at__lte=timezone.now() - LIFETIME).values_list("pk", flat=True))
        begun = {}
        for pk, owner in self.exclude(pk__in=old).order_by("-created_at").values_list("pk", "owner"):
            begun.setdefault(owner, []).append(pk)
        old += [pk for keys in begun.values() for pk in keys[BEGUN_MAX:]]
        for entry in self.filter(pk__in=old):
            entry.delete()
        return len(old)


class Entry(models.Model):
    """A document that is being entered from its files. `values`: what was read in them, as `documents.entry` writes it."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    values = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = "văn bản đang nhập từ tệp"
        verbose_name_plural = "văn bản đang nhập từ tệp"
        default_permissions = ()

    def __str__(self):
        return str(self.key)


class StagedFile(models.Model):
    """One of the files of an entry, checked like any attachment."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="files")
    file = models.FileField(upload_to=staged_path, storage=attachment_storage, max_length=120)
    original_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "tệp chờ lưu"
        verbose_name_plural = "tệp chờ lưu"
        default_permissions = ()

    def __str__(self):
        return self.original_name


@receiver(post_delete, sender=StagedFile)
def delete_the_bytes(sender, instance, **kwargs):
    """A staged file that goes takes its bytes with it, once that is certain."""
    storage, name = instance.file.storage, instance.file.name
    transaction.on_commit(lambda: storage.delete(name))
