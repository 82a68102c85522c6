"""Template tags of what stands on every page: head and foot, main menu, notices."""

from collections.abc import Iterable
from typing import Any

from django import template

from portal.cache import revision
from portal.cache.portlets import portlet
from portal.pages.models import MenuItem, Notice
from portal.publishing.trees import Tree

register = template.Library()


@register.simple_tag(takes_context=True)
def furniture(context: template.Context, name: str) -> str:
    """Render the head or foot of every page, includes/`name`.html, once: it has `site` alone."""

    def made() -> str:
        template = context.template.engine.get_template(f"includes/{name}.html")
        return template.render(context.new({"site": context.get("site")}))

    return revision.kept(("furniture", name), made)


def is_current(url: str, path: str) -> bool:
    """Tell whether the visitor's page `path` is the menu item's `url`, or lies below it."""
    return path == url or (url != "/" and path.startswith(url))


def menu_nodes(items: Iterable[MenuItem], path: str) -> list[dict[str, Any]]:
    """Return the menu `items` (in order) as nodes {item, url, children, is_current}.

    Current is what leads to the page `path`, or has such an item directly below it.
    """

    def describe(item: MenuItem) -> dict[str, Any]:
        url = item.get_absolute_url()
        return {"item": item, "url": url, "is_current": is_current(url, path)}

    tree = Tree(items)
    nodes = tree.nodes(tree.children(None), describe)
    for node in nodes:
        node["is_current"] |= any(child["is_current"] for child in node["children"])
    return nodes


def menu_items() -> list[MenuItem]:
    """Return the visible items of the menu in order. One query."""
    return revision.kept("menu", lambda: list(MenuItem.objects.visible().in_order()))


def current_items(path: str) -> tuple[int, ...]:
    """Return the keys of the menu items that lead to the visitor's page `path` or its section.

    The menu looks the same on all pages with the same current items.
    """
    return tuple(item.pk for item in menu_items() if is_current(item.get_absolute_url(), path))


@portlet(register, "pages/_menu.html", differs_by=current_items)
def site_menu(path: str) -> dict[str, Any]:
    """Show the main menu, with the item of the visitor's page `path` marked.

    One query.
    """
    return {"items": menu_nodes(menu_items(), path)}


@portlet(register, "pages/_notices.html")
def notices() -> dict[str, Any]:
    """Show the site notices (banners) of this moment.

    One query.
    """
    return {"notices": list(Notice.objects.visible().newest_first()[:3])}
