"""The admin of a week: its appointments entered, copied, approved by those who may."""

from datetime import date, time, timedelta

import pytest

from schedule.models import Appointment, Week
from tests.support import make
from tests.support.staff import (
    APPROVER,
    SCHEDULE,
    act,
    address,
    client_of,
    errors_of,
    fill,
    form_of,
    said,
)

pytestmark = pytest.mark.django_db
MONDAY = date(2018, 11, 19)
DRAFT = {"monday": MONDAY, "state": "draft", "published_at": None}


def row_errors(response):
    """Return the errors of each row."""
    return response.context["inline_admin_formsets"][0].formset.errors


def test_clerk_enters_a_week_in_two_steps():
    client = client_of(SCHEDULE)
    response = fill(client, address(Week, "add"), monday="22/11/2018", note="Trực: Phó Giám đốc")
    week = Week.objects.get()
    assert week.monday == MONDAY
    assert response["Location"] == address(week)
    values = {
        "appointments-0-day": "2018-11-20",
        "appointments-0-starts_at": "8h00",
        "appointments-0-content": "Họp giao ban",
        "appointments-1-day": "2018-11-25",
        "appointments-1-starts_at": "14:30",
        "appointments-1-ends_at": "16:00",
        "appointments-1-content": "Làm việc với huyện Đô Lương",
        "state": "review",
    }
    response = fill(client, address(week), **values)
    assert response.status_code == 302, row_errors(response)
    rows = list(week.appointments.in_order())
    assert [(row.day, row.starts_at, row.is_approved) for row in rows] == [
        (date(2018, 11, 20), time(8), False),
        (date(2018, 11, 25), time(14, 30), False),
    ]
    week.refresh_from_db()
    assert week.state == "review"


def test_days_offered_are_those_of_the_week():
    page = client_of(SCHEDULE).get(address(make.week(**DRAFT))).content.decode()
    assert "Thứ Hai 19/11" in page and "Chủ nhật 25/11" in page and 'value="2018-11-26"' not in page


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"day": "2018-11-26"}, "day", "Chọn một ngày trong tuần này"),
        ({"day": ""}, "day", "Chọn ngày"),
        ({"content": ""}, "content", "không được để trống"),
        ({"starts_at": "25:00"}, "starts_at", "Giờ viết sai"),
        ({"starts_at": "9:00", "ends_at": "8:00"}, "ends_at", "phải sau giờ bắt đầu"),
        ({"ends_at": "8:00"}, "starts_at", "Ghi giờ bắt đầu"),
    ],
)
def test_wrong_row_is_told_beside_its_field(values, field, words):
    week = make.week(**DRAFT)
    given = {"day": "2018-11-20", "content": "Họp", "chair": "Giám đốc"} | values
    response = fill(
        client_of(SCHEDULE),
        address(week),
        **{f"appointments-0-{name}": value for name, value in given.items()},
    )
    assert response.status_code == 200
    assert words in row_errors(response)[0][field][0]
    assert form_of(response)["appointments-0-chair"] == "Giám đốc"
    assert not Appointment.objects.exists()


def test_week_that_is_there_is_told():
    make.week(**DRAFT)
    response = fill(client_of(SCHEDULE), address(Week, "add"), monday="25/11/2018")
    assert "Tuần này đã có lịch" in errors_of(response)["monday"][0]
    for day in ("31/02/2018", "abc", "01/01/1800"):
        assert "monday" in errors_of(fill(client_of(SCHEDULE), address(Week, "add"), monday=day))


def test_clerk_cannot_approve_a_row_by_a_forged_form():
    week = make.week(**DRAFT)
    row = make.appointment(week, is_approved=False)
    client = client_of(SCHEDULE)
    values = {
        "appointments-0-is_approved": "on",
        "appointments-0-note": "Sửa",
        "appointments-1-is_approved": "on",
    }
    values |= {"appointments-1-day": "2018-11-21", "appointments-1-content": "Mới"}
    assert fill(client, address(week), **values).status_code == 302
    row.refresh_from_db()
    assert (row.note, row.is_approved) == ("Sửa", False)
    assert not Appointment.objects.filter(is_approved=True).exists()
    act(client, Week, "approve_rows", [week])
    assert not Appointment.objects.filter(is_approved=True).exists()


def test_row_changed_by_a_clerk_waits_for_approval_again():
    week = make.week(**DRAFT)
    one, two = make.appointment(week), make.appointment(week, day=MONDAY + timedelta(days=1))
    assert (
        fill(
            client_of(SCHEDULE), address(week), **{"appointments-0-place": "Phòng khác"}
        ).status_code
        == 302
    )
    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.is_approved, two.is_approved) == (False, True)


def test_approver_approves_rows_and_is_told_of_those_left():
    week = make.week(**DRAFT | {"state": "review"})
    make.appointment(week, is_approved=False)
    client = client_of(APPROVER)
    page = client.post(
        address(week), form_of(client.get(address(week))) | {"state": "published"}, follow=True
    )
    assert "1 việc chưa duyệt" in said(page)
    assert not Appointment.objects.visible().exists()
    assert "Đã duyệt 1 việc" in said(act(client, Week, "approve_rows", [week]))
    assert Appointment.objects.visible().count() == 1


def test_row_entered_by_an_approver_is_approved():
    week = make.week(**DRAFT)
    values = {"appointments-0-day": "2018-11-20", "appointments-0-content": "Họp"}
    assert fill(client_of(APPROVER), address(week), **values).status_code == 302
    assert Appointment.objects.get().is_approved
    assert Appointment.objects.count() == 1


def test_last_week_is_copied():
    week = make.week(**DRAFT | {"state": "published"}, note="Trực")
    make.appointment(week, starts_at=time(8), change="hoan", former_time="07:00", chair="Giám đốc")
    make.appointment(week, day=MONDAY + timedelta(days=6), is_internal=True)
    client = client_of(SCHEDULE)
    page = act(client, Week, "copy_to_next", [week])
    copy = Week.objects.get(monday=MONDAY + timedelta(days=7))
    assert page.redirect_chain[-1][0] == address(copy)
    assert (copy.state, copy.published_at, copy.note) == ("draft", None, "Trực")
    rows = list(copy.appointments.in_order())
    assert [
        (row.day, row.change, row.former_time, row.is_approved, row.is_internal) for row in rows
    ] == [(date(2018, 11, 26), "", "", False, False), (date(2018, 12, 2), "", "", False, True)]
    assert rows[0].folded and rows[0].session
    assert week.appointments.count() == 2
    assert "đã có lịch" in said(act(client, Week, "copy_to_next", [week]))
    assert Week.objects.count() == 2


def test_preview_shows_rows_that_wait_but_not_internal_ones():
    week = make.week(**DRAFT)
    make.appointment(week, content="Chờ duyệt đây", is_approved=False)
    make.appointment(week, content="Việc nội bộ", is_internal=True)
    page = client_of(SCHEDULE).get(address(week, "preview")).content.decode()
    assert "Chờ duyệt đây" in page and "Việc nội bộ" not in page


def test_weeks_are_found_by_their_rows():
    week = make.week(**DRAFT)
    make.appointment(week, content="Làm việc với huyện Đô Lương")
    make.week(monday=MONDAY + timedelta(days=7))
    found = (
        client_of(SCHEDULE)
        .get(address(Week, "changelist"), {"q": "do luong"})
        .context["cl"]
        .result_list
    )
    assert [row.pk for row in found] == [week.pk]
