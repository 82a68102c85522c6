"""The model of the register: legal and directive documents, and their list queries."""

from collections.abc import Callable
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce, Concat, Replace
from django.dispatch import receiver
from django.utils import timezone

from documents import numbers
from documents.files.models import Attachment
from documents.files.staging import Intake  # noqa: F401 - Django knows models imported here
from documents.files.text_queue import PageText  # noqa: F401 - the same
from documents.law.deadlines import ClockedQuerySet
from documents.law.relations import Relation
from documents.law.validity import Validity, contradiction, law_q, validity_on, validity_q
from documents.vocabulary import Agency, DocumentType, Field
from portal.publishing.addresses import Addressed, address_of
from portal.publishing.public import BATCH, content_changed
from portal.richtext.field import RichTextField
from portal.text import vietnamese
from portal.text.fields import BlockField, FoldedField, LineField


class Family(models.TextChoices):
    """The two families of documents, a fact of the document: a Quyết định can be of either."""

    LEGAL = "phap-quy", "Văn bản pháp quy"
    DIRECTIVE = "chi-dao-dieu-hanh", "Văn bản chỉ đạo điều hành"


class SigningPower(models.TextChoices):
    """Quyền hạn ký: in which right the signer signed (NĐ 30/2020, appendix I)."""

    TM = "TM.", "TM. (thay mặt)"
    KT = "KT.", "KT. (ký thay)"
    TL = "TL.", "TL. (thừa lệnh)"
    TUQ = "TUQ.", "TUQ. (thừa ủy quyền)"
    Q = "Q.", "Q. (quyền)"


def _acted_on(day: date) -> Callable[..., models.QuerySet]:
    return lambda *effects: Relation.objects.targets(effects, day)


MAIN_FILE = {"file_key": "pk", "file_name": "original_name"}


class Bytewise(models.Func):
    """Text compared byte by byte: PostgreSQL sorts it as SQLite does, whatever its cluster."""

    template = "%(expressions)s"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list]:
        return super().as_sql(
            compiler, connection, template='%(expressions)s COLLATE "C"', **context
        )


