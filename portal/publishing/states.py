"""States and phases of publication: draft, review, published from and until, withdrawn.

The state is what staff decided; the phase is state and clock together. `.visible()` asks the phase.
"""

from datetime import datetime
from typing import Self

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Min, Q, Value
from django.utils import timezone

from portal.publishing.public import Public, PublicQuerySet
from portal.text.fields import LineField


class State(models.TextChoices):
    """State of publication that staff decided; the clock does the rest: see `Phase`."""

    DRAFT = "draft", "Bản nháp"
    REVIEW = "review", "Chờ duyệt"
    PUBLISHED = "published", "Duyệt đăng"
    WITHDRAWN = "withdrawn", "Đã gỡ"


class Phase(models.TextChoices):
    """Where publication stands: state and clock together; never stored, so that no job must run."""

    DRAFT = "draft", "Bản nháp"
    REVIEW = "review", "Chờ duyệt"
    SCHEDULED = "scheduled", "Hẹn giờ đăng"
    PUBLISHED = "published", "Đang đăng"
    EXPIRED = "expired", "Hết hạn đăng"
    WITHDRAWN = "withdrawn", "Đã gỡ"


def phase_q(phase: Phase, at: datetime | None = None, prefix: str = "") -> Q:
    """Return the condition that an item is in `phase` at the time `at` (aware, default now).

    `prefix`: the path to the published item ("week__" when asked of its appointments).
    """
    at = at or timezone.now()

    def field(**conditions: object) -> Q:
        return Q(**{prefix + name: value for name, value in conditions.items()})

    decided = field(state=State.PUBLISHED)
    begun = field(published_at__lte=at)
    over = field(published_until__lte=at)
    return {
        Phase.DRAFT: field(state=State.DRAFT),
        Phase.REVIEW: field(state=State.REVIEW),
        Phase.SCHEDULED: decided & field(published_at__gt=at),
        Phase.PUBLISHED: decided
        & begun
        & (field(published_until__isnull=True) | field(published_until__gt=at)),
        Phase.EXPIRED: decided & begun & over,
        Phase.WITHDRAWN: field(state=State.WITHDRAWN),
    }[phase]


class PublishableQuerySet(PublicQuerySet):
    """Published items: who may see them is said here and nowhere else."""

    def visible(self, at: datetime | None = None) -> Self:
        """Return the published items that visitors may see at `at` (aware, default now)."""
        return self.filter(phase_q(Phase.PUBLISHED, at))

    def in_phase(self, phase: Phase, at: datetime | None = None) -> Self:
        """Return the items that are in the publication phase `phase` at the time `at`."""
        return self.filter(phase_q(phase, at))

    def gone(self) -> Self:
        """Return the withdrawn items, once public: their address answers 410 with the reason."""
        return self.filter(phase_q(Phase.WITHDRAWN), published_at__lte=timezone.now())

    def newest_first(self) -> Self:
        """Order the published items by time of publication, newest first; ties by age."""
        return self.order_by("-published_at", "-pk")


class Publishable(Public):
    """Content that staff publish: visible from `published_at` to `published_until` if approved."""

    state = models.CharField(
        "trạng thái",
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="Chỉ mục ở trạng thái «Duyệt đăng» mới hiện ra ngoài, kể từ thời điểm đăng.",
    )
    published_at = models.DateTimeField(
        "thời điểm đăng",
        null=True,
        blank=True,
        help_text="Để trống: đăng ngay khi được duyệt. "
        "Chọn thời điểm sau này: tự hiện đúng giờ đó.",
    )
    published_until = models.DateTimeField(
        "đăng đến",
        null=True,
        blank=True,
        help_text="Để trống: đăng không thời hạn. Sau thời điểm này mục tự ẩn, không bị xóa.",
    )
    withdrawal_reason = LineField(
        "lý do gỡ",
        max_length=300,
        blank=True,
        help_text="Bắt buộc khi gỡ. Người đọc mở địa chỉ cũ sẽ thấy câu này.",
    )
    created_at = models.DateTimeField("tạo lúc", auto_now_add=True)
    updated_at = models.DateTimeField("sửa lúc", auto_now=True)

    objects = PublishableQuerySet.as_manager()

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Set the time of publication of an approved item that has none to now."""
        super().make_ready(taken)
        if self.state == State.PUBLISHED and self.published_at is None:
            self.published_at = timezone.now()

    def clean(self) -> None:
        """Refuse a publication that ends before it begins and a withdrawal without its reason."""
        super().clean()
        errors = {}
        if self.published_at and self.published_until and self.published_until <= self.published_at:
            errors["published_until"] = "Thời điểm kết thúc phải sau thời điểm đăng."
        if self.state == State.WITHDRAWN and not self.withdrawal_reason:
            errors["withdrawal_reason"] = "Ghi lý do gỡ: người đọc mở địa chỉ cũ sẽ thấy câu này."
        if errors:
            raise ValidationError(errors)

    @property
    def phase(self) -> Phase:
        """Return the phase of publication that the item is in now."""
        now = timezone.now()
        if self.state != State.PUBLISHED:
            return Phase(self.state)
        if self.published_at is None or self.published_at > now:
            return Phase.SCHEDULED
        if self.published_until is not None and self.published_until <= now:
            return Phase.EXPIRED
        return Phase.PUBLISHED


def next_scheduled_change(at: datetime) -> datetime | None:
    """Return when the clock alone next shows or hides an item after `at`, or None. One query."""
    queries = [
        model._base_manager.filter(state=State.PUBLISHED, **{f"{name}__gt": at})
        .order_by()
        .values(of=Value(model._meta.label))
        .annotate(soonest=Min(name))
        .values_list("soonest", flat=True)
        for model in apps.get_models()
        if issubclass(model, Publishable)
        for name in ("published_at", "published_until")
    ]
    return min(filter(None, queries[0].union(*queries[1:], all=True)), default=None)
