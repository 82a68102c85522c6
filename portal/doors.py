"""How the public comes in: base classes of list, detail and feed pages.

A door never says who may see what; it asks `.visible()`.
"""

from urllib.parse import urlencode

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.core.paginator import EmptyPage, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.functional import cached_property
from django.views.generic import DetailView, ListView

from portal.cache import revision
from portal.publishing.addresses import FormerAddress
from portal.text import vietnamese

QUERY_MAX = 200


def asked(request, name="q"):
    """Return the first value (str) of the query's `name`: clean, one line, at most `QUERY_MAX` characters."""
    return vietnamese.clean_line(request.GET.get(name, "")[: QUERY_MAX * 4])[:QUERY_MAX].strip()


class VisibleDetail(DetailView):
    """The page of one published item: 200 to all, 301 from a former address, 410 with the reason after withdrawal."""

    http_method_names = ["get", "head", "options"]

    def get_queryset(self):
        return self.model.objects.all()

    def find(self, slug):
        """Return the visible item under `slug` (str), or None."""
        return self.get_queryset().visible().filter(slug=slug).first()

    def get(self, request, *args, **kwargs):
        slug = kwargs["slug"]
        self.object = self.find(slug)
        if self.object is not None:
            return self.render_to_response(self.get_context_data(object=self.object))
        rows = self.get_queryset()
        withdrawn = rows.gone().filter(slug=slug).first()
        if withdrawn is not None:
            return gone(request, withdrawn)
        owner = FormerAddress.owner(self.model, slug)
        moved = rows.visible().filter(pk=owner).first() if owner else None
        if moved is not None:
            return HttpResponsePermanentRedirect(moved.get_absolute_url())
        withdrawn = rows.gone().filter(pk=owner).first() if owner else None
        if withdrawn is not None:
            return gone(request, withdrawn)
        raise Http404


def gone(request, item):
    """Answer 410 with the reason why `item` (Publishable, withdrawn) is no longer shown. Its title is not repeated."""
    return render(request, "410.html", {"reason": item.withdrawal_reason}, status=410)


class Pages(Paginator):
    """Pages of a queryset that cost the same at any depth. `name`: hashable, the same for the same rows; they are counted once under it."""

    def __init__(self, object_list, per_page, name=None, **kwargs):
        super().__init__(object_list, per_page, **kwargs)
        self.name = name

    @cached_property
    def count(self):
        """How many rows there are (int)."""
        counted = super()
        return revision.kept(("count", self.name), lambda: counted.count) if self.name else counted.count

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


class FilteredList(ListView):
    """A list in pages, narrowed by the visitor's filter.

    `form_class`: a GET form with `apply(queryset)`.
    Context: `form`, `page_obj`, `paginator`, `query` (the filter as a query string without the page), `is_filtered`.
    """

    http_method_names = ["get", "head", "options"]
    paginate_by = 20
    form_class = None

    def get_form(self):
        """Return the filter form, bound to the address."""
        return self.form_class(self.request.GET)

    def get_queryset(self):
        self.form = self.get_form()  # first: a list may need what its form has read
        return self.form.apply(self.get_base_queryset())

    def paginate_queryset(self, queryset, page_size):
        asked = tuple(pair for pair in self.form.given() if pair[0] != "trang")
        paginator = PageNumber(queryset, page_size, name=(self.request.path, asked))
        page = paginator.page_of(self.request.GET.get("trang", "1"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs):
        kept = [(name, value) for name, value in self.form.given() if name != "trang"]
        return super().get_context_data(form=self.form, query=urlencode(kept), is_filtered=bool(kept), **kwargs)


class Rss(Rss201rev2Feed):
    """RSS 2.0 in Vietnamese."""

    content_type = "application/rss+xml; charset=utf-8"


class Atom(Atom1Feed):
    """Atom 1.0 (RFC 4287)."""

    content_type = "application/atom+xml; charset=utf-8"


class OurFeed(Feed):
    """A feed whose addresses are on the site's own name. Subclasses give `home(obj)` and `address(obj)` as paths."""

    language = "vi"

    def link(self, obj):
        return absolute(self.home(obj))

    def feed_url(self, obj):
        return absolute(self.address(obj))

    def item_link(self, item):
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return max(item.updated_at, item.published_at)


def absolute(path):
    """Return the whole address (str) of `path` on the site's own name, whatever name the visitor asked by."""
    return settings.SITE_URL + path


def json_feed(feed):
    """Return a JsonResponse in JSON Feed 1.1 (jsonfeed.org) of `feed`: dict of `title`, `home`, `address`, `items`.

    An item is a dict of `url`, `title`, `summary` (str), `published` (aware datetime).
    """
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["home"],
        "feed_url": feed["address"],
        "language": "vi",
        "items": [
            {
                "id": item["url"],
                "url": item["url"],
                "title": item["title"],
                "content_text": item["summary"],
                "date_published": item["published"].isoformat(),
            }
            for item in feed["items"]
        ],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/feed+json; charset=utf-8"
    return response


def never_store(response):
    """Return `response` marked as not to be kept by anybody: previews, staff pages."""
    patch_cache_control(response, no_store=True, private=True)
    return response
