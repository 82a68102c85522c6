"""Model fields for Vietnamese text: cleaned at every write, or folded for search."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from portal.text.vietnamese import SPACES, clean_block, clean_line, fold


class CleanLine(str):
    """A text that `clean_line` has cleaned. Made in this module only."""


class CleanBlock(str):
    """A text that `clean_block` has cleaned. Made in this module only."""


class _CleanText(models.Field):
    """Clean the text of a field by every way of writing: mixed into a text field.

    `get_prep_value` covers save, bulk_create, update, bulk_update, loaddata and look-ups: Django's
    own calls `to_python`, which also covers forms. `pre_save` keeps the object in memory equal to
    its row. Text that one of them has cleaned carries a mark, its class, and is not cleaned again.
    """

    mark: type[str] = CleanLine
    clean_text = staticmethod(clean_line)

    def to_python(self, value: Any) -> Any:
        """Return the LineField's or BlockField's `value` as Django does, clean if it is text."""
        value = super().to_python(value)
        if not isinstance(value, str) or type(value) is self.mark:
            return value
        return self.mark(self.clean_text(value))

    def get_prep_value(self, value: Any) -> Any:
        """Return the text field's `value` for the database: clean text without the mark."""
        value = super().get_prep_value(value)
        return str(value) if isinstance(value, str) else value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        """Return the clean value of this text field, and leave it in `instance`."""
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = self.to_python(value)
            setattr(instance, self.attname, value)
        return value


class LineField(_CleanText, models.CharField):
    """A line of text (title, name, number): NFC, no invisible characters, single blanks."""


class BlockField(_CleanText, models.TextField):
    """Several lines of plain text (lead, note): NFC, no invisible characters, lines kept."""

    mark = CleanBlock
    clean_text = staticmethod(clean_block)


class FoldedField(models.TextField):
    """The folded words of other fields of the same row, for searching without accents.

    `sources`: names of text fields, joined in this order. Written with the row by `save` and
    `bulk_create`; `PublicQuerySet.update` refreshes it for the rest.
    """

    def __init__(self, *args: Any, sources: Iterable[str] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs | {"sources": self.sources}

    def value_of(self, instance: models.Model) -> str:
        """Return the FoldedField's text of its source fields of `instance`."""
        parts = (str(getattr(instance, source) or "") for source in self.sources)
        return SPACES.sub(" ", fold(" ".join(parts)))

    def pre_save(self, instance: models.Model, add: bool) -> str:
        value = self.value_of(instance)
        setattr(instance, self.attname, value)
        return value
