"""The portlet Lịch công tác: appointments of today or of this week."""

from typing import Any

from django import template
from django.utils import timezone

from portal.cache.portlets import portlet
from schedule.models import Appointment
from schedule.weeks import CalendarWeek

register = template.Library()
SHOWN = 5


@portlet(register, "schedule/_portlet.html")
def schedule_portlet() -> dict[str, Any]:
    """Show the portlet of today's appointments; where there is none, the next of this week.

    One query.
    """
    today = timezone.localdate()
    week = CalendarWeek.of(today)
    coming = list(Appointment.objects.visible().between(today, week.sunday).in_order()[:SHOWN])
    appointments = [appointment for appointment in coming if appointment.day == today]
    return {
        "week": week,
        "today": today,
        "appointments": appointments,
        "upcoming": [] if appointments else coming,
    }
