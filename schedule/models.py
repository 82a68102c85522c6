"""The work schedule (lịch công tác): weeks and the appointments in them."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse

from portal.publishing.public import Public, PublicQuerySet
from portal.publishing.states import Phase, Publishable, PublishableQuerySet, phase_q
from portal.text.fields import BlockField, FoldedField, LineField
from schedule.weeks import DAY_NAMES, FIRST_MONDAY, LAST_MONDAY, CalendarWeek, monday_of


class WeekQuerySet(PublishableQuerySet):
    """Weeks as the pages ask for them."""

    def beginning(self, monday: date) -> Self:
        """Return the stored week that begins on `monday`."""
        return self.filter(monday=monday)


class Week(Publishable):
    """One week of the office's calendar; published as a whole."""

    monday = models.DateField(
        "tuần bắt đầu từ",
        unique=True,
        help_text="Chọn một ngày bất kỳ trong tuần; hệ thống tự lấy ngày thứ Hai.",
        error_messages={"unique": "Tuần này đã có lịch. Hãy mở lịch của tuần đó để sửa."},
    )
    note = BlockField(
        "ghi chú của tuần",
        max_length=1000,
        blank=True,
        help_text="Ví dụ: lãnh đạo trực, nơi đăng ký xe.",
    )

    objects = WeekQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "lịch tuần"
        verbose_name_plural = "lịch tuần"

    def __str__(self) -> str:
        return str(CalendarWeek.of(self.monday))

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Let a stored week begin on its Monday."""
        super().make_ready(taken)
        self.monday = monday_of(self.monday)

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """Turn any day given for a week into its Monday before uniqueness is checked."""
        super().clean_fields(exclude)
        if self.monday:
            self.monday = monday_of(self.monday)
            if not FIRST_MONDAY <= self.monday <= LAST_MONDAY:
                raise ValidationError(
                    {"monday": "Ngày nằm ngoài lịch (2000–2099). Hãy xem lại năm."}
                )

    def get_absolute_url(self) -> str:
        """Return the address of a stored week."""
        return reverse("schedule:week", args=[self.monday.isoformat()])


class Session(models.TextChoices):
    """The part of a day (buổi)."""

    MORNING = "1-sang", "Sáng"
    AFTERNOON = "2-chieu", "Chiều"
    EVENING = "3-toi", "Tối"


class Change(models.TextChoices):
    """How an appointment has changed since it was announced: postponed, changed, added."""

    NONE = "", "Không thay đổi"
    POSTPONED = "hoan", "Hoãn"
    CHANGED = "thay-doi", "Thay đổi"
    ADDED = "bo-sung", "Bổ sung"


class AppointmentQuerySet(PublicQuerySet):
    """Appointments: as visible as their week once approved; internal ones never are."""

    def visible(self, at: datetime | None = None) -> Self:
        """Return the appointments that a stranger may see at the time `at` (aware, default now)."""
        return self.filter(
            phase_q(Phase.PUBLISHED, at, prefix="week__"), is_approved=True, is_internal=False
        )

    def between(self, first: date, last: date) -> Self:
        """Return the appointments on the days `first` to `last`, both included."""
        return self.filter(day__range=(first, last))

    def in_order(self) -> Self:
        """Return the appointments by day, part of the day (none: first), time, clerk's order."""
        return self.order_by(
            "day", "session", models.F("starts_at").asc(nulls_first=True), "position", "pk"
        )


class Appointment(Public):
    """One appointment of a week: what happens, when, where, led by whom."""

    week = models.ForeignKey(
        Week, on_delete=models.CASCADE, related_name="appointments", verbose_name="tuần"
    )
    day = models.DateField("ngày")
    session = models.CharField(
        "buổi",
        max_length=8,
        choices=Session,
        blank=True,
        help_text="Để trống khi có giờ (tự tính) hoặc cả ngày.",
    )
    starts_at = models.TimeField("từ giờ", null=True, blank=True)
    ends_at = models.TimeField("đến giờ", null=True, blank=True)
    time_note = LineField(
        "thời gian khác", max_length=80, blank=True, help_text="Khi không có giờ: «Cả ngày»."
    )
    content = BlockField("nội dung", max_length=1000)
    chair = LineField("chủ trì", max_length=300, blank=True)
    participants = BlockField("thành phần", max_length=1000, blank=True)
    place = LineField("địa điểm", max_length=300, blank=True)
    preparing_unit = LineField("đơn vị chuẩn bị", max_length=200, blank=True)
    note = LineField("ghi chú", max_length=300, blank=True)
    change = models.CharField(
        "thay đổi", max_length=10, choices=Change, default=Change.NONE, blank=True
    )
    former_time = LineField(
        "thời gian cũ",
        max_length=120,
        blank=True,
        help_text="Khi hoãn hoặc thay đổi: «08:00 ngày 20/11».",
    )
    is_internal = models.BooleanField(
        "nội bộ", default=False, help_text="Không bao giờ hiện ra ngoài."
    )
    is_approved = models.BooleanField(
        "đã duyệt", default=False, help_text="Chưa đánh dấu: chờ duyệt, chưa hiện ra ngoài."
    )
    position = models.PositiveSmallIntegerField("thứ tự", default=100)
    folded = FoldedField(sources=("content", "chair", "participants", "place"))

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "việc trong tuần"
        verbose_name_plural = "việc trong tuần"
        indexes = [models.Index(fields=["day", "session", "starts_at"], name="appointment_by_time")]

    def __str__(self) -> str:
        return self.content if len(self.content) <= 80 else self.content[:79] + "…"

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Derive the part of the day of an appointment from its hour where the clerk gave none."""
        super().make_ready(taken)
        if self.starts_at and not self.session:
            hour = self.starts_at.hour
            later = Session.AFTERNOON if hour < 18 else Session.EVENING
            self.session = Session.MORNING if hour < 12 else later

    def clean(self) -> None:
        """Refuse an appointment outside of its week, or with an end before the beginning."""
        super().clean()
        errors = {}
        monday = self.week.monday if self.week_id else None
        if self.day and monday and monday_of(self.day) != monday_of(monday):
            errors["day"] = f"Ngày này không thuộc {CalendarWeek.of(monday)}."
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "Giờ kết thúc phải sau giờ bắt đầu."
        if self.ends_at and not self.starts_at:
            errors["starts_at"] = "Ghi giờ bắt đầu khi đã ghi giờ kết thúc."
        if errors:
            raise ValidationError(errors)

    @property
    def day_name(self) -> str:
        """The day of an appointment in words: "Thứ Hai"."""
        return DAY_NAMES[self.day.weekday()]

    @property
    def time(self) -> str:
        """The time of an appointment as it is read: "08:00 – 09:30", "Cả ngày", "" for none."""
        if self.starts_at is None:
            return self.time_note
        end = f" – {self.ends_at:%H:%M}" if self.ends_at else ""
        return f"{self.starts_at:%H:%M}{end}"

    def get_absolute_url(self) -> str:
        """Return the address of the appointment in its week's page."""
        return f"{reverse('schedule:week', args=[monday_of(self.day).isoformat()])}#viec-{self.pk}"
