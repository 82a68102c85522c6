"""The public page of links to other websites."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.links.models import Link, grouped


def link_list(request: HttpRequest) -> HttpResponse:
    """Show `/lien-ket/`, all visible links to other sites by group."""
    context = {"groups": grouped(Link.objects.visible().in_order()), "trail": []}
    return render(request, "links/link_list.html", context)
