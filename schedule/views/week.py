"""The public pages of the schedule: one week, the week of today."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from portal.web.views import gone
from schedule.models import Appointment, Week
from schedule.weeks import DAY_NAMES, FIRST_MONDAY, CalendarWeek


@dataclass
class Day:
    """One day of a week's page, with its visible appointments."""

    date: date
    name: str
    is_today: bool
    appointments: list[Appointment] = field(default_factory=list)


def days_of(week: CalendarWeek) -> list[Day]:
    """Return the seven days of a week's page with the appointments that strangers may see.

    One query.
    """
    today = timezone.localdate()
    days = {day: Day(day, DAY_NAMES[day.weekday()], day == today) for day in week.days}
    for appointment in Appointment.objects.visible().between(week.monday, week.sunday).in_order():
        days[appointment.day].appointments.append(appointment)
    return list(days.values())


def this_week(request: HttpRequest) -> HttpResponse:
    """Show the page of this week."""
    return _page(request, CalendarWeek.of(timezone.localdate()))


def week(request: HttpRequest, day: str) -> HttpResponse:
    """Show the page of the week of `day` (YYYY-MM-DD); 404 outside of the calendar, 410 if
    withdrawn.
    """
    try:
        parsed = date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    if parsed.isoformat() != day:  # ISO 8601 has more spellings; an address has one
        raise Http404
    if not FIRST_MONDAY <= parsed <= date(2099, 12, 31):
        raise Http404
    week = CalendarWeek.of(parsed)
    withdrawn = Week.objects.gone().beginning(week.monday).first()
    return gone(request, withdrawn) if withdrawn else _page(request, week)


def _page(request: HttpRequest, week: CalendarWeek) -> HttpResponse:
    def address(of: CalendarWeek | None) -> str | None:
        return reverse("schedule:week", args=[of.monday.isoformat()]) if of else None

    context: dict[str, Any] = {
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
