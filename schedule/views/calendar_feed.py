"""The schedule as an iCalendar feed (RFC 5545) to subscribe to."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from icalendar import Calendar, Event

from portal.publishing.addresses import absolute
from schedule.models import Appointment, Change

PAST_DAYS, FUTURE_DAYS = 60, 180


def calendar(appointments: Iterable[Appointment], name: str) -> bytes:
    """Return appointments as iCalendar text for subscribers. `name`: what the subscriber sees."""
    host = settings.SITE_URL.partition("://")[2]
    result = Calendar()
    result.add("prodid", f"-//{host}//Lich cong tac//VI")
    result.add("version", "2.0")
    result.add("calscale", "GREGORIAN")
    result.add("method", "PUBLISH")
    result.add("x-wr-calname", name)
    result.add("x-wr-timezone", settings.TIME_ZONE)
    for appointment in appointments:
        result.add_component(_event(appointment, host))
    return result.to_ical()


def _event(appointment: Appointment, host: str) -> Event:
    event = Event()
    event.add("uid", f"viec-{appointment.pk}@{host}")
    event.add("dtstamp", appointment.week.updated_at)
    zone = timezone.get_default_timezone()
    if appointment.starts_at:
        starts = datetime.combine(appointment.day, appointment.starts_at, zone)
        ends = (
            datetime.combine(appointment.day, appointment.ends_at, zone)
            if appointment.ends_at
            else starts + timedelta(hours=1)
        )
        # UTC needs no time zone component; Viet Nam keeps no summer time.
        event.add("dtstart", starts.astimezone(UTC))
        event.add("dtend", ends.astimezone(UTC))
    else:
        event.add("dtstart", appointment.day)
        event.add("dtend", appointment.day + timedelta(days=1))
    change = appointment.get_change_display() if appointment.change else ""
    event.add("summary", f"[{change}] {appointment.content}" if change else appointment.content)
    if appointment.place:
        event.add("location", appointment.place)
    lines = [
        ("Chủ trì", appointment.chair),
        ("Thành phần", appointment.participants),
        ("Thời gian cũ", appointment.former_time),
        ("Đơn vị chuẩn bị", appointment.preparing_unit),
        ("Ghi chú", appointment.note),
    ]
    description = "\n".join(f"{label}: {value}" for label, value in lines if value)
    if description:
        event.add("description", description)
    event.add("status", "CANCELLED" if appointment.change == Change.POSTPONED else "CONFIRMED")
    event.add("url", absolute(appointment.get_absolute_url()))
    return event


def subscription(request: HttpRequest) -> HttpResponse:
    """Answer the iCalendar feed: the appointments of the last 60 and the next 180 days."""
    today = timezone.localdate()
    rows = Appointment.objects.visible().select_related("week").in_order()
    rows = rows.between(today - timedelta(days=PAST_DAYS), today + timedelta(days=FUTURE_DAYS))
    response = HttpResponse(
        calendar(rows, "Lịch công tác"), content_type="text/calendar; charset=utf-8"
    )
    response["Content-Disposition"] = 'inline; filename="lich.ics"'
    return response
