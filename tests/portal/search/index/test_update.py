"""The search index says what is visible, after every kind of write and by the clock alone."""

import random
from datetime import date, timedelta
from unittest.mock import patch

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone

from documents.files import text_queue
from documents.files.models import Attachment
from documents.files.text_queue import PageText
from documents.models import Document
from documents.vocabulary import Agency, DocumentType
from news.models import Article
from portal.pages.models import Page
from portal.publishing.states import State
from portal.search.index import sources, update
from portal.search.models import IndexedText, IndexEntry, IndexState, ScheduledChange
from portal.search.query import tokens
from portal.search.results.answers import Answers
from schedule.models import Appointment, Week
from tests.support import make
from tests.support.office_files import pdf
from tests.support.public import queries

pytestmark = pytest.mark.django_db


def found(query, **chosen):
    """Return the titles (list of str) of the answers to `query`."""
    return [hit.title for hit in Answers(query, chosen)[:100]]


def state():
    """Return all that the index holds."""
    rows = IndexedText.objects.select_related("entry").order_by("pk")
    texts = [
        (row.pk, row.entry.kind, row.entry.object_id, row.entry.day, *update._content_of(row))
        for row in rows
    ]
    turns = sorted(ScheduledChange.objects.values_list("at", "model", "object_id"))
    return texts, turns, update.engine.dump()


def rebuilt():
    """Return all that the index holds after `reindex`, and again after one into an empty index."""
    call_command("reindex", verbosity=0)
    over = state()
    IndexedText.objects.all().delete()
    IndexEntry.objects.all().delete()
    ScheduledChange.objects.all().delete()
    call_command("reindex", verbosity=0)
    return over, state()


HOUR = timedelta(hours=1)


