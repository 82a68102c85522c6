"""The search box."""

from django import forms

from portal.filters import Filter

KINDS = {"tin-tuc": "Tin tức", "van-ban": "Văn bản", "lich": "Lịch công tác", "trang": "Trang"}


class SearchForm(Filter):
    """`?q= &loai=tin-tuc|van-ban|lich|trang`."""

    q = forms.CharField(label="Tìm trên cổng", required=False, max_length=200)
    loai = forms.ChoiceField(label="Trong", required=False, choices=[("", "Tất cả"), *KINDS.items()])
