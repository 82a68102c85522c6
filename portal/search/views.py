"""The search page."""

from urllib.parse import urlencode

from django.shortcuts import render

from portal.doors import PageNumber
from portal.search.answers import Answers
from portal.search.facets import facets
from portal.search.forms import KINDS, ORDERS, SearchForm

PER_PAGE = 20


def results(request):
    """`/tim-kiem/?q=`: everything visible that holds every word."""
    form = SearchForm(request.GET)
    asked = form.values()
    query = asked.get("q", "")
    found = Answers(query, form.chosen(), by_date=asked.get("sap-xep") == "moi-nhat")
    page = PageNumber(found, PER_PAGE).page_of(request.GET.get("trang", "1"))
    context = {
        "form": form,
        "q": query,
        "kinds": kinds(form, found),
        "facets": facets(found, form, address) if query else [],
        "orders": orders(form),
        "clear": address(form, **dict.fromkeys(form.chosen(), "")),
        "is_narrowed": bool(found.chosen),
        "page_obj": page,
        "paginator": page.paginator,
        "object_list": page.object_list,
        "query": address(form).removeprefix("?"),
        "total": len(found),
        "total_words": ("Hơn " if found.is_more else "") + dotted(len(found)),
        "kept": [(name, value) for name, value in form.given() if name != "q" and name not in form.errors],
        "trail": [],
    }
    return render(request, "search/results.html", context)


def kinds(form, found):
    """Return the tabs (list of dict) of the kinds of answers, with the number of each."""
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


def dotted(number):
    """Return `number` (int) as it is written in Vietnamese (str): "10.000"."""
    return f"{number:,}".replace(",", ".")


def orders(form):
    """Return the orders to choose from: list of (words, address, whether it is the present one)."""
    present = form.values().get("sap-xep", "")
    return [(words, address(form, **{"sap-xep": name}), name == present) for name, words in ORDERS]


def address(form, **changes):
    """Return the address (str) of the search as it is asked now, with `changes` (name → value, "" for none)."""
    given = {name: value for name, value in form.given() if name not in form.errors} | changes
    return "?" + urlencode({name: value for name, value in given.items() if value})
