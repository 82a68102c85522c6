"""Static pages, main menu, notices over every page, and the identity of the site."""

from datetime import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from portal.pictures.fields import PictureField
from portal.publishing.addresses import Addressed, AddressedQuerySet, address_of
from portal.publishing.public import Public, PublicQuerySet
from portal.publishing.states import Phase, Publishable, phase_q
from portal.publishing.trees import leads_back
from portal.richtext.cleaner import as_plain
from portal.richtext.field import RichTextField
from portal.text.fields import BlockField, FoldedField, LineField


class PageQuerySet(AddressedQuerySet):
    """Static pages as the site shows them."""

    def in_order(self) -> Self:
        """Return the static pages as the editors arranged them, without their bodies."""
        return self.defer("body", "folded").order_by("position", "title")


class Page(Addressed):
    """A static page (Giới thiệu, Liên hệ); may have sub-pages."""

    reserved_slugs = frozenset(
        "tin-tuc chuyen-muc the van-ban lich-cong-tac lien-ket tim-kiem so-do quan-tri static "
        "media healthz".split()
    )

    title = LineField("tiêu đề", max_length=200)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="thuộc trang",
    )
    lead = BlockField("tóm tắt", max_length=600, blank=True)
    body = RichTextField("nội dung", blank=True)
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )
    folded = FoldedField(sources=("title", "lead", "plain_body"))

    objects = PageQuerySet.as_manager()

    class Meta(Addressed.Meta):
        verbose_name = "trang tĩnh"
        verbose_name_plural = "trang tĩnh"

    def __str__(self) -> str:
        return self.title

    @property
    def plain_body(self) -> str:
        return as_plain(self.body)

    def get_absolute_url(self) -> str:
        """Return the address of this static page."""
        return address_of("page", self.slug)

    def clean(self) -> None:
        """Refuse a static page that lies, at any depth, in itself."""
        super().clean()
        if leads_back(self, "parent"):
            raise ValidationError(
                {"parent": "Trang không thể nằm trong chính nó. Hãy chọn trang khác."}
            )


class SiteIdentity(Public):
    """Who the site belongs to: the department's name, address, logo. One row."""

    name = LineField("tên đơn vị", max_length=150, default="Sở Thông tin và Truyền thông")
    province = LineField("tên tỉnh, thành phố", max_length=100, default="tỉnh Nghệ An", blank=True)
    parent_body = LineField(
        "cơ quan chủ quản", max_length=150, default="Ủy ban nhân dân tỉnh Nghệ An", blank=True
    )
    responsible = LineField(
        "người chịu trách nhiệm", max_length=150, default="Giám đốc Sở", blank=True
    )
    address = LineField("địa chỉ", max_length=250, blank=True)
    phone = LineField("điện thoại", max_length=60, blank=True)
    fax = LineField("fax", max_length=60, blank=True)
    email = models.EmailField("thư điện tử", blank=True)
    description = BlockField(
        "giới thiệu ngắn", max_length=400, blank=True, help_text="Dùng cho máy tìm kiếm."
    )
    licence = LineField("giấy phép", max_length=250, blank=True)
    logo = PictureField("logo hoặc biểu trưng", blank=True)

    class Meta:
        verbose_name = "thông tin đơn vị"
        verbose_name_plural = "thông tin đơn vị"

    def __str__(self) -> str:
        return self.name

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Save the site identity as the only row."""
        self.pk = 1

    @classmethod
    def load(cls) -> Self:
        """Return the site identity, unsaved defaults before it is entered.

        One query.
        """
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def full_name(self) -> str:
        """Return the department's name with the province."""
        return f"{self.name} {self.province}".strip()


class MenuItemQuerySet(PublicQuerySet):
    """Menu items as the header shows them."""

    def visible(self, at: datetime | None = None) -> Self:
        """Return the menu items that lead to a visible page, or to an address."""
        return self.filter(
            models.Q(page__isnull=True) | phase_q(Phase.PUBLISHED, at, prefix="page__")
        )

    def in_order(self) -> Self:
        """Return the menu items as the editors arranged them, with their pages' addresses."""
        return (
            self.select_related("page")
            .defer("page__body", "page__folded")
            .order_by("position", "pk")
        )


class MenuItem(Public):
    """One item of the main menu; may have items below it, one level deep."""

    title = LineField("tên", max_length=60)
    parent = models.ForeignKey(
        "self",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="nằm dưới",
        limit_choices_to={"parent": None},
    )
    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, null=True, blank=True, verbose_name="trang tĩnh"
    )
    path = models.CharField(
        "hoặc địa chỉ",
        max_length=200,
        blank=True,
        help_text="Địa chỉ trong cổng, bắt đầu bằng / (ví dụ /tin-tuc/), "
        "hoặc https:// của trang khác.",
        validators=[
            RegexValidator(
                r"^(/(?![/\\])|https?://)[^\s\\]*$", "Địa chỉ phải bắt đầu bằng / hoặc https://."
            )
        ],
    )
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )

    objects = MenuItemQuerySet.as_manager()

    class Meta:
        verbose_name = "mục menu"
        verbose_name_plural = "menu"

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """Ask the menu item for exactly one destination, and for at most two levels."""
        super().clean()
        if bool(self.page_id) == bool(self.path):
            raise ValidationError(
                {"path": "Chọn một trang tĩnh hoặc ghi một địa chỉ, không phải cả hai."}
            )
        if self.parent_id and (self.parent_id == self.pk or self.parent.parent_id):
            raise ValidationError(
                {"parent": "Menu chỉ có hai cấp. Hãy chọn một mục ở cấp trên cùng."}
            )

    def get_absolute_url(self) -> str:
        """Return where the menu item leads."""
        return self.page.get_absolute_url() if self.page else self.path


class Notice(Publishable):
    """A notice (banner) over every page for a time: a planned outage, an urgent warning."""

    message = BlockField("nội dung", max_length=400)
    page_path = models.CharField(
        "xem thêm ở",
        max_length=200,
        blank=True,
        help_text="Địa chỉ trong cổng, bắt đầu bằng /.",
        validators=[RegexValidator(r"^/(?![/\\])[^\s\\]*$", "Địa chỉ phải bắt đầu bằng /.")],
    )

    class Meta(Publishable.Meta):
        verbose_name = "thông báo đầu trang"
        verbose_name_plural = "thông báo đầu trang"

    def __str__(self) -> str:
        return self.message if len(self.message) <= 80 else self.message[:79] + "…"
