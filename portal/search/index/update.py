"""Update the search index within the transaction of a change, and before a search by the clock.

It is filled from what each room's `.visible()` gives (sources.py); the engine of the database
stores it.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.db.models.signals import post_migrate, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from portal.publishing.public import content_changed
from portal.search.index import sources
from portal.search.models import IndexedText, IndexEntry, IndexState, ScheduledChange
from portal.search.query import tokens

log = logging.getLogger(__name__)
BATCH = 200
#: The content of an entry, beside key, kind, day and facts.
CONTENT = ("title", "number", "summary", "note", "address", "body", "places")

if connection.vendor == "postgresql":
    from portal.search.index import postgres as engine
else:
    from portal.search.index import sqlite as engine


def _take_out(texts: list[IndexedText]) -> None:
    """Take the entries of `texts` out of the search index."""
    engine.erase(texts)
    keys = [text.entry_id for text in texts]
    IndexedText.objects.filter(pk__in=keys).delete()
    IndexEntry.objects.filter(pk__in=keys).delete()


def _row(found: sources.SearchDocument) -> IndexedText:
    entry = IndexEntry(
        key=found.key,
        kind=found.kind,
        object_id=found.object_id,
        day=found.moment.date() if found.moment else None,
        facts=found.tokens,
    )
    return IndexedText(entry=entry, **{name: getattr(found, name) for name in CONTENT})


def _content_of(text: IndexedText) -> tuple[object, ...]:
    """Return the content of an index entry, to tell whether an update must write it."""
    return (text.entry_id, text.entry.facts, *(getattr(text, name) for name in CONTENT))


def enter(kind: str, keys: Iterable[int], anew: bool = False) -> None:
    """Update the index entries of the objects `keys` of `kind` to what is visible of them now.

    `anew`: write also those that say the same already.
    """
    keys = sorted(keys)
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        with transaction.atomic(savepoint=False):  # a failure ends the transaction of the change
            present = [_row(found) for found in sources.visible(kind, some)]
            past = list(
                IndexedText.objects.select_related("entry").filter(
                    entry__kind=kind, entry__object_id__in=some
                )
            )
            if not anew:
                said = {text.entry_id: _content_of(text) for text in past}
                same = {
                    text.entry.key
                    for text in present
                    if said.get(text.entry.key) == _content_of(text)
                }
                past = [text for text in past if text.entry_id not in same]
                present = [text for text in present if text.entry.key not in same]
            if past:
                _take_out(past)
            if present:
                IndexEntry.objects.bulk_create([text.entry for text in present])
                IndexedText.objects.bulk_create(present)
                engine.write(present)


def _note_scheduled_changes(model: type[Model], keys: list[int]) -> None:
    """Schedule the index update for when the clock shows or hides the rows `keys` of `model`."""
    label = model._meta.label
    ScheduledChange.objects.filter(model=label, object_id__in=keys).delete()
    turns = sources.moments(model, keys, timezone.now())
    ScheduledChange.objects.bulk_create(
        [ScheduledChange(at=at, model=label, object_id=key) for at, key in turns]
    )


def refresh(model: type[Model], keys: list[int]) -> None:
    """Update the index entries of the rows `keys` of `model`, and of all that depend on them."""
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        _note_scheduled_changes(model, some)
        for kind, touched in sources.touched(model, some).items():
            enter(kind, touched)


@receiver(content_changed)
def update_index(sender: type[Model], pks: Iterable[int], **kwargs: Any) -> None:
    """Update the search index with each change of content, in its transaction."""
    if sender in sources.DEPENDENCIES:
        refresh(sender, list(pks))


@receiver(pre_delete)
def note_dependents(sender: type[Model], instance: Model, **kwargs: Any) -> None:
    """Schedule an index update for entries that lose a file, a page of it or a vocabulary row.

    The next search does it: a file of a thousand pages loses them one by one.
    """
    if sender not in sources.DEPENDENCIES or sender in {
        model for model, _ in sources.ROOMS.values()
    }:
        return
    for kind, keys in sources.touched(sender, [instance.pk]).items():
        label = sources.ROOMS[kind][0]._meta.label
        keys -= set(
            ScheduledChange.objects.filter(
                model=label, object_id__in=keys, at__lte=timezone.now()
            ).values_list("object_id", flat=True)
        )
        ScheduledChange.objects.bulk_create(
            [ScheduledChange(at=timezone.now(), model=label, object_id=key) for key in keys]
        )


def catch_up() -> None:
    """Update the index for what the clock has shown or hidden since the last search.

    One query where nothing is due. Of several processes one does it, the others wait. Where nothing
    can be written now, the next search tries again; the result page asks once more what is visible.
    """
    try:
        if ScheduledChange.objects.filter(at__lte=timezone.now()).exists():
            with transaction.atomic():
                _take_in_what_is_due()
    except DatabaseError:
        log.warning("The index of the search could not be brought up to the hour.", exc_info=True)


def _take_in_what_is_due() -> None:
    due = ScheduledChange.objects.filter(at__lte=timezone.now())
    rows = list(due.select_for_update() if connection.features.has_select_for_update else due)
    for label in sorted({row.model for row in rows}):
        refresh(
            apps.get_model(label), sorted({row.object_id for row in rows if row.model == label})
        )


def rebuild(progress: Callable[[int], None] = lambda done: None) -> None:
    """Write the whole search index anew while searches go on.

    `progress` is told the number of things looked at.
    """
    if not IndexEntry.objects.exists() or engine.TAKES_BACK_TOKENS and not is_current():
        with transaction.atomic():
            engine.clear()
            IndexedText.objects.all().delete()
            IndexEntry.objects.all().delete()
            with engine.building():
                _rebuild_rooms(progress)
    else:
        _rebuild_rooms(progress)
    for model in sources.DEPENDENCIES:
        keys = list(model._base_manager.values_list("pk", flat=True))
        for start in range(0, len(keys), BATCH):
            with transaction.atomic():
                _note_scheduled_changes(model, keys[start : start + BATCH])
    IndexState.objects.update_or_create(pk=1, defaults={"version": tokens.VERSION})


def _rebuild_rooms(progress: Callable[[int], None]) -> None:
    done = 0
    for kind, (model, _) in sources.ROOMS.items():
        keys = set(model._base_manager.order_by().values_list("pk", flat=True))
        keys |= set(IndexEntry.objects.filter(kind=kind).values_list("object_id", flat=True))
        keys = sorted(keys)
        for start in range(0, len(keys), BATCH):
            enter(kind, keys[start : start + BATCH], anew=True)
            done += len(keys[start : start + BATCH])
            progress(done)


def is_current() -> bool:
    """Tell whether the search index was built whole with the tokens of this version."""
    return IndexState.objects.filter(pk=1, version=tokens.VERSION).exists()


@receiver(post_migrate)
def clear_emptied_index(sender: AppConfig, **kwargs: Any) -> None:
    """Clear the index's tokens when the database was emptied (`flush`)."""
    is_ours = (
        sender.name == "portal.search"
        and ScheduledChange._meta.db_table in connection.introspection.table_names()
    )
    if is_ours and not IndexEntry.objects.exists():
        engine.clear()
