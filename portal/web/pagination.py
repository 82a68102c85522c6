"""Pages of a queryset: numbered in the address by `?trang=`, and as cheap far back as at the front."""

from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.http import Http404
from django.utils.functional import cached_property

from portal.cache import revision


class Pages(Paginator):
    """Pages of a queryset that cost the same at any depth. `name`: hashable, the same for the same rows; they are counted once under it."""

    def __init__(self, object_list, per_page, name=None, **kwargs):
        super().__init__(object_list, per_page, **kwargs)
        self.name = name

    @cached_property
    def count(self):
        """How many rows there are (int)."""
        counted = super()
        return (
            revision.kept(("count", self.name), lambda: counted.count)
            if self.name
            else counted.count
        )

    def page(self, number):
        """Return the page `number` (int): keys first, from the nearer end, then the rows, so that what is passed over is never read."""
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        rows = self.object_list
        if first == 0 or not isinstance(rows, QuerySet):
            return self._get_page(rows[first:last], number, self)
        keys = rows.values_list("pk", flat=True)
        if first > self.count // 2:
            keys = keys.reverse()[self.count - last : self.count - first]
        else:
            keys = keys[first:last]
        place = {key: n for n, key in enumerate(keys)}
        # Without an order the planner has no reason to look for the keys along the index of the order.
        found = sorted(rows.order_by().filter(pk__in=list(place)), key=lambda row: place[row.pk])
        return self._get_page(found if first <= self.count // 2 else found[::-1], number, self)


class PageNumber(Pages):
    """Pages numbered in the address by `?trang=`."""

    def page_of(self, number):
        """Return the page `number` (str as asked); Http404 for anything but an existing page."""
        if not (number.isascii() and number.isdigit()) or len(number) > 9:
            raise Http404
        try:
            return self.page(int(number))
        except EmptyPage:
            raise Http404 from None
