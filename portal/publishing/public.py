"""Public content: `.visible()` says who may see it, the signal `content_changed` tells of changes.

The signal is sent inside the transaction of the change; docs/house.md lists who listens.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Self

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal, receiver

from portal.text import vietnamese
from portal.text.fields import FoldedField

#: Sent after a change of public content, with `sender` (model class) and `pks` (list of int).
content_changed = Signal()
BATCH = 500


class PublicQuerySet(models.QuerySet):
    """Public content; its bulk writes do all that `save` does."""

    def visible(self) -> Self:
        """Return the rows that visitors may see: here all; what has states narrows them."""
        return self.all()

    def matching(self, query: str) -> Self:
        """Return the rows whose folded text holds every word of `query`, as typed."""
        rows = self
        for word in vietnamese.fold(query).split()[:12]:
            rows = rows.filter(folded__contains=word)
        return rows

    def update(self, **values: Any) -> int:
        """Update in bulk as Django does, refresh folded text, and send `content_changed`."""
        with transaction.atomic(using=self.db):
            pks = list(self.order_by().values_list("pk", flat=True))
            count = super().update(**values)
            _refresh_folded(self.model, pks, set(values))
            _tell(self.model, pks)
        return count

    update.alters_data = True

    def bulk_create(
        self, objs: Iterable[models.Model], *args: Any, **kwargs: Any
    ) -> list[models.Model]:
        """Create in bulk as Django does, make each row ready, and send `content_changed`."""
        objs = list(objs)
        with transaction.atomic(using=self.db):
            taken = self.model.taken_slugs(objs)
            for item in objs:
                item.make_ready(taken)
            made = super().bulk_create(objs, *args, **kwargs)
            _tell(self.model, [item.pk for item in made if item.pk is not None])
        return made

    bulk_create.alters_data = True


class Public(models.Model):
    """Content that visitors see: a change sends `content_changed`, within its transaction."""

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Fill the derived fields of this public row before a write.

        `taken`: slugs given away in the same batch.
        """

    @classmethod
    def taken_slugs(cls, items: Sequence[Self]) -> set[str]:
        """Return the slugs `taken` that `make_ready` gets for public rows written in one batch."""
        return set()

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Save the public row in a transaction, after `make_ready`, with its folded text."""
        with transaction.atomic(using=kwargs.get("using")):
            self.make_ready()
            if update_fields is not None:
                update_fields = {*update_fields, *(f.name for f in _folded_fields(type(self)))}
            self.write_row(*args, update_fields=update_fields, **kwargs)

    save.alters_data = True

    def write_row(self, *args: Any, **kwargs: Any) -> None:
        """Write the public row as Django's `save` does, within the transaction of `save`."""
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the public row in a transaction, in which receivers of `content_changed` write."""
        with transaction.atomic(using=kwargs.get("using")):
            return super().delete(*args, **kwargs)

    delete.alters_data = True


def _folded_fields(model: type[models.Model]) -> list[FoldedField]:
    return [field for field in model._meta.concrete_fields if isinstance(field, FoldedField)]


def _refresh_folded(model: type[models.Model], pks: Sequence[int], changed: set[str]) -> None:
    """Write the folded text of the rows `pks` anew where a source field has `changed`."""
    for field in _folded_fields(model):
        if not changed.intersection(field.sources):
            continue
        for start in range(0, len(pks), BATCH):
            rows = list(model._base_manager.filter(pk__in=pks[start : start + BATCH]))
            for row in rows:
                setattr(row, field.attname, field.value_of(row))
            model._base_manager.bulk_update(rows, [field.name])


def _tell(model: type[models.Model], pks: list[int]) -> None:
    if pks:
        content_changed.send(sender=model, pks=pks)


@receiver(post_save)
def _saved(
    sender: type[models.Model], instance: models.Model, raw: bool = False, **kwargs: Any
) -> None:
    if isinstance(instance, Public):
        if raw:  # loaddata writes the columns as they come
            _refresh_folded(sender, [instance.pk], {f.name for f in sender._meta.concrete_fields})
        _tell(sender, [instance.pk])


@receiver(post_delete)
def _deleted(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    if isinstance(instance, Public):
        _tell(sender, [instance.pk])


@receiver(m2m_changed)
def _related(
    sender: type[models.Model],
    instance: models.Model,
    action: str,
    pk_set: set[Any] | None,
    **kwargs: Any,
) -> None:
    # An empty set: the same rows were set again (None: all were cleared).
    if isinstance(instance, Public) and action.startswith("post_") and pk_set != set():
        _tell(type(instance), [instance.pk])
