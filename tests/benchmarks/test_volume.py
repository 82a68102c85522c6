"""The volume for benchmarks has the numbers asked for, every phase, and spares real content."""

import pytest
from django.contrib.admin.models import LogEntry

from documents.models import Attachment, Document, Relation
from news.models import Article, TaggedArticle
from portal.publishing.states import Phase
from schedule.models import Appointment, Week
from tests.benchmarks.volume import Refused, fill
from tests.support import make

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_as_many_rows_as_asked_are_added_each_time(client):
    fill(articles=120, documents=80, weeks=3)
    fill(articles=30, documents=20, weeks=2, seed=7)
    assert (Article.objects.count(), Document.objects.count(), Week.objects.count()) == (
        150,
        100,
        5,
    )
    assert TaggedArticle.objects.count() > 100
    assert Relation.objects.filter(target__isnull=False).count() > 50
    assert Attachment.objects.visible().exists()
    assert Appointment.objects.visible().count() == 5 * 14


@pytest.mark.slow
def test_rows_stand_in_every_phase():
    fill(articles=600)
    assert Article.objects.visible().count() > 500
    for phase in Phase:
        assert Article.objects.in_phase(phase).exists(), phase


@pytest.mark.slow
def test_pages_of_the_volume_answer(client):
    fill(articles=60, documents=60, weeks=1)
    for row in (Article.objects.visible().first(), Document.objects.visible().first()):
        assert client.get(row.get_absolute_url()).status_code == 200
    files = Attachment.objects.visible().first()
    assert b"".join(client.get(files.get_absolute_url()).streaming_content).startswith(b"%PDF")


@pytest.mark.parametrize("numbers", [{}, {"articles": -1}, {"articles": 0, "documents": 0}])
def test_numbers_that_make_no_sense_are_refused(numbers):
    with pytest.raises(Refused, match="how many"):
        fill(**numbers)


def test_real_content_is_left_alone_unless_told():
    staff = make.user("superuser")
    LogEntry.objects.create(user=staff, action_flag=1, object_repr="bài")
    with pytest.raises(Refused, match="among-real-content"):
        fill(articles=5)
    assert not Article.objects.exists()
    fill(articles=5, among_real_content=True)
    assert Article.objects.count() == 5
