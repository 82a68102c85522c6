"""The schedule for the office: a week with its rows, entered quickly, approved row by row."""

from datetime import date, timedelta

from django import forms
from django.contrib import admin, messages
from django.db import models, transaction
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse

from portal.staff.forms import StaffForm
from portal.staff.lists import PhaseFilter
from portal.staff.publishing import PublishableAdmin
from portal.text.fields import BlockField
from schedule.models import Appointment, Change, Week
from schedule.views.week import days_of
from schedule.weeks import DAY_NAMES, LAST_MONDAY, CalendarWeek


class AppointmentForm(StaffForm):
    """One row. `monday` (date) and `may_publish` (bool) are set by the inline for the week and the user."""

    monday = None
    may_publish = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "day" in self.fields:
            days = CalendarWeek(self.monday).days
            if self.instance.pk and self.instance.day not in days:
                days.append(self.instance.day)
            choices = [
                ("", "Chọn ngày"),
                *((day.isoformat(), f"{DAY_NAMES[day.weekday()]} {day:%d/%m}") for day in days),
            ]
            wrong = {"required": "Chọn ngày.", "invalid_choice": "Chọn một ngày trong tuần này."}
            self.fields["day"] = forms.TypedChoiceField(
                label="Ngày",
                choices=choices,
                coerce=date.fromisoformat,
                empty_value=None,
                error_messages=wrong,
            )
            if self.initial.get("day"):
                self.initial["day"] = self.initial[
                    "day"
                ].isoformat()  # a row left alone counts as unchanged
        if self.may_publish and not self.instance.pk:
            self.initial.setdefault("is_approved", True)


class AppointmentInline(admin.StackedInline):
    """The rows of a week, each in two lines."""

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

    def get_formset(self, request, obj=None, **kwargs):
        """Give the rows the days of their week."""
        formset = super().get_formset(request, obj, **kwargs)
        known = {"monday": obj.monday, "may_publish": self._may_publish(request)}
        formset.form = type("AppointmentForm", (formset.form,), known)
        return formset

    def get_queryset(self, request):
        """Return the rows as they are read."""
        return super().get_queryset(request).in_order()

    def get_readonly_fields(self, request, obj=None):
        """Leave the approval to those who may publish weeks."""
        return [] if self._may_publish(request) else ["is_approved"]

    def _may_publish(self, request):
        return self.admin_site.get_model_admin(Week).has_publish_permission(request)


@admin.register(Week)
class WeekAdmin(PublishableAdmin):
    """Weeks of the office's calendar."""

    list_display = ["__str__", "phase_now", "rows", "published_at"]
    list_filter = [PhaseFilter]
    ordering = ["-monday"]
    date_hierarchy = "monday"
    inlines = [AppointmentInline]
    actions = [*PublishableAdmin.actions, "approve_rows", "copy_to_next"]
    fieldsets = [(None, {"fields": ["monday", "note"]})]
    has_preview = True

    def get_queryset(self, request):
        """Return the weeks with the numbers of their rows."""
        waiting = models.Count("appointments", filter=models.Q(appointments__is_approved=False))
        return (
            super()
            .get_queryset(request)
            .annotate(row_count=models.Count("appointments"), waiting_count=waiting)
        )

    @admin.display(description="số việc")
    def rows(self, week):
        """How many rows, and how many of them wait for approval."""
        return (
            f"{week.row_count} ({week.waiting_count} chờ duyệt)"
            if week.waiting_count
            else str(week.row_count)
        )

    # --- form: first the week, then its rows

    def get_fieldsets(self, request, obj=None):
        """Ask for the week alone first: the rows need its days."""
        if obj is None:
            words = "Chọn một ngày bất kỳ trong tuần. Bước sau mới nhập các việc."
            return [(None, {"fields": ["monday", "note"], "description": words})]
        return super().get_fieldsets(request, obj)

    def get_readonly_fields(self, request, obj=None):
        """Keep a week where it is: to move it, copy it."""
        return [*super().get_readonly_fields(request, obj), *(["monday"] if obj else [])]

    def get_inlines(self, request, obj):
        """Return the rows once the week is known."""
        return self.inlines if obj else []

    def render_change_form(self, request, context, add=False, **kwargs):
        """Say on the button what comes next."""
        if add:
            context |= {"save_words": "Lưu và nhập các việc", "show_save_and_continue": False}
        return super().render_change_form(request, context, add=add, **kwargs)

    def response_add(self, request, obj, post_url_continue=None):
        """Go on to the rows."""
        request.POST = request.POST.copy()
        request.POST["_continue"] = "1"
        return super().response_add(request, obj, post_url_continue)

    def save_formset(self, request, form, formset, change):
        """Take the approval back from a row that is changed by somebody who may not give it."""
        if not self.has_publish_permission(request):
            for row in formset.forms:
                if row.has_changed():
                    row.instance.is_approved = False
        super().save_formset(request, form, formset, change)

    def doubts(self, item):
        """Tell how many rows are not shown because nobody approved them."""
        count = item.appointments.filter(is_approved=False).count()
        return [f"{count} việc chưa duyệt nên chưa hiện ra ngoài."] if count else []

    # --- list

    def find(self, queryset, term):
        """Return the weeks one of whose rows, or whose note, holds every word."""
        rows = Appointment.objects.matching(term).values("week")
        return queryset.filter(
            models.Q(pk__in=rows) | models.Q(pk__in=super().find(queryset, term).values("pk"))
        )

    search_fields = ["note"]
    search_help_text = (
        "Tìm theo nội dung, người chủ trì, thành phần, địa điểm; gõ có dấu hay không dấu đều được."
    )

    @admin.action(description="Duyệt mọi việc trong tuần", permissions=["publish"])
    def approve_rows(self, request, queryset):
        """Approve every row of the chosen weeks."""
        count = 0
        for week in queryset:
            changed = week.appointments.filter(is_approved=False).update(is_approved=True)
            if changed:
                self.log_change(request, week, f"Duyệt {changed} việc")
            count += changed
        self.message_user(request, f"Đã duyệt {count} việc.", messages.SUCCESS)

    @admin.action(description="Nhân bản sang tuần sau", permissions=["add"])
    def copy_to_next(self, request, queryset):
        """Make the next week of each chosen one: a draft with the same rows seven days later, none approved."""
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

    def preview_html(self, request, item):
        """Return the page (str) of the week with all its rows that are not internal, as if they were approved."""
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
def copy_of(week, monday):
    """Return a new week (draft) beginning on `monday` (date) with the rows of `week`, none approved, none marked as changed."""
    made = Week.objects.create(monday=monday, note=week.note)
    shift = monday - week.monday
    rows = list(week.appointments.in_order())
    for row in rows:
        row.pk, row.week, row.day = None, made, row.day + shift
        row.is_approved, row.change, row.former_time = False, Change.NONE, ""
        row._state.adding = True
    Appointment.objects.bulk_create(rows)
    return made
