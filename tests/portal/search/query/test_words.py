"""Words, queries, marks, result page and suggestions of the search."""

import json

import pytest

from portal.search import views
from portal.search.models import Synonym
from portal.search.query import tokens
from portal.search.query.read import meanings, read
from portal.search.results.answers import Answers
from portal.search.results.snippets import Excerpt, Marker
from tests.benchmarks import search_drill
from tests.support import make
from tests.support.public import main_words, queries
from tests.support.shared import SHARED, needs_shared

pytestmark = pytest.mark.django_db


def found(typed, **more):
    """Return the titles (list of str) of the answers to `typed`."""
    return [hit.title for hit in Answers(typed, **more)[:100]]


def titles(*names):
    """Make an article of each title; the first is the oldest."""
    for name in names:
        make.article(title=name, lead="", body="")


def words(value):
    return tuple(tokens.words(value))


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("hòa", "hoà"),
        ("HÒA", "hòa"),
        ("thủy", "thuỷ"),
        ("quý", "qúy"),
        ("đường", "Ðường"),
        ("đươ\u0300ng", "đường"),
        ("05", "5"),
    ],
)
def test_spellings_of_one_word_are_one(one, other):
    assert tokens.words(one) == tokens.words(other)


@pytest.mark.parametrize(
    ("one", "other"), [("hòa", "hóa"), ("ma", "má"), ("dương", "đường"), ("so", "số")]
)
def test_accents_tell_words_apart_for_the_order_only(one, other):
    (first,), (second,) = tokens.words(one), tokens.words(other)
    assert first.exact != second.exact
    assert first.folded in (second.folded, "duong", "hoa")


@pytest.mark.parametrize(
    ("lines", "number"),
    [
        (["Về việc chuyển đổi số", "Sở Thông tin và Truyền thông"], "19/2018/TT-BTTTT"),
        (["05 BGD&ĐT QH14", "đường đương duong", "à"], "67/2006/QH11"),
        (["Nghị quyết " * 30, "nghiêng " * 7], ""),
        (["abcdefghijklmnopqrstuvwxyz" * 3], "Số: 1166/QĐ-UBND.VX"),
    ],
)
def test_what_a_token_tells_stands_beside_it(lines, number):
    """So it need not be asked for: in the head and anywhere."""
    head = tokens.of_head(lines, number) | {"@nam:2018", "@loai:van-ban"}
    everything = {token for token in head if token[0] not in "=~"} | tokens.of_body(
        "\f".join([*lines, "thông tư liên tịch"])
    )
    for found in (head, everything):
        assert not [
            (token, told)
            for token in found
            for told in tokens.implied_by(token)
            if told not in found or told == token
        ]


def test_tokens_tell_what_they_are_made_of():
    assert tokens.implied_by("thong_tu") == {
        "thong",
        "tu",
        *(beginning + "*" for beginning in ("t", "th", "tho", "thon", "thong", "tu")),
    }
    assert {"thong_tu", "tu_lien", "lien"} <= tokens.implied_by("thong_tu_lien")
    assert {"hoi_nghi", "nghi", "hoi_nghi_so"} <= tokens.implied_by("~hoi-nghi-so")
    assert {"#<19", "#<19-2018", "#2018", "19", "2018", "201*"} <= tokens.implied_by("#=19-2018-tt")
    assert tokens.implied_by("th*") == {"t*"}
    assert tokens.implied_by("=thông1") == tokens.implied_by("@nam:2018") == set()


def test_words_of_odd_texts():
    assert [word.folded for word in tokens.words("BGD&ĐT, 05/2018 – QH14 _a_ ½ ① 🙂 …")] == [
        "bgddt",
        "5",
        "2018",
        "qh14",
        "a",
        "12",
        "1",
    ]
    assert tokens.words("\u0301\u0301 -- ''") == []
    assert len(tokens.words("x" * 10_000)[0].folded) == tokens.LONGEST_WORD


