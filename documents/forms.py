"""The visitor's filter of the document lists."""

from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from documents.facets import VOCABULARIES, Issuers, vocabularies
from documents.validity import Validity
from portal.filters import DayField, Filter

ORDERS = {"moi-nhat": "Mới ban hành trước", "cu-nhat": "Cũ trước", "so": "Theo số", "hieu-luc": "Mới có hiệu lực trước"}


class DocumentFilter(Filter):
    """`?q= &loai= &co-quan= &linh-vuc= &nguoi-ky= &tinh-trang= &ngay= &tu= &den= &sap-xep=` within a family or all documents."""

    def __init__(self, data, family=""):
        """`data`: the query of the address; `family`: value of `Family`, "" for both."""
        super().__init__(data)
        self.family = family
        words = vocabularies()
        self.issuers = Issuers(words["co-quan"])
        self.keys = {name: {word.slug: word.pk for word in words[name]} for name in VOCABULARIES}
        self.fields["q"] = forms.CharField(label="Từ khóa hoặc số ký hiệu", required=False, max_length=200)
        for name, model in VOCABULARIES.items():
            label = self.issuers.label if name == "co-quan" else lambda word: word.name
            choices = [(word.slug, label(word)) for word in words[name]]
            self.fields[name] = self._choice(model._meta.verbose_name.capitalize(), [("", "Tất cả"), *choices])
        self.fields["nguoi-ky"] = forms.CharField(label="Người ký", required=False, max_length=100)
        self.fields["tinh-trang"] = self._choice("Tình trạng", [("", "Tất cả"), *Validity.choices])
        self.fields["ngay"] = DayField(label="Hiệu lực tại ngày")
        self.fields["tu"] = DayField(label="Ban hành từ ngày")
        self.fields["den"] = DayField(label="Ban hành đến ngày")
        self.fields["sap-xep"] = self._choice("Sắp xếp", [("", ORDERS["moi-nhat"]), *list(ORDERS.items())[1:]])
        self.order_fields(ORDER)

    @staticmethod
    def _choice(label, choices):
        messages = {"invalid_choice": "Không có lựa chọn này. Hãy chọn trong danh sách."}
        return forms.ChoiceField(label=label, choices=choices, required=False, error_messages=messages)

    @property
    def day(self):
        """The day (date) of which the standing is asked: `ngay`, else today."""
        return self.values().get("ngay") or timezone.localdate()

    def narrow(self, documents, but=""):
        """Return `documents` (DocumentQuerySet) under all conditions that were asked, except that of the filter `but` (its name)."""
        asked = {name: value for name, value in self.values().items() if value and name != but}
        if self.family and but != "nhom":
            documents = documents.of_family(self.family)
        if "q" in asked:
            documents = documents.matching_number_or_words(asked["q"])
        if "loai" in asked:
            documents = documents.of_type(self.keys["loai"][asked["loai"]])
        if "co-quan" in asked:
            documents = documents.issued_by(*self.issuers.meant_by(self.keys["co-quan"][asked["co-quan"]]))
        if "linh-vuc" in asked:
            documents = documents.in_field(self.keys["linh-vuc"][asked["linh-vuc"]])
        if "nguoi-ky" in asked:
            documents = documents.signed_by(asked["nguoi-ky"])
        if "tinh-trang" in asked:
            documents = documents.standing(asked["tinh-trang"], self.day)
        elif "ngay" in asked and but != "tinh-trang":
            documents = documents.in_force(self.day)
        return documents.issued_between(asked.get("tu"), asked.get("den"))

    def apply(self, documents):
        """Return `documents` (DocumentQuerySet) narrowed and sorted as asked."""
        return self.narrow(documents).sorted_by(self.values().get("sap-xep"))

    def show_counts(self, facets):
        """Put the counts of `facets` (Facets) beside the choices; what finds nothing is left out, what is chosen stays.

        Former bodies stand below the one that has their duties now.
        """
        for name in ("loai", "linh-vuc", "tinh-trang"):
            self.fields[name].choices = [
                choice for one in self.fields[name].choices for choice in self._counted(name, *one, facets)
            ]
        if self.values().get("ngay"):
            words = f"Còn hiệu lực, kể cả một phần ({facets.in_force})"
            self.fields["tinh-trang"].choices = [("", words), *self.fields["tinh-trang"].choices[1:]]
        issuers = [("", "Tất cả")]
        for present in self.issuers.present:
            bodies = [present, *self.issuers.before(present.pk)]
            shown = [
                choice for body in bodies for choice in self._counted("co-quan", body.slug, self.issuers.label(body), facets)
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
ORDER = ("q", "loai", "co-quan", "linh-vuc", "tinh-trang", "ngay", "tu", "den", "nguoi-ky", "sap-xep")


def joined(address, *queries):
    """Return `address` (str) with those of `queries` (str) that are not empty."""
    query = "&".join(filter(None, queries))
    return f"{address}?{query}" if query else address
