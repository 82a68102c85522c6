"""Articles of other sites: cleaned, dated, tagged, with their pictures; twice the same state."""

import gzip
import io
import json
import re
from itertools import islice
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from PIL import Image

from news.models import Article, Category, Tag
from portal.pictures.models import PictureUse, is_public
from portal.publishing.public import content_changed
from portal.publishing.states import State
from tests.support import make
from tests.support.imported import state
from tests.support.serving import ROOT
from tests.support.shared import SHARED, needs_shared

pytestmark = pytest.mark.django_db
ARTICLES = ROOT / "tests" / "data" / "articles.jsonl"


def take(path, *switches):
    """Run the command over `path`; return what it said (str)."""
    out = io.StringIO()
    call_command("import_articles", str(path), *map(str, switches), stdout=out)
    return out.getvalue()


def lines(folder, *rows):
    """Write `rows` (dict) as JSON lines; return the path."""
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture
def folder(tmp_path):
    """A folder with the pictures that our sample names."""
    folder = tmp_path / "tep"
    for name, colour in {
        "anh/le khai truong.png": "red",
        "hai.png": "blue",
        "ba.png": "green",
        "sau/bon.png": "black",
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 6), colour).save(folder / name)
    return folder


def stored():
    """Return the pictures in the media folder (set of Path)."""
    return {path for path in Path(default_storage.location).rglob("*") if path.is_file()}


def test_article_with_all_its_facts(folder):
    category = make.category(name="Tin tức - Sự kiện")
    make.article(tags=["Chuyển đổi số"], category=category)
    told = take(ARTICLES, "--files", folder)
    article = Article.objects.get(slug="khai-truong")
    assert (article.title, article.lead, article.category) == (
        "Khai trồng cổng",
        "Sáng nay & chiều nay.",
        category,
    )
    assert (article.author, article.source) == ("Hoàng Thăng Long", "Báo Nghệ An")
    assert timezone.localtime(article.published_at).isoformat() == "2018-12-03T10:10:00+07:00"
    assert {tag.name for tag in article.tags.all()} == {"Chuyển đổi số", "5G"}
    assert article.origin == "https://cu.example.vn/tin/1"
    assert "onclick" not in article.body and "alert" not in article.body
    assert (
        "4 ảnh" in told and Article.objects.visible().matching("khai trong cong").get() == article
    )


def test_pictures_become_ours_with_words_and_are_seen_as_their_article(folder):
    before = stored()
    take(ARTICLES, "--files", folder)
    article = Article.objects.get(slug="khai-truong")
    assert article.body.count("<figure") == article.body.count("<img") == 3
    for words in ('alt="Lễ khai trương"', 'alt="Khai trồng cổng"'):
        assert words in article.body
    assert (
        article.body.index("Giữa")
        < article.body.index('alt="Khai trồng cổng"')
        < article.body.index("câu.")
    )
    assert "<p></p>" not in article.body and "<p><figure" not in article.body
    assert article.picture_alt == "Toàn cảnh" and article.picture.name
    article.full_clean()
    assert len(stored() - before) == 4 and PictureUse.objects.count() == 4
    assert all(is_public(use.name) for use in PictureUse.objects.all())
    page = Client().get(article.get_absolute_url()).content.decode()
    assert "Toàn cảnh hội trường" in page


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p><img src="a.png" alt="A"></p>', "<figure>"),
        ('<p>x<img src="a.png">y</p>', "<p>x</p><figure><p>y</p>"),
        ('x<img src="a.png">y', "x<figure>y"),
        (
            '<figure><img src="a.png"><figcaption>C</figcaption></figure><p>z</p>',
            "<img><figcaption>C</figcaption></figure><p>z</p>",
        ),
        ('<ul><li><img src="a.png"></li></ul>', "<ul><li><figure></li></ul>"),
        ('<table><tr><td><p><img src="/u/a.png?x=1"></p></td></tr></table>', "<figure>"),
        ("<p>a<IMG alt=\"1 > 0\" SRC='https://x.vn/u/a.png'>b</p>", "<p>a</p><figure><p>b</p>"),
    ],
)
def test_figure_stands_where_the_picture_stood(tmp_path, body, expected):
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    told = take(lines(tmp_path, {"title": "T", "body": body}), "--files", tmp_path)
    made = Article.objects.get().body
    short = re.sub(r'<figure class="image"><img [^>]*></figure>', "<figure>", made)
    short = re.sub(r"<img [^>]*>", "<img>", short)
    assert expected in short, made
    assert "1 ảnh" in told and 'alt=""' not in made


def test_pictures_that_cannot_come_along_are_reported(tmp_path):
    (tmp_path / "hong.png").write_bytes(b"not a picture")
    rows = {
        "title": "T",
        "body": '<p>a<img src="hong.png"><img src="none.png">'
        '<img src="data:image/png;base64,AA"><img></p>',
    }
    path = lines(tmp_path, rows)
    told = take(path, "--files", tmp_path)
    assert (
        "hong.png: Tệp này không phải ảnh" in told
        and "none.png" in told
        and "<img" not in Article.objects.get().body
    )
    Article.objects.all().delete()
    assert "ảnh không mang theo được: none.png" in take(path)