@pytest.mark.slow
@needs_shared
def test_every_form_of_the_legacy_vectors_finds_the_row():
    rows = [
        json.loads(line)
        for line in (SHARED / "data/vn_text/legacy_vectors.jsonl")
        .read_text(encoding="utf-8")
        .splitlines()
    ]
    texts = {row["nfc"]: row for row in rows if words(row["nfc"])}
    from news.models import Article

    Article.objects.bulk_create(
        [make.unsaved_article(title=f"Tin {n}", lead=text[:900]) for n, text in enumerate(texts)]
    )
    by_lead = {article.lead: article.title for article in Article.objects.all()}
    unfound = []
    for text, row in texts.items():
        title = next(title for lead, title in by_lead.items() if words(lead) == words(text[:900]))
        plain = row.get("no_accents") or row.get("ascii") or tokens.vietnamese.fold(text)
        for form in (row["nfc"], row["nfd"], plain):
            asked = " ".join(form[:190].split(" ")[:-1]) or form[:190]
            if title not in found(tokens.vietnamese.clean_line(asked)):
                unfound.append(asked)
    assert not unfound


@needs_shared
def test_either_place_of_the_tone_finds_the_other():
    pairs = json.loads(
        (SHARED / "data/vn_text/tone_placement_pairs.json").read_text(encoding="utf-8")
    )
    pairs = (
        pairs.items()
        if isinstance(pairs, dict)
        else [list(pair.values()) if isinstance(pair, dict) else pair for pair in pairs]
    )
    checked = 0
    for pair in pairs:
        forms = [form for form in pair if isinstance(form, str)][:2]
        assert len({tuple(tokens.words(form)) for form in forms}) == 1, forms
        checked += len(forms) == 2
    assert checked > 70


# --- queries -------------------------------------------------------------------------------------


def test_phrase_stands_side_by_side():
    titles("Chuyển đổi số quốc gia", "Số quốc gia chuyển đổi", "Chuyển đổi")
    assert found('"chuyển đổi số"') == ["Chuyển đổi số quốc gia"]
    assert found("“chuyen doi so”") == ["Chuyển đổi số quốc gia"]
    assert set(found("chuyển đổi số")) == {"Chuyển đổi số quốc gia", "Số quốc gia chuyển đổi"}


def test_phrase_of_three_is_counted_as_it_is_found():
    titles("a b c", "b c a b")
    assert found('"a b c"') == ["a b c"]
    assert len(Answers('"a b c"')) == 1


def test_longer_phrase_is_counted_as_it_stands_in_the_text(client):
    titles(
        "Hội đồng nhân dân tỉnh",
        "HỘI ĐỒNG NHÂN DÂN, Ủy ban nhân dân tỉnh",
        *(f"a b c {n} b c d" for n in range(25)),
        "A, b c: Đ",
    )
    assert found('"hội đồng nhân dân tỉnh"') == ["Hội đồng nhân dân tỉnh"]
    answers = Answers('"a b c d"')
    assert (len(answers), [hit.title for hit in answers[:20]], answers.counts("loai")) == (
        1,
        ["A, b c: Đ"],
        {"tin-tuc": 1},
    )
    assert client.get("/tim-kiem/", {"q": '"ủy ban nhân dân hội đồng"'}).context["total"] == 0


@pytest.mark.parametrize("value", ["theo BGD&ĐT – ngày 05/2018 nay", "theo bgd&đt, NGAY 5 2018"])
def test_longer_phrase_is_what_it_is_in_the_index(value):
    titles(value, "theo BGD&ĐT ngày 05 năm 2018, ngày 5, 2018")
    assert found('"bgdđt ngày 5/2018"') == [value]


def test_what_is_left_out():
    titles("Kế hoạch tuyển dụng", "Kế hoạch năm", "Kế hoạch năm học")
    assert set(found("kế hoạch -tuyển")) == {"Kế hoạch năm", "Kế hoạch năm học"}
    assert found('kế hoạch -tuyen -"nam hoc"') == ["Kế hoạch năm"]
    assert found("-tuyển") == []


def test_dash_of_a_number_leaves_nothing_out():
    make.document(number="7/QĐ-UBND")
    for typed in ("7/QĐ -UBND", "7/QĐ - UBND", "7 qd ubnd"):
        assert found(typed) == ["7/QĐ-UBND"], typed


def test_last_word_may_go_on_and_no_other():
    titles("Thông tin tuyên truyền")
    assert found("thông tin tuy") == ["Thông tin tuyên truyền"]
    assert found("tuy thông") == []
    assert found('thông "tuy"') == []


