"""The page of one document: lược đồ equals table, both ends agree, validity by day, successors."""

import random
import re
from collections import Counter
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from documents.law.relations import PASSIVE, Relation, RelationKind
from documents.law.validity import Validity
from documents.models import Document
from tests.support import make
from tests.support.public import XHTML, faults, main_words, queries, tree
from tests.support.world import HIDDEN

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
KINDS = list(RelationKind)
OPPOSITE = {kind.label: PASSIVE[kind] for kind in KINDS} | {
    PASSIVE[kind]: kind.label for kind in KINDS
}


def page_of(document, **query):
    """Return the page (response, 200) of `document`, without a fault."""
    response = Client().get(document.get_absolute_url(), query)
    assert response.status_code == 200
    assert faults(response.content.decode()) == []
    return response


def said(response):
    """Return the visible words of the main part, without the blanks that stand for tags."""
    return re.sub(r" ([.:;,])", r"\1", main_words(response))


def of_class(root, tag, name):
    """Return the elements `tag` below `root` of which `name` is a class."""
    return [element for element in root.iter(tag) if name in (element.get("class") or "").split()]


def text_of(element):
    return re.sub(r"\s+", " ", "".join(element.itertext())).strip()


def drawn(response):
    """Return the relations in the diagram: list of (words, address, number or title, whole box)."""
    found = []
    for diagram in of_class(tree(response.content.decode()), f"{XHTML}div", "diagram"):
        for group in diagram.iter(f"{XHTML}section"):
            words = re.sub(r"\s*\(\d+\)$", "", text_of(group.find(f"{XHTML}h3")))
            for box in group.iter(f"{XHTML}li"):
                link = next(box.iter(f"{XHTML}a"))
                found.append((words, link.get("href"), text_of(link), text_of(box)))
    return found


def tabled(response):
    """Return the relations in the table: list of (words, address, number, whole row, note)."""
    found = []
    for table in of_class(tree(response.content.decode()), f"{XHTML}table", "relation-table"):
        for row in table.find(f"{XHTML}tbody"):
            words, number = (
                text_of(of_class(row, f"{XHTML}td", "c-kind")[0]),
                of_class(row, f"{XHTML}th", "c-number")[0],
            )
            link = number.find(f"{XHTML}a")
            found.append(
                (
                    words,
                    f"#{row.get('id')}" if link is None else link.get("href"),
                    text_of(number),
                    text_of(row),
                    text_of(row[-1]),
                )
            )
    return found


def agree(response):
    """Assert that picture and table tell the same relations; return their number."""
    picture, table = drawn(response), tabled(response)
    assert Counter(row[:2] for row in picture) == Counter(row[:2] for row in table)
    numbers = {address: number for _, address, number, *_ in table}
    for _, address, name, box in picture:
        assert box.startswith(name)
        if numbers[address] != "Không số":
            assert name == numbers[address]
    return len(table)


# --- lược đồ and table ---


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_picture_and_table_tell_the_same_and_nothing_hidden(seed):
    dice, now = random.Random(seed), timezone.now()
    this = make.document(number="1/2018/QĐ-TTg")
    shown = [
        make.document(number=f"{n}/2017/TT-BTTTT", issued_on=dice.choice([None, date(2017, 5, n)]))
        for n in range(1, 16)
    ]
    shown.append(make.document(number="", summary="Tài liệu không số"))
    hidden = [
        make.document(
            number=f"9{n}/2017/MATSO",
            summary="Trích yếu matchu",
            slug=f"matdiachi-{n}",
            **HIDDEN[state](now),
        )
        for n, state in enumerate(HIDDEN)
    ]
    for n in range(120):
        other = dice.choice(["held", "held", "hidden", "number", "title"])
        kind, is_partial = dice.choice(KINDS), dice.random() < 0.3
        here, there = ("source", "target") if dice.random() < 0.5 else ("target", "source")
        if other in ("held", "hidden"):
            end = {there: dice.choice(shown if other == "held" else hidden)}
        else:
            end = {
                f"{there}_{other}": f"{n}/2001/NĐ-CP" if other == "number" else f"Văn bản tên {n}"
            }
        Relation.objects.create(
            kind=kind, is_partial=is_partial, note=f"khoản {n}", **{here: this}, **end
        )
    response = page_of(this)
    assert agree(response) > 60
    words = response.content.decode()
    assert not re.findall("(?i)matso|matchu|matdiachi", words)


