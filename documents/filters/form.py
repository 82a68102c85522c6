"""The visitor's filter of the document lists, and the day for which a document is judged."""

from collections.abc import Mapping
from datetime import date
from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from documents.filters.facets import VOCABULARIES, Facets, Issuers, vocabularies
from documents.law.validity import Validity
from documents.models import DocumentQuerySet
from portal.web.filters import DayField, Filter

ORDERS = {
    "moi-nhat": "Mới ban hành trước",
    "cu-nhat": "Cũ trước",
    "so": "Theo số",
    "hieu-luc": "Mới có hiệu lực trước",
}


class DayFilter(Filter):
    """`?ngay=`: the day for which a reader asks the validity of one document."""

    def __init__(self, data: Mapping[str, str]) -> None:
        super().__init__(data)
        self.fields["ngay"] = DayField(label="Xem tình trạng tại ngày")

    @property
    def day(self) -> date | None:
        """The day of the filter form for which validity is asked; None without one."""
        return self.values().get("ngay")


class DocumentFilter(Filter):
    """Filter documents of a family or of both.

    `?q= &loai= &co-quan= &linh-vuc= &nguoi-ky= &tinh-trang= &ngay= &tu= &den= &sap-xep=`
    """

    def __init__(self, data: Mapping[str, str], family: str = "") -> None:
        super().__init__(data)
        self.family = family
        words = vocabularies()
        self.issuers = Issuers(words["co-quan"])
        self.keys = {name: {word.slug: word.pk for word in words[name]} for name in VOCABULARIES}
        self.fields["q"] = forms.CharField(
            label="Từ khóa hoặc số ký hiệu", required=False, max_length=200
        )
        for name, model in VOCABULARIES.items():
            label = self.issuers.label if name == "co-quan" else lambda word: word.name
            choices = [(word.slug, label(word)) for word in words[name]]
            self.fields[name] = self._choice(
                model._meta.verbose_name.capitalize(), [("", "Tất cả"), *choices]
            )
        self.fields["nguoi-ky"] = forms.CharField(label="Người ký", required=False, max_length=100)
        self.fields["tinh-trang"] = self._choice("Tình trạng", [("", "Tất cả"), *Validity.choices])
        self.fields["ngay"] = DayField(label="Hiệu lực tại ngày")
        self.fields["tu"] = DayField(label="Ban hành từ ngày")
        self.fields["den"] = DayField(label="Ban hành đến ngày")
        self.fields["sap-xep"] = self._choice(
            "Sắp xếp", [("", ORDERS["moi-nhat"]), *list(ORDERS.items())[1:]]
        )
        self.order_fields(ORDER)

    @staticmethod
    def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
        messages = {"invalid_choice": "Không có lựa chọn này. Hãy chọn trong danh sách."}
        return forms.ChoiceField(
            label=label, choices=choices, required=False, error_messages=messages
        )

    @property
    def day(self) -> date:
        """The day of the filter form for which the validity is asked: `ngay`, else today."""
        return self.values().get("ngay") or timezone.localdate()

    def chosen(self) -> dict[str, int | str]:
        """Return what the filter form has chosen: {name of the filter or "nhom": key or value}."""
        values = self.values()
        chosen = {name: self.keys[name][values[name]] for name in VOCABULARIES if values.get(name)}
        fixed = {"nhom": self.family, "tinh-trang": values.get("tinh-trang")}
        return chosen | {name: value for name, value in fixed.items() if value}

    def is_worded(self) -> bool:
        """Tell whether the filter form asks for words or a signer."""
        return bool(self.values().get("q") or self.values().get("nguoi-ky"))

    def worded(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Narrow the documents by the words and the signer of the filter form alone."""
        values = self.values()
        if values.get("q"):
            documents = documents.matching_number_or_words(values["q"])
        return documents.signed_by(values["nguoi-ky"]) if values.get("nguoi-ky") else documents

    def days(self) -> tuple[date | None, date | None]:
        """Return the first and the last day of issue in the filter form."""
        return self.values().get("tu"), self.values().get("den")

    def narrow(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Narrow the documents by all conditions of the filter form."""
        documents, chosen = self.worded(documents).issued_between(*self.days()), self.chosen()
        if "nhom" in chosen:
            documents = documents.of_family(chosen["nhom"])
        if "loai" in chosen:
            documents = documents.of_type(chosen["loai"])
        if "co-quan" in chosen:
            documents = documents.issued_by(*self.issuers.meant_by(chosen["co-quan"]))
        if "linh-vuc" in chosen:
            documents = documents.in_field(chosen["linh-vuc"])
        if "tinh-trang" in chosen:
            return documents.with_validity(chosen["tinh-trang"], self.day)
        return documents.in_force(self.day) if self.values().get("ngay") else documents

    def apply(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Narrow and sort the documents by the filter form."""
        return self.sorted(self.narrow(documents))

    def sorted(self, documents: DocumentQuerySet) -> DocumentQuerySet:
        """Sort the documents in the order chosen in the filter form."""
        return documents.sorted_by(self.values().get("sap-xep"))

    def show_counts(self, facets: Facets) -> None:
        """Put the counts beside the choices of the filter form; leave out what finds nothing.

        Former agencies stand below the one that has their duties now.
        """
        for name in ("loai", "linh-vuc", "tinh-trang"):
            self.fields[name].choices = [
                choice
                for value, words in self.fields[name].choices
                for choice in self._counted(name, value, words, facets)
            ]
        if self.values().get("ngay"):
            words = f"Còn hiệu lực, kể cả một phần ({facets.in_force})"
            self.fields["tinh-trang"].choices = [
                ("", words),
                *self.fields["tinh-trang"].choices[1:],
            ]
        issuers = [("", "Tất cả")]
        for present in self.issuers.present:
            bodies = [present, *self.issuers.before(present.pk)]
            shown = [
                choice
                for body in bodies
                for choice in self._counted("co-quan", body.slug, self.issuers.label(body), facets)
            ]
            issuers += [(present.name, shown)] if len(shown) > 1 else shown
        self.fields["co-quan"].choices = issuers

    def _counted(self, name: str, value: str, words: str, facets: Facets) -> list[tuple[str, str]]:
        """Return a choice of the filter form with its count; [] for what finds nothing, unless
        chosen.
        """
        if not value:
            return [(value, words)]
        count = facets.counts[name][self.keys[name][value] if name in self.keys else value]
        return [(value, f"{words} ({count})")] if count or value == self.data.get(name) else []

    def chips(self) -> list[tuple[str, str]]:
        """Return the chips of the filter form: (words of a condition, query string without it).

        Asked before `show_counts`.
        """
        given = self.given()
        chips = []
        for name, value in given:
            if name == "sap-xep" or name in self.errors:
                continue
            field = self.fields[name]
            if isinstance(field, DayField):
                words = f"{field.label} {self.values()[name]:%d/%m/%Y}"
            else:
                words = f"{field.label}: {dict(getattr(field, 'choices', ())).get(value, value)}"
            chips.append((words, "?" + urlencode([pair for pair in given if pair[0] != name])))
        return chips


#: As a form is read: what most visitors know first.
ORDER = "q loai co-quan linh-vuc tinh-trang ngay tu den nguoi-ky sap-xep".split()


def joined(address: str, *queries: str) -> str:
    """Return the address of a filtered list with those query strings that are not empty."""
    query = "&".join(filter(None, queries))
    return f"{address}?{query}" if query else address