def test_typed_accents_rank_and_never_hide():
    titles("Má Đỏ", "Ma do", "Mã độ")
    assert found("mã độ")[0] == "Mã độ"
    assert found("má đỏ")[0] == "Má Đỏ"
    assert set(found("mã độ")) == set(found("ma do")) == {"Má Đỏ", "Ma do", "Mã độ"}


def test_order_number_title_text():
    make.article(title="Bài nhắc", body="<p>theo 19/2018 về đường sắt</p>")
    make.article(title="Về đường sắt 19/2018", body="")
    make.document(number="19/2018/TT-BTTTT", summary="Về đường sắt")
    assert found("19/2018 đường sắt") == ["19/2018/TT-BTTTT", "Về đường sắt 19/2018", "Bài nhắc"]


def test_newest_first_on_request():
    make.article(title="Cũ: đường sắt", published_at=make.timezone.now() - make.timedelta(days=3))
    make.article(
        title="Mới",
        body="<p>đường sắt</p>",
        published_at=make.timezone.now() - make.timedelta(days=1),
    )
    assert found("duong sat") == ["Cũ: đường sắt", "Mới"]
    assert found("duong sat", by_date=True) == ["Mới", "Cũ: đường sắt"]


def test_title_that_is_just_this_comes_first():
    make.page(title="Giới thiệu", body="")
    titles("Giới thiệu sách mới")
    assert found("gioi thieu") == ["Giới thiệu", "Giới thiệu sách mới"]


@pytest.mark.parametrize("typed", ["phòng CNTT", "phong cong nghe thong tin"])
def test_synonyms_find_each_other(typed):
    titles("Phòng CNTT", "Phòng Công nghệ thông tin", "Phòng thông tin")
    assert set(found(typed)) == {"Phòng CNTT", "Phòng Công nghệ thông tin"}
    assert found('"công nghệ thông tin"') == ["Phòng Công nghệ thông tin"]


def test_synonym_of_staff_holds_at_once():
    titles("Quản lý phương tiện bay không người lái")
    assert found("flycam") == []
    Synonym.objects.create(word="flycam", meaning="phương tiện bay không người lái")
    assert found("flycam") == ["Quản lý phương tiện bay không người lái"]


def test_no_tier_finds_more_than_the_whole():
    typed = ["19/2018 đường", "thông tư", '"a b c" đ', "x -y", "cntt 5", "7/QĐ-UBND"]
    for each in typed:
        asked = read(each, meanings([(words("cntt"), words("công nghệ thông tin"))]))
        assert asked.tiers()[-1] == asked.everything
        assert not [tier for tier in asked.tiers() if tier.none != asked.everything.none]


# --- marks ---------------------------------------------------------------------------------------


def marked(typed, value):
    (pieces,) = Marker(read(typed)).marked([Excerpt(value)])
    return [piece for piece, is_marked in pieces if is_marked]


@pytest.mark.parametrize(
    ("typed", "value", "marks"),
    [
        ("duong sat", "Đường sắt và ĐƯỜNG SẮT, sắt", ["Đường sắt", "ĐƯỜNG SẮT", "sắt"]),
        ("hoa binh", "hoà bình, Hòa Bình, hoabinh", ["hoà bình", "Hòa Bình"]),
        ("tuy", "tuyên truyền xtuy", ["tuyên"]),
        ("tuy", "tuyên truyền tuỳ tùy", ["tuỳ tùy"]),
        ("19/2018", "số 19/2018/TT, 019/2018, 2019", ["19/2018", "019/2018"]),
        ('"doi so"', "đổi mới, đổi số, số đổi", ["đổi số"]),
        ("bgddt", "4622/BGD&ĐT", ["BGD&ĐT"]),
    ],
)
def test_words_are_marked_where_they_stand(typed, value, marks):
    assert marked(typed, value) == marks


def test_pieces_are_the_text_again():
    value = 'Luật <b>đường</b> & "sắt" – đường sắt'
    (pieces,) = Marker(read("duong sat")).marked([Excerpt(value)])
    assert "".join(piece for piece, _ in pieces) == value


def test_what_only_resembles_is_not_marked_beside_the_very_word():
    title, line = Marker(read("đổi số")).marked(
        [Excerpt("Đổi mới và số hóa"), Excerpt("tại trụ sở Sơn La; doi, dõi theo")]
    )
    assert [piece for piece, is_marked in title if is_marked] == ["Đổi", "số"]
    assert [piece for piece, is_marked in line if is_marked] == []
    assert marked("đổi số", "trụ sở Sơn La") == ["sở Sơn"]


