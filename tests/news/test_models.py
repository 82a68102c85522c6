"""News: categories as a tree, tags that keep the đ, what stands before and after an article."""

from datetime import datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from news.models import Article, CategoryTree, Tag
from tests.support import make

pytestmark = pytest.mark.django_db


def test_category_cannot_lie_in_itself_at_any_depth():
    top = make.category(name="Một")
    below = make.category(name="Hai", parent=top)
    top.parent = below
    with pytest.raises(ValidationError, match="không thể nằm trong chính nó"):
        top.clean()


def test_articles_of_a_category_include_those_below(django_assert_num_queries):
    top = make.category(name="Một")
    deep = make.category(name="Ba", parent=make.category(name="Hai", parent=top))
    article = make.article(category=deep)
    make.article(category=make.category(name="Khác"))
    with django_assert_num_queries(2):
        assert list(Article.objects.in_categories(CategoryTree().subtree(top))) == [article]


def test_tag_slug_keeps_the_d_and_stays_unique():
    article = make.article()
    article.tags.add("Đường dây nóng", "đương dãy nóng")
    assert set(Tag.objects.values_list("slug", flat=True)) == {"duong-day-nong", "duong-day-nong-1"}


def test_neighbours_are_of_the_same_category_first_then_by_time():
    here, there = make.category(name="Đây"), make.category(name="Kia")
    now = timezone.now()

    def at(hours, category):
        return make.article(category=category, published_at=now - timedelta(hours=hours))

    article = at(10, here)
    near_there, far_here, far_there = at(11, there), at(20, here), at(21, there)
    newer_there, newer_here = at(9, there), at(5, here)
    assert article.around(6) == ([far_here, near_there, far_there], [newer_here, newer_there])
    assert article.around(2) == ([far_here, near_there], [newer_here, newer_there])
    assert article.around(1) == ([far_here], [newer_here])
    assert far_there.around(1) == ([], [newer_there])


def test_neighbours_of_the_same_minute_are_each_before_or_after():
    now = timezone.now()
    first, second = make.article(published_at=now), make.article(published_at=now)
    assert second.around(6) == ([first], [])
    assert first.around(6) == ([], [second])


def test_newest_in_each_category_is_one_union(django_assert_max_num_queries):
    categories = [make.category(name=f"Chuyên mục {n}") for n in range(3)]
    made = {c.pk: [make.article(category=c) for _ in range(3)] for c in categories}
    with django_assert_max_num_queries(2):
        newest = Article.objects.visible().newest_in_each(categories, 2)
    for category in categories:
        assert newest[category.pk] == made[category.pk][:0:-1]
    assert Article.objects.visible().newest_in_each([], 2) == {}


def test_between_counts_days_of_viet_nam():
    zone = timezone.get_default_timezone()
    article = make.article(published_at=datetime(2018, 12, 3, 0, 30, tzinfo=zone))
    day = datetime(2018, 12, 3).date()
    assert Article.objects.between(day, day).get() == article


def test_signature_and_summary():
    article = make.unsaved_article(
        author="Hoàng Thăng Long", unit="Sở TT&TT", lead="", body="<p>Một</p><p>hai</p>"
    )
    assert article.signature == "Hoàng Thăng Long - Sở TT&TT"
    assert article.summary == "Một hai"


def test_picture_without_description_is_refused():
    with pytest.raises(ValidationError, match="Mô tả ảnh"):
        make.unsaved_article(picture="anh/2018/12/x.jpg").clean()
