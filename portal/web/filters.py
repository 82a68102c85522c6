"""What a visitor's filter is: a form in the address, whose bad values are said and never break the page."""

from django import forms

from portal.text import vietnamese


class DayField(forms.DateField):
    """A day typed as dd/mm/yyyy (or ISO, as our own addresses write it); optional."""

    def __init__(self, **kwargs):
        kwargs.setdefault("required", False)
        kwargs.setdefault(
            "error_messages",
            {"invalid": "Ngày không đúng. Hãy ghi dạng ngày/tháng/năm, ví dụ 03/12/2018."},
        )
        widget = forms.DateInput(
            attrs={"placeholder": "dd/mm/yyyy", "inputmode": "numeric", "autocomplete": "off"}
        )
        super().__init__(widget=widget, **kwargs)

    def to_python(self, value):
        day = super().to_python(vietnamese.fold(value) if isinstance(value, str) else value)
        if day and not 1900 <= day.year <= 2200:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Filter(forms.Form):
    """A GET form over a list. Subclasses define fields and `apply(queryset)`."""

    use_required_attribute = False

    def __init__(self, data):
        cleaned = {
            name: vietnamese.clean_line(value[:800])[:200]
            for name, value in data.items()
            if isinstance(value, str)
        }
        super().__init__(cleaned, auto_id="loc-%s")

    def values(self):
        """Return what was asked and makes sense (dict of name → cleaned value)."""
        self.is_valid()
        return getattr(self, "cleaned_data", {})

    def given(self):
        """Return what was asked as it was typed (list of (name, value)), fields of this form only, in their order."""
        return [(name, self.data[name]) for name in self.fields if self.data.get(name)]