class DocumentQuerySet(ClockedQuerySet):
    """List queries of documents: by family, type, agency, field, signer, day, validity, number."""

    def of_family(self, family: str) -> Self:
        return self.filter(family=family)

    def of_type(self, kind: DocumentType | int) -> Self:
        return self.filter(type=kind)

    def issued_by(self, *agencies: Agency | int) -> Self:
        """Return the documents that one of the agencies issued, alone or with others."""
        shared = Document.co_agencies.through.objects.filter(agency__in=agencies).values("document")
        return self.filter(models.Q(agency__in=agencies) | models.Q(pk__in=shared))

    def in_field(self, field: Field | int) -> Self:
        return self.filter(
            pk__in=Document.fields.through.objects.filter(field=field).values("document")
        )

    def signed_by(self, name: str) -> Self:
        """Return the documents whose signer's folded name holds every word of `name`."""
        rows = self
        for word in vietnamese.fold(name).split()[:8]:
            rows = rows.filter(folded_signer__contains=word)
        return rows

    def issued_between(self, first: date | None = None, last: date | None = None) -> Self:
        """Return the documents issued from `first` to `last`, both included."""
        rows = self
        if first:
            rows = rows.filter(issued_on__gte=first)
        if last:
            rows = rows.filter(issued_on__lte=last)
        return rows

    def with_validity(self, validity: str, day: date | None = None) -> Self:
        """Return the documents with `validity` on `day` (default today)."""
        day = day or timezone.localdate()
        return self.filter(validity_q(Validity(validity), day, _acted_on(day)))

    def in_force(self, day: date | None = None) -> Self:
        """Return the documents in force on `day` (default today), whole or in part."""
        day = day or timezone.localdate()
        return self.filter(law_q(day, _acted_on(day)))

    def judged_on(self, day: date | None = None, then: date | None = None) -> Self:
        """Annotate the documents with their validity on `day` (default today) and on `then`."""
        day = day or timezone.localdate()
        judged = self.annotate(
            judged_on=models.Value(day, models.DateField()),
            effect=Relation.objects.strongest_on(day),
        )
        if then is None:
            return judged
        return judged.annotate(
            judged_then=models.Value(then, models.DateField()),
            effect_then=Relation.objects.strongest_on(then),
        )

    def numbered(self, number: str) -> Self:
        """Return the documents with a số ký hiệu in any spelling, words around it allowed.

        The first that finds anything counts: the same segments; the same letters and digits without
        any mark; a number that begins so; one that has all the segments, in whatever order. Among
        several, the type that is named with it decides.
        """
        named = numbers.number_in(number)
        key = numbers.key(named)
        if not key:
            return self.none()
        bare = Replace("number_key", models.Value("-"))
        padded = Concat(models.Value("-"), "number_key", models.Value("-"))
        scattered = self.alias(padded=padded)
        for segment in numbers.segments(named)[:12]:
            scattered = scattered.filter(padded__contains=f"-{segment}-")
        steps = [
            self.filter(number_key=key),
            self.alias(bare=bare).filter(bare=key.replace("-", "")),
            self.filter(number_key__startswith=key + "-"),
        ]
        matches = next((rows for rows in steps if rows.exists()), scattered)
        types = DocumentType.objects.named_in(number) if named != number else []
        of_type = matches.filter(type__in=types)
        return of_type if types and of_type.exists() else matches

    def duplicates_of(self, number: str, issuers: list[int], issued_on: date | None) -> Self:
        """Return possible duplicates: equal numbers, an issuer in common, the same year of issue.

        `issuers`: keys of agencies. What one of the two does not tell does not set them apart.
        """
        key = numbers.key(number)[:140]
        same = self.filter(number_key=key) if key else self.none()
        if issuers:
            joint = Document.co_agencies.through.objects.filter(agency__in=issuers).values(
                "document"
            )
            same = same.filter(
                models.Q(agency__in=issuers) | models.Q(agency=None) | models.Q(pk__in=joint)
            )
        if issued_on:
            same = same.filter(models.Q(issued_on__year=issued_on.year) | models.Q(issued_on=None))
        return same

    def best_first(self, query: str) -> Self:
        """Return the documents that a typed query means by number or words, exact numbers first."""
        key = numbers.key(numbers.number_in(query))[:140]
        exact, begun = models.Q(number_key=key), models.Q(number_key__startswith=f"{key}-")
        found = self.filter(
            models.Q(pk__in=self.order_by().numbered(query).values("pk"))
            | models.Q(pk__in=self.order_by().matching_number_or_words(query).values("pk"))
            | (begun if key else models.Q(pk__in=[]))
        )
        ranks = [models.When(exact, then=0), models.When(begun, then=1)] if key else []
        rank = models.Case(*ranks, default=2, output_field=models.IntegerField())
        return found.order_by(
            rank, models.F("issued_on").desc(nulls_last=True), "-number_value", "-pk"
        )

    def signers(self, name: str, limit: int = 8) -> list[dict[str, str]]:
        """Return the signers of documents meant by a name: [{"signer", "post", "power"}].

        Post and signing power are those of the signer's last document. One query.
        """
        wanted = vietnamese.fold(name)
        if not wanted.split():
            return []
        rows = (
            self.signed_by(name)
            .exclude(signer="")
            .order_by()
            .values_list("signer", "signer_post", "signing_power")
        )
        known = {}
        for signer, post, power, last, count in rows.annotate(
            last=models.Max("issued_on"), count=models.Count("pk")
        )[:2000]:
            row = known.setdefault(signer, {"signer": signer, "count": 0, "last": date.min})
            row["count"] += count
            if (last or date.min) >= row["last"]:
                row |= {"post": post, "power": power, "last": last or date.min}

        def likelihood(row: dict[str, Any]) -> tuple:
            folded = vietnamese.fold(row["signer"])
            begins = folded.startswith(wanted) or f" {wanted}" in folded
            return not begins, -row["count"], vietnamese.sort_key(row["signer"])

        best = sorted(known.values(), key=likelihood)[:limit]
        return [{name: row[name] for name in ("signer", "post", "power")} for row in best]

    def matching_number_or_words(self, query: str) -> Self:
        """Return the documents that have all words of a typed query, or the number in it."""
        found = self.matching(numbers.without_date(query))
        segments = numbers.segments(numbers.number_in(query))
        if len(segments) < 3 or not any(segment.isdigit() for segment in segments):
            return found
        key = "-".join(segments)
        return found | self.filter(
            models.Q(number_key=key) | models.Q(number_key__startswith=key + "-")
        )

    def sorted_by(self, order: str | None) -> Self:
        """Sort documents by "cu-nhat", "so", "hieu-luc", else newest first; the same on each
        engine.
        """
        if order == "cu-nhat":
            return self.order_by(models.F("issued_on").asc(nulls_last=True), "number_value", "pk")
        if order == "so":
            return self.order_by("number_value", Bytewise("number_key"), "-issued_order", "pk")
        if order == "hieu-luc":
            return self.order_by("-effective_order", "-number_value", "-pk")
        return self.newest_first()

    def newest_first(self) -> Self:
        """Sort the documents by day of issue, newest first; those without a day last."""
        return self.order_by("-issued_order", "-number_value", "-pk")

    def for_cards(self) -> Self:
        """Return the newest documents with what a card shows: number, date, trích yếu, validity."""
        return self.judged_on().select_related("type").defer("body", "folded").newest_first()

    def for_lists(self, day: date | None = None) -> Self:
        """Return the documents with what a list shows of them on `day` (default today).

        Without full texts; files in one more query.
        """
        shown = models.Prefetch("attachments", Attachment.objects.in_order())
        return (
            self.judged_on(day)
            .select_related("type", "agency")
            .defer("body", "folded")
            .prefetch_related(shown)
        )

    def for_data(self, day: date) -> Self:
        """Return the documents with the facts of `documents.views.exports` on `day`, in one query.

        Annotated with key and name of the main file.
        """
        files = Attachment.objects.filter(document=models.OuterRef("pk")).in_order()
        main = {
            name: models.Subquery(files.values(column)[:1]) for name, column in MAIN_FILE.items()
        }
        return (
            self.judged_on(day)
            .annotate(**main)
            .select_related("type", "agency")
            .defer("body", "folded", "folded_signer")
        )


