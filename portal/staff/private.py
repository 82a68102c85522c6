"""Answers for one member of staff only, permissions that are required, addresses of pictures for staff."""

from django.core.exceptions import PermissionDenied
from django.utils.cache import patch_cache_control

from portal.pictures.views import PUBLIC_PICTURES, STAFF_PICTURES


def private(response):
    """Return `response` marked as one person's: kept nowhere, listed nowhere."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def staff_addresses(html):
    """Return `html` (str) with the pictures' addresses changed to the door for staff, which shows those of drafts."""
    return html.replace(PUBLIC_PICTURES, STAFF_PICTURES)


def require(allowed):
    """Raise PermissionDenied unless `allowed`."""
    if not allowed:
        raise PermissionDenied