def test_one_name_of_two_pictures_is_not_guessed(tmp_path):
    Image.new("RGB", (8, 6)).save(tmp_path / "1.png")
    rows = [{"title": f"T{n}", "body": f'<img src="/bai-{n}/1.png">'} for n in range(2)]
    assert "không rõ tệp nào" in take(lines(tmp_path, *rows), "--files", tmp_path)


def test_slug_that_is_taken_is_made_anew_and_no_category_is_no_hindrance(tmp_path):
    told = take(ARTICLES)
    second = Article.objects.get(title="Bài thứ hai")
    assert second.slug == "bai-thu-hai" and "địa chỉ đã dùng cho bài khác" in told
    assert second.body == "<p>Chữ thường &amp; không thẻ.</p><p>Dòng hai.</p>"
    assert {tag.name for tag in second.tags.all()} == {"5G", "Mới"} and Tag.objects.count() == 3
    assert second.category == Article.objects.get(slug="khai-truong").category
    assert Article.objects.get(title="Một bài khác cùng số").category.name == "Chưa phân loại"
    assert not Category.objects.filter(on_home=True).exists()


def test_rows_of_one_id_are_one_article_only_under_one_title():
    told = take(ARTICLES)
    assert "dòng 5 · Một bài khác cùng số: không nhập: cùng một bài với dòng 4" in told
    assert "dòng 6: không nhập: không có tiêu đề" in told
    assert "«ngay_dang» không phải thời điểm có thật, để trống: hôm qua" in told
    assert told.splitlines()[-1] == "import_articles: 4 nhập, 0 đã có, 2 không nhập."
    long = Article.objects.get(title__startswith="Điều 1.")
    assert len(long.title) <= 250 and long.title.endswith("…") and long.lead == "(Điều 1)"


def test_twice_is_once_and_a_correction_stays(folder):
    take(ARTICLES, "--files", folder)
    article = Article.objects.get(slug="khai-truong")
    article.title = "Đã sửa"
    article.save()
    before, pictures = state(), stored()
    assert "0 nhập, 4 đã có" in take(ARTICLES, "--files", folder)
    assert state() == before and stored() == pictures


def test_dry_run_leaves_neither_row_nor_picture(folder):
    before, pictures = state(), stored()
    assert "4 nhập" in take(ARTICLES, "--files", folder, "--dry-run")
    assert state() == before and stored() == pictures


def test_draft():
    take(ARTICLES, "--draft")
    assert set(Article.objects.values_list("state", "published_at")) == {(State.DRAFT, None)}


def test_rows_are_told_of_together():
    told = []

    def listen(sender, pks, **kwargs):
        if sender is Article:
            told.append(len(pks))

    content_changed.connect(listen)
    try:
        take(ARTICLES)
    finally:
        content_changed.disconnect(listen)
    assert told == [4, 2]


def test_body_beyond_the_limit_is_not_taken(tmp_path):
    told = take(
        lines(tmp_path, {"title": "T", "body": "x" * 1_000_001}, {"title": "U", "body": "y"})
    )
    assert "vượt quá 1 MB" in told and Article.objects.get().title == "U"


def test_hostile_values_are_words_or_nothing(tmp_path):
    rows = [
        {
            "title": "<script>alert(1)</script>Bài",
            "lead": ["a"],
            "body": {"x": 1},
            "tags": {"y": 2},
            "pictures": [None, 5, {}],
            "slug": "../x",
        },
        {
            "title": "\ud800\x00Hai",
            "body": "<p>" * 5000 + "sâu",
            "category": "!!!",
            "author": "z" * 500,
            "lead": "w" * 5000,
            "tags": "t" * 300,
        },
    ]
    told = take(lines(tmp_path, *rows))
    assert "2 nhập" in told
    for article in Article.objects.all():
        article.full_clean()
        assert Client().get(article.get_absolute_url()).status_code == 200


def test_nothing_readable_is_an_error(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(b"")
    with pytest.raises(CommandError, match="Không đọc được dòng nào"):
        take(tmp_path / "a.jsonl")


@pytest.mark.slow
@needs_shared
def test_real_legal_articles(tmp_path):
    with gzip.open(SHARED / "data" / "articles_phapdien.jsonl.gz", "rb") as file:
        (tmp_path / "a.jsonl").write_bytes(b"".join(islice(file, 1500)))
    assert "1500 nhập" in take(tmp_path / "a.jsonl")
    before = state()
    assert "0 nhập, 1500 đã có" in take(tmp_path / "a.jsonl")
    assert state() == before and not Article.objects.filter(body__contains="style=").exists()
