"""Links to other websites (liên kết website), in groups."""

from collections.abc import Iterable
from typing import Self

from django.core.validators import URLValidator
from django.db import models

from portal.pictures.fields import PictureField
from portal.publishing.public import Public, PublicQuerySet
from portal.publishing.states import Publishable, PublishableQuerySet
from portal.text.fields import LineField

_NO_ADDRESS = "Địa chỉ phải bắt đầu bằng http:// hoặc https://, ví dụ https://nghean.gov.vn."


class LinkGroupQuerySet(PublicQuerySet):
    """Groups of links as the pages show them."""

    def in_order(self) -> Self:
        """Return the groups of links as the editors arranged them."""
        return self.order_by("position", "name")


class LinkGroup(Public):
    """A group of links: "Cơ quan Trung ương", "Sở, ban, ngành"."""

    name = LineField("tên nhóm", max_length=120, unique=True)
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )

    objects = LinkGroupQuerySet.as_manager()

    class Meta:
        verbose_name = "nhóm liên kết"
        verbose_name_plural = "nhóm liên kết"

    def __str__(self) -> str:
        return self.name


class LinkQuerySet(PublishableQuerySet):
    """Links as the pages show them."""

    def in_order(self) -> Self:
        """Return the links group by group as the editors arranged them, with their groups."""
        return self.select_related("group").order_by(
            "group__position", "group__name", "position", "title", "pk"
        )


class Link(Publishable):
    """One link to another site."""

    group = models.ForeignKey(
        LinkGroup, on_delete=models.PROTECT, related_name="links", verbose_name="nhóm"
    )
    title = LineField("tên website", max_length=150)
    url = models.URLField(
        "địa chỉ",
        max_length=300,
        validators=[URLValidator(schemes=["http", "https"], message=_NO_ADDRESS)],
        error_messages={"invalid": _NO_ADDRESS},
    )
    logo = PictureField("logo", blank=True)
    position = models.PositiveSmallIntegerField(
        "thứ tự", default=100, help_text="Số nhỏ đứng trước."
    )

    objects = LinkQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "liên kết"
        verbose_name_plural = "liên kết"

    def __str__(self) -> str:
        return self.title


def grouped(links: Iterable[Link]) -> list[tuple[LinkGroup, list[Link]]]:
    """Return `links` (in order, with their groups) by group of links."""
    groups: dict[LinkGroup, list[Link]] = {}
    for link in links:
        groups.setdefault(link.group, []).append(link)
    return list(groups.items())
