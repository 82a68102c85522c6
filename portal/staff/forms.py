"""Forms of the admin: error messages in one sentence, states by permission, edit conflicts."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.renderers import BaseRenderer
from django.template.loader import render_to_string
from django.utils import formats, timezone

from portal.publishing.states import Publishable, State
from portal.richtext.cleaner import pictures_without_words
from portal.richtext.field import RichTextField
from portal.staff.private import staff_addresses
from portal.text import vietnamese

#: What is said beside a field instead of Django's words; the first class that fits counts.
_WRONG_DATE = "Ngày này không có thật hoặc viết sai. Viết ngày/tháng/năm, ví dụ 03/12/2018."
_WRONG_TIME = "Giờ viết sai. Viết giờ:phút, ví dụ 8:00 hoặc 14h30."
_SENTENCES = {
    forms.DateField: {"invalid": _WRONG_DATE},
    forms.TimeField: {"invalid": _WRONG_TIME},
    forms.SplitDateTimeField: {
        "invalid_date": _WRONG_DATE,
        "invalid_time": _WRONG_TIME,
        "required": "Ghi cả ngày và giờ.",
    },
    forms.URLField: {
        "invalid": "Địa chỉ phải bắt đầu bằng http:// hoặc https://, ví dụ https://nghean.gov.vn."
    },
    forms.EmailField: {"invalid": "Địa chỉ thư điện tử viết sai, ví dụ vanthu@nghean.gov.vn."},
    forms.SlugField: {
        "invalid": "Chỉ dùng chữ không dấu, chữ số và dấu gạch ngang, ví dụ hoi-nghi-giao-ban."
    },
    forms.IntegerField: {
        "invalid": "Ghi một số nguyên, ví dụ 10.",
        "min_value": "Ghi một số từ 0 trở lên.",
        "max_value": "Số này quá lớn.",
    },
    forms.ModelChoiceField: {"invalid_choice": "Mục đã chọn không còn nữa. Hãy chọn mục khác."},
    forms.ChoiceField: {"invalid_choice": "Không có lựa chọn này. Hãy chọn trong danh sách."},
}
_REQUIRED = "Ô này không được để trống."
_TOO_LONG = "Dài quá %(limit_value)d ký tự (đang có %(show_value)d). Hãy viết ngắn lại."
_TAKEN = "Đã có mục khác mang đúng tên này. Hãy dùng mục đó hoặc đặt tên khác."


class StaffForm(forms.ModelForm):
    """A form whose error messages are one sentence each, beside the field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            sentences = next(
                (words for kind, words in _SENTENCES.items() if isinstance(field, kind)), {}
            )
            if isinstance(field, forms.SplitDateTimeField):
                field.fields[0].error_messages["invalid"] = _WRONG_DATE
                field.fields[1].error_messages["invalid"] = _WRONG_TIME
            field.error_messages |= {
                "required": _REQUIRED,
                "blank": _REQUIRED,
                "max_length": _TOO_LONG,
            } | sentences
            if isinstance(field, forms.FileField):
                # A file is stored under a name of our own, however long the sender's was.
                field.max_length = None
            if self._unique_in_djangos_words(name):
                field.error_messages["unique"] = _TAKEN

    def _unique_in_djangos_words(self, name: str) -> bool:
        djangos = models.Field.default_error_messages["unique"]
        return any(
            field.name == name and field.error_messages["unique"] == djangos
            for field in self._meta.model._meta.concrete_fields
        )


def is_approved(item: Publishable | None) -> bool:
    """Tell the publish form whether `item` has been approved: published or withdrawn."""
    return item is not None and item.state in (State.PUBLISHED, State.WITHDRAWN)


def has_been_public(item: Publishable | None) -> bool:
    """Tell the publish form whether visitors see `item` or have seen it."""
    if not is_approved(item):
        return False
    return (
        item.state == State.WITHDRAWN
        or item.published_at is not None
        and item.published_at <= timezone.now()
    )


_STATE_WORDS = {
    State.DRAFT: "Bản nháp – đang soạn, chỉ trang quản trị thấy",
    State.REVIEW: "Chờ duyệt – soạn xong, nhờ người duyệt xem",
    State.PUBLISHED: "Duyệt đăng – hiện trên cổng kể từ thời điểm đăng",
    State.WITHDRAWN: "Gỡ – không hiện nữa, người mở địa chỉ cũ thấy lý do gỡ",
}


