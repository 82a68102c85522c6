"""What one save of an article costs: statements in the admin, cleaning of body and texts."""

import nh3
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from news.models import Article
from portal.publishing.public import content_changed
from portal.richtext import cleaner
from portal.text import vietnamese
from tests.support import make
from tests.support.staff import APPROVER, EDITOR, address, client_of, errors_of, fill, form_of

pytestmark = pytest.mark.django_db

BODY = "".join(
    f'<figure class="image"><img src="/media/anh/2018/12/{letter * 32}.jpg" alt="Hội nghị">'
    f"<figcaption>Hội nghị {letter}</figcaption></figure><p>Nội dung {letter}</p>"
    for letter in "ab"
)


@pytest.fixture
def cleanings(monkeypatch):
    """How often HTML is sanitised (twice for one body) and text is cleaned from now on."""
    cleaner.clean.cache_clear()
    counts = {"html": 0, "text": 0}
    sanitise, clean = nh3.clean, vietnamese.clean

    def counting_sanitise(*args, **kwargs):
        counts["html"] += 1
        return sanitise(*args, **kwargs)

    def counting_clean(value):
        counts["text"] += 1
        return clean(value)

    monkeypatch.setattr(nh3, "clean", counting_sanitise)
    monkeypatch.setattr(vietnamese, "clean", counting_clean)
    return counts


@pytest.fixture
def article():
    """An article in review with two tags and two pictures in its body."""
    values = {"title": "Bài một", "body": BODY, "tags": "Chuyển đổi số, 5G", "state": "review"}
    category = make.category().pk
    response = fill(client_of(EDITOR), address(Article, "add"), category=category, **values)
    assert response.status_code == 302, errors_of(response)
    return Article.objects.get()


def test_one_save_in_the_admin(article, cleanings):
    client = client_of(APPROVER)
    values = form_of(client.get(address(article)))
    values |= {"state": "published", "body": values["body"].replace("Nội dung a", "Đã sửa")}
    cleaner.clean.cache_clear()
    cleanings.update(html=0, text=0)
    with CaptureQueriesContext(connection) as captured:
        response = client.post(address(article), values)
    assert response.status_code == 302, errors_of(response)
    article.refresh_from_db()
    assert (article.state, "Đã sửa" in article.body) == ("published", True)
    statements = [query["sql"] for query in captured]
    written = [sql for sql in statements if not sql.startswith(("SAVEPOINT", "RELEASE"))]
    assert len(written) <= 34, "\n".join(written)
    assert len(statements) - len(written) <= 4  # the transaction of the form, that of the save
    assert cleanings["html"] == 2
    assert cleanings["text"] <= 60


def test_a_save_cleans_the_body_once_and_not_again(cleanings):
    article = make.unsaved_article(category=make.category(), body=BODY, title="Một  hai")
    cleanings.update(html=0)
    article.save()
    assert cleanings["html"] == 2
    article.lead = "Mới"
    article.save()
    assert cleanings["html"] == 2
    article.body += "<script>x</script>"
    article.save()
    assert cleanings["html"] == 4
    article.refresh_from_db()
    assert (article.title, article.lead, "script" in article.body) == ("Một hai", "Mới", False)
    assert (type(article.title), type(article.body)) == (str, str)


def test_what_is_marked_as_clean_is_clean_for_its_own_kind_of_field(cleanings):
    article = make.article(lead="Một\nhai", title="Tiêu đề")
    article.title = article.lead  # lines are kept in a lead, not in a title
    article.body = article.title
    article.save()
    article.refresh_from_db()
    assert (article.title, article.body) == ("Một hai", "Một\nhai")


def test_tags_that_stay_the_same_are_no_change(article):
    changes = []

    def listen(sender, pks, **kwargs):
        changes.append((sender, pks))

    content_changed.connect(listen)
    try:
        article.tags.set(["Chuyển đổi số", "5G"])
        assert changes == []
        article.tags.set(["5G"])
        assert changes == [(Article, [article.pk])]
    finally:
        content_changed.disconnect(listen)