_TIMES = ("published_at", "published_until")


def _day_or_first(name: str) -> Coalesce:
    """Return the expression that sorts documents by the day `name`, those without a day last.

    A column of it stands last in falling order on every database, and an index serves that order;
    PostgreSQL puts NULL first.
    """
    return Coalesce(name, models.Value(date.min, models.DateField()))


class Document(Addressed):
    """A legal or directive document (văn bản)."""

    reserved_slugs = frozenset({"so", *Family.values})

    family = models.CharField("nhóm", max_length=20, choices=Family, db_index=True)
    type = models.ForeignKey(
        DocumentType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="loại văn bản",
    )
    number = LineField(
        "số ký hiệu",
        max_length=120,
        blank=True,
        help_text="Ví dụ 19/2018/TT-BTTTT. Để trống nếu không có số.",
    )
    number_key = models.CharField(
        max_length=140, editable=False, blank=True, default="", db_index=True
    )
    number_value = models.PositiveIntegerField(editable=False, default=0)
    summary = BlockField("trích yếu", max_length=10_000, blank=True)
    agency = models.ForeignKey(
        Agency,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="documents",
        verbose_name="cơ quan ban hành",
    )
    co_agencies = models.ManyToManyField(
        Agency,
        blank=True,
        related_name="joint_documents",
        verbose_name="cơ quan cùng ban hành",
        help_text="Chỉ dùng cho văn bản liên tịch.",
    )
    fields = models.ManyToManyField(
        Field, blank=True, related_name="documents", verbose_name="lĩnh vực"
    )
    signer = LineField("người ký", max_length=120, blank=True)
    signer_post = LineField("chức danh khi ký", max_length=150, blank=True)
    signing_power = models.CharField("quyền hạn ký", max_length=5, choices=SigningPower, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    effective_on = models.DateField("ngày có hiệu lực", null=True, blank=True)
    expires_on = models.DateField(
        "ngày hết hiệu lực", null=True, blank=True, help_text="Ngày cuối cùng còn hiệu lực."
    )
    validity_given = models.CharField(
        "tình trạng hiệu lực",
        max_length=20,
        choices=Validity,
        blank=True,
        help_text="Để trống: tính theo ngày có hiệu lực, ngày hết hiệu lực "
        "và quan hệ với văn bản khác.",
    )
    gazette_number = LineField("số công báo", max_length=60, blank=True)
    gazette_on = models.DateField("ngày công báo", null=True, blank=True)
    body = RichTextField("toàn văn", blank=True)
    origin = models.CharField(
        "nguồn nhập", max_length=300, editable=False, blank=True, default="", db_index=True
    )
    issued_order = models.GeneratedField(
        expression=_day_or_first("issued_on"), output_field=models.DateField(), db_persist=True
    )
    effective_order = models.GeneratedField(
        expression=_day_or_first("effective_on"), output_field=models.DateField(), db_persist=True
    )
    folded = FoldedField(sources=("type", "number", "number_words", "summary", "signer"))
    folded_signer = FoldedField(sources=("signer",))

    objects = DocumentQuerySet.as_manager()

    class Meta(Addressed.Meta):
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        indexes = [
            # Of the orders of the list, with what `visible` asks: pages far down are counted off in
            # the index alone.
            models.Index(
                fields=["state", "-issued_order", "-number_value", "-id", *_TIMES],
                name="document_newest",
            ),
            models.Index(
                fields=["family", "state", "-issued_order", "-number_value", "-id", *_TIMES],
                name="document_of_family",
            ),
            models.Index(
                fields=["state", "issued_on", "number_value", "id", *_TIMES], name="document_oldest"
            ),
            models.Index(
                fields=["state", "-effective_order", "-number_value", "-id", *_TIMES],
                name="document_effective",
            ),
            models.Index(
                fields=["state", "number_value", "number_key", "-issued_order", "id", *_TIMES],
                name="document_numbered",
            ),
            # All that is counted beside the choices of the filter, narrow.
            models.Index(
                fields=[
                    "state",
                    "family",
                    "type",
                    "agency",
                    *_TIMES,
                    "effective_on",
                    "expires_on",
                    "validity_given",
                    "issued_on",
                    "id",
                ],
                name="document_counted",
            ),
            # The feeds, and the next moment at which something ends.
            models.Index(
                fields=["state", "-published_at", "-id", "published_until"],
                name="document_last_published",
            ),
            models.Index(
                fields=["published_until"],
                condition=models.Q(published_until__isnull=False),
                name="document_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Tidy a document's number and derive from it what is searched and sorted."""
        self.number = numbers.tidy(self.number or "")
        self.number_key = numbers.key(self.number)[:140]
        self.number_value = numbers.value(self.number)
        super().make_ready(taken)

    def clean(self) -> None:
        """Refuse a document without trích yếu, but for imported ones."""
        super().clean()
        if not self.summary and not self.origin:
            raise ValidationError({"summary": "Trích yếu không được để trống."})

    def slug_sources(self) -> list[str]:
        """Return the sources of a document's slug: number, issuer, year; else trích yếu."""
        if not self.number:
            return [vietnamese.slug(self.summary or self.title, 80)]
        issuer = self.agency.label if self.agency else ""
        year = self.issued_on.year if self.issued_on else ""
        number = numbers.slug(self.number)
        return [number, f"{number} {issuer}", f"{number} {year}", f"{number} {issuer} {year}"]

    def get_absolute_url(self) -> str:
        """Return the address of the document's page."""
        return address_of("documents:detail", self.slug)

    @property
    def number_words(self) -> str:
        """The segments of a document's number set apart by blanks, without leading zeros."""
        return numbers.key(self.number).replace("-", " ")

    @property
    def title(self) -> str:
        """The title of a document: type and number, else the trích yếu cut short."""
        if self.number:
            return f"{self.type} {self.number}" if self.type else self.number
        if not self.summary:
            return str(self.type or self._meta.verbose_name.capitalize())
        return (
            self.summary if len(self.summary) <= 120 else self.summary[:119].rsplit(" ", 1)[0] + "…"
        )

    @property
    def validity(self) -> Validity:
        """The validity of this document on the day of `judged_on`, else today."""
        return self.validity_on(self._asked_day)

    def validity_on(self, day: date) -> Validity:
        """Return the validity of this document on `day`."""
        return validity_on(day, **self._facts_on(day))

    @property
    def contradiction(self) -> Validity | None:
        """The validity of this document where the editor's word contradicts it, else None."""
        return contradiction(self._asked_day, **self._facts_on(self._asked_day))

    @property
    def _asked_day(self) -> date:
        return getattr(self, "judged_on", None) or timezone.localdate()

    def _facts_on(self, day: date) -> dict[str, Any]:
        """Return the facts of this document that decide its validity on `day`."""
        if getattr(self, "judged_on", None) == day:
            effect = self.effect
        elif getattr(self, "judged_then", None) == day:
            effect = self.effect_then
        else:
            rows = (
                type(self)
                ._base_manager.filter(pk=self.pk)
                .values_list(Relation.objects.strongest_on(day))
            )
            effect = rows.first()[0] if self.pk else None
        dates = {"effective_on": self.effective_on, "expires_on": self.expires_on}
        return {"given": self.validity_given, "effect": effect or 0, **dates}

    @property
    def main_file(self) -> Attachment | None:
        """The main file of a document: the first as they are arranged."""
        return next(iter(self.attachments.all()), None)


@receiver(content_changed, sender=DocumentType)
def reword_documents(sender: type[models.Model], pks: list[int], **kwargs: Any) -> None:
    """Write the new name of a renamed type into the search text of its documents."""
    folded = Document._meta.get_field("folded")
    for kind in DocumentType.objects.filter(pk__in=pks):
        rows = list(kind.documents.defer("body"))
        for row in rows:
            row.folded = folded.value_of(row)
        Document._base_manager.bulk_update(rows, ["folded"], batch_size=BATCH)
