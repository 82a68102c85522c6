"""The tables of the search: index entries, texts, scheduled changes, synonyms, missed queries.

The tables of each engine (index/sqlite.py, index/postgres.py) are made by the migrations.
"""

from django.core.exceptions import ValidationError
from django.db import models

from portal.publishing.public import Public
from portal.search.query import tokens
from portal.text.fields import LineField


class IndexEntry(models.Model):
    """One visible thing in the search index. The key grows with its date, so nothing is sorted."""

    key = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=8)
    object_id = models.BigIntegerField()
    day = models.DateField(null=True)
    facts = models.TextField()

    class Meta:
        db_table = "search_entry"
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="one_entry_of_a_thing")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class IndexedText(models.Model):
    """What is shown and marked of an index entry; its tokens follow from it."""

    entry = models.OneToOneField(
        IndexEntry,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="text",
        db_constraint=False,
    )
    title = models.TextField()
    number = models.TextField(default="")
    summary = models.TextField(default="")
    note = models.TextField(default="")
    address = models.TextField()
    body = models.TextField(default="")
    places = models.JSONField(default=list)

    class Meta:
        db_table = "search_entrytext"

    def __str__(self) -> str:
        return self.title

    def heads(self, facts: str) -> set[str]:
        """Return the index entry's tokens of title, trích yếu, number and `facts`."""
        return tokens.of_head([self.title, self.summary], self.number) | set(facts.split())

    def all(self, facts: str) -> set[str]:
        """Return the index entry's folded tokens of all there is to find, with `facts`."""
        head = {token for token in self.heads(facts) if token[0] not in "=~"}
        return head | tokens.of_body(tokens.PART.join([self.note, self.body]))

    @property
    def stored(self) -> tuple[int, set[str], set[str]]:
        """Return what an engine keeps of an index entry: key, tokens of the head, of everything."""
        facts = self.entry.facts
        return self.entry_id, self.heads(facts), self.all(facts)


class ScheduledChange(models.Model):
    """A moment at which the clock shows or hides a row: the next search indexes it anew."""

    at = models.DateTimeField(db_index=True)
    model = models.CharField(max_length=60)
    object_id = models.BigIntegerField()

    class Meta:
        db_table = "search_turn"
        indexes = [models.Index(fields=["model", "object_id"], name="turns_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.model} {self.object_id}"


class IndexState(models.Model):
    """The one row that says with which `tokens.VERSION` the index was built whole."""

    version = models.PositiveIntegerField()

    def __str__(self) -> str:
        return str(self.version)


class Synonym(Public):
    """Two ways to say the same: whoever types one finds the other."""

    word = LineField("từ hoặc chữ viết tắt", max_length=80, help_text="Ví dụ CNTT.")
    meaning = LineField(
        "cũng là",
        max_length=120,
        help_text="Ví dụ công nghệ thông tin. Tìm được theo cả hai chiều.",
    )

    class Meta:
        verbose_name = "từ đồng nghĩa"
        verbose_name_plural = "từ đồng nghĩa khi tìm kiếm"
        ordering = ["word"]
        constraints = [
            models.UniqueConstraint(fields=["word", "meaning"], name="one_row_of_a_synonym")
        ]

    def __str__(self) -> str:
        return f"{self.word} = {self.meaning}"

    def clean(self) -> None:
        """Refuse a synonym without letters, and one whose two sides are the same to the search."""
        super().clean()
        sides = {
            name: [word.folded for word in tokens.words(getattr(self, name) or "")]
            for name in ("word", "meaning")
        }
        for name, found in sides.items():
            if not found:
                raise ValidationError({name: "Ghi ít nhất một chữ cái hoặc chữ số."})
        if sides["word"] == sides["meaning"]:
            raise ValidationError(
                {"meaning": "Hai cách viết này đã tìm được như nhau. Hãy ghi một cách gọi khác."}
            )


class MissedQuery(models.Model):
    """A query without answers: folded words and how often, nothing about who asked."""

    query = models.CharField("đã tìm", max_length=80, unique=True)
    times = models.PositiveIntegerField("số lần", default=1)
    last_on = models.DateField("lần cuối")

    class Meta:
        verbose_name = "điều tìm không thấy"
        verbose_name_plural = "điều tìm không thấy"
        ordering = ["-times", "-last_on", "query"]

    def __str__(self) -> str:
        return self.query