def test_a_document_that_is_only_named_leads_to_its_row_and_looks_different():
    this = make.document()
    Relation.objects.create(
        source=this, kind=RelationKind.BASED_ON, target=make.document(number="1/2001/TT-A")
    )
    Relation.objects.create(
        source=this,
        kind=RelationKind.AMENDS,
        target_number="67/2006/QH11",
        target_title="Luật Công nghệ",
    )
    response = page_of(this)
    assert [row[1] for row in drawn(response)] == ["/van-ban/1-2001-tt-a/", "#quan-he-2"]
    root = tree(response.content.decode())
    nodes = of_class(root, f"{XHTML}li", "node")
    assert ["named" in node.get("class").split() for node in nodes] == [False, True]
    assert "chưa có trên cổng" in text_of(nodes[1])
    assert "chưa có trên cổng" in tabled(response)[1][3]
    assert drawn(response)[1] == (
        "Sửa đổi, bổ sung",
        "#quan-he-2",
        "67/2006/QH11",
        "67/2006/QH11 Luật Công nghệ chưa có trên cổng",
    )


def test_picture_and_table_tell_how_the_others_stand_today():
    this, old, ahead = (
        make.document(),
        make.document(number="1/2001/TT-A"),
        make.document(effective_on=TODAY() + timedelta(9)),
    )
    Relation.objects.create(
        source=make.document(effective_on=TODAY() - timedelta(2)),
        kind=RelationKind.REPLACES,
        target=old,
    )
    for other in (old, ahead):
        Relation.objects.create(source=this, kind=RelationKind.RELATED, target=other)
    response = page_of(this)
    for rows in (drawn(response), tabled(response)):
        told = {address: words for _, address, _, words, *_ in rows}
        assert Validity.ENDED.label in told[old.get_absolute_url()]
        assert Validity.NOT_YET.label in told[ahead.get_absolute_url()]


def test_a_law_with_three_hundred_relations_is_a_light_page():
    law = make.document(number="67/2006/QH11", summary="Luật Công nghệ thông tin")
    rows = [
        Relation(source_number=f"{n}/2011/TT-BTTTT", kind=RelationKind.BASED_ON, target=law)
        for n in range(1, 301)
    ]
    Relation.objects.bulk_create(rows)
    Relation.objects.create(source_number="1/2020/QH14", kind=RelationKind.REPLACES, target=law)
    response = page_of(law)
    assert agree(response) == 301
    assert len(response.content) < 400_000


def test_facts_of_a_relation_stand_in_the_table():
    this = make.document(
        number="1/2018/NĐ-CP", summary="Quy định mới", effective_on=date(2018, 8, 15)
    )
    that = make.document(number="2/2011/NĐ-CP", summary="Quy định cũ", issued_on=date(2011, 6, 13))
    Relation.objects.create(
        source=this, kind=RelationKind.REPEALS, target=that, is_partial=True, note="khoản 2 Điều 5"
    )
    row = tabled(page_of(this))[0][3]
    for fact in (
        "Bãi bỏ",
        "2/2011/NĐ-CP",
        "13/06/2011",
        "Quy định cũ",
        "Hết hiệu lực một phần",
        "một phần",
        "khoản 2 Điều 5",
        "từ 15/08/2018",
    ):
        assert fact in row, fact


def test_without_relations_there_is_no_picture():
    response = page_of(make.document())
    assert drawn(response) == tabled(response) == []
    assert "quan-he" not in response.content.decode()


