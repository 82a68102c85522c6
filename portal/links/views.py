"""The page of links."""

from django.shortcuts import render

from portal.links.models import Link, grouped


def link_list(request):
    """All links by group."""
    context = {"groups": grouped(Link.objects.visible().in_order()), "trail": []}
    return render(request, "links/link_list.html", context)
