"""Filters of public lists: GET forms whose wrong values get a message and never break the page."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from portal.text import vietnamese


class DayField(forms.DateField):
    """A day typed as dd/mm/yyyy (or ISO, as our own addresses write it); optional."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "error_messages",
            {"invalid": "Ngày không đúng. Hãy ghi dạng ngày/tháng/năm, ví dụ 03/12/2018."},
        )
        widget = forms.DateInput(
            attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off"}
        )
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(vietnamese.fold(value) if isinstance(value, str) else value)
        if day and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Filter(forms.Form):
    """A GET form over a list. Subclasses define fields and `apply(queryset)`."""

    use_required_attribute = False

    def __init__(self, data: Mapping[str, Any]) -> None:
        cleaned = {
            name: vietnamese.clean_line(value[:800])[:200]
            for name, value in data.items()
            if isinstance(value, str)
        }
        super().__init__(cleaned, auto_id="loc-%s")

    def values(self) -> dict[str, Any]:
        """Return the valid values of the visitor's filter by field name, as Python objects."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    def given(self) -> list[tuple[str, str]]:
        """Return (name, value as typed) of each filled-in field of the visitor's filter."""
        return [(name, self.data[name]) for name in self.fields if self.data.get(name)]