class History:
    """Random writing, in every way that the portal knows."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.types = [make.document_type() for _ in range(2)]
        self.agencies = [make.agency() for _ in range(2)]
        self.fields = [make.field() for _ in range(2)]
        for _ in range(3):
            self.new()

    def times(self):
        """Return fields that show or hide an item, now or later."""
        now = timezone.now()
        return self.random.choice(
            [
                {"state": State.PUBLISHED, "published_at": now - HOUR, "published_until": None},
                {
                    "state": State.PUBLISHED,
                    "published_at": now - HOUR,
                    "published_until": now + HOUR,
                },
                {"state": State.PUBLISHED, "published_at": now + HOUR, "published_until": None},
                {
                    "state": State.PUBLISHED,
                    "published_at": now - 2 * HOUR,
                    "published_until": now - HOUR,
                },
                {"state": State.DRAFT, "published_at": None, "published_until": None},
                {"state": State.WITHDRAWN, "published_at": now - HOUR, "withdrawal_reason": "Sai"},
            ]
        )

    def words(self):
        """Return a few words."""
        return " ".join(
            self.random.choices(
                "Đường sắt đô thị chuyển đổi số hòa bình 19 nghệ an thông tin".split(), k=5
            )
        )

    def new(self):
        """Make something."""
        kind = self.random.choice(["article", "document", "appointment", "page", "bulk"])
        if kind == "article":
            make.article(title=self.words(), body=f"<p>{self.words()}</p>", **self.times())
        elif kind == "document":
            made = make.document(
                summary=self.words(),
                type=self.random.choice(self.types),
                agency=self.random.choice(self.agencies),
                issued_on=date(2018, 1, 1) + timedelta(days=self.random.randrange(900)),
                co_agencies=self.random.sample(self.agencies, 1),
                fields=self.random.sample(self.fields, 1),
                **self.times(),
            )
            file = make.attachment(made)
            PageText.objects.bulk_create(
                [PageText(attachment=file, number=n, text=self.words()) for n in (1, 2)]
            )
        elif kind == "appointment":
            make.appointment(content=self.words(), is_approved=self.random.random() < 0.8)
        elif kind == "page":
            make.page(title=self.words(), **self.times())
        else:
            Article.objects.bulk_create(
                [make.unsaved_article(title=self.words(), **self.times()) for _ in range(2)]
            )

    def one(self, model):
        """Return one of the rows of `model`, or None."""
        return (
            model.objects.order_by("pk")[self.random.randrange(model.objects.count())]
            if model.objects.exists()
            else None
        )

    def step(self):
        """Write something."""
        act = self.random.choice(
            [
                "new",
                "save",
                "update",
                "delete",
                "bulk_update",
                "week",
                "word",
                "field",
                "file",
                "drop",
            ]
        )
        model = self.random.choice([Article, Document, Page])
        item = self.one(model)
        if act == "new" or item is None:
            self.new()
        elif act == "save":
            for name, value in self.times().items():
                setattr(item, name, value)
            item.body = f"<p>{self.words()}</p>"
            item.save()
        elif act == "update":
            model.objects.filter(pk__gte=item.pk).update(**self.times())
        elif act == "delete":
            model.objects.filter(
                pk=item.pk
            ).delete() if self.random.random() < 0.5 else item.delete()
        elif act == "bulk_update":
            item.body = f"<p>{self.words()} {self.words()}</p>"
            model.objects.bulk_update([item], ["body"])
        elif act == "week" and (week := self.one(Week)):
            Week.objects.filter(pk=week.pk).update(**self.times())
            if row := self.one(Appointment):
                row.is_internal = not row.is_internal
                row.content = self.words()
                row.save()
        elif act == "word":
            word = self.random.choice([DocumentType, Agency]).objects.first()
            word.name = f"{self.words()} {self.random.random()}"
            word.save()
        elif act == "field" and (document := self.one(Document)):
            document.fields.set(self.random.sample(self.fields, self.random.randrange(3)))
            document.co_agencies.set(self.random.sample(self.agencies, self.random.randrange(3)))
        elif (
            act == "file"
            and (attachment := self.one(Attachment))
            and attachment.page_texts.exists()
        ):
            gone = attachment if self.random.random() < 0.5 else attachment.page_texts.first()
            gone.delete()
        elif act == "drop":
            self.fields.append(make.field())
            self.fields.pop(0).delete()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_index_after_any_history_equals_the_rebuilt_one(seed):
    history = History(seed)
    call_command("reindex", verbosity=0)
    for _ in range(60):
        history.step()
    update.catch_up()
    kept = state()
    visible = {("tin-tuc", pk) for pk in Article.objects.visible().values_list("pk", flat=True)}
    visible |= {("van-ban", pk) for pk in Document.objects.visible().values_list("pk", flat=True)}
    visible |= {("lich", pk) for pk in Appointment.objects.visible().values_list("pk", flat=True)}
    visible |= {("trang", pk) for pk in Page.objects.visible().values_list("pk", flat=True)}
    assert set(IndexEntry.objects.values_list("kind", "object_id")) == visible
    over, anew = rebuilt()
    assert over == kept
    assert anew == kept


def test_an_hour_later_the_index_equals_the_rebuilt_one():
    history = History(9)
    for _ in range(25):
        history.step()
    later = timezone.now() + 2 * HOUR
    with patch("django.utils.timezone.now", return_value=later):
        update.catch_up()
        kept = state()
        assert not ScheduledChange.objects.exists()
        over, anew = rebuilt()
    assert over == kept
    assert anew == kept


def test_index_of_other_rules_is_written_anew_whole():
    of_words = tokens.of_head
    with patch.object(
        tokens, "of_head", lambda *lines: {token + "x" for token in of_words(*lines)}
    ):
        make.article(title="Đường sắt")
        make.page(title="Đường bộ")
    IndexState.objects.create(version=tokens.VERSION - 1)
    call_command("reindex", "--if-needed", verbosity=0)
    assert update.is_current()
    assert set(found("duong")) == {"Đường sắt", "Đường bộ"}
    kept = state()
    assert rebuilt() == (kept, kept)


def test_item_comes_and_goes_with_the_clock_alone():
    now = timezone.now()
    make.article(title="Hẹn giờ", published_at=now + HOUR, published_until=now + 3 * HOUR)
    assert found("hen gio") == []
    with patch("django.utils.timezone.now", return_value=now + 2 * HOUR):
        assert found("hen gio") == ["Hẹn giờ"]
    with patch("django.utils.timezone.now", return_value=now + 4 * HOUR):
        assert found("hen gio") == []
        assert not IndexEntry.objects.exists()


def test_week_comes_with_its_appointments():
    now = timezone.now()
    week = make.week(published_at=now + HOUR)
    make.appointment(week, content="Họp giao ban")
    assert found("giao ban") == []
    with patch("django.utils.timezone.now", return_value=now + 2 * HOUR):
        assert found("giao ban") == ["Họp giao ban"]


def test_clock_costs_one_look_where_nothing_is_due():
    make.article(title="Một bài")
    with queries() as statements:
        update.catch_up()
    assert len(statements) == 1


@pytest.mark.parametrize(
    "fields", [{"state": State.DRAFT}, {"state": State.WITHDRAWN, "withdrawal_reason": "Sai"}]
)
def test_what_is_taken_back_is_out_at_once(fields):
    article = make.article(title="Rút lại")
    assert found("rut lai") == ["Rút lại"]
    Article.objects.filter(pk=article.pk).update(**fields)
    assert not IndexEntry.objects.exists()
    assert not update.engine.dump()


def test_renamed_words_are_found_in_their_documents():
    kind, agency = make.document_type(name="Kế hoạch"), make.agency(name="Sở Xây dựng")
    make.document(number="7/KH-SXD", type=kind, agency=agency)
    assert found("so xay dung") == ["Kế hoạch 7/KH-SXD"]
    kind.name, agency.name = "Chương trình", "Sở Giao thông"
    kind.save()
    agency.save()
    assert found("ke hoach") == []
    assert found("so xay dung") == []
    assert found("chuong trinh so giao thong") == ["Chương trình 7/KH-SXD"]


def test_page_of_a_file_is_found_while_it_is_there():
    document = make.document(number="7/KH-SXD")
    file = make.attachment(document, name="Kế hoạch.pdf")
    PageText.objects.bulk_create(
        [
            PageText(attachment=file, number=n, text=text)
            for n, text in ((1, "Trang đầu"), (2, "Kinh phí lắp đặt"))
        ]
    )
    (hit,) = Answers("kinh phi lap dat")[:10]
    assert hit.page == ("Kế hoạch.pdf, trang 2", f"/van-ban/7-kh-sxd/tep/{file.pk}/doc/2/")
    assert ("Kinh phí lắp đặt", True) in hit.lines[-1]
    with queries() as statements:
        PageText.objects.filter(number=2).delete()
    assert len(statements) < 12
    assert found("kinh phi lap dat") == []
    assert found("trang dau") == ["7/KH-SXD"]
    file.delete()
    assert found("trang dau") == []


def test_text_of_a_file_comes_with_its_reading_and_goes_with_its_document():
    document = make.document(number="7/KH-SXD")
    make.attachment(document, data=pdf(["Trang dau", "Kinh phi lap dat"]))
    assert found("kinh phi lap dat") == []
    text_queue.read_all()
    assert found("kinh phi lap dat") == ["7/KH-SXD"]
    document.state, document.withdrawal_reason = State.WITHDRAWN, "Sai"
    document.save()
    assert found("kinh phi lap dat") == []
    document.state = State.PUBLISHED
    document.save()
    assert found("kinh phi lap dat") == ["7/KH-SXD"]


def test_text_of_a_replaced_file_is_found_no_more():
    file = make.attachment(make.document(number="7/KH-SXD"), data=pdf(["Ban cu"]))
    text_queue.read_all()
    assert found("ban cu") == ["7/KH-SXD"]
    file.file = ContentFile(pdf(["Ban thay"]), name="Ban thay.pdf")
    file.save()
    assert found("ban cu") == []
    text_queue.read_all()
    assert found("ban thay") == ["7/KH-SXD"]


def test_read_only_moment_shows_nothing_that_is_over():
    """Where the index cannot be brought up to the hour, the page still asks who may see what."""
    now = timezone.now()
    make.article(title="Sắp hết hạn", published_until=now + HOUR)
    with patch("django.utils.timezone.now", return_value=now + 2 * HOUR):
        with patch.object(update, "refresh", side_effect=OperationalError("read-only")):
            assert found("sap het han") == []
        assert IndexEntry.objects.exists()
        assert found("sap het han") == []
        assert not IndexEntry.objects.exists()


def test_same_row_has_one_entry_and_its_key_grows_with_the_date():
    old = make.document(number="1/QĐ", issued_on=date(1950, 1, 1))
    new = make.document(number="2/QĐ", issued_on=date(2018, 1, 1))
    undated = make.document(number="3/QĐ", issued_on=None)
    odd = make.document(number="4/QĐ", issued_on=date(18, 1, 1))
    keys = dict(IndexEntry.objects.values_list("object_id", "key"))
    assert keys[new.pk] > keys[old.pk] > keys[odd.pk] > keys[undated.pk] > 0


def test_rooms_give_what_is_visible_and_nothing_else():
    make.article(state=State.DRAFT)
    shown = make.article()
    assert [
        each.object_id
        for each in sources.visible("tin-tuc", Article.objects.values_list("pk", flat=True))
    ] == [shown.pk]
