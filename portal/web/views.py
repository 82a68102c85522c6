"""Base classes of public pages: one published item, a filtered list, 410 for a withdrawn item.

They never say who may see what; they ask `.visible()`.
"""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.generic import DetailView, ListView

from portal.publishing.addresses import Addressed, FormerAddress
from portal.publishing.states import Publishable
from portal.text import vietnamese
from portal.web.filters import Filter
from portal.web.pagination import PageNumber

QUERY_MAX = 200


def query_parameter(request: HttpRequest, name: str = "q") -> str:
    """Return the address's query parameter `name` as one clean line, cut to `QUERY_MAX`."""
    return vietnamese.clean_line(request.GET.get(name, "")[: QUERY_MAX * 4])[:QUERY_MAX].strip()


class VisibleDetail(DetailView):
    """The page of one published item: 200, 301 from a former address, 410 after withdrawal."""

    http_method_names = ["get", "head", "options"]

    def get_queryset(self) -> QuerySet[Addressed]:
        return self.model.objects.all()

    def find(self, slug: str) -> Addressed | None:
        """Return the visible item of this page by its `slug`."""
        return self.get_queryset().visible().filter(slug=slug).first()

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
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


def gone(request: HttpRequest, item: Publishable) -> HttpResponse:
    """Answer 410 for a withdrawn item's page, with the reason.

    Its title is not repeated.
    """
    return render(request, "410.html", {"reason": item.withdrawal_reason}, status=410)


class FilteredList(ListView):
    """A list in pages, narrowed by the visitor's filter.

    `form_class`: a GET form with `apply(queryset)`.
    Context: `form`, `page_obj`, `paginator`, `is_filtered`, `query` (the filter as a query string
    without the page).
    """

    http_method_names = ["get", "head", "options"]
    paginate_by = 20
    form_class: type[Filter]

    def get_form(self) -> Filter:
        """Return the list's filter form, bound to the address."""
        return self.form_class(self.request.GET)

    def get_queryset(self) -> QuerySet:
        self.form = self.get_form()  # first: a list may need what its form has read
        return self.form.apply(self.get_base_queryset())

    def _conditions(self) -> tuple[tuple[str, str], ...]:
        return tuple(pair for pair in self.form.given() if pair[0] != "trang")

    def paginate_queryset(
        self, queryset: QuerySet, page_size: int
    ) -> tuple[PageNumber, Page, QuerySet | list, bool]:
        name = (self.request.path, self._conditions())
        paginator = PageNumber(queryset, page_size, name=name)
        page = paginator.page_of(self.request.GET.get("trang", "1"))
        return paginator, page, page.object_list, page.has_other_pages()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        conditions = self._conditions()
        return super().get_context_data(
            form=self.form, query=urlencode(conditions), is_filtered=bool(conditions), **kwargs
        )


def never_store(response: HttpResponse) -> HttpResponse:
    """Mark a page `Cache-Control: no-store, private`: previews, staff pages."""
    patch_cache_control(response, no_store=True, private=True)
    return response
