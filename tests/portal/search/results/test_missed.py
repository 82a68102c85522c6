"""Missed queries are counted without personal data and shown to staff."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError
from django.utils import timezone

from portal.search.models import MissedQuery, Synonym
from portal.search.query.read import read
from portal.search.results import missed
from tests.support import make

pytestmark = pytest.mark.django_db


def test_misses_are_counted_under_their_words(client):
    for typed in ("Xe đạp điện", "xe dap  dien", "XE ĐẠP ĐIỆN?"):
        client.get("/tim-kiem/", {"q": typed})
    (row,) = MissedQuery.objects.all()
    assert (row.query, row.times, row.last_on) == ("xe dap dien", 3, timezone.localdate())


@pytest.mark.parametrize(
    "typed",
    [
        "0912345678",
        "0912 345 678",
        "+84 912.345.678",
        "(0238) 3-844-500",
        "040 090 012 345",
        "040090012345",
        "an@example.vn",
        "a",
        "…",
    ],
)
def test_personal_data_is_never_kept(client, typed):
    assert client.get("/tim-kiem/", {"q": f"{typed}"}).status_code == 200
    assert not MissedQuery.objects.exists()


def test_found_narrowed_and_empty_searches_are_not_counted(client):
    make.article(title="Đường sắt")
    for asked in (
        {"q": "duong sat"},
        {"q": "duong sat", "nam": "1999"},
        {"q": ""},
        {"q": "gì đó", "loai": "lich"},
    ):
        client.get("/tim-kiem/", asked)
    assert not MissedQuery.objects.exists()


def test_read_only_moment_is_nobodys_trouble(client):
    with patch.object(MissedQuery.objects, "filter", side_effect=OperationalError("read-only")):
        assert client.get("/tim-kiem/?q=khong+co").status_code == 200
    client.get("/tim-kiem/?q=khong+co")
    assert MissedQuery.objects.count() == 1


def test_table_stays_small_and_forgets():
    with patch.object(missed, "MOST", 3):
        for number in range(5):
            missed.note(read(f"chữ {number}"))
        assert MissedQuery.objects.count() == 3
        old = timezone.localdate() - timedelta(days=missed.KEPT_DAYS + 1)
        MissedQuery.objects.filter(query="chu 0").update(last_on=old)
        missed.note(read("mới"))
        assert set(MissedQuery.objects.values_list("query", flat=True)) == {"chu 1", "chu 2", "moi"}


def test_staff_read_and_clear_the_list(client):
    missed.note(read("xe đạp điện"))
    client.force_login(make.user("Người duyệt"))
    page = client.get("/quan-tri/search/missedquery/").content.decode()
    assert "xe dap dien" in page
    assert client.get("/quan-tri/search/missedquery/add/").status_code == 403
    client.post(
        "/quan-tri/search/missedquery/",
        {
            "action": "delete_selected",
            "_selected_action": [MissedQuery.objects.get().pk],
            "post": "yes",
        },
    )
    assert not MissedQuery.objects.exists()
    client.force_login(make.user("Biên tập viên tin tức"))
    assert client.get("/quan-tri/search/missedquery/").status_code == 403


def test_staff_enter_synonyms(client):
    client.force_login(make.user("Người duyệt"))
    client.post(
        "/quan-tri/search/synonym/add/", {"word": "flycam", "meaning": "máy bay không người lái"}
    )
    assert Synonym.objects.filter(word="flycam").exists()


@pytest.mark.parametrize(("word", "meaning"), [("…", "chữ"), ("chữ", "--"), ("Hoà", "hòa")])
def test_synonym_must_say_something_else(word, meaning):
    with pytest.raises(ValidationError):
        Synonym(word=word, meaning=meaning).full_clean()