def states_for(item: Publishable, may_publish: bool) -> list[State]:
    """Return the publish form's next states of `item`: what was public is no draft again."""
    if not may_publish:
        return [State.DRAFT, State.REVIEW]
    if has_been_public(item):
        return [State.PUBLISHED, State.WITHDRAWN]
    return [State.DRAFT, State.REVIEW, State.PUBLISHED]


class PublishingForm(StaffForm):
    """The form of anything that is published. The admin sets `may_publish` for its user.

    `opened`: when the item had last been saved as the form was opened; it reveals edit conflicts.
    """

    may_publish = False
    opened = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = self.instance.published_at
        self.was_public = has_been_public(self.instance)
        if self.instance.pk:
            self.initial["opened"] = self.instance.updated_at.isoformat()
        if "state" in self.fields:
            field = self.fields["state"]
            field.choices = [
                (state, _STATE_WORDS[state])
                for state in states_for(self.instance, self.may_publish)
            ]
            if not self.may_publish:
                field.help_text = (
                    "Tài khoản này không duyệt đăng. Soạn xong, chọn «Chờ duyệt» rồi lưu."
                )
                field.error_messages["invalid_choice"] = (
                    "Tài khoản này không có quyền duyệt đăng. Chọn «Chờ duyệt» để người duyệt xem."
                )

    def clean_published_at(self) -> datetime | None:
        """Keep the seconds that the publish form's times do not show."""
        value = self.cleaned_data["published_at"]
        to_the_minute = self.before and self.before.replace(second=0, microsecond=0)
        if self.before and (value is None and self.was_public or value == to_the_minute):
            return self.before
        is_out = self.was_public and self.instance.state == State.PUBLISHED
        if value and is_out and value > timezone.now():
            raise ValidationError(
                "Mục này đã đăng, không hẹn giờ lại được. Muốn ẩn, hãy chọn «Gỡ» và ghi lý do."
            )
        return value

    def clean(self) -> dict[str, Any]:
        """Refuse in the publish form pictures without alternative text and edit conflicts."""
        data = super().clean()
        if data.get("state") in (State.REVIEW, State.PUBLISHED):
            for field in self._meta.model._meta.concrete_fields:
                if not isinstance(field, RichTextField):
                    continue
                count = pictures_without_words(data.get(field.name) or "")
                if count:
                    self.add_error(
                        field.name,
                        f"{count} ảnh chưa có mô tả. Bấm đúp vào từng ảnh và ghi ô «Mô tả ảnh»: "
                        "người không nhìn thấy ảnh sẽ nghe câu đó. "
                        "Muốn để sau thì lưu là bản nháp.",
                    )
        self._refuse_once_if_saved_since()
        return data

    def _refuse_once_if_saved_since(self) -> None:
        """Refuse the publish form once for an edit conflict; saving again overwrites."""
        opened, saved = self.cleaned_data.get("opened"), self.initial.get("opened")
        if opened and saved and opened != saved:
            self.data = self.data.copy()
            self.data[self.add_prefix("opened")] = saved
            at = formats.date_format(
                timezone.localtime(self.instance.updated_at), "DATETIME_FORMAT"
            )
            raise ValidationError(
                f"Người khác đã lưu mục này lúc {at}, sau khi bạn mở. "
                "Những gì bạn gõ vẫn còn dưới đây. "
                "Hãy mở mục ở thẻ khác để so lại; bấm «Lưu» lần nữa là ghi đè bản kia."
            )


class PictureInput(AdminFileWidget):
    """The upload field of a picture, with the present picture above it at its staff address."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: BaseRenderer | None = None,
    ) -> str:
        context = self.get_context(name, value, attrs)
        if context["widget"]["is_initial"]:
            context["address"] = staff_addresses(value.url)
        return render_to_string("admin/widgets/picture.html", context)


class ReasonForm(forms.Form):
    """The form that asks for the reason of a withdrawal."""

    reason = forms.CharField(
        label="Lý do gỡ",
        max_length=300,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "class": "vLargeTextField"}),
        help_text="Người đọc mở địa chỉ cũ sẽ thấy câu này.",
        error_messages={
            "required": "Ghi lý do gỡ: người đọc mở địa chỉ cũ sẽ thấy câu này.",
            "max_length": _TOO_LONG,
        },
    )

    def clean_reason(self) -> str:
        """Return the withdrawal form's reason on one clean line."""
        return vietnamese.clean_line(self.cleaned_data["reason"])
