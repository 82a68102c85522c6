"""Relations between documents: amends, replaces, repeals, suspends …, seen from both ends.

An end is named by its number where its document is not on the portal; when that document is
entered, the two find each other.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Coalesce
from django.db.models.signals import post_delete, pre_delete
from django.dispatch import receiver
from django.utils import timezone

from documents import numbers
from documents.law.validity import Acting, Effect
from portal.publishing.public import BATCH, Public, PublicQuerySet, content_changed
from portal.publishing.states import Phase, phase_q
from portal.text import vietnamese
from portal.text.fields import LineField

if TYPE_CHECKING:
    from documents.models import Document

ENDS = ("source", "target")


class RelationKind(models.TextChoices):
    """The kinds of relations: what a document does to another one."""

    BASED_ON = "can-cu", "Căn cứ"
    AMENDS = "sua-doi", "Sửa đổi, bổ sung"
    REPLACES = "thay-the", "Thay thế"
    REPEALS = "bai-bo", "Bãi bỏ"
    SUSPENDS = "dinh-chi", "Đình chỉ, ngưng hiệu lực"
    CORRECTS = "dinh-chinh", "Đính chính"
    GUIDES = "huong-dan", "Hướng dẫn, quy định chi tiết"
    CONSOLIDATES = "hop-nhat", "Hợp nhất"
    CITES = "dan-chieu", "Dẫn chiếu"
    RELATED = "lien-quan", "Liên quan"


PASSIVE = {
    RelationKind.BASED_ON: "Là căn cứ của",
    RelationKind.AMENDS: "Được sửa đổi, bổ sung bởi",
    RelationKind.REPLACES: "Bị thay thế bởi",
    RelationKind.REPEALS: "Bị bãi bỏ bởi",
    RelationKind.SUSPENDS: "Bị đình chỉ, ngưng hiệu lực bởi",
    RelationKind.CORRECTS: "Được đính chính bởi",
    RelationKind.GUIDES: "Được hướng dẫn, quy định chi tiết bởi",
    RelationKind.CONSOLIDATES: "Được hợp nhất bởi",
    RelationKind.CITES: "Được dẫn chiếu bởi",
    RelationKind.RELATED: "Liên quan",
}

#: Relations that can concern a part only: "bãi bỏ khoản 2 Điều 5". An amendment always does; a
#: suspension in part changes no validity.
_WHOLE = models.Q(is_partial=False)
EFFECTS = {
    Effect.ENDS: models.Q(kind__in=[RelationKind.REPLACES, RelationKind.REPEALS]) & _WHOLE,
    Effect.SUSPENDS: models.Q(kind=RelationKind.SUSPENDS) & _WHOLE,
    Effect.PARTLY: models.Q(kind=RelationKind.AMENDS)
    | models.Q(kind__in=[RelationKind.REPLACES, RelationKind.REPEALS], is_partial=True),
}


ACTING = (RelationKind.AMENDS, RelationKind.REPLACES, RelationKind.REPEALS, RelationKind.SUSPENDS)


def effect_of(kind: str, is_partial: bool) -> Effect | None:
    """Return the effect of a relation of `kind` on the validity of its target, or None."""
    if (
        kind == RelationKind.AMENDS
        or is_partial
        and kind in (RelationKind.REPLACES, RelationKind.REPEALS)
    ):
        return Effect.PARTLY
    if is_partial:
        return None
    return {
        RelationKind.REPLACES: Effect.ENDS,
        RelationKind.REPEALS: Effect.ENDS,
        RelationKind.SUSPENDS: Effect.SUSPENDS,
    }.get(kind)


def _is_shown(end: str, at: datetime | None = None) -> models.Q:
    """Return the condition that a relation's document at `end` ("source", "target") is public."""
    return phase_q(Phase.PUBLISHED, at, prefix=f"{end}__")


def _may_be_known() -> models.Q:
    """Return the condition that the source of a relation is shown, or named as text."""
    return _is_shown("source") | ~models.Q(source_number="", source_title="")


