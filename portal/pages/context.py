"""Template context processor: `site`, the identity of the department."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from portal.cache import revision
from portal.pages.models import SiteIdentity


def site(request: HttpRequest) -> dict[str, Any]:
    """Give every page `site`, the department's SiteIdentity, fetched at its first use."""
    return {"site": SimpleLazyObject(lambda: revision.kept("site", SiteIdentity.load))}
