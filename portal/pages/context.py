"""What every template may use: `site`, the identity of the department, read once where it is used."""

from django.utils.functional import SimpleLazyObject

from portal.cache import revision
from portal.pages.models import SiteIdentity


def site(request):
    """Return {"site": SiteIdentity}, fetched by the first template that looks at it."""
    return {"site": SimpleLazyObject(lambda: revision.kept("site", SiteIdentity.load))}
