"""The lists of words that staff keep for the register: types, agencies, fields."""

from typing import Self

from django.core.exceptions import ValidationError
from django.db import models

from documents.agency_names import successors_of
from portal.publishing.public import Public, PublicQuerySet
from portal.publishing.trees import leads_back
from portal.text import vietnamese
from portal.text.fields import LineField


class Named(Public):
    """A word of a list that staff keep: type, agency, field. Known in addresses by its slug."""

    name = LineField("tên", max_length=200, unique=True)
    slug = models.SlugField(
        "địa chỉ", max_length=220, unique=True, blank=True, help_text="Để trống: tự tạo từ tên."
    )
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Make the slug of a type, agency or field from its name, with a number where taken."""
        taken = set() if taken is None else taken
        base = number = None
        while not self.slug:
            base = base or vietnamese.slug(self.name) or self._meta.model_name
            slug = base if number is None else f"{base}-{number}"
            number = (number or 1) + 1
            rows = type(self)._base_manager.filter(slug=slug).exclude(pk=self.pk)
            if slug not in taken and not rows.exists():
                self.slug = slug
        taken.add(self.slug)

    def clean(self) -> None:
        """Refuse a type, agency or field whose name has no letter or digit: it makes no address."""
        super().clean()
        if not vietnamese.slug(self.name):
            raise ValidationError({"name": "Tên phải có ít nhất một chữ cái hoặc chữ số."})


class DocumentTypeQuerySet(PublicQuerySet):
    """Types as the register asks for them."""

    def named_in(self, words: str) -> list[int]:
        """Return the keys of the document types of the vocabulary whose name stands in `words`. One
        query.

        Only the longest where names overlap.
        """
        words = f" {' '.join(vietnamese.words(words))} "
        names = {
            pk: " ".join(vietnamese.words(name)) for pk, name in self.values_list("pk", "name")
        }
        matches = {pk: name for pk, name in names.items() if name and f" {name} " in words}
        longest = max(matches.values(), key=len, default="")
        return [pk for pk, name in matches.items() if name == longest]


class DocumentType(Named):
    """Loại (hình thức) văn bản, an open list: old documents use retired types."""

    abbreviation = LineField(
        "viết tắt", max_length=20, blank=True, help_text="Ví dụ NĐ, TT, QĐ. Công văn không có."
    )

    objects = DocumentTypeQuerySet.as_manager()

    class Meta:
        verbose_name = "loại văn bản"
        verbose_name_plural = "loại văn bản"


class Agency(Named):
    """Cơ quan ban hành. A merged or renamed one stays, with its end and its successor."""

    short_name = LineField(
        "tên gọn", max_length=80, blank=True, help_text="Hiện trong danh sách, ví dụ «Bộ TT&TT»."
    )
    is_ours = models.BooleanField(
        "là cơ quan chủ quản của cổng",
        default=False,
        help_text="Văn bản do cơ quan này ban hành có thời hạn đăng ngắn hơn. "
        "Đánh dấu cả tên cũ của cơ quan.",
    )
    ended_on = models.DateField("kết thúc hoạt động", null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="predecessors",
        verbose_name="cơ quan kế thừa",
        help_text="Cơ quan nhận nhiệm vụ sau khi sáp nhập hoặc đổi tên. "
        "Văn bản cũ giữ nguyên cơ quan đã ban hành.",
    )

    class Meta:
        verbose_name = "cơ quan ban hành"
        verbose_name_plural = "cơ quan ban hành"

    @property
    def label(self) -> str:
        """The label of an agency: its short name where there is one, else its name."""
        return self.short_name or self.name

    @property
    def present(self) -> Self:
        """The present agency that has its duties: the last successor, itself where it has none."""
        return successors_of(self, lambda agency: agency.successor)[-1]

    def clean(self) -> None:
        """Refuse an agency that succeeds itself, at any distance."""
        super().clean()
        if leads_back(self, "successor"):
            raise ValidationError(
                {"successor": "Cơ quan không thể kế thừa chính nó. Hãy chọn cơ quan khác."}
            )


class Field(Named):
    """Lĩnh vực; a document may belong to several."""

    class Meta:
        verbose_name = "lĩnh vực"
        verbose_name_plural = "lĩnh vực"
