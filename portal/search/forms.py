"""The search form: words, kind, facts that narrow the answers, order."""

from django import forms
from django.http import QueryDict

from portal.search.index.sources import KINDS
from portal.web.filters import Filter

ORDERS = [("", "Phù hợp nhất"), ("moi-nhat", "Mới nhất")]
#: Facts of documents that narrow the answers: name in the address → words.
FACTS = {
    "nhom": "Nhóm văn bản",
    "loai-van-ban": "Loại văn bản",
    "co-quan": "Cơ quan ban hành",
    "linh-vuc": "Lĩnh vực",
    "nam": "Năm",
}


class SearchForm(Filter):
    """The query string of the search page: `?q= &loai= &nhom= &co-quan= &nam= &sap-xep=` …"""

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.fields["q"] = forms.CharField(label="Tìm trên cổng", required=False, max_length=200)
        self.fields["loai"] = forms.ChoiceField(
            label="Trong", required=False, choices=[("", "Tất cả"), *KINDS.items()]
        )
        for name, label in FACTS.items():
            self.fields[name] = forms.SlugField(label=label, required=False)
        self.fields["sap-xep"] = forms.ChoiceField(label="Sắp xếp", required=False, choices=ORDERS)

    def chosen(self) -> dict[str, str]:
        """Return the search form's facets that narrow the hits, without bad values."""
        values = self.values()
        return {name: values[name] for name in ("loai", *FACTS) if values.get(name)}
