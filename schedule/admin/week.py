"""The admin of the schedule: a week with its appointments, each approved, the week copied."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from portal.staff.forms import StaffForm
from portal.staff.lists import PhaseFilter
from portal.staff.publishing import PublishableAdmin
from portal.text.fields import BlockField
from schedule.models import Appointment, AppointmentQuerySet, Change, Week, WeekQuerySet
from schedule.views.week import days_of
from schedule.weeks import DAY_NAMES, LAST_MONDAY, CalendarWeek


class AppointmentForm(StaffForm):
    """The form of one appointment; `monday` and `may_publish` are set by the inline."""

    monday: date | None = None
    may_publish = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "day" in self.fields:
            days = CalendarWeek(self.monday).days
            if self.instance.pk and self.instance.day not in days:
                days.append(self.instance.day)
            choices = [
                ("", "Chọn ngày"),
                *((day.isoformat(), f"{DAY_NAMES[day.weekday()]} {day:%d/%m}") for day in days),
            ]
            sentences = {
                "required": "Chọn ngày.",
                "invalid_choice": "Chọn một ngày trong tuần này.",
            }
            self.fields["day"] = forms.TypedChoiceField(
                label="Ngày",
                choices=choices,
                coerce=date.fromisoformat,
                empty_value=None,
                error_messages=sentences,
            )
            if day := self.initial.get("day"):
                self.initial["day"] = day.isoformat()  # a row left alone counts as unchanged
        if self.may_publish and not self.instance.pk:
            self.initial.setdefault("is_approved", True)


class AppointmentInline(admin.StackedInline):
    """The appointments of a week, each in two lines."""

    model = Appointment
    form = AppointmentForm
    template = "admin/schedule/week/rows.html"
    extra = 5
    view_on_site = False
    verbose_name = "việc"
    verbose_name_plural = "Các việc trong tuần"
    formfield_overrides = {
        BlockField: {"widget": forms.Textarea(attrs={"rows": 2})},
        models.TimeField: {
            "widget": forms.TimeInput(format="%H:%M", attrs={"placeholder": "8:00", "size": 6})
        },
    }
    fields = [
        "day", "session", "starts_at", "ends_at", "time_note", "chair", "place",
        "content", "participants", "preparing_unit", "note",
        "change", "former_time", "is_internal", "is_approved",
    ]  # fmt: skip

    def get_formset(
        self, request: HttpRequest, obj: Week | None = None, **kwargs: Any
    ) -> type[BaseInlineFormSet]:
        """Give the appointment rows of the admin the days of their week."""
        formset = super().get_formset(request, obj, **kwargs)
        formset.form.monday = obj.monday  # the class was made for this call
        formset.form.may_publish = self._may_publish(request)
        return formset

    def get_queryset(self, request: HttpRequest) -> AppointmentQuerySet:
        return super().get_queryset(request).in_order()

    def get_readonly_fields(self, request: HttpRequest, obj: Week | None = None) -> list[str]:
        """Leave the approval of appointments in the admin to those who may publish weeks."""
        return [] if self._may_publish(request) else ["is_approved"]

    def _may_publish(self, request: HttpRequest) -> bool:
        return self.admin_site.get_model_admin(Week).has_publish_permission(request)


@admin.register(Week)
class WeekAdmin(PublishableAdmin):
    """The admin of weeks of the schedule."""

    list_display = ["__str__", "phase_now", "rows", "published_at"]
    list_filter = [PhaseFilter]
    ordering = ["-monday"]
    date_hierarchy = "monday"
    inlines = [AppointmentInline]
    actions = [*PublishableAdmin.actions, "approve_rows", "copy_to_next"]
    fieldsets = [(None, {"fields": ["monday", "note"]})]
    has_preview = True

    def get_queryset(self, request: HttpRequest) -> WeekQuerySet:
        """Return the weeks of the admin list with the numbers of their appointments."""
        waiting = models.Count("appointments", filter=models.Q(appointments__is_approved=False))
        return (
            super()
            .get_queryset(request)
            .annotate(row_count=models.Count("appointments"), waiting_count=waiting)
        )

    @admin.display(description="số việc")
    def rows(self, week: Week) -> str:
        """Return for the admin's list how many appointments a week has, and how many wait for
        approval.
        """
        waiting = f" ({week.waiting_count} chờ duyệt)" if week.waiting_count else ""
        return f"{week.row_count}{waiting}"

    # --- form: first the week, then its rows

    def get_fieldsets(self, request: HttpRequest, obj: Week | None = None) -> list[tuple]:
        """Ask in the admin for a new week alone first: its appointments need its days."""
        if obj is None:
            words = "Chọn một ngày bất kỳ trong tuần. Bước sau mới nhập các việc."
            return [(None, {"fields": ["monday", "note"], "description": words})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request: HttpRequest, obj: Week | None = None) -> list[str]:
        """Lock the Monday of a week in its admin form: to move a week, copy it."""
        return [*super().get_readonly_fields(request, obj), *(["monday"] if obj else [])]

    def get_inlines(self, request: HttpRequest, obj: Week | None) -> list[type]:
        """Return the appointment rows of the admin form once the week is known."""
        return self.inlines if obj else []

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], add: bool = False, **kwargs: Any
    ) -> HttpResponse:
        """Say on the button of a new week that its appointments come next."""
        if add:
            context |= {"save_words": "Lưu và nhập các việc", "show_save_and_continue": False}
        return super().render_change_form(request, context, add=add, **kwargs)

    def response_add(
        self, request: HttpRequest, obj: Week, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Go on in the admin to the appointments of the new week."""
        request.POST = request.POST.copy()
        request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    def save_formset(
        self, request: HttpRequest, form: forms.ModelForm, formset: BaseInlineFormSet, change: bool
    ) -> None:
        """Take back the approval of an appointment changed by staff who may not give it."""
        if not self.has_publish_permission(request):
            for row in formset.forms:
                if row.has_changed():
                    row.instance.is_approved = False
        super().save_formset(request, form, formset, change)

    def doubts(self, item: Week) -> list[str]:
        """Warn the clerk of a week whose appointments are hidden because they are not approved."""
        count = item.appointments.filter(is_approved=False).count()
        return [f"{count} việc chưa duyệt nên chưa hiện ra ngoài."] if count else []

    # --- list

    def find(self, queryset: WeekQuerySet, term: str) -> WeekQuerySet:
        """Search the weeks in the admin by their note, or by one of their appointments."""
        by_row = models.Q(pk__in=Appointment.objects.matching(term).values("week"))
        return queryset.filter(by_row | models.Q(pk__in=super().find(queryset, term).values("pk")))

    search_fields = ["note"]
    search_help_text = (
        "Tìm theo nội dung, người chủ trì, thành phần, địa điểm; gõ có dấu hay không dấu đều được."
    )

    @admin.action(description="Duyệt mọi việc trong tuần", permissions=["publish"])
    def approve_rows(self, request: HttpRequest, queryset: WeekQuerySet) -> None:
        """Approve in the admin every appointment of the chosen weeks."""
        count = 0
        for week in queryset:
            changed = week.appointments.filter(is_approved=False).update(is_approved=True)
            if changed:
                self.log_change(request, week, f"Duyệt {changed} việc")
            count += changed
        self.message_user(request, f"Đã duyệt {count} việc.", messages.SUCCESS)

    @admin.action(description="Nhân bản sang tuần sau", permissions=["add"])
    def copy_to_next(self, request: HttpRequest, queryset: WeekQuerySet) -> HttpResponse | None:
        """Copy each chosen week of the admin list to the next, as a draft seven days later."""
        made = None
        for week in queryset:
            following = CalendarWeek(week.monday + timedelta(days=7))
            if week.monday >= LAST_MONDAY or Week.objects.beginning(following.monday).exists():
                self.message_user(
                    request, f"{following} đã có lịch, không nhân bản đè lên.", messages.WARNING
                )
                continue
            made = copy_of(week, following.monday)
            self.log_addition(request, made, f"Nhân bản từ {week}")
            self.message_user(
                request, f"Đã tạo {made} (bản nháp, các việc chờ duyệt).", messages.SUCCESS
            )
        if made and len(queryset) == 1:
            return redirect(reverse("admin:schedule_week_change", args=[made.pk]))
        return None

    # --- preview

    def preview_html(self, request: HttpRequest, item: Week) -> str:
        """Preview a week's page with all its appointments but internal ones as if approved."""
        week = CalendarWeek(item.monday)
        days = days_of(week)
        shown = list(item.appointments.filter(is_internal=False).in_order())
        for day in days:
            day.appointments = [row for row in shown if row.day == day.date]
        context = {
            "week": week,
            "plan": item,
            "days": days,
            "this_week_url": reverse("schedule:this-week"),
            "canonical": item.get_absolute_url(),
            "trail": [],
            "is_preview": True,
        }
        return render_to_string("schedule/week.html", context, request)


@transaction.atomic
def copy_of(week: Week, monday: date) -> Week:
    """Return a draft of the week of `monday` with the appointments of `week`, none approved."""
    made = Week.objects.create(monday=monday, note=week.note)
    shift = monday - week.monday
    rows = list(week.appointments.in_order())
    for row in rows:
        row.pk, row.week, row.day = None, made, row.day + shift
        row.is_approved, row.change, row.former_time = False, Change.NONE, ""
        row._state.adding = True
    Appointment.objects.bulk_create(rows)
    return made