@pytest.mark.parametrize("seed", range(3))
def test_both_ends_of_every_relation_agree(seed):
    dice, now = random.Random(seed), timezone.now()
    shown = [make.document(number=f"{n}/2018/QĐ-A") for n in range(1, 7)]
    hidden = [
        make.document(number=f"{n}/2018/QĐ-B", **HIDDEN[state](now))
        for n, state in enumerate(HIDDEN, start=1)
    ]
    for _ in range(80):
        source, target = dice.sample(shown + hidden, 2)
        kind, is_partial = dice.choice(KINDS), dice.random() < 0.3
        by_number = {"target_number": target.number} if dice.random() < 0.5 else {"target": target}
        Relation.objects.create(source=source, kind=kind, is_partial=is_partial, **by_number)
    told = Counter()
    for document in shown:
        for words, address, _, _, note in tabled(page_of(document)):
            if not address.startswith("#"):  # named, and hidden behind the name
                told[document.get_absolute_url(), words, address, "một phần" in note] += 1
    assert len(told) > 30
    assert all(
        count == told[there, OPPOSITE[words], here, part]
        for (here, words, there, part), count in told.items()
    )


# --- how it stands ---


@pytest.fixture
def decree():
    """43/2011/NĐ-CP, in force from 01/10/2011, replaced by 42/2022/NĐ-CP from 15/08/2022."""
    old = make.document(
        number="43/2011/NĐ-CP", issued_on=date(2011, 6, 13), effective_on=date(2011, 10, 1)
    )
    new = make.document(
        number="42/2022/NĐ-CP", issued_on=date(2022, 6, 24), effective_on=date(2022, 8, 15)
    )
    Relation.objects.create(source=new, kind=RelationKind.REPLACES, target=old)
    return old


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("01/01/2015", "Tình trạng tại ngày 01/01/2015: Còn hiệu lực"),
        ("2015-01-01", "Tình trạng tại ngày 01/01/2015: Còn hiệu lực"),
        (
            "30/09/2011",
            "Tình trạng tại ngày 30/09/2011: Chưa có hiệu lực Có hiệu lực từ 01/10/2011.",
        ),
        ("14/08/2022", "Tình trạng tại ngày 14/08/2022: Còn hiệu lực"),
        (
            "15/08/2022",
            "Tình trạng tại ngày 15/08/2022: Hết hiệu lực toàn bộ "
            "Bị thay thế bởi 42/2022/NĐ-CP từ 15/08/2022.",
        ),
    ],
)
def test_standing_on_a_day_stands_beside_todays(decree, asked, told):
    response = page_of(decree, ngay=asked)
    words = said(response)
    assert told in words
    assert "Hôm nay: Hết hiệu lực toàn bộ" in words
    assert f'value="{asked}"' in response.content.decode()


@pytest.mark.parametrize(
    "asked",
    ["31/02/2019", "hôm qua", "99/99/9999", "01/01/0001", "<script>", "1" * 900, "00/00/0000"],
)
def test_a_wrong_day_is_one_sentence_beside_the_field(decree, asked):
    words = said(page_of(decree, ngay=asked))
    assert words.count("Ngày không đúng.") == 1
    assert "Tình trạng tại ngày 0" not in words
    assert "Hôm nay:" not in words


def test_the_page_of_a_day_is_not_indexed_and_names_the_page_without_it(decree):
    plain, asked = (
        page_of(decree, **query).content.decode() for query in ({}, {"ngay": "01/01/2015"})
    )
    canonical = f'<link rel="canonical" href="{decree.get_absolute_url()}">'
    assert canonical in plain
    assert canonical in asked
    assert 'content="noindex' not in plain
    assert '<meta name="robots" content="noindex, follow">' in asked


def test_what_ended_the_document_is_said_with_a_link(decree):
    response = page_of(decree)
    assert "Hết hiệu lực toàn bộ Bị thay thế bởi 42/2022/NĐ-CP từ 15/08/2022" in said(response)
    assert re.search(
        r'Bị thay thế bởi <a href="/van-ban/42-2022-nd-cp/">', response.content.decode()
    )


