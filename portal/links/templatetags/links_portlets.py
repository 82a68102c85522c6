"""The portlet Liên kết website: links by group."""

from typing import Any

from django import template

from portal.cache.portlets import portlet
from portal.links.models import Link, grouped

register = template.Library()


@portlet(register, "links/_portlet.html")
def links_portlet() -> dict[str, Any]:
    """Show the portlet of links to other sites, group by group.

    One query.
    """
    return {"groups": grouped(Link.objects.visible().in_order())}