def _effect() -> models.Case:
    """Return the expression for the `Effect` of a relation; NULL for those that have none."""
    whens = [
        models.When(condition, then=models.Value(int(effect)))
        for effect, condition in EFFECTS.items()
    ]
    return models.Case(*whens, output_field=models.IntegerField())


def _first_day() -> Coalesce:
    """Return the expression for the day since which a relation acts.

    The day that it names, else its source's own day of effect or of issue, which only a shown one
    tells, else the first day of the year in the source's number.
    """
    own_day = models.Case(
        models.When(_is_shown("source"), then=Coalesce("source__effective_on", "source__issued_on"))
    )
    return Coalesce("acts_from", own_day, "source_since")


class RelationQuerySet(PublicQuerySet):
    """Relations as documents ask for them."""

    def visible(self, at: datetime | None = None) -> Self:
        """Return the relations that the public may see at one end at least."""
        return self.filter(_is_shown("source", at) | _is_shown("target", at))

    def of(self, document: "Document", day: date) -> Self:
        """Return the relations of a document in both directions.

        Annotated with `is_source_visible`, `is_target_visible`, `first_day`, and the strongest
        `effect_on_other` document on `day`.
        """
        unread = [f"{end}__{name}" for end in ENDS for name in ("body", "folded", "folded_signer")]
        shown = {
            f"is_{end}_visible": models.Case(
                models.When(_is_shown(end), then=True),
                default=False,
                output_field=models.BooleanField(),
            )
            for end in ENDS
        }
        return (
            self.filter(models.Q(source=document) | models.Q(target=document))
            .select_related("source__type", "source__agency", "target__type", "target__agency")
            .defer(*unread)
            .annotate(
                other=models.Case(models.When(source=document, then="target"), default="source")
            )
            .annotate(
                first_day=_first_day(),
                effect_on_other=Relation.objects.strongest_on(day, "other"),
                **shown,
            )
            .order_by("pk")
        )

    def acting_on(self, day: date) -> Self:
        """Return the public relations that act on `day`; without a first day one always acts."""
        return self.alias(first_day=_first_day()).filter(
            models.Q(first_day__isnull=True) | models.Q(first_day__lte=day),
            models.Q(acts_until__isnull=True) | models.Q(acts_until__gte=day),
            _may_be_known(),
        )

    def acting(self) -> Self:
        """Return the public relations that change a validity on any day.

        Annotated with `effect` and `first_day`.
        """
        acts = reduce(or_, EFFECTS.values())
        known = self.filter(acts, _may_be_known(), kind__in=ACTING, target__isnull=False)
        return known.annotate(effect=_effect(), first_day=_first_day())

    def targets(self, effects: Iterable[Effect], day: date) -> models.QuerySet:
        """Return the keys of the documents on which relations with an effect act on `day`."""
        acts = reduce(or_, (EFFECTS[effect] for effect in effects))
        # the kinds alone can be looked up in an index, the conditions beside them not
        return (
            self.acting_on(day)
            .filter(acts, kind__in=ACTING, target__isnull=False)
            .order_by()
            .values("target")
        )

    def strongest_on(self, day: date, document: str = "pk") -> models.Subquery:
        """Return a subquery: the strongest effect of relations on a document on `day`; NULL for
        none.

        `document`: the outer query's name of the document's key.
        """
        acting = (
            self.acting_on(day).filter(target=models.OuterRef(document)).order_by().values("target")
        )
        return models.Subquery(acting.annotate(effect=models.Max(_effect())).values("effect"))


