"""Private answers of the admin, required permissions, addresses of pictures for staff."""

from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.utils.cache import patch_cache_control

from portal.pictures.views import PUBLIC_PICTURES, STAFF_PICTURES

Response = TypeVar("Response", bound=HttpResponseBase)


def private(response: Response) -> Response:
    """Mark a staff page `Cache-Control: no-store, private` and noindex."""
    patch_cache_control(response, no_store=True, private=True)
    response["X-Robots-Tag"] = "noindex"
    return response


def staff_addresses(html: str) -> str:
    """Return `html` with the pictures' addresses for staff, which show those of drafts too."""
    return html.replace(PUBLIC_PICTURES, STAFF_PICTURES)


def require(allowed: bool) -> None:
    """Raise PermissionDenied for a staff page unless `allowed`."""
    if not allowed:
        raise PermissionDenied
