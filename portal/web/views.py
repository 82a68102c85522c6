"""Base classes of public pages: the page of one published item, a filtered list, 410 for what was withdrawn.

They never say who may see what; they ask `.visible()`.
"""

from urllib.parse import urlencode

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.generic import DetailView, ListView

from portal.publishing.addresses import FormerAddress
from portal.text import vietnamese
from portal.web.pagination import PageNumber

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
        return super().get_context_data(
            form=self.form, query=urlencode(kept), is_filtered=bool(kept), **kwargs
        )


def never_store(response):
    """Return `response` marked as not to be kept by anybody: previews, staff pages."""
    patch_cache_control(response, no_store=True, private=True)
    return response
