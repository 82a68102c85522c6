"""The search page."""

from urllib.parse import urlencode

from django.shortcuts import render

from portal.doors import PageNumber
from portal.search.forms import KINDS, SearchForm
from portal.search.index import search

PER_PAGE = 20


def results(request):
    """`/tim-kiem/?q=`: everything visible that holds every word."""
    form = SearchForm(request.GET)
    asked = form.values()
    query, kind = asked.get("q", ""), asked.get("loai", "")
    found = search(query, kind)
    page = PageNumber(found, PER_PAGE).page_of(request.GET.get("trang", "1"))
    kinds = [{"label": "Tất cả", "url": _address(query), "count": sum(found.counts.values()), "is_current": not kind}]
    kinds += [
        {"label": label, "url": _address(query, name), "count": found.counts.get(name, 0), "is_current": kind == name}
        for name, label in KINDS.items()
    ]
    context = {
        "form": form,
        "q": query,
        "kinds": kinds,
        "page_obj": page,
        "paginator": page.paginator,
        "object_list": page.object_list,
        "query": urlencode(form.given()),
        "total": len(found),
        "trail": [],
    }
    return render(request, "search/results.html", context)


def _address(query, kind=""):
    return "?" + urlencode({"q": query, **({"loai": kind} if kind else {})})