class Relation(Public):
    """A relation: one document acts on another. An end that is not on the portal is named as text.

    `source_number` and `target_number` name an end: its document is found by the number, and found
    again whenever a number changes. An end chosen among the documents has no name of its own.
    """

    source = models.ForeignKey(
        "documents.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="relations_out",
        verbose_name="văn bản tác động",
    )
    source_number = LineField("số ký hiệu (nếu chưa có trên cổng)", max_length=120, blank=True)
    source_title = LineField("tên văn bản (nếu chưa có trên cổng)", max_length=500, blank=True)
    source_issued_on = models.DateField("ngày ban hành (nếu biết)", null=True, blank=True)
    source_key = models.CharField(
        max_length=140, editable=False, blank=True, default="", db_index=True
    )
    source_since = models.DateField(editable=False, null=True)
    kind = models.CharField("quan hệ", max_length=12, choices=RelationKind)
    is_partial = models.BooleanField(
        "chỉ một phần",
        default=False,
        help_text="Đánh dấu khi chỉ thay thế, bãi bỏ hoặc đình chỉ một phần văn bản kia.",
    )
    target = models.ForeignKey(
        "documents.Document",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="relations_in",
        verbose_name="văn bản bị tác động",
    )
    target_number = LineField("số ký hiệu (nếu chưa có trên cổng)", max_length=120, blank=True)
    target_title = LineField("tên văn bản (nếu chưa có trên cổng)", max_length=500, blank=True)
    target_issued_on = models.DateField("ngày ban hành (nếu biết)", null=True, blank=True)
    target_key = models.CharField(
        max_length=140, editable=False, blank=True, default="", db_index=True
    )
    acts_from = models.DateField(
        "tác động từ ngày",
        null=True,
        blank=True,
        help_text="Để trống: từ ngày có hiệu lực của văn bản tác động.",
    )
    acts_until = models.DateField(
        "đến hết ngày",
        null=True,
        blank=True,
        help_text="Chỉ ghi khi việc ngưng hiệu lực có thời hạn.",
    )
    note = LineField("ghi chú", max_length=200, blank=True, help_text="Ví dụ: khoản 2 Điều 5.")

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = "quan hệ với văn bản khác"
        verbose_name_plural = "quan hệ với văn bản khác"
        indexes = [
            models.Index(fields=["target", "kind"], name="relation_acting_on"),
            models.Index(
                fields=["kind", "target", "is_partial", "source", "acts_from", "acts_until"],
                name="relation_acting",
            ),
        ]

    def __str__(self) -> str:
        return (
            f"{self.get_kind_display()}: {self.target or self.target_number or self.target_title}"
        )

    @property
    def passive(self) -> str:
        """The words for this relation on the page of its target."""
        return PASSIVE[RelationKind(self.kind)]

    @property
    def effect(self) -> Effect | None:
        """The effect of this relation on the validity of its target, or None."""
        return effect_of(self.kind, self.is_partial)

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Derive a relation's number keys of named ends, and since when a named source may act."""
        super().make_ready(taken)
        for end in ENDS:
            number = numbers.tidy(numbers.number_in(getattr(self, f"{end}_number") or ""))
            setattr(self, f"{end}_key", numbers.key(number)[:140])
        year = (
            numbers.parse(numbers.number_in(self.source_number)).year
            if self.source_number
            else None
        )
        self.source_since = self.source_issued_on or (date(year, 1, 1) if year else None)

    def clean(self) -> None:
        """Refuse a relation to nothing and one to itself."""
        super().clean()
        for end in reversed(ENDS):
            if not (self.is_held(end) or self.name_of(end)):
                message = "Chọn văn bản, hoặc ghi số ký hiệu hay tên nếu văn bản chưa có trên cổng."
                raise ValidationError({end: message})
        if self.target_id and self.target_id == self.source_id:
            raise ValidationError(
                "Văn bản không thể có quan hệ với chính nó. Hãy chọn văn bản khác."
            )

    def is_held(self, end: str) -> bool:
        """Tell whether a document stands at `end` of this relation, saved or not."""
        return (
            getattr(self, f"{end}_id") is not None
            or self._meta.get_field(end).is_cached(self)
            and getattr(self, end) is not None
        )

    def name_of(self, end: str) -> str:
        """Return number or title that name a relation's end; "" where a document is only chosen."""
        return getattr(self, f"{end}_number") or getattr(self, f"{end}_title")


