"""The visitor's filter of the news list."""

from django import forms

from news.models import CategoryTree, Tag
from portal.web.filters import DayField, Filter


class ArticleFilter(Filter):
    """`?q= &chuyen-muc= &the= &tu= &den=`: each narrows the list; a value that makes no sense is said beside its field."""

    def __init__(self, data, tree=None):
        super().__init__(data)
        self.tree = tree or CategoryTree.present()
        choices = [
            (category.slug, "– " * depth + category.name) for depth, category in self._lines()
        ]
        self.fields["q"] = forms.CharField(label="Từ khóa", required=False, max_length=200)
        self.fields["chuyen-muc"] = forms.ChoiceField(
            label="Chuyên mục",
            choices=[("", "Tất cả"), *choices],
            required=False,
            error_messages={"invalid_choice": "Không có chuyên mục này. Hãy chọn trong danh sách."},
        )
        self.fields["tu"] = DayField(label="Đăng từ ngày")
        self.fields["den"] = DayField(label="Đến ngày")
        self.fields["the"] = forms.ModelChoiceField(
            Tag.objects.visible(),
            label="Thẻ",
            required=False,
            to_field_name="slug",
            widget=forms.HiddenInput,
            error_messages={"invalid_choice": "Không có thẻ này. Hãy xóa bộ lọc."},
        )

    def _lines(self, parent=None, depth=0):
        for category in self.tree.children(parent):
            yield depth, category
            yield from self._lines(category, depth + 1)

    def apply(self, articles):
        """Return `articles` (ArticleQuerySet) narrowed by what was asked."""
        asked = self.values()
        if asked.get("q"):
            articles = articles.matching(asked["q"])
        if asked.get("chuyen-muc"):
            articles = articles.in_categories(
                self.tree.subtree(self.tree.by_slug[asked["chuyen-muc"]])
            )
        if asked.get("the"):
            articles = articles.tagged(asked["the"])
        return articles.between(asked.get("tu"), asked.get("den"))
