"""Addresses of pages: slugs made from words, former addresses that redirect, absolute addresses."""

import functools
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from portal.publishing.public import BATCH
from portal.publishing.states import Publishable, PublishableQuerySet
from portal.text import vietnamese

RESERVED = "Địa chỉ này dành cho một trang của hệ thống. Hãy chọn địa chỉ khác."
FORMER = "Địa chỉ này từng là của mục khác và vẫn chuyển tiếp về đó. Hãy chọn địa chỉ khác."


class FormerAddress(models.Model):
    """A slug that an item once had: its address redirects (301), and no other item gets it."""

    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()
    slug = models.CharField(max_length=220)

    class Meta:
        verbose_name = "địa chỉ cũ"
        verbose_name_plural = "địa chỉ cũ"
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "slug"], name="one_owner_of_a_former_address"
            )
        ]

    def __str__(self) -> str:
        return self.slug

    @classmethod
    def remember(cls, item: "Addressed", old_slug: str) -> None:
        """Note the former address `old_slug` of the saved `item`."""
        kind = ContentType.objects.get_for_model(item)
        cls.objects.filter(content_type=kind, slug=item.slug).delete()
        if old_slug and old_slug != item.slug:
            cls.objects.update_or_create(
                content_type=kind, slug=old_slug, defaults={"object_id": item.pk}
            )

    @classmethod
    def owner(cls, model: type[models.Model], slug: str) -> int | None:
        """Return the primary key of the `model` object whose former address was `slug`, or None."""
        kind = ContentType.objects.get_for_model(model)
        owners = cls.objects.filter(content_type=kind, slug=slug)
        return owners.values_list("object_id", flat=True).first()


class _Slugs(set[str]):
    """Slugs given away. `free`: slugs that were looked up and belong to no item."""

    free: frozenset[str] | set[str] = frozenset()


@functools.cache
def _around_slug(route: str) -> list[str]:
    return reverse(route, args=["-"]).rsplit("-", 1)


def address_of(route: str, slug: str) -> str:
    """Return the address of the page `slug` under the URL `route`, reversed once for each route.

    `reverse` takes 0.08 ms: 8 ms for a page of a hundred links, 80 for a sitemap of a thousand.
    """
    before, after = _around_slug(route)
    return before + slug + after


def absolute(path: str) -> str:
    """Return the absolute address of `path` on the site's own name, whatever name was asked by.

    An address that is absolute already stays as it is.
    """
    return settings.SITE_URL + path if path.startswith("/") else path


class AddressedQuerySet(PublishableQuerySet):
    """Published items with pages: a bulk change of slugs remembers the former addresses."""

    def update(self, **values: Any) -> int:
        """Update rows in bulk as `PublicQuerySet` does; a changed slug leaves a former address."""
        if "slug" not in values:
            return super().update(**values)
        with transaction.atomic(using=self.db):
            old_slugs = dict(self.order_by().values_list("pk", "slug"))
            count = super().update(**values)
            for item in self.model._base_manager.filter(pk__in=old_slugs):
                FormerAddress.remember(item, old_slugs[item.pk])
        return count

    update.alters_data = True


class Addressed(Publishable):
    """A published item with a page of its own, under a slug that is made from its words."""

    #: Slugs that would hide another page of the same folder.
    reserved_slugs: frozenset[str] = frozenset()

    slug = models.SlugField(
        "địa chỉ",
        max_length=220,
        unique=True,
        blank=True,
        help_text="Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. "
        "Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.",
        error_messages={
            "unique": "Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo."
        },
    )

    objects = AddressedQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = True

    def slug_sources(self) -> list[str]:
        """Return the texts to make a slug of, the best first; a later one resolves a clash."""
        return [str(self)]

    def make_ready(self, taken: set[str] | None = None) -> None:
        """Make a free slug where the row has none."""
        super().make_ready(taken)
        if not self.slug:
            self.slug = self._free_slug(taken if taken is not None else set())
        if taken is not None:
            taken.add(self.slug)

    @classmethod
    def taken_slugs(cls, items: Sequence[Self]) -> set[str]:
        """Look up the free slugs of all `items` at once: a query each costs more than a row."""
        taken = _Slugs(item.slug for item in items if item.slug)
        wanted = list({slug for item in items if not item.slug for slug in item._wanted_slugs()})
        kind = ContentType.objects.get_for_model(cls)
        former: set[str] = set()
        former_addresses = FormerAddress.objects.filter(content_type=kind)
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            for rows, slugs in ((cls._base_manager, taken), (former_addresses, former)):
                slugs.update(rows.filter(slug__in=batch).values_list("slug", flat=True))
        taken.free = set(wanted) - taken - former
        return taken

    def _wanted_slugs(self) -> list[str]:
        sources = [vietnamese.slug(source) for source in self.slug_sources()]
        return [source for source in sources if source] or [self._meta.model_name]

    def _free_slug(self, taken: set[str]) -> str:
        sources = self._wanted_slugs()
        for candidate in sources:
            if self._is_free(candidate, taken):
                return candidate
        number = 2
        while not self._is_free(f"{sources[0]}-{number}", taken):
            number += 1
        return f"{sources[0]}-{number}"

    def _is_free(self, slug: str, taken: set[str]) -> bool:
        if slug in taken or slug in self.reserved_slugs:
            return False
        if slug in getattr(taken, "free", ()):
            return True
        if type(self)._base_manager.filter(slug=slug).exclude(pk=self.pk).exists():
            taken.add(slug)
            return False
        return FormerAddress.owner(type(self), slug) in (None, self.pk)

    def clean(self) -> None:
        """Refuse a slug that is the address or the former address of another page."""
        super().clean()
        if not self.slug:
            return
        if self.slug in self.reserved_slugs:
            raise ValidationError({"slug": RESERVED})
        if FormerAddress.owner(type(self), self.slug) not in (None, self.pk):
            raise ValidationError({"slug": FORMER})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row; its former address redirects to the new slug.

        A slug that the portal made, and that another item takes at the same moment, is made anew.
        """
        made_here, rows = not self.slug, type(self)._base_manager
        for tries_left in (2, 1, 0):
            try:
                super().save(*args, **kwargs)
                return
            except IntegrityError:
                is_taken = made_here and tries_left and rows.filter(slug=self.slug).exists()
                if not is_taken:
                    raise
                self.slug = ""

    save.alters_data = True

    def write_row(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, and remember the slug that it had before, its former address."""
        rows = type(self)._base_manager.filter(pk=self.pk)
        former_slug = self.pk and rows.values_list("slug", flat=True).first()
        super().write_row(*args, **kwargs)
        if former_slug and former_slug != self.slug:
            FormerAddress.remember(self, former_slug)
