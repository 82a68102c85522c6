"""Model fields for Vietnamese text: cleaned at every write, and folded for search."""

from django.db import models

from portal.text.vietnamese import SPACES, clean_block, clean_line, fold


class _CleanText:
    """Mixed into a text field: what reaches the database is clean by every way of writing.

    `get_prep_value` covers save, bulk_create, update, bulk_update, loaddata and the values of look-ups;
    `to_python` covers forms, `pre_save` keeps the object in memory equal to its row.
    """

    clean_text = staticmethod(clean_line)

    def to_python(self, value):
        value = super().to_python(value)
        return self.clean_text(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return self.clean_text(value) if isinstance(value, str) else value

    def pre_save(self, instance, add):
        value = super().pre_save(instance, add)
        if isinstance(value, str):
            value = self.clean_text(value)
            setattr(instance, self.attname, value)
        return value


class LineField(_CleanText, models.CharField):
    """A line of text (title, name, number): NFC, no invisible characters, single blanks."""


class BlockField(_CleanText, models.TextField):
    """Several lines of plain text (lead, note): NFC, no invisible characters, lines kept."""

    clean_text = staticmethod(clean_block)


class FoldedField(models.TextField):
    """The folded words of other fields of the same row, for searching without accents.

    `sources`: names of text fields (str) joined in this order. Written with the row by `save` and
    `bulk_create`; `PublishableQuerySet.update` refreshes it for the rest.
    """

    def __init__(self, *args, sources=(), **kwargs):
        self.sources = tuple(sources)
        kwargs.update(editable=False, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs | {"sources": self.sources}

    def value_of(self, instance):
        """Return the folded text (str) of the sources of `instance`."""
        parts = (str(getattr(instance, source) or "") for source in self.sources)
        return SPACES.sub(" ", fold(" ".join(parts)))

    def pre_save(self, instance, add):
        value = self.value_of(instance)
        setattr(instance, self.attname, value)
        return value
