"""Working days are counted as a walk over the calendar counts them; staff keep their table."""

import random
from datetime import date, timedelta

import pytest

from portal.workdays import Holiday, Workdays
from tests.support.staff import APPROVER, DOCUMENTS, EDITOR, address, client_of, errors_of, fill

DAY = timedelta(days=1)
TET = [date(2026, 2, 16) + DAY * n for n in range(5)]


def walk(workdays, first, last):
    """Return how many working days lie after `first` up to `last`, day by day."""
    return sum(workdays.is_worked(first + DAY * n) for n in range(1, (last - first).days + 1))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (date(2026, 11, 23), date(2026, 11, 23), 0),  # the day itself is not counted
        (date(2026, 11, 23), date(2026, 11, 25), 2),
        (date(2026, 11, 27), date(2026, 11, 29), 0),  # Friday to Sunday
        (date(2026, 11, 27), date(2026, 11, 30), 1),
        (date(2026, 11, 28), date(2026, 11, 30), 1),  # issued on a Saturday
        (date(2026, 2, 13), date(2026, 2, 23), 1),  # Tết between
        (date(2026, 11, 30), date(2026, 11, 27), -1),
    ],
)
def test_working_days_between_two_days(first, last, count):
    assert Workdays(off=TET).between(first, last) == count


def test_day_made_up_is_worked_and_day_off_at_a_weekend_changes_nothing():
    workdays = Workdays(
        off=[date(2026, 11, 28), date(2026, 11, 24)],
        made_up=[date(2026, 11, 29), date(2026, 11, 25)],
    )
    assert [workdays.is_worked(date(2026, 11, day)) for day in (24, 25, 28, 29)] == [
        False,
        True,
        False,
        True,
    ]


def test_counting_is_what_a_walk_over_the_calendar_counts():
    dice = random.Random(8)
    for _ in range(300):
        start = date(2020, 1, 1) + DAY * dice.randrange(2000)
        off, made_up = (
            [start + DAY * dice.randrange(-60, 60) for _ in range(dice.randrange(20))] for _ in "ab"
        )
        workdays = Workdays(off, made_up)
        last = start + DAY * dice.randrange(60)
        assert workdays.between(start, last) == walk(workdays, start, last)
        count = dice.randrange(1, 12)
        reached = workdays.after(start, count)
        assert walk(workdays, start, reached) == count and workdays.is_worked(reached)
        latest = workdays.latest_start(count, last)
        assert workdays.after(latest, count) <= last < workdays.after(latest + DAY, count)


def test_calendar_has_an_end():
    assert Workdays().after(date(9999, 12, 30), 10) == date.max
    assert Workdays().between(date(1, 1, 1), date(2026, 11, 25)) > 500_000


@pytest.mark.django_db
def test_table_is_read_in_one_query(django_assert_num_queries):
    Holiday.objects.create(day=date(2026, 9, 2), name="Quốc khánh")
    Holiday.objects.create(day=date(2026, 8, 22), name="Làm bù", kind="lam-bu")
    with django_assert_num_queries(1):
        workdays = Holiday.objects.workdays()
    assert not workdays.is_worked(date(2026, 9, 2)) and workdays.is_worked(date(2026, 8, 22))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), [2027]),
        (date(2027, 1, 1), [2027]),
        (date(2025, 12, 31), [2025]),
    ],
)
def test_years_without_days_off(today, years):
    Holiday.objects.create(day=date(2026, 1, 1), name="Tết Dương lịch")
    Holiday.objects.create(day=date(2027, 1, 2), name="Làm bù", kind="lam-bu")
    assert Holiday.objects.years_without(today) == years


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"day": "31/02/2026"}, "day", "không có thật"),
        ({"day": "02/09/0026"}, "day", "không hợp lý"),
        ({"day": "25/11/2026", "kind": "lam-bu"}, "kind", "phải là thứ Bảy hoặc Chủ nhật"),
        ({"name": " "}, "name", "không được để trống"),
        ({"kind": "khac"}, "kind", "Không có lựa chọn này"),
        ({"day": "01/01/2026"}, "day", "đã có trong bảng"),
    ],
)
def test_wrong_day_is_told_beside_its_field(values, field, words):
    Holiday.objects.create(day=date(2026, 1, 1), name="Tết Dương lịch")
    given = {"day": "02/09/2026", "name": "Quốc khánh", "kind": "nghi"} | values
    response = fill(client_of(DOCUMENTS), address(Holiday, "add"), **given)
    assert list(errors_of(response)) == [field] and words in errors_of(response)[field][0]


@pytest.mark.django_db
@pytest.mark.parametrize("role", [DOCUMENTS, APPROVER])
def test_clerks_enter_days_and_edit_them_in_the_list(role):
    client = client_of(role)
    assert (
        fill(
            client, address(Holiday, "add"), day="02/09/2026", name="Quốc khánh", kind="nghi"
        ).status_code
        == 302
    )
    page = client.get(address(Holiday, "changelist"))
    assert "Thứ 4" in page.content.decode()
    row = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": Holiday.objects.get().pk,
        "_save": "Lưu",
    }
    client.post(
        address(Holiday, "changelist"),
        row | {"form-0-kind": "nghi", "form-0-name": "Quốc khánh nghỉ", "form-0-note": ""},
    )
    assert Holiday.objects.get().name == "Quốc khánh nghỉ"
    wrong = client.post(
        address(Holiday, "changelist"),
        row | {"form-0-kind": "lam-bu", "form-0-name": "x", "form-0-note": ""},
    )
    assert wrong.status_code == 200 and Holiday.objects.get().kind == "nghi"


@pytest.mark.django_db
def test_missing_year_is_said_on_the_first_page_to_those_who_may_enter_it():
    assert "Chưa nhập ngày nghỉ lễ năm" in client_of(DOCUMENTS).get("/quan-tri/").content.decode()
    assert "Chưa nhập ngày nghỉ lễ năm" not in client_of(EDITOR).get("/quan-tri/").content.decode()