def test_mark_never_stands_inside_a_tag(client):
    make.article(title="<b>Đường</b> & sắt", lead='<img src="x" title="đường">')
    page = client.get("/tim-kiem/?q=duong+b+sat").content.decode()
    assert "&lt;<mark>b</mark>&gt;<mark>Đường</mark>&lt;/" in page
    assert "<img src" not in page.split("<main")[1].split("</main>")[0]


def test_excerpt_shows_the_place_with_most_of_the_words():
    far = "đầu " * 400 + "chuyển " + "giữa " * 400 + "chuyển đổi số quốc gia " + "cuối " * 400
    make.article(title="Bài", lead="", body=f"<p>{far}</p>")
    (hit,) = Answers("chuyen doi so")[:10]
    shown = "".join(piece for piece, _ in hit.lines[-1])
    assert ("chuyển đổi số", True) in hit.lines[-1]
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    assert len(shown) < 300


# --- the page ------------------------------------------------------------------------------------


@pytest.fixture
def register():
    """Five documents that differ in every fact."""
    kinds = [make.document_type(name=name) for name in ("Thông tư", "Quyết định")]
    agencies = [make.agency(name=name) for name in ("Bộ TT&TT", "UBND tỉnh")]
    field = make.field(name="Bưu chính")
    for number in range(5):
        make.document(
            number=f"{number + 1}/QĐ",
            summary="Về đường sắt",
            type=kinds[number % 2],
            agency=agencies[number > 2],
            issued_on=make.date(2015 + number // 2, 1, 1),
            fields=[field] if number == 0 else [],
        )


def facets(client, **asked):
    context = client.get("/tim-kiem/", {"q": "duong sat", **asked}).context
    return {
        words: [(c.label, c.count, c.is_current) for c in choices]
        for words, choices in context["facets"]
    }


def test_facets_count_what_they_would_leave(register, client):
    told = facets(client)
    assert told["Loại văn bản"] == [("Thông tư", 3, False), ("Quyết định", 2, False)]
    assert told["Cơ quan ban hành"] == [("Bộ TT&TT", 3, False), ("UBND tỉnh", 2, False)]
    assert told["Năm"] == [("2017", 1, False), ("2016", 2, False), ("2015", 2, False)]
    assert "Nhóm văn bản" not in told
    told = facets(client, **{"loai-van-ban": "thong-tu"})
    assert told["Loại văn bản"] == [("Thông tư", 3, True), ("Quyết định", 2, False)]
    assert told["Cơ quan ban hành"] == [("Bộ TT&TT", 2, False), ("UBND tỉnh", 1, False)]


def test_every_choice_leads_to_as_many_answers_as_it_says(register, client):
    context = client.get("/tim-kiem/?q=duong+sat&nam=2015").context
    assert context["total"] == 2
    for _, choices in context["facets"]:
        for choice in choices:
            if not choice.is_current:
                assert client.get("/tim-kiem/" + choice.url).context["total"] == choice.count


def test_several_facts_narrow_together(register, client):
    asked = {
        "loai-van-ban": "thong-tu",
        "linh-vuc": "buu-chinh",
        "nam": "2015",
        "loai": "van-ban",
        "co-quan": "bo-tt-tt",
    }
    assert [
        h.title
        for h in client.get("/tim-kiem/", {"q": "duong sat", **asked}).context["object_list"]
    ] == ["Thông tư 1/QĐ"]
    assert (
        client.get("/tim-kiem/", {"q": "duong sat", **asked, "nam": "1999"}).context["total"] == 0
    )
    assert "bỏ mọi điều kiện lọc" in main_words(
        client.get("/tim-kiem/", {"q": "duong sat", "nam": "1999"})
    )


@pytest.mark.parametrize("value", ["'", '"', "x y", "-", "a" * 199, "@loai:tin-tuc", "☃"])
def test_odd_facts_break_nothing(register, client, value):
    for name in ("loai", "nhom", "loai-van-ban", "co-quan", "linh-vuc", "nam", "sap-xep"):
        assert client.get("/tim-kiem/", {"q": "duong sat", name: value}).status_code == 200


def test_page_with_all_facts_needs_no_more_than_twelve_queries(register, client):
    client.get("/")
    for asked in ({}, {"nam": "2015"}, {"sap-xep": "moi-nhat"}):
        with queries() as statements:
            assert client.get("/tim-kiem/", {"q": "duong sat", **asked}).status_code == 200
        assert len(statements) <= 12, asked


def test_near_spellings_are_offered_where_nothing_is_found(client):
    titles("Đường dây nóng", "Chuyển đổi số", "Đường sắt")
    for typed, offered in (
        ("duong day nogn", "duong day nong"),
        ("chuyen doii so", "chuyen doi so"),
        ("dương săts", "duong sat"),
    ):
        response = client.get("/tim-kiem/", {"q": typed})
        assert response.context["total"] == 0
        assert offered in [words for words, _ in response.context["instead"]], typed
        assert "Có phải ý của Quý vị là" in main_words(response)


def test_what_to_leave_away_is_offered(client):
    titles("Đường dây nóng", "Tuyến tàu")
    (first, *_) = client.get("/tim-kiem/", {"q": "đường dây nóng tàu"}).context["instead"]
    assert first == ("đường dây nóng", "?q=%C4%91%C6%B0%E1%BB%9Dng+d%C3%A2y+n%C3%B3ng")
    assert (
        client.get("/tim-kiem/", {"q": '"nóng đường dây"'}).context["instead"][0][0]
        == "nóng đường dây"
    )


@pytest.mark.parametrize("typed", ["đường … -dây", "đường -- -nóng"])
def test_nothing_is_offered_that_asks_for_nothing(client, typed):
    titles("Đường dây nóng")
    offered = [words for words, _ in client.get("/tim-kiem/", {"q": typed}).context["instead"]]
    assert "đường" in offered and not {"…", "--"} & set(offered)


def test_nothing_found_needs_few_queries(client):
    titles("Đường dây nóng")
    client.get("/")
    with queries() as statements:
        client.get("/tim-kiem/", {"q": "duong dxy nongg"})
    assert (
        len(
            [
                s
                for s in statements
                if "missedquery" not in s and "SAVEPOINT" not in s and "PRAGMA" not in s
            ]
        )
        <= 12
    )


@pytest.mark.slow
def test_random_and_hostile_queries_break_nothing(register, rf):
    for number, typed in enumerate(search_drill.queries(300, seed=7)):
        door = views.suggest if number % 7 == 0 else views.results
        assert door(search_drill.request_for(rf, {"q": typed})).status_code in (200, 302), typed


# --- suggestions ---------------------------------------------------------------------------------


def suggested(client, typed):
    return json.loads(client.get("/tim-kiem/goi-y/", {"q": typed}).content)


def test_suggestions_are_titles_with_their_addresses(client):
    make.document(
        number="19/2018/TT-BTTTT", summary="Về đường sắt", type=make.document_type(name="Thông tư")
    )
    titles("Đường sắt đô thị")
    asked, names, beside, addresses = suggested(client, "duong sa")
    assert asked == "duong sa"
    assert names == ["Đường sắt đô thị", "Thông tư 19/2018/TT-BTTTT"]
    assert beside == ["Tin tức", "Về đường sắt"]
    assert addresses[1].endswith("/van-ban/19-2018-tt-btttt/")
    assert suggested(client, "19/2018")[1] == ["Thông tư 19/2018/TT-BTTTT"]


def test_suggestions_are_few_short_and_may_be_kept(client):
    titles(*(f"Chung {number}" for number in range(12)))
    client.get("/tim-kiem/goi-y/?q=ch")
    with queries() as statements:
        response = client.get("/tim-kiem/goi-y/?q=ch")
    assert len(statements) <= 5
    assert len(json.loads(response.content)[1]) == 8
    assert set(response["Cache-Control"].split(", ")) == {"max-age=60", "public"}
    assert not response.cookies
    assert response["Content-Type"].startswith("application/x-suggestions+json")
    assert suggested(client, "c") == ["c", [], [], []]
    assert suggested(client, "x" * 500)[0] == "x" * 80
    assert suggested(client, "")[1] == []


def test_opensearch_names_the_suggestions(client):
    assert (
        'template="http://127.0.0.1:8000/tim-kiem/goi-y/?q={searchTerms}"'
        in client.get("/opensearch.xml").content.decode()
    )
