"""The public page of one static page."""

from typing import Any

from portal.pages.models import Page, PageQuerySet
from portal.web.views import VisibleDetail


class PageDetail(VisibleDetail):
    """One static page, with those below it and beside it."""

    model = Page
    template_name = "pages/page_detail.html"
    context_object_name = "page"

    def get_queryset(self) -> PageQuerySet:
        return Page.objects.select_related("parent")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        page = self.object
        visible = Page.objects.visible().in_order()
        # The way up shows only what a stranger may see.
        parent = page.parent if page.parent and visible.filter(pk=page.parent_id).exists() else None
        return super().get_context_data(
            children=list(visible.filter(parent=page)),
            section=list(visible.filter(parent=parent)) if parent else [],
            trail=[(parent.title, parent.get_absolute_url())] if parent else [],
            **kwargs,
        )