# --- what a page shows ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One relation on the page of a document. `document`: the other one, if on the portal."""

    kind: RelationKind
    is_active: bool  # this document acts on the other one
    document: "Document | None"
    number: str
    title: str
    issued_on: date | None
    is_partial: bool
    note: str
    acts_from: date | None = None  # as strangers may know it
    acts_until: date | None = None
    acting: Acting | None = None  # what it does to the validity of this document
    position: int = 0  # its row on the page, from 1

    @property
    def words(self) -> str:
        """What the relation is called on this page: "Thay thế", "Bị thay thế bởi"."""
        return self.kind.label if self.is_active else PASSIVE[self.kind]

    @property
    def is_mutual(self) -> bool:
        """Tell whether the relation is mutual: neither document acts on the other one."""
        return self.kind == RelationKind.RELATED

    @property
    def address(self) -> str:
        """The page of the other document of a relation; else the row of this page's table."""
        return self.document.get_absolute_url() if self.document else f"#quan-he-{self.position}"

    def acts_with(self, effect: Effect, day: date) -> bool:
        """Tell whether the relation has `effect` on this document on `day`."""
        return (
            self.acting is not None and self.acting.effect == effect and self.acting.holds_on(day)
        )


def lines_of(document: "Document", day: date | None = None) -> list[Line]:
    """Return the relations of a document that the public may see, both directions, each once.

    One query. The other documents know their validity on `day` (default today). In the order of
    `RelationKind`, active before passive, the newest other document first.
    """
    day = day or timezone.localdate()
    lines = {}
    for relation in Relation.objects.of(document, day):
        is_active = relation.source_id == document.pk
        end = "target" if is_active else "source"
        other = getattr(relation, end) if getattr(relation, f"is_{end}_visible") else None
        if other is None and not relation.name_of(end):
            continue  # chosen among the documents, and hidden now
        if other:
            other.judged_on, other.effect = day, relation.effect_on_other
        kind = RelationKind(relation.kind)
        source = document if is_active else other
        effect = relation.effect
        line = Line(
            kind=kind,
            is_active=is_active or kind == RelationKind.RELATED,
            document=other,
            number=other.number if other else getattr(relation, f"{end}_number"),
            title=(other.summary or ("" if other.number else other.title))
            if other
            else getattr(relation, f"{end}_title"),
            issued_on=other.issued_on if other else getattr(relation, f"{end}_issued_on"),
            is_partial=relation.is_partial,
            note=relation.note,
            acts_from=relation.acts_from or (source.effective_on if source else None)
            if effect
            else None,
            acts_until=relation.acts_until if effect else None,
            acting=Acting(effect, relation.first_day, relation.acts_until)
            if effect and not is_active
            else None,
        )
        who = other.pk if other else numbers.key(line.number) or vietnamese.fold(line.title)
        lines.setdefault((line.kind, line.is_active, line.is_partial, who), line)
    positions = {kind: position for position, kind in enumerate(RelationKind)}
    in_order = sorted(
        lines.values(),
        key=lambda line: (
            positions[line.kind],
            not line.is_active,
            -(line.issued_on or date.min).toordinal(),
        ),
    )
    return [replace(line, position=number) for number, line in enumerate(in_order, start=1)]


# --- named ends find their documents --------------------------------------------------------------


