"""The visitor's filter of the news list."""

from collections.abc import Mapping

from django import forms

from news.models import ArticleQuerySet, CategoryTree, Tag
from portal.web.filters import DayField, Filter


class ArticleFilter(Filter):
    """The filter of the news list: `?q= &chuyen-muc= &the= &tu= &den=`, each narrows the articles.

    A value that makes no sense is named beside its field.
    """

    def __init__(self, data: Mapping[str, str], tree: CategoryTree | None = None) -> None:
        super().__init__(data)
        self.tree = tree or CategoryTree.present()
        choices = [
            (category.slug, "– " * depth + category.name)
            for depth, category in self.tree.lines(self.tree.children(None))
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

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Narrow the articles by the visitor's filter of the news list."""
        values = self.values()
        if values.get("q"):
            articles = articles.matching(values["q"])
        if values.get("chuyen-muc"):
            articles = articles.in_categories(
                self.tree.subtree(self.tree.by_slug[values["chuyen-muc"]])
            )
        if values.get("the"):
            articles = articles.tagged(values["the"])
        return articles.between(values.get("tu"), values.get("den"))
