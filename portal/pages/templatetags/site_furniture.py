"""What stands on every page: the menu and the notices."""

from django import template

from portal.pages.models import MenuItem, Notice
from portal.portlets import portlet

register = template.Library()


def tree_of(items, path):
    """Return [{item, url, children, is_current}, …] of `items` (iterable of MenuItem in order); `path`: the page shown (str)."""
    nodes, tops = {}, []
    for item in items:
        url = item.get_absolute_url()
        is_current = path == url or (url != "/" and path.startswith(url))
        nodes[item.pk] = {"item": item, "url": url, "children": [], "is_current": is_current}
    for node in nodes.values():
        parent = node["item"].parent_id
        if parent is None:
            tops.append(node)
        elif parent in nodes:
            nodes[parent]["children"].append(node)
    for node in tops:
        node["is_current"] = node["is_current"] or any(child["is_current"] for child in node["children"])
    return tops


@portlet(register, "includes/menu.html")
def site_menu(path):
    """The main menu, the entry of the page `path` (str) marked. One query."""
    return {"items": tree_of(MenuItem.objects.visible().in_order(), path)}


@portlet(register, "includes/notices.html")
def notices():
    """The banners of this moment. One query."""
    return {"notices": list(Notice.objects.visible().newest_first()[:3])}