def test_what_is_only_named_is_said_with_a_link_to_its_row():
    old = make.document(effective_on=date(2010, 1, 1))
    Relation.objects.create(
        source_number="5/2019/QĐ-TTg",
        kind=RelationKind.SUSPENDS,
        target=old,
        acts_from=date(2019, 5, 1),
        acts_until=date(2999, 1, 1),
    )
    response = page_of(old)
    assert (
        "Ngưng hiệu lực Bị đình chỉ, ngưng hiệu lực bởi 5/2019/QĐ-TTg "
        "từ 01/05/2019 đến hết 01/01/2999" in said(response)
    )
    assert '<a href="#quan-he-1"><span class="num">5/2019/QĐ-TTg' in response.content.decode()


def test_of_many_causes_three_are_said_and_the_rest_counted():
    law = make.document(effective_on=date(2010, 1, 1))
    for n in range(1, 6):
        amending = make.document(number=f"{n}/2015/QH13", effective_on=date(2015, 1, n))
        Relation.objects.create(source=amending, kind=RelationKind.AMENDS, target=law)
    words = said(page_of(law))
    assert "Được sửa đổi, bổ sung bởi 1/2015/QH13 từ 01/01/2015" in words
    assert "Và 2 văn bản khác" in words


def test_what_is_to_come_is_no_cause_yet():
    old = make.document(effective_on=date(2010, 1, 1))
    Relation.objects.create(
        source=make.document(number="1/2999/QH99", effective_on=TODAY() + timedelta(30)),
        kind=RelationKind.REPLACES,
        target=old,
    )
    assert "Còn hiệu lực Xem tình trạng" in said(page_of(old))


def test_an_end_by_its_own_date_is_said():
    over = make.document(effective_on=date(2010, 1, 1), expires_on=date(2012, 12, 31))
    assert "Hết hiệu lực toàn bộ Có hiệu lực đến hết 31/12/2012" in said(page_of(over))


def test_an_editors_word_that_the_facts_contradict_is_noted(decree):
    decree.validity_given = Validity.PARTLY
    decree.save()
    words = said(page_of(decree))
    assert (
        "Hết hiệu lực một phần Theo ngày tháng và quan hệ với văn bản khác: "
        "Hết hiệu lực toàn bộ. Bị thay thế bởi 42/2022/NĐ-CP" in words
    )
    assert "Hãy đối chiếu trước khi áp dụng." in words
    decree.validity_given = Validity.ENDED
    decree.save()
    assert "Theo ngày tháng" not in said(page_of(decree))


# --- who issued it ---


def chain(*names, **first):
    """Return the first of agencies each of which was succeeded by the next."""
    successor = None
    for name in reversed(names[1:]):
        successor = make.agency(
            name=name, successor=successor, ended_on=date(2025, 3, 1) if successor else None
        )
    return make.agency(name=names[0], successor=successor, **first)


def test_a_dissolved_agency_names_who_has_its_duties_now():
    old = chain("Sở Bưu chính", "Sở Thông tin", "Sở Khoa học", ended_on=date(2008, 3, 1))
    words = said(page_of(make.document(agency=old)))
    assert "Do Sở Bưu chính ban hành, nay thuộc Sở Khoa học." in words
    assert "Đã kết thúc hoạt động từ 01/03/2008; nay thuộc Sở Khoa học" in words
    assert "Sở Thông tin ban hành" not in words


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, None),
        ({"ended_on": date(2999, 1, 1)}, None),
        (
            {"ended_on": date(2010, 1, 1)},
            "Do Ban A ban hành, cơ quan đã kết thúc hoạt động từ 01/01/2010.",
        ),
    ],
)
def test_an_agency_without_successor(facts, told):
    words = said(page_of(make.document(agency=make.agency(name="Ban A", **facts))))
    assert told in words if told else "ban hành," not in words


