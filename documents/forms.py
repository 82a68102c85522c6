"""The visitor's filter of the document lists."""

from urllib.parse import urlencode

from django import forms
from django.db.models import Value

from documents.validity import Validity
from documents.vocabulary import Agency, DocumentType, Field
from portal import text
from portal.filters import DayField, Filter

ORDERS = {"moi-nhat": "Mới ban hành trước", "cu-nhat": "Cũ trước", "so": "Theo số", "hieu-luc": "Mới có hiệu lực trước"}


VOCABULARIES = {"loai": DocumentType, "co-quan": Agency, "linh-vuc": Field}


def vocabularies():
    """Return {name of the filter: {slug: (pk, words)}} in the order to be shown: by position, then alphabetically. One query."""
    reads = [
        model.objects.order_by().annotate(of=Value(name)).values_list("of", "slug", "pk", "name", "position")
        for name, model in VOCABULARIES.items()
    ]
    rows = sorted(reads[0].union(*reads[1:], all=True), key=lambda row: (row[4], text.sort_key(row[3])))
    return {name: {slug: (pk, words) for of, slug, pk, words, _ in rows if of == name} for name in VOCABULARIES}


class DocumentFilter(Filter):
    """`?q= &loai= &co-quan= &linh-vuc= &nguoi-ky= &tinh-trang= &tu= &den= &sap-xep=`."""

    def __init__(self, data):
        super().__init__(data)
        self.vocabularies = vocabularies()
        self.fields["q"] = forms.CharField(label="Từ khóa hoặc số ký hiệu", required=False, max_length=200)
        for name, model in VOCABULARIES.items():
            words = [(slug, name) for slug, (_, name) in self.vocabularies[name].items()]
            self.fields[name] = self._choice(model._meta.verbose_name.capitalize(), [("", "Tất cả"), *words])
        self.fields["nguoi-ky"] = forms.CharField(label="Người ký", required=False, max_length=100)
        self.fields["tinh-trang"] = self._choice("Tình trạng", [("", "Tất cả"), *Validity.choices])
        self.fields["tu"] = DayField(label="Ban hành từ ngày")
        self.fields["den"] = DayField(label="Đến ngày")
        self.fields["sap-xep"] = self._choice("Sắp xếp", [("", ORDERS["moi-nhat"]), *list(ORDERS.items())[1:]])

    @staticmethod
    def _choice(label, choices):
        messages = {"invalid_choice": "Không có lựa chọn này. Hãy chọn trong danh sách."}
        return forms.ChoiceField(label=label, choices=choices, required=False, error_messages=messages)

    def _key(self, name):
        """Return the primary key (int) that the chosen slug of the vocabulary `name` stands for."""
        return self.vocabularies[name][self.cleaned_data[name]][0]

    def apply(self, documents):
        """Return `documents` (DocumentQuerySet) narrowed and sorted as asked."""
        asked = self.values()
        if asked.get("q"):
            documents = documents.matching_number_or_words(asked["q"])
        if asked.get("loai"):
            documents = documents.of_type(self._key("loai"))
        if asked.get("co-quan"):
            documents = documents.issued_by(self._key("co-quan"))
        if asked.get("linh-vuc"):
            documents = documents.in_field(self._key("linh-vuc"))
        if asked.get("nguoi-ky"):
            documents = documents.signed_by(asked["nguoi-ky"])
        if asked.get("tinh-trang"):
            documents = documents.standing(asked["tinh-trang"])
        return documents.issued_between(asked.get("tu"), asked.get("den")).sorted_by(asked.get("sap-xep"))

    def chips(self):
        """Return what narrows the list: list of (words, query string without it)."""
        given = self.given()
        chips = []
        for name, value in given:
            if name == "sap-xep" or name in self.errors:
                continue
            shown = dict(getattr(self.fields[name], "choices", ())).get(value, value)
            chips.append((f"{self.fields[name].label}: {shown}", "?" + urlencode([pair for pair in given if pair[0] != name])))
        return chips
