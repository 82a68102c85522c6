"""The schedule's rows: what they derive, refuse and hide."""

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError

from portal.publishing.states import State
from schedule.models import Appointment, Session, Week
from tests.support import make

pytestmark = pytest.mark.django_db


def test_week_begins_on_monday_whatever_day_is_given():
    assert make.week(monday=date(2018, 11, 22)).monday == date(2018, 11, 19)


def test_week_is_entered_once():
    make.week(monday=date(2018, 11, 19))
    with pytest.raises(ValidationError, match="Tuần này đã có lịch"):
        Week(monday=date(2018, 11, 21)).full_clean()


@pytest.mark.parametrize(
    ("hour", "session"), [(7, Session.MORNING), (13, Session.AFTERNOON), (19, Session.EVENING)]
)
def test_session_follows_from_the_hour(hour, session):
    assert make.appointment(starts_at=time(hour, 30)).session == session


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"starts_at": time(8), "ends_at": time(9, 30)}, "08:00 – 09:30"),
        ({"starts_at": time(8)}, "08:00"),
        ({"time_note": "Cả ngày"}, "Cả ngày"),
        ({}, ""),
    ],
)
def test_time_as_it_is_read(values, shown):
    assert Appointment(**values).time == shown


@pytest.mark.parametrize(
    "values",
    [{"day": date(2018, 11, 26)}, {"starts_at": time(9), "ends_at": time(8)}, {"ends_at": time(8)}],
)
def test_appointment_refuses_what_cannot_be(values):
    week = make.week(monday=date(2018, 11, 19))
    appointment = Appointment(
        **{"week": week, "day": date(2018, 11, 19), "content": "Họp"} | values
    )
    with pytest.raises(ValidationError):
        appointment.clean()


@pytest.mark.parametrize(
    "hidden", [{"is_internal": True}, {"is_approved": False}, {"week__state": State.DRAFT}]
)
def test_appointment_is_hidden_when(hidden):
    shown = make.appointment()
    assert list(Appointment.objects.visible()) == [shown]
    state = hidden.pop("week__state", None)
    if state:
        Week.objects.filter(pk=shown.week_id).update(state=state)
    else:
        Appointment.objects.filter(pk=shown.pk).update(**hidden)
    assert not Appointment.objects.visible().exists()


def test_order_is_by_day_session_time():
    week = make.week()
    monday = week.monday
    late = make.appointment(week=week, day=monday, starts_at=time(14))
    early = make.appointment(week=week, day=monday, starts_at=time(8))
    untimed = make.appointment(week=week, day=monday, session=Session.AFTERNOON, starts_at=None)
    all_day = make.appointment(
        week=week, day=monday, session="", starts_at=None, time_note="Cả ngày"
    )
    assert list(Appointment.objects.in_order()) == [all_day, early, untimed, late]
