"""The search page and its suggestions while one types."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control

from portal.publishing.addresses import absolute
from portal.search.forms import KINDS, ORDERS, SearchForm
from portal.search.results import missed, spelling
from portal.search.results.answers import Answers, straight_to, suggestions
from portal.search.results.facets import dotted, facets
from portal.web.pagination import PageNumber
from portal.web.views import query_parameter

PER_PAGE = 20
SUGGEST_MAX = 80
#: Seconds for which a browser or a cache in front may keep suggestions.
SUGGEST_AGE = 60


def results(request: HttpRequest) -> HttpResponse:
    """Show the search results of `/tim-kiem/?q=`: everything visible that holds every word.

    The whole number of one document redirects to it; in quotes it is searched.
    """
    form = SearchForm(request.GET)
    values = form.values()
    q = values.get("q", "")
    straight = straight_to(q) if q and set(dict(form.given())) == {"q"} else None
    if straight:
        return HttpResponseRedirect(straight)
    found = Answers(q, form.chosen(), by_date=values.get("sap-xep") == "moi-nhat")
    page = PageNumber(found, PER_PAGE).page_of(request.GET.get("trang", "1"))
    hits = page.object_list = page.object_list[:]
    if found.is_empty and not found.chosen:
        missed.note(found.query)
    context = {
        "form": form,
        "q": q,
        "kinds": kinds(form, found),
        "facets": facets(found, form, address) if q else [],
        "orders": orders(form),
        "clear": address(form, **dict.fromkeys(form.chosen(), "")),
        "instead": [
            (words, "?" + urlencode({"q": words})) for words in spelling.instead(found.query)
        ]
        if found.is_empty
        else [],
        "is_narrowed": bool(found.chosen),
        "page_obj": page,
        "paginator": page.paginator,
        "object_list": hits,
        "query": address(form).removeprefix("?"),
        "total": len(found),
        "total_words": ("Hơn " if found.is_more else "") + dotted(len(found)),
        "kept": [
            (name, value) for name, value in form.given() if name != "q" and name not in form.errors
        ],
        "trail": [],
    }
    return render(request, "search/results.html", context)


def suggest(request: HttpRequest) -> JsonResponse:
    """Answer `/tim-kiem/goi-y/?q=`: what the words may become, as OpenSearch suggestions.

    JSON: words, titles, descriptions, addresses.
    """
    q = query_parameter(request)[:SUGGEST_MAX]
    found = suggestions(q)
    answer = [
        q,
        [title for title, _, _ in found],
        [words for _, words, _ in found],
        [absolute(url) for _, _, url in found],
    ]
    response = JsonResponse(answer, safe=False, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/x-suggestions+json; charset=utf-8"
    response["X-Robots-Tag"] = "noindex"
    patch_cache_control(response, public=True, max_age=SUGGEST_AGE)
    return response


def kinds(form: SearchForm, found: Answers) -> list[dict[str, object]]:
    """Return the tabs of the results page, one for each kind, with the number of hits."""
    counts = {"": found.all_but("loai"), **found.counts("loai")}
    current = form.chosen().get("loai", "")
    return [
        {
            "label": label,
            "url": address(form, loai=name),
            "count": counts.get(name, 0),
            "count_words": dotted(counts.get(name, 0)) + ("+" if found.is_capped else ""),
            "is_current": name == current,
        }
        for name, label in {"": "Tất cả", **KINDS}.items()
    ]


def orders(form: SearchForm) -> list[tuple[str, str, bool]]:
    """Return the orders of the results page: (words, address, whether it is the present one)."""
    present = form.values().get("sap-xep", "")
    return [(words, address(form, **{"sap-xep": name}), name == present) for name, words in ORDERS]


def address(form: SearchForm, **changes: str) -> str:
    """Return the address of the results page with `changes` (name → value, "" for none)."""
    given = {name: value for name, value in form.given() if name not in form.errors} | changes
    return "?" + urlencode({name: value for name, value in given.items() if value})
