"""Publication: phases, visibility, slugs, former addresses, the signal of change."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news.models import Article
from portal.publishing.addresses import FormerAddress
from portal.publishing.public import content_changed
from portal.publishing.states import Phase, State
from tests.support import make

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def times(**offsets):
    """Return {name: now + offset}."""
    return {name: timezone.now() + offset for name, offset in offsets.items()}


CASES = [
    (State.DRAFT, {}, Phase.DRAFT),
    (State.DRAFT, {"published_at": -HOUR}, Phase.DRAFT),
    (State.REVIEW, {"published_at": -HOUR}, Phase.REVIEW),
    (State.PUBLISHED, {"published_at": -HOUR}, Phase.PUBLISHED),
    (State.PUBLISHED, {"published_at": HOUR}, Phase.SCHEDULED),
    (State.PUBLISHED, {"published_at": -2 * HOUR, "published_until": -HOUR}, Phase.EXPIRED),
    (State.PUBLISHED, {"published_at": -2 * HOUR, "published_until": HOUR}, Phase.PUBLISHED),
    (State.WITHDRAWN, {"published_at": -HOUR}, Phase.WITHDRAWN),
]


@pytest.mark.parametrize(("state", "offsets", "phase"), CASES)
def test_phase_of_the_object_and_of_the_query_agree(state, offsets, phase):
    article = make.article(state=state, **times(**offsets))
    assert article.phase == phase
    assert [p for p in Phase if Article.objects.in_phase(p).exists()] == [phase]
    assert Article.objects.visible().exists() == (phase == Phase.PUBLISHED)


def test_visible_asks_the_clock_each_time():
    article = make.article(state=State.PUBLISHED, **times(published_at=HOUR))
    assert not Article.objects.visible().exists()
    assert Article.objects.visible(at=timezone.now() + 2 * HOUR).get() == article


def test_approved_without_a_time_is_out_now():
    article = make.article(state=State.PUBLISHED, published_at=None)
    assert Article.objects.visible().get() == article


def test_gone_holds_only_what_was_public():
    make.article(state=State.WITHDRAWN, published_at=None)
    make.article(state=State.WITHDRAWN, **times(published_at=HOUR))
    once_public = make.article(state=State.WITHDRAWN, **times(published_at=-HOUR))
    assert list(Article.objects.gone()) == [once_public]


def test_clean_asks_for_order_in_time_and_a_reason():
    article = make.unsaved_article(
        state=State.WITHDRAWN, **times(published_at=HOUR, published_until=-HOUR)
    )
    with pytest.raises(ValidationError) as caught:
        article.clean()
    assert set(caught.value.message_dict) == {"published_until", "withdrawal_reason"}


def test_slug_is_made_of_the_title_and_never_given_twice():
    first = make.article(title="Điều hành Đảng bộ")
    second = make.article(title="Điều hành Đảng bộ")
    third = make.article(title="Điều hành Đảng bộ")
    assert first.slug == "dieu-hanh-dang-bo"
    assert len({first.slug, second.slug, third.slug}) == 3


def test_slugs_of_one_batch_differ():
    made = Article.objects.bulk_create([make.unsaved_article(title="Trùng tên") for _ in range(4)])
    assert len({article.slug for article in made}) == 4


def test_batch_respects_slugs_that_others_have_had_or_bring_along():
    former = make.article(title="Từng có")
    former.slug = "khac"
    former.save()
    make.article(title="Đang có")
    titles = ["Từng có", "Đang có", "Mới", "Mới"]
    brought = make.unsaved_article(title="Khác nữa", slug="moi")
    made = Article.objects.bulk_create(
        [*(make.unsaved_article(title=title) for title in titles), brought]
    )
    slugs = [article.slug for article in made]
    assert len(set(slugs)) == 5 and slugs[4] == "moi"
    assert not {"tung-co", "dang-co", "moi"}.intersection(slugs[:4])


def test_batch_of_new_names_asks_for_their_slugs_at_once():
    category = make.category()
    Article.objects.bulk_create(
        [make.unsaved_article(category=category)]
    )  # the types of content are known from now on

    def count(rows):
        with CaptureQueriesContext(connection) as queries:
            Article.objects.bulk_create(
                [make.unsaved_article(category=category) for _ in range(rows)]
            )
        return len(queries)

    assert count(30) == count(10)


def test_slug_taken_in_the_same_moment_is_made_anew(monkeypatch):
    make.article(title="Cùng lúc")
    real, blind = (
        Article._is_free,
        iter([True]),
    )  # the first look sees the address free, as a rival's uncommitted row leaves it
    monkeypatch.setattr(
        Article, "_is_free", lambda self, slug, taken: next(blind, False) or real(self, slug, taken)
    )
    assert make.article(title="Cùng lúc").slug != "cung-luc"


def test_slug_that_a_person_chose_is_never_changed_silently():
    make.article(slug="da-dung")
    with pytest.raises(IntegrityError), transaction.atomic():
        make.article(slug="da-dung")


def test_changed_slug_is_remembered_by_save_and_by_update():
    article = make.article(title="Tên thứ nhất")
    article.slug = "ten-thu-hai"
    article.save()
    Article.objects.filter(pk=article.pk).update(slug="ten-thu-ba")
    for old in ("ten-thu-nhat", "ten-thu-hai"):
        assert FormerAddress.owner(Article, old) == article.pk
    article.refresh_from_db()
    article.slug = "ten-thu-nhat"
    article.save()
    assert FormerAddress.owner(Article, "ten-thu-nhat") is None
    assert FormerAddress.owner(Article, "ten-thu-ba") == article.pk


def test_former_slug_is_not_given_to_another():
    article = make.article(title="Tên cũ")
    article.slug = "ten-moi"
    article.save()
    other = make.article(title="Tên cũ")
    assert other.slug != "ten-cu"
    other.slug = "ten-cu"
    with pytest.raises(ValidationError, match="từng là của mục khác"):
        other.clean()


def test_folded_text_follows_every_way_of_writing():
    article = make.article(title="Đường dây nóng")
    assert Article.objects.matching("duong day").get() == article
    article.title = "Hòa Bình"
    article.save(update_fields=["title"])
    assert Article.objects.matching("hoa binh").exists()
    Article.objects.filter(pk=article.pk).update(title="Nghệ An")
    assert Article.objects.matching("NGHE an").exists()
    article.title = "Thủy văn"
    Article.objects.bulk_update([article], ["title"])
    assert Article.objects.matching("thuỷ văn").exists()
    assert not Article.objects.matching("nghe an").exists()


def test_every_way_of_writing_tells_that_content_changed():
    told = []

    def listen(sender, pks, **kwargs):
        if sender is Article:
            told.append(list(pks))

    content_changed.connect(listen)
    try:
        article = make.article()
        Article.objects.filter(pk=article.pk).update(lead="a")
        Article.objects.bulk_update([article], ["lead"])
        [other] = Article.objects.bulk_create([make.unsaved_article()])
        article.tags.add("thẻ")
        key = article.pk
        article.delete()
        Article.objects.filter(pk=other.pk).delete()
    finally:
        content_changed.disconnect(listen)
    assert [key] in told and [other.pk] in told
    assert told.count([key]) >= 4
    assert told[-1] == [other.pk]


def test_change_and_signal_stand_and_fall_together():
    def refuse(sender, **kwargs):
        if sender is Article:
            raise RuntimeError("index down")

    article = make.article(title="Trước")
    content_changed.connect(refuse)
    try:
        article.title = "Sau"
        with pytest.raises(RuntimeError):
            article.save()
        with pytest.raises(RuntimeError):
            Article.objects.filter(pk=article.pk).update(title="Sau")
        with pytest.raises(RuntimeError):
            article.delete()
    finally:
        content_changed.disconnect(refuse)
    assert Article.objects.get().title == "Trước"
