"""What a visitor can see: `.visible()` says who may see it, and the signal `content_changed` tells of every change.

The signal is sent inside the transaction of the change; docs/house.md lists who listens.
"""

from typing import Any

from django.db import models, transaction
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.dispatch import Signal, receiver

from portal.text import vietnamese
from portal.text.fields import FoldedField

#: Sent with `sender` (model class) and `pks` (list of primary keys, any length) after a change of public content.
content_changed = Signal()
BATCH = 500


class PublicQuerySet(models.QuerySet):
    """A queryset whose bulk writes do all that `save` does."""

    def visible(self):
        """Return what a stranger may see. Here everything; narrowed by those that are published."""
        return self.all()

    def matching(self, query):
        """Return the rows whose folded text holds every word of `query` (str, as typed)."""
        rows = self
        for word in vietnamese.fold(query).split()[:12]:
            rows = rows.filter(folded__contains=word)
        return rows

    def update(self, **values):
        """Update as Django does, refresh folded text, and tell that content changed."""
        with transaction.atomic(using=self.db):
            rows = list(self.order_by().values_list("pk", flat=True))
            count = super().update(**values)
            _refresh_folded(self.model, rows, set(values))
            _tell(self.model, rows)
        return count

    update.alters_data = True

    def bulk_create(self, objs, *args, **kwargs):
        """Create as Django does, each object first made ready as `save` would, and tell that content changed."""
        objs = list(objs)
        with transaction.atomic(using=self.db):
            taken = self.model.taken_from(objs)
            for item in objs:
                item.make_ready(taken)
            made = super().bulk_create(objs, *args, **kwargs)
            _tell(self.model, [item.pk for item in made if item.pk is not None])
        return made

    bulk_create.alters_data = True


class Public(models.Model):
    """Anything a visitor can see: its changes are announced, within the transaction that makes them."""

    objects = PublicQuerySet.as_manager()

    class Meta:
        abstract = True

    def make_ready(self, taken=None):
        """Fill what can be derived before a write. `taken`: slugs (set of str) given away in the same batch."""

    @classmethod
    def taken_from(cls, items):
        """Return what `make_ready` of each of `items` (list), which are written in one batch, gets as `taken` (set)."""
        return set()

    def save(self, *args, update_fields=None, **kwargs):
        """Save inside a transaction, after `make_ready`; folded text is always written with its sources."""
        with transaction.atomic(using=kwargs.get("using")):
            self.make_ready()
            if update_fields is not None:
                update_fields = {*update_fields, *(f.name for f in _folded_fields(type(self)))}
            self.write_row(*args, update_fields=update_fields, **kwargs)

    save.alters_data = True

    def write_row(self, *args: Any, **kwargs: Any) -> None:
        """Write the row as Django's `save` does, within the transaction of `save`."""
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Delete inside a transaction, so that those who listen write in the same one."""
        with transaction.atomic(using=kwargs.get("using")):
            return super().delete(*args, **kwargs)

    delete.alters_data = True


def _folded_fields(model):
    return [field for field in model._meta.concrete_fields if isinstance(field, FoldedField)]


def _refresh_folded(model, pks, changed):
    """Write the folded fields of the rows `pks` anew where one of their sources is in `changed` (set of names)."""
    for field in _folded_fields(model):
        if not changed.intersection(field.sources):
            continue
        for start in range(0, len(pks), BATCH):
            rows = list(model._base_manager.filter(pk__in=pks[start : start + BATCH]))
            for row in rows:
                setattr(row, field.attname, field.value_of(row))
            model._base_manager.bulk_update(rows, [field.name])


def _tell(model, pks):
    if pks:
        content_changed.send(sender=model, pks=list(pks))


@receiver(post_save)
def _saved(sender, instance, raw=False, **kwargs):
    if isinstance(instance, Public):
        if raw:  # loaddata writes the columns as they come
            _refresh_folded(sender, [instance.pk], {f.name for f in sender._meta.concrete_fields})
        _tell(sender, [instance.pk])


@receiver(post_delete)
def _deleted(sender, instance, **kwargs):
    if isinstance(instance, Public):
        _tell(sender, [instance.pk])


@receiver(m2m_changed)
def _related(sender, instance, action, pk_set, **kwargs):
    # An empty set: the same rows were set again (None: all were cleared).
    if isinstance(instance, Public) and action.startswith("post_") and pk_set != set():
        _tell(type(instance), [instance.pk])
