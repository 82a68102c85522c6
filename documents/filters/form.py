"""The visitor's filter of the document lists."""

from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from documents.filters.facets import VOCABULARIES, Issuers, vocabularies
from documents.law.validity import Validity
from portal.web.filters import DayField, Filter

ORDERS = {
    "moi-nhat": "Mới ban hành trước",
    "cu-nhat": "Cũ trước",
    "so": "Theo số",
    "hieu-luc": "Mới có hiệu lực trước",
}


class DocumentFilter(Filter):
    """`?q= &loai= &co-quan= &linh-vuc= &nguoi-ky= &tinh-trang= &ngay= &tu= &den= &sap-xep=` within a family or all documents."""

    def __init__(self, data, family=""):
        """`data`: the query of the address; `family`: value of `Family`, "" for both."""
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
    def _choice(label, choices):
        messages = {"invalid_choice": "Không có lựa chọn này. Hãy chọn trong danh sách."}
        return forms.ChoiceField(
            label=label, choices=choices, required=False, error_messages=messages
        )

    @property
    def day(self):
        """The day (date) of which the standing is asked: `ngay`, else today."""
        return self.values().get("ngay") or timezone.localdate()

    def chosen(self):
        """Return what was chosen from what is offered: {name of the filter, or "nhom": key of the word, `Family` or `Validity`}."""
        values = self.values()
        chosen = {name: self.keys[name][values[name]] for name in VOCABULARIES if values.get(name)}
        said = {"nhom": self.family, "tinh-trang": values.get("tinh-trang")}
        return chosen | {name: value for name, value in said.items() if value}

    def is_worded(self):
        """Tell whether words or a signer are asked for."""
        return bool(self.values().get("q") or self.values().get("nguoi-ky"))

    def worded(self, documents):
        """Return `documents` (DocumentQuerySet) with the words and the signer alone that were asked for."""
        asked = self.values()
        if asked.get("q"):
            documents = documents.matching_number_or_words(asked["q"])
        return documents.signed_by(asked["nguoi-ky"]) if asked.get("nguoi-ky") else documents

    def days(self):
        """Return the first and last day of issue that was asked for (two date or None)."""
        return self.values().get("tu"), self.values().get("den")

    def narrow(self, documents):
        """Return `documents` (DocumentQuerySet) under all conditions that were asked."""
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

    def apply(self, documents):
        """Return `documents` (DocumentQuerySet) narrowed and sorted as asked."""
        return self.sorted(self.narrow(documents))

    def sorted(self, documents):
        """Return `documents` (DocumentQuerySet) in the order that was asked."""
        return documents.sorted_by(self.values().get("sap-xep"))

    def show_counts(self, facets):
        """Put the counts of `facets` (Facets) beside the choices; what finds nothing is left out, what is chosen stays.

        Former bodies stand below the one that has their duties now.
        """
        for name in ("loai", "linh-vuc", "tinh-trang"):
            self.fields[name].choices = [
                choice
                for one in self.fields[name].choices
                for choice in self._counted(name, *one, facets)
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

    def _counted(self, name, value, words, facets):
        """Return [(value, words with the count)]; [] for a choice that finds nothing and is not chosen."""
        if not value:
            return [(value, words)]
        count = facets.counts[name][self.keys[name][value] if name in self.keys else value]
        return [(value, f"{words} ({count})")] if count or value == self.data.get(name) else []

    def chips(self):
        """Return what narrows the list: list of (words, query string without it). Asked before `show_counts`."""
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
ORDER = (
    "q",
    "loai",
    "co-quan",
    "linh-vuc",
    "tinh-trang",
    "ngay",
    "tu",
    "den",
    "nguoi-ky",
    "sap-xep",
)


def joined(address, *queries):
    """Return `address` (str) with those of `queries` (str) that are not empty."""
    query = "&".join(filter(None, queries))
    return f"{address}?{query}" if query else address
