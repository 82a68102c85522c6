"""Publishing deadlines: two working days for own documents, ten for others; lists agree."""

import random
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from documents.law.deadlines import CONCERNS, OURS, Pace, clock_of
from documents.models import Document
from portal.workdays import Holiday
from tests.support import make
from tests.support.public import queries
from tests.support.staff import DOCUMENTS, EDITOR, address, client_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
#: A Wednesday after a long weekend: Thursday 30 April and Friday 1 May were off.
TODAY = date(2026, 5, 6)


@pytest.fixture(autouse=True)
def today():
    """The clock stands on `TODAY`, ten in the morning; 30/04 and 01/05 are off."""
    for day in (date(2026, 4, 30), date(2026, 5, 1)):
        Holiday.objects.create(day=day, name="Nghỉ lễ")
    now = timezone.make_aware(datetime(2026, 5, 6, 10))
    with patch("django.utils.timezone.now", return_value=now):
        yield


def at(day, hour=9):
    """Return the time `hour` of `day` (date)."""
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour))


def waiting(issued_on, **values):
    """Return a draft issued on `issued_on`."""
    return make.document(
        **{"issued_on": issued_on, "state": "draft", "published_at": None} | values
    )


def clock(document):
    """Return the clock of the saved `document` today."""
    return clock_of(
        Document.objects.clocked().get(pk=document.pk), Holiday.objects.workdays(), TODAY
    )


@pytest.mark.parametrize(
    ("issued_on", "pace", "words"),
    [
        (date(2026, 5, 6), Pace.AHEAD, "còn 2 ngày"),
        (date(2026, 5, 5), Pace.AHEAD, "còn 1 ngày"),
        (date(2026, 5, 4), Pace.DUE, "hạn hôm nay"),
        (date(2026, 5, 2), Pace.OVERDUE, "quá hạn 1 ngày"),
        (date(2026, 4, 29), Pace.OVERDUE, "quá hạn 1 ngày"),  # four days off between
        (date(2026, 4, 28), Pace.OVERDUE, "quá hạn 2 ngày"),
        (date(2018, 1, 1), Pace.OVERDUE, "quá hạn hơn một năm"),
    ],
)
def test_clock_of_what_the_department_issued(issued_on, pace, words):
    found = clock(waiting(issued_on, agency=make.agency(is_ours=True)))
    assert (found.pace, found.words) == (pace, words)


def test_limit_is_the_short_one_where_any_issuer_is_ours():
    ours, other = make.agency(is_ours=True), make.agency()
    alone, joint, strange, nobody = (
        waiting(date(2026, 5, 5), **values)
        for values in (
            {"agency": ours},
            {"agency": other, "co_agencies": [ours]},
            {"agency": other, "co_agencies": [other]},
            {},
        )
    )
    workdays = Holiday.objects.workdays()
    for document, limit in ((alone, OURS), (joint, OURS), (strange, CONCERNS), (nobody, CONCERNS)):
        assert clock(document).deadline == workdays.after(date(2026, 5, 5), limit)


@pytest.mark.parametrize(
    ("published_on", "pace", "words"),
    [
        (date(2026, 4, 27), Pace.DONE, "đã đăng ngay"),
        (date(2026, 4, 24), Pace.DONE, "đã đăng ngay"),
        (date(2026, 4, 28), Pace.DONE, "đã đăng sau 1 ngày làm việc"),
        (date(2026, 4, 29), Pace.DONE, "đã đăng sau 2 ngày làm việc"),
        (date(2026, 4, 30), Pace.LATE, "đã đăng, muộn 1 ngày"),  # a day off after the last day
        (date(2026, 5, 5), Pace.LATE, "đã đăng, muộn 2 ngày"),
    ],
)
def test_clock_of_what_is_out(published_on, pace, words):
    values = {
        "issued_on": date(2026, 4, 27),
        "agency": make.agency(is_ours=True),
        "published_at": at(published_on),
    }
    for state in ({}, {"state": "withdrawn", "withdrawal_reason": "Sai"}):
        found = clock(make.document(**values, **state))
        assert (found.pace, found.words) == (pace, words)


def test_what_is_scheduled_is_not_out():
    assert (
        clock(make.document(issued_on=date(2026, 3, 2), published_at=at(TODAY, 11))).pace
        == Pace.OVERDUE
    )


def test_imported_undated_and_never_published_rows_are_not_judged():
    for values in (
        {"origin": "vbpl.vn"},
        {"issued_on": None},
        {"state": "withdrawn", "withdrawal_reason": "Nhầm"},
    ):
        document = waiting(**{"issued_on": date(2026, 1, 5)} | values)
        assert clock(document) is None
        assert not Document.objects.overdue(Holiday.objects.workdays(), TODAY).exists()


