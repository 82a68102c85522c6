"""The portlets Văn bản chỉ đạo điều hành and Văn bản pháp quy."""

from typing import Any

from django import template
from django.urls import reverse

from documents.models import Document, Family
from portal.cache.portlets import portlet

register = template.Library()
SHOWN = 5


@portlet(register, "documents/_portlet.html")
def document_portlet(family: str) -> dict[str, Any]:
    """Show the newest documents of a family. One query."""
    family = Family(family)
    documents = Document.objects.visible().of_family(family).for_cards()
    return {
        "heading": family.label,
        "anchor": family.value,
        "documents": list(documents[:SHOWN]),
        "more_url": reverse(f"documents:{family.value}"),
    }
