"""Facet counts equal what the filter finds for each choice, and take few queries."""

import random
import re
from datetime import date, timedelta

import pytest
from django.utils import timezone

from documents.filters.facets import Facets
from documents.filters.form import DocumentFilter
from documents.law.relations import Relation, RelationKind, effect_of
from documents.law.validity import IN_FORCE, Validity, validity_on
from documents.models import Document, Family
from documents.vocabulary import Agency, Field
from portal.text import vietnamese
from tests.support import make
from tests.support.public import queries
from tests.support.world import HIDDEN, lasting, shown

pytestmark = pytest.mark.django_db


# --- a register with every trap, and what a reader would count in it by hand --------------------

SIZE, COMBINATIONS = 220, 500
WORDS = ("Viễn thông", "Bưu chính", "Báo chí", "Chuyển đổi số", "An toàn thông tin")
SIGNERS = ("", "Nguyễn Mạnh Hùng", "Trần Văn An", "Lê Thị Hồng")


class Register:
    """Documents of every validity, shown and hidden, of old and new agencies; with an oracle."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.now, self.today = timezone.now(), timezone.localdate()
        self.types = [
            make.document_type(name=name)
            for name in ("Thông tư", "Quyết định", "Nghị định", "Chưa dùng")
        ]
        self.agencies = self._agencies()
        self.fields = [make.field(name=word) for word in (*WORDS, "Chưa dùng")]
        Document.objects.bulk_create([self._document(number) for number in range(SIZE)])
        self.documents = list(Document.objects.order_by("pk"))
        for document in self.documents:
            document.co_agencies.set(
                self.chance.sample(self.agencies, self.chance.choice((0, 0, 0, 1, 2, 3)))
            )
            document.fields.set(
                self.chance.sample(self.fields[:-1], self.chance.choice((0, 1, 1, 2, 3)))
            )
        Relation.objects.bulk_create([self._relation() for _ in range(SIZE // 2)])
        self._read()

    def _agencies(self):
        """Make agencies: two with former ones, one without, one ended, one that issued nothing."""
        present, other, plain, ended, unused = (
            make.agency(name=f"Cơ quan {name}") for name in ("A", "B", "C", "D", "chưa dùng")
        )
        near = make.agency(name="Cơ quan A cũ", successor=present, ended_on=date(2020, 2, 29))
        far = make.agency(name="Cơ quan A cũ nữa", successor=near, ended_on=date(2010, 1, 31))
        old = make.agency(name="Cơ quan B cũ", successor=other)
        ended.ended_on = date(2016, 6, 30)
        ended.save()
        unused.delete()
        return [present, other, plain, ended, near, far, old]

    def _day(self, nothing=0.2):
        if self.chance.random() < nothing:
            return None
        return self.chance.choice(
            (self.today, self.today + timedelta(self.chance.randint(-3000, 60)))
        )

    def _document(self, number):
        pick = self.chance.choice
        times = pick([shown] * 8 + list(HIDDEN.values()))(self.now)
        return Document(
            number=pick((f"{number % 40}/{2010 + number % 9}/TT-BTTTT", f"0{number}/QĐ-UBND", "")),
            family=pick(Family.values),
            type=pick([*self.types[:-1], None]),
            agency=pick([*self.agencies, None]),
            summary=f"Về {pick(WORDS)} và {pick(WORDS)}",
            signer=pick(SIGNERS),
            issued_on=self._day(),
            effective_on=self._day(),
            expires_on=self._day(0.6),
            validity_given=pick(["", "", "", *Validity.values]),
            **times,
        )

    def _relation(self):
        named = self.chance.random() < 0.2
        return Relation(
            source=None if named else self.chance.choice(self.documents),
            source_title="Văn bản khác" if named else "",
            target=self.chance.choice(self.documents),
            kind=self.chance.choice(RelationKind.values),
            is_partial=self.chance.random() < 0.3,
            acts_from=self._day(0.6),
            acts_until=self._day(0.8),
        )

    def _read(self):
        """Read everything back as plain Python for the oracle."""
        self.documents = [
            d
            for d in Document.objects.select_related("type").order_by("pk")
            if d.phase == "published"
        ]
        self.issuers_of = {
            d.pk: {d.agency_id, *d.co_agencies.values_list("pk", flat=True)} - {None}
            for d in self.documents
        }
        self.fields_of = {d.pk: set(d.fields.values_list("pk", flat=True)) for d in self.documents}
        self.acting, self._stood = {}, {}
        self.keys = {
            model: dict(model.objects.values_list("slug", "pk")) for model in (Agency, Field)
        }
        self.meant = {agency.pk: self._meant_by(agency.pk) for agency in self.agencies}
        for relation in Relation.objects.select_related("source"):
            source = relation.source
            if source is None or source.phase == "published":
                since = relation.acts_from or (source and (source.effective_on or source.issued_on))
                window = since or date.min, relation.acts_until or date.max
                self.acting.setdefault(relation.target_id, []).append(
                    (effect_of(relation.kind, relation.is_partial) or 0, window)
                )

    def _meant_by(self, pk):
        """Return the keys (set) of the agencies that the choice of the agency `pk` means."""
        now = {agency.pk: Agency.objects.get(pk=agency.pk).present.pk for agency in self.agencies}
        return {pk} if now[pk] != pk else {one for one, present in now.items() if present == pk}

    def with_validity(self, document, day):
        """Return how `document` stands on `day`, found one relation after the other."""
        if (document.pk, day) not in self._stood:
            effect = max(
                (
                    e
                    for e, (first, last) in self.acting.get(document.pk, ())
                    if first <= day <= last
                ),
                default=0,
            )
            dates = {"effective_on": document.effective_on, "expires_on": document.expires_on}
            self._stood[document.pk, day] = validity_on(
                day, given=document.validity_given, effect=effect, **dates
            )
        return self._stood[document.pk, day]

    def conditions(self, asked):
        """Return {name of the filter: condition on a document} for the query `asked`."""
        day = asked.get("ngay") or self.today
        tests = {
            "nhom": lambda d: d.family == asked["nhom"],
            "q": lambda d: all(
                word in vietnamese.fold(f"{d.number} {d.summary}")
                for word in vietnamese.fold(asked["q"]).split()
            ),
            "loai": lambda d: d.type is not None and d.type.slug == asked["loai"],
            "co-quan": lambda d: bool(self.issuers_of[d.pk] & meant),
            "linh-vuc": lambda d: self.keys[Field][asked["linh-vuc"]] in self.fields_of[d.pk],
            "nguoi-ky": lambda d: vietnamese.fold(asked["nguoi-ky"]) in vietnamese.fold(d.signer),
            "tinh-trang": lambda d: self.with_validity(d, day) == asked["tinh-trang"],
            "tu": lambda d: d.issued_on is not None and d.issued_on >= asked["tu"],
            "den": lambda d: d.issued_on is not None and d.issued_on <= asked["den"],
        }
        meant = self.meant.get(self.keys[Agency].get(asked.get("co-quan")))
        wanted = {name: test for name, test in tests.items() if name in asked}
        if "ngay" in asked and "tinh-trang" not in asked:
            wanted["tinh-trang"] = lambda d: self.with_validity(d, day) in IN_FORCE
        return wanted

    def under(self, asked, but=""):
        """Return the documents (list) that meet all of `asked` except the condition `but`."""
        tests = [test for name, test in self.conditions(asked).items() if name != but]
        return [document for document in self.documents if all(test(document) for test in tests)]

    def ask(self):
        """Return a random mix of conditions (dict), none, one or many."""
        pick = self.chance.choice
        offered = {
            "nhom": lambda: pick(Family.values),
            "q": lambda: pick(("truyen", "bưu CHÍNH", "2015", "TT-BTTTT", "khong co gi ca")),
            "loai": lambda: pick(self.types).slug,
            "co-quan": lambda: pick(self.agencies).slug,
            "linh-vuc": lambda: pick(self.fields).slug,
            "nguoi-ky": lambda: pick(("hung", "Trần", "thi")),
            "tinh-trang": lambda: pick(Validity.values),
            "ngay": lambda: self._day(0),
            "tu": lambda: self._day(0),
            "den": lambda: self._day(0),
        }
        rate = pick((0, 0.12, 0.25, 0.4))
        return {name: value() for name, value in offered.items() if self.chance.random() < rate}


def filtered(asked):
    """Return (form, Facets) of `asked` (dict as `Register.ask` gives it)."""
    data = {
        name: f"{value:%d/%m/%Y}" if isinstance(value, date) else value
        for name, value in asked.items()
        if name != "nhom"
    }
    form = DocumentFilter(data, asked.get("nhom", ""))
    assert form.is_valid(), form.errors
    return form, Facets(form, Document.objects.visible())


@pytest.fixture(scope="module")
def register(django_db_setup, django_db_blocker):
    """One Register for all tests here: they only read."""
    with lasting(django_db_blocker, lambda: Register(seed=20181219)) as built:
        yield built


@pytest.mark.slow
def test_counts_equal_results_for_500_random_filters(register):
    narrowed = 0
    keys = {
        name: [word.pk for word in words]
        for name, words in {
            "loai": register.types,
            "co-quan": register.agencies,
            "linh-vuc": register.fields,
        }.items()
    }
    for _ in range(COMBINATIONS):
        asked = register.ask()
        form, facets = filtered(asked)
        day = asked.get("ngay") or register.today
        found = register.under(asked)
        assert set(form.apply(Document.objects.visible()).values_list("pk", flat=True)) == {
            d.pk for d in found
        }, asked
        assert facets.total == len(found), asked
        assert set(facets.few) == {d.pk for d in found}, asked
        rows = {
            name: register.under(asked, but=name)
            for name in ("nhom", "loai", "co-quan", "linh-vuc", "tinh-trang")
        }
        counts = {
            "nhom": {
                family: sum(d.family == family for d in rows["nhom"]) for family in Family.values
            },
            "loai": {pk: sum(d.type_id == pk for d in rows["loai"]) for pk in keys["loai"]},
            "co-quan": {
                pk: sum(bool(register.issuers_of[d.pk] & meant) for d in rows["co-quan"])
                for pk, meant in register.meant.items()
            },
            "linh-vuc": {
                pk: sum(pk in register.fields_of[d.pk] for d in rows["linh-vuc"])
                for pk in keys["linh-vuc"]
            },
            "tinh-trang": {
                v: sum(register.with_validity(d, day) == v for d in rows["tinh-trang"])
                for v in Validity
            },
        }
        for name, expected in counts.items():
            assert {key: facets.counts[name][key] for key in expected} == expected, (name, asked)
        assert facets.of_all_families == len(rows["nhom"]), asked
        assert facets.in_force == sum(
            register.with_validity(d, day) in IN_FORCE for d in rows["tinh-trang"]
        ), asked
        narrowed += 0 < len(found) < len(register.documents)
    assert narrowed > COMBINATIONS / 3  # the mixes neither find all nor nothing


@pytest.mark.slow
@pytest.mark.parametrize("order", ["", "cu-nhat", "so", "hieu-luc"])
@pytest.mark.parametrize("most", [0, 10_000])
def test_page_is_the_same_by_keys_and_by_conditions(register, client, monkeypatch, order, most):
    monkeypatch.setattr("documents.filters.facets.FEW", most)
    asked = {"loai": "thong-tu", "sap-xep": order, "trang": 2}
    shown = [document.pk for document in client.get("/van-ban/", asked).context["object_list"]]
    rows = DocumentFilter(asked).apply(Document.objects.visible())
    assert shown == list(rows.values_list("pk", flat=True)[20:40])
    assert shown


OPTION = re.compile(r'<option value="([^"]+)"(?: selected)?>[^<]* \((\d+)\)</option>')


@pytest.mark.parametrize(
    "asked", [{}, {"ngay": "01/06/2021"}, {"loai": "thong-tu", "tinh-trang": "con", "q": "truyen"}]
)
def test_number_on_the_page_is_what_the_choice_finds(register, client, asked):
    response = client.get("/van-ban/", asked)
    choices = 0
    for select in re.findall(r"<select.*?</select>", response.content.decode(), re.S):
        name = re.search(r'name="([^"]+)"', select)[1]
        for value, count in OPTION.findall(select):
            found = DocumentFilter(asked | {name: value}).apply(Document.objects.visible()).count()
            assert found == int(count), (name, value)
            choices += 1
    assert choices > 1
    for _, label, address, count in response.context["families"]:
        assert client.get(address).context["paginator"].count == count, label


# --- what it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "?loai=thong-tu&co-quan=co-quan-a&linh-vuc=bao-chi&tinh-trang=con",
        "?ngay=01/01/2020&q=truyen&tu=01/01/2015",
    ],
)
def test_list_with_its_counts_takes_twelve_statements_at_most(register, client, asked):
    client.get("/van-ban/")
    with queries() as statements:
        response = client.get(f"/van-ban/{asked}")
    assert response.status_code == 200
    assert len(statements) <= 12