def test_extreme_days_of_issue_do_no_harm():
    for issued_on in (date(9999, 12, 31), date(1, 1, 1)):
        assert clock(waiting(issued_on)).pace in (Pace.AHEAD, Pace.OVERDUE)
    assert client_of(DOCUMENTS).get(address(Document, "changelist")).status_code == 200


@pytest.mark.slow
def test_database_and_clock_agree_on_every_row():
    dice = random.Random(3)
    ours, other = make.agency(is_ours=True), make.agency()
    for _ in range(200):
        out = at(TODAY - DAY * dice.randrange(-3, 30), dice.randrange(24))
        state = dice.choice(["draft", "review", "published", "published", "withdrawn"])
        values = {
            "agency": dice.choice([ours, other, None]),
            "co_agencies": dice.choice([[], [ours], [other]]),
        }
        make.document(
            issued_on=TODAY - DAY * dice.randrange(-3, 40),
            state=state,
            published_at=out,
            withdrawal_reason="x",
            origin=dice.choice(["", "", "tệp"]),
            **values,
        )
    workdays = Holiday.objects.workdays()
    paces = {row.pk: clock_of(row, workdays, TODAY) for row in Document.objects.clocked()}
    soon = workdays.after(TODAY, 1)

    def those(wanted):
        return {pk for pk, clock in paces.items() if clock and wanted(clock)}

    asked = [
        ("overdue", lambda clock: clock.pace == Pace.OVERDUE),
        ("due_soon", lambda clock: clock.pace in (Pace.DUE, Pace.AHEAD) and clock.deadline <= soon),
        ("published_late", lambda clock: clock.pace == Pace.LATE),
    ]
    for name, wanted in asked:
        found = set(getattr(Document.objects, name)(workdays, TODAY).values_list("pk", flat=True))
        assert found and found == those(wanted), name


def test_list_tells_the_clock_and_filters_by_it():
    ours = make.agency(is_ours=True)
    rows = {
        "qua-han": waiting(date(2026, 4, 27), agency=ours),
        "den-han": waiting(date(2026, 5, 5), agency=ours),
        "da-muon": make.document(
            issued_on=date(2026, 4, 20), agency=ours, published_at=at(date(2026, 5, 4))
        ),
    }
    make.document(issued_on=date(2026, 5, 4), published_at=at(date(2026, 5, 5)))
    client = client_of(DOCUMENTS)
    page = client.get(address(Document, "changelist"))
    assert (
        "đã đăng sau 1 ngày làm việc" in page.content.decode()
        and "quá hạn 3 ngày" in page.content.decode()
    )
    for chosen, row in rows.items():
        found = (
            client.get(address(Document, "changelist"), {"thoi-han": chosen})
            .context["cl"]
            .result_list
        )
        assert [document.pk for document in found] == [row.pk]
    assert (
        client.get(address(Document, "changelist"), {"thoi-han": "la"}).context["cl"].result_count
        == 4
    )


def test_list_takes_the_same_queries_for_one_as_for_many():
    client = client_of(DOCUMENTS)
    counts = []
    for _ in range(2):
        for _ in range(1 + 4 * len(counts)):
            agency = make.agency(is_ours=True)
            waiting(
                date(2026, 4, 27),
                agency=agency,
                co_agencies=[make.agency()],
                type=make.document_type(),
            )
        with queries() as found:
            client.get(address(Document, "changelist"), {"thoi-han": "qua-han"})
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_overdue_ones_are_counted_on_the_first_page_for_those_who_see_documents():
    page = client_of(DOCUMENTS).get("/quan-tri/").content.decode()
    assert "quá hạn đăng" not in page
    waiting(date(2026, 4, 1)), waiting(date(2026, 4, 2)), waiting(date(2026, 5, 5))
    page = client_of(DOCUMENTS).get("/quan-tri/").content.decode()
    assert (
        '<a href="/quan-tri/documents/document/?thoi-han=qua-han">2 văn bản quá hạn đăng</a>'
        in page
    )
    assert "quá hạn đăng" not in client_of(EDITOR).get("/quan-tri/").content.decode()


def test_name_of_no_decree_is_on_the_screen():
    waiting(date(2026, 4, 1))
    page = client_of(DOCUMENTS).get(address(Document, "changelist")).content.decode()
    assert "43/2011" not in page and "42/2022" not in page
