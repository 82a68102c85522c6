"""What stands on every page: the menu and the notices."""

from django import template

from portal.cache import revision
from portal.cache.portlets import portlet
from portal.pages.models import MenuItem, Notice

register = template.Library()


@register.simple_tag(takes_context=True)
def furniture(context, name):
    """The template includes/`name`.html, which says the same on every page: it knows `site` and nothing else."""

    def made():
        template = context.template.engine.get_template(f"includes/{name}.html")
        return template.render(context.new({"site": context.get("site")}))

    return revision.kept(("furniture", name), made)


def is_current(url, path):
    """Tell whether the page `path` (str) is where `url` (str) leads, or lies below it."""
    return path == url or (url != "/" and path.startswith(url))


def tree_of(items, path):
    """Return [{item, url, children, is_current}, …] of `items` (iterable of MenuItem in order); `path`: the page shown (str)."""
    nodes, tops = {}, []
    for item in items:
        url = item.get_absolute_url()
        nodes[item.pk] = {
            "item": item,
            "url": url,
            "children": [],
            "is_current": is_current(url, path),
        }
    for node in nodes.values():
        parent = node["item"].parent_id
        if parent is None:
            tops.append(node)
        elif parent in nodes:
            nodes[parent]["children"].append(node)
    for node in tops:
        node["is_current"] = node["is_current"] or any(
            child["is_current"] for child in node["children"]
        )
    return tops


def menu_items():
    """Return the visible items of the menu (list of MenuItem) in order. One query."""
    return revision.kept("menu", lambda: list(MenuItem.objects.visible().in_order()))


def entries_of(path):
    """Return which entries of the menu lead to the page `path` (str) or to its section: the menu is the same for all with the same."""
    leads = revision.kept(
        "menu leads", lambda: [(item.pk, item.get_absolute_url()) for item in menu_items()]
    )
    return tuple(pk for pk, url in leads if is_current(url, path))


@portlet(register, "pages/_menu.html", differs_by=entries_of)
def site_menu(path):
    """The main menu, the entry of the page `path` (str) marked. One query."""
    return {"items": tree_of(menu_items(), path)}


@portlet(register, "pages/_notices.html")
def notices():
    """The banners of this moment. One query."""
    return {"notices": list(Notice.objects.visible().newest_first()[:3])}