@pytest.mark.parametrize(
    ("facts", "is_told"),
    [({}, True), ({"ended_on": date(2010, 1, 1)}, True), ({"ended_on": date(2999, 1, 1)}, False)],
)
def test_a_successor_counts_from_the_end_on_and_at_once_where_no_end_is_known(facts, is_told):
    words = said(page_of(make.document(agency=chain("Ban A", "Ban B", **facts))))
    assert ("Do Ban A ban hành, nay thuộc Ban B." in words) == is_told


def test_a_successor_that_is_no_more_itself():
    last = make.agency(name="Ban B", ended_on=date(2012, 1, 1))
    old = make.agency(name="Ban A", ended_on=date(2010, 1, 1), successor=last)
    words = said(page_of(make.document(agency=old)))
    assert "Do Ban A ban hành, nay thuộc Ban B, cũng đã kết thúc hoạt động." in words


def test_every_joint_issuer_is_named():
    partners = [chain("Ban C", "Ban D", ended_on=date(2010, 1, 1)), make.agency(name="Ban E")]
    words = said(page_of(make.document(agency=make.agency(name="Ban A"), co_agencies=partners)))
    assert "Ban A; Ban C; Ban E" in words
    assert "Do Ban C ban hành, nay thuộc Ban D." in words
    assert "Ban C: đã kết thúc hoạt động từ 01/01/2010; nay thuộc Ban D" in words
    assert "Do Ban A ban hành" not in words


def test_agencies_that_succeed_each_other_in_a_ring_end_somewhere():
    one = chain("Ban A", "Ban B", ended_on=date(2010, 1, 1))
    type(one).objects.filter(name="Ban B").update(successor=one, ended_on=date(2011, 1, 1))
    assert "Do Ban A ban hành, nay thuộc Ban B" in said(page_of(make.document(agency=one)))


# --- little is known, or much ---


def test_an_imported_row_without_summary_is_a_page():
    bare = make.document(
        number="9/QĐ-UBND",
        summary="",
        origin="test",
        issued_on=None,
        type=make.document_type(name="Quyết định"),
    )
    response = page_of(bare)
    assert "Quyết định 9/QĐ-UBND Chưa xác định" in said(response)
    page = response.content.decode()
    assert '<meta name="description" content="Quyết định 9/QĐ-UBND">' in page
    assert '<meta name="DC.description" content="Quyết định 9/QĐ-UBND">' in page
    nothing = page_of(
        make.document(number="", summary="", origin="test", type=make.document_type(name="Báo cáo"))
    )
    assert said(nothing).startswith("Báo cáo Chưa xác định")
    other = make.document()
    Relation.objects.create(source=bare, kind=RelationKind.CITES, target=other)
    Relation.objects.create(
        source=Document.objects.get(number=""), kind=RelationKind.CITES, target=other
    )
    assert agree(page_of(other)) == 2


@pytest.mark.slow
def test_the_page_takes_twelve_queries_with_three_relations_and_with_thirty():
    make.link()
    make.appointment()
    Client().get("/")
    found = []
    for count in (3, 30):
        owner = make.agency(
            name=f"Ban {count}",
            ended_on=date(2010, 1, 1),
            successor=chain(*(f"{count}.{n}" for n in range(count))),
        )
        document = make.document(
            agency=owner, co_agencies=[make.agency() for _ in range(count)], fields=[make.field()]
        )
        make.attachment(document)
        for n in range(count):
            other = make.document(agency=owner, type=make.document_type())
            Relation.objects.create(source=other, kind=KINDS[n % 10], target=document)
            Relation.objects.create(
                source=document, kind=KINDS[n % 10], target_number=f"{n}/1999/QĐ"
            )
        for query in ({}, {"ngay": "01/01/2019"}):
            with queries() as statements:
                page = Client().get(document.get_absolute_url(), query)
            assert page.status_code == 200
            found.append(len(statements))
    assert len(set(found)) == 1
    assert found[0] <= 12
