"""Formatted text: what is left of any HTML, by every way of writing."""

import json
import re
import sys

import pytest
from django.core import serializers
from django.core.exceptions import ValidationError

from news.models import Article
from portal.richtext import cleaner
from portal.richtext.cleaner import check_size
from tests.support import make
from tests.support.shared import ROOT, SHARED, needs_shared

PICTURE = "anh/2018/12/0123456789abcdef0123456789abcdef.jpg"
EVIL = '<p onclick="alert(1)">an toàn<script>alert(1)</script></p>'
TAME = "<p>an toàn</p>"


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        (EVIL, TAME),
        ('<a href="javascript:alert(1)">a</a>', '<a rel="noopener">a</a>'),
        ('<a href="java\u200bscript:alert(1)">a</a>', '<a rel="noopener">a</a>'),
        ('<a href="JaVa&#x09;ScRiPt&colon;alert(1)">a</a>', '<a rel="noopener">a</a>'),
        (
            "<h1>Một</h1><b>đậm</b><i>nghiêng</i>",
            "<h2>Một</h2><strong>đậm</strong><em>nghiêng</em>",
        ),
        ('<p style="text-align: center; position: fixed">a</p>', '<p class="align-center">a</p>'),
        (
            "<p align=right>a</p><center>b</center>",
            '<p class="align-right">a</p><div class="align-center">b</div>',
        ),
        ('<p class="MsoNormal align-justify" id="csrf">a</p>', '<p class="align-justify">a</p>'),
        ("<p>S&agrave;i G&ograve;n, tr&ocirc;&#768;ng</p>", "<p>Sài Gòn, trồng</p>"),
        ("<p>&nbsp;</p><p>a\u00adb\u200bc</p>", "<p>abc</p>"),
        (
            '<img src="http://127.0.0.1:9/x"><img src="//evil.example/t.gif">'
            '<img src="data:image/png;base64,AA">x',
            "x",
        ),
        ("<p>a < b & c</p>", "<p>a &lt; b &amp; c</p>"),
        ("", ""),
    ],
)
def test_clean_gives(dirty, clean):
    assert cleaner.clean(dirty) == clean


def test_clean_keeps_figures_tables_and_alignment():
    kept = (
        f'<figure class="image align-center"><img src="/media/{PICTURE}" alt="Hội trường" '
        'width="960" height="540" loading="lazy">'
        "<figcaption>Chú thích</figcaption></figure>"
        '<table><caption>Bảng</caption><thead><tr><th scope="col" colspan="2">Đơn vị</th></tr>'
        "</thead>"
        '<tbody><tr><td class="align-right">1</td><td rowspan="2">2</td></tr></tbody></table>'
        '<p class="align-center"><a href="/van-ban/" rel="noopener">văn bản</a></p>'
    )
    assert cleaner.clean(kept) == kept


def test_clean_turns_staff_pictures_into_public_ones():
    assert f'src="/media/{PICTURE}"' in cleaner.clean(f'<img src="/quan-tri/{PICTURE}" alt="">')


def test_clean_flattens_what_is_nested_too_deep():
    cleaned = cleaner.clean("<div>" * 3000 + "x" + "</div>" * 3000)
    assert cleaned.count("<div>") <= 60
    assert "x" in cleaned
    assert cleaner.clean(cleaned) == cleaned


@pytest.mark.django_db
def test_every_way_of_writing_cleans():
    saved = make.article(body=EVIL)
    assert saved.body == TAME

    [bulk] = Article.objects.bulk_create([make.unsaved_article(body=EVIL)])
    assert Article.objects.get(pk=bulk.pk).body == TAME

    Article.objects.filter(pk=saved.pk).update(body=EVIL.replace("toàn", "toàn 2"))
    assert Article.objects.get(pk=saved.pk).body == TAME.replace("toàn", "toàn 2")

    saved.body = EVIL
    Article.objects.bulk_update([saved], ["body"])
    assert Article.objects.get(pk=saved.pk).body == TAME

    fixture = json.loads(serializers.serialize("json", [saved]))
    fixture[0]["fields"]["body"] = EVIL.replace("toàn", "toàn 3")
    for item in serializers.deserialize("json", json.dumps(fixture)):
        item.save()
    assert Article.objects.get(pk=saved.pk).body == TAME.replace("toàn", "toàn 3")


def test_size_above_the_limit_is_refused_with_a_sentence():
    with pytest.raises(ValidationError, match="1 MB"):
        check_size("ế" * 400_000)


def test_editor_is_one_setting(settings):
    settings.RICHTEXT_WIDGET = "django.forms.Textarea"
    widget = Article._meta.get_field("body").formfield().widget
    assert type(widget).__module__ == "django.forms.widgets"


def _vectors():
    local = ROOT / "tests/data/xss.jsonl"
    shared = SHARED / "data/xss/vectors.jsonl"
    source = shared if shared.is_file() else local
    return [json.loads(line)["html"] for line in source.read_text().splitlines()]


def test_vectors_are_cleaned_and_stay_clean():
    """Own samples everywhere; the 1,500 shared vectors with their oracle where they are."""
    for vector in _vectors():
        cleaned = cleaner.clean(vector)
        assert cleaner.clean(cleaned) == cleaned, vector
        assert not re.search(r"<script|<[^>]*(?:script:|\son\w+=)", cleaned, re.I), vector


@needs_shared
def test_oracle_finds_no_danger():
    sys.path.insert(0, str(SHARED / "data/xss"))
    try:
        from oracle import danger
    finally:
        sys.path.pop(0)
    vectors = _vectors()
    assert len(vectors) >= 1500
    assert [(v, danger(cleaner.clean(v))) for v in vectors if danger(cleaner.clean(v))] == []


@pytest.mark.slow
@needs_shared
def test_word_fragments_keep_their_words():
    import html5lib

    from portal.text import vietnamese

    def words(html):
        tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
        for element in list(tree.iter()):
            if not isinstance(element.tag, str) or element.tag in ("style", "script"):
                element.text = ""
        return "".join(vietnamese.clean(" ".join(tree.itertext())).split())

    for line in (SHARED / "data/word_html.jsonl").read_text().splitlines():
        row = json.loads(line)
        dirty = row["html"]
        cleaned = cleaner.clean(dirty)
        assert "Mso" not in cleaned and "<font" not in cleaned and "style=" not in cleaned
        assert words(cleaned) == words(dirty)
        assert cleaner.clean(cleaned) == cleaned