def _document_at(
    relation: Relation, end: str, candidates: list[tuple[int, date | None]]
) -> int | None:
    """Return the document that a relation names at `end`; None where that is not sure.

    `candidates`: (key, day of issue) of the documents with that number. A number is unique within
    one agency and one year only: the day of issue decides where it is known on both sides, and
    nothing acts on a document that is younger than itself.
    """
    other = "target" if end == "source" else "source"
    named_on = getattr(relation, f"{end}_issued_on")
    other_on = (
        getattr(relation, other).issued_on
        if getattr(relation, f"{other}_id")
        else getattr(relation, f"{other}_issued_on")
    )

    def may_be(pk: int, issued_on: date | None) -> bool:
        if pk == getattr(relation, f"{other}_id"):
            return False
        if named_on and issued_on:
            return named_on == issued_on
        if not (issued_on and other_on) or relation.kind == RelationKind.RELATED:
            return True
        return issued_on <= other_on if end == "target" else issued_on >= other_on

    matches = [pk for pk, issued_on in candidates if may_be(pk, issued_on)]
    present = getattr(relation, f"{end}_id")
    return present if present in matches else matches[0] if len(matches) == 1 else None


def find_documents(relations: RelationQuerySet) -> int:
    """Set the ends of relations that are named by a number to their documents.

    Return how many changed.
    """
    relations = list(
        relations.select_related("source", "target").defer("source__body", "target__body")
    )
    keys = {getattr(relation, f"{end}_key") for relation in relations for end in ENDS} - {""}
    documents = Relation._meta.get_field("source").related_model
    numbered = defaultdict(list)
    for pk, key, issued_on in documents.objects.filter(number_key__in=keys).values_list(
        "pk", "number_key", "issued_on"
    ):
        numbered[key].append((pk, issued_on))
    changed = []
    for relation in relations:
        before = relation.source_id, relation.target_id
        for end in ENDS:
            key = getattr(relation, f"{end}_key")
            if key:
                setattr(relation, f"{end}_id", _document_at(relation, end, numbered[key]))
        if (relation.source_id, relation.target_id) != before:
            changed.append(relation)
    # What brought this about has sent `content_changed` already, in this very transaction.
    Relation._base_manager.bulk_update(changed, ENDS, batch_size=BATCH)
    return len(changed)


@receiver(content_changed)
def find_ends(sender: type[models.Model], pks: list[int], **kwargs: Any) -> None:
    """Find the documents of a relation's named ends when it or a document changes."""
    if sender is Relation:
        for start in range(0, len(pks), BATCH):
            batch = Relation.objects.filter(pk__in=pks[start : start + BATCH])
            find_documents(batch.exclude(source_key="", target_key=""))
    elif sender is Relation._meta.get_field("source").related_model:
        for start in range(0, len(pks), BATCH):
            batch = pks[start : start + BATCH]
            keys = list(
                sender.objects.filter(pk__in=batch)
                .exclude(number_key="")
                .values_list("number_key", flat=True)
                .distinct()
            )
            touched = models.Q()
            for end in ENDS:
                touched |= models.Q(**{f"{end}_key__in": keys})
                touched |= models.Q(**{f"{end}__in": batch}) & ~models.Q(**{f"{end}_key": ""})
            find_documents(Relation.objects.filter(touched))


@receiver(pre_delete)
def keep_the_name(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Name a deleted document in its public relations, so that they stay."""
    if (
        sender is not Relation._meta.get_field("source").related_model
        or not sender.objects.visible().filter(pk=instance.pk).exists()
    ):
        return
    for end in ENDS:
        unnamed = Relation.objects.filter(
            **{end: instance, f"{end}_number": "", f"{end}_title": ""}
        )
        name = {
            f"{end}_number": instance.number,
            f"{end}_title": instance.summary[:500],
            f"{end}_issued_on": instance.issued_on,
        }
        for relation in unnamed:
            for field, value in name.items():
                setattr(relation, field, value)
            relation.save()


@receiver(post_delete)
def drop_empty_relations(sender: type[models.Model], **kwargs: Any) -> None:
    """Delete relations without any document, or with an end neither chosen nor named."""
    if sender is Relation._meta.get_field("source").related_model:
        lost = models.Q(source=None, target=None)
        for end in ENDS:
            lost |= models.Q(**{end: None, f"{end}_number": "", f"{end}_title": ""})
        Relation.objects.filter(lost).delete()
