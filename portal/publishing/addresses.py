"""Addresses of pages: slugs made from words, and former addresses that never die."""

import functools
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from portal.publishing.public import BATCH
from portal.publishing.states import Publishable, PublishableQuerySet
from portal.text import vietnamese


class FormerAddress(models.Model):
    """A slug that an item once had: its address answers 301 to the present one, and is not given away again."""

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

    def __str__(self):
        return self.slug

    @classmethod
    def remember(cls, item, old_slug):
        """Note that `item` (saved, with a slug) was to be found under `old_slug` (str) before."""
        kind = ContentType.objects.get_for_model(item)
        cls.objects.filter(content_type=kind, slug=item.slug).delete()
        if old_slug and old_slug != item.slug:
            cls.objects.update_or_create(
                content_type=kind, slug=old_slug, defaults={"object_id": item.pk}
            )

    @classmethod
    def owner(cls, model, slug):
        """Return the primary key (int) of the `model` object that once had `slug`, or None."""
        kind = ContentType.objects.get_for_model(model)
        return (
            cls.objects.filter(content_type=kind, slug=slug)
            .values_list("object_id", flat=True)
            .first()
        )


class _Slugs(set):
    """Slugs given away. `free` (set of str): those that were looked up and belong to nobody."""

    free = frozenset()


@functools.cache
def _frame_of(route):
    return reverse(route, args=["-"]).rsplit("-", 1)


def address_of(route, slug):
    """Return the address (str) of the page of `slug` (str) under the name `route` of portal.urls, which is looked up once."""
    before, after = _frame_of(route)
    return before + slug + after


def absolute(path: str) -> str:
    """Return the absolute address of `path` on the site's own name, whatever name was asked by.

    An address that is absolute already stays as it is.
    """
    return settings.SITE_URL + path if path.startswith("/") else path


class AddressedQuerySet(PublishableQuerySet):
    """Published items with a page of their own: a bulk change of slugs remembers the former ones."""

    def update(self, **values):
        """Update as `PublicQuerySet` does; a changed slug is remembered, so that the old address leads to the new one."""
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
    """A published item with a page of its own, known by a slug that is made from its words."""

    #: Slugs that would hide another page of the same folder.
    reserved_slugs = frozenset()

    slug = models.SlugField(
        "địa chỉ",
        max_length=220,
        unique=True,
        blank=True,
        help_text="Phần cuối của địa chỉ trang, chữ thường không dấu. Để trống: tự tạo. Đổi địa chỉ: địa chỉ cũ tự chuyển tiếp.",
        error_messages={
            "unique": "Địa chỉ này đã dùng cho mục khác. Hãy đổi vài chữ hoặc để trống để tự tạo."
        },
    )

    objects = AddressedQuerySet.as_manager()

    class Meta(Publishable.Meta):
        abstract = True

    def slug_sources(self):
        """Return the texts (list of str) to make a slug of, the best first; each later one resolves a clash."""
        return [str(self)]

    def make_ready(self, taken=None):
        """Make a free slug where there is none."""
        super().make_ready(taken)
        if not self.slug:
            self.slug = self._free_slug(taken if taken is not None else set())
        if taken is not None:
            taken.add(self.slug)

    @classmethod
    def taken_from(cls, items):
        """Look the slugs that `items` (list) have or would take up together: a question for each row costs more than the row."""
        taken = _Slugs(item.slug for item in items if item.slug)
        wanted = list({slug for item in items if not item.slug for slug in item._wanted_slugs()})
        kind = ContentType.objects.get_for_model(cls)
        former = set()
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            taken.update(cls._base_manager.filter(slug__in=batch).values_list("slug", flat=True))
            former.update(
                FormerAddress.objects.filter(content_type=kind, slug__in=batch).values_list(
                    "slug", flat=True
                )
            )
        taken.free = set(wanted) - taken - former
        return taken

    def _wanted_slugs(self):
        sources = [vietnamese.slug(source) for source in self.slug_sources()]
        return [source for source in sources if source] or [self._meta.model_name]

    def _free_slug(self, taken):
        sources = self._wanted_slugs()
        for candidate in sources:
            if self._is_free(candidate, taken):
                return candidate
        number = 2
        while not self._is_free(f"{sources[0]}-{number}", taken):
            number += 1
        return f"{sources[0]}-{number}"

    def _is_free(self, slug, taken):
        if slug in taken or slug in self.reserved_slugs:
            return False
        if slug in getattr(taken, "free", ()):
            return True
        if type(self)._base_manager.filter(slug=slug).exclude(pk=self.pk).exists():
            taken.add(slug)
            return False
        return FormerAddress.owner(type(self), slug) in (None, self.pk)

    def clean(self):
        """Refuse, beside the field, a slug that belongs or belonged to another page."""
        super().clean()
        if self.slug and self.slug in self.reserved_slugs:
            raise ValidationError(
                {"slug": "Địa chỉ này dành cho một trang của hệ thống. Hãy chọn địa chỉ khác."}
            )
        if self.slug and FormerAddress.owner(type(self), self.slug) not in (None, self.pk):
            raise ValidationError(
                {
                    "slug": "Địa chỉ này từng là của mục khác và vẫn chuyển tiếp về đó. Hãy chọn địa chỉ khác."
                }
            )

    def save(self, *args, **kwargs):
        """Save; a changed slug is remembered, so that the old address leads here.

        A slug that the portal makes itself and that somebody else takes in the same moment is made anew.
        """
        made_here = not self.slug
        for tries_left in (2, 1, 0):
            try:
                super().save(*args, **kwargs)
                return
            except IntegrityError:
                if not (
                    made_here
                    and tries_left
                    and type(self)._base_manager.filter(slug=self.slug).exists()
                ):
                    raise
                self.slug = ""

    save.alters_data = True

    def write_row(self, *args: Any, **kwargs: Any) -> None:
        """Write the row, and remember the slug that it had before."""
        rows = type(self)._base_manager.filter(pk=self.pk)
        former_slug = self.pk and rows.values_list("slug", flat=True).first()
        super().write_row(*args, **kwargs)
        if former_slug and former_slug != self.slug:
            FormerAddress.remember(self, former_slug)
