"""The pages of the schedule: one week, today's week."""

from dataclasses import dataclass, field
from datetime import date

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portal.web.views import gone
from schedule.models import Appointment, Week
from schedule.weeks import DAY_NAMES, FIRST_MONDAY, CalendarWeek


@dataclass
class Day:
    """One day of the page: its date, name, whether it is today, its visible appointments."""

    date: date
    name: str
    is_today: bool
    appointments: list = field(default_factory=list)


def days_of(week):
    """Return the seven days (list of Day) of `week` (CalendarWeek) with what strangers may see. One query."""
    today = timezone.localdate()
    days = {day: Day(day, DAY_NAMES[day.weekday()], day == today) for day in week.days}
    for appointment in Appointment.objects.visible().between(week.monday, week.sunday).in_order():
        days[appointment.day].appointments.append(appointment)
    return list(days.values())


def this_week(request):
    """The week of today."""
    return _page(request, CalendarWeek.of(timezone.localdate()))


def week(request, day):
    """The week of the day (str, YYYY-MM-DD) in the address; 404 for no day and for those outside of the calendar, 410 after withdrawal."""
    try:
        given, day = day, date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if day.isoformat() != given:  # ISO 8601 has more spellings; an address has one
        raise Http404
    if not FIRST_MONDAY <= day <= date(2099, 12, 31):
        raise Http404
    week = CalendarWeek.of(day)
    withdrawn = Week.objects.gone().beginning(week.monday).first()
    return gone(request, withdrawn) if withdrawn else _page(request, week)


def _page(request, week):
    def address(of):
        return reverse("schedule:week", args=[of.monday.isoformat()]) if of else None

    context = {
        "week": week,
        "plan": Week.objects.visible().beginning(week.monday).first(),
        "days": days_of(week),
        "previous_url": address(week.previous),
        "next_url": address(week.next),
        "this_week_url": reverse("schedule:this-week"),
        "canonical": address(week),
        "trail": [],
    }
    return render(request, "schedule/week.html", context)
