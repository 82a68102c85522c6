"""Use of pictures by rows: a picture is public while a visible row shows it.

`PictureUse` is written at each change of public content; `is_public` asks these rows' own
`.visible()`.
"""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.dispatch import receiver

from portal.publishing.public import Public, content_changed


class PictureUse(models.Model):
    """The use of one picture in one row. Written by `note_pictures`."""

    name = models.CharField("tên tệp ảnh", max_length=100, db_index=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "ảnh đang dùng"
        verbose_name_plural = "ảnh đang dùng"
        indexes = [models.Index(fields=["content_type", "object_id"], name="picture_use_of_object")]
        permissions = [("upload_picture", "Tải ảnh lên từ khung soạn thảo")]

    def __str__(self) -> str:
        return self.name


@receiver(content_changed)
def note_pictures(sender: type[models.Model], pks: list[int], **kwargs: Any) -> None:
    """Write `PictureUse` anew, which rows use which picture, at each change of rows `pks`."""
    fields = [
        field for field in sender._meta.concrete_fields if getattr(field, "holds_pictures", False)
    ]
    if not fields:
        return
    kind = ContentType.objects.get_for_model(sender)
    for start in range(0, len(pks), 500):
        batch = pks[start : start + 500]
        uses = PictureUse.objects.filter(content_type=kind, object_id__in=batch)
        noted = {use.pk: (use.object_id, use.name) for use in uses}
        shown = {
            (row.pk, name)
            for row in sender._base_manager.filter(pk__in=batch).only(
                "pk", *(field.name for field in fields)
            )
            for field in fields
            for name in field.picture_names(getattr(row, field.attname))
        }
        if gone := [pk for pk, use in noted.items() if use not in shown]:
            PictureUse.objects.filter(pk__in=gone).delete()
        PictureUse.objects.bulk_create(
            PictureUse(name=name, content_type=kind, object_id=pk)
            for pk, name in sorted(shown - set(noted.values()))
        )


def is_public(name: str) -> bool:
    """Tell whether the picture `name` is shown in any visible row."""
    for use in PictureUse.objects.filter(name=name).select_related("content_type"):
        model = use.content_type.model_class()
        if (
            model
            and issubclass(model, Public)
            and model.objects.visible().filter(pk=use.object_id).exists()
        ):
            return True
    return False
