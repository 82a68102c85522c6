"""Middleware of every request: what is refused at once, what only staff pages have, one snapshot.

Sessions, `request.user` and messages are for staff. On the public side a page could come to depend
on who asks by them, so public requests pass them by.
"""

import contextlib
from collections.abc import Callable

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from portal.cache import revision

STAFF_DOORS = "/quan-tri/"
#: The public side is only read; what is sent goes through the doors for staff.
PUBLIC_METHODS = {"GET", "HEAD"}
STAFF_METHODS = PUBLIC_METHODS | {"POST", "OPTIONS"}
#: Search writes down what was not found; health must be told where the database is away.
WITHOUT_SNAPSHOT = ("/tim-kiem/", "/healthz")


def is_for_staff(request: HttpRequest) -> bool:
    """Tell the middleware whether a request goes to the staff's side."""
    return request.path.startswith(STAFF_DOORS)


class Threshold:
    """Refuse methods that no page has (405) and addresses with NUL or broken UTF-8 (400).

    The public side never learns who asks: cookies are removed, so that no page can depend on one.
    A public page is made from one snapshot of the content: an item that is withdrawn between two
    queries of a page is there in both, or gone in both.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for_staff = is_for_staff(request)
        if request.method not in (STAFF_METHODS if for_staff else PUBLIC_METHODS):
            response = render(
                request, "400.html", {"message": "Máy chủ không nhận cách gửi này."}, status=405
            )
            response["Allow"] = "GET, HEAD, POST" if for_staff else "GET, HEAD"
            return response
        path, full_path = request.path, request.get_full_path()
        if "\x00" in path or "\ufffd" in path or len(full_path) > 12_000:
            message = "Địa chỉ có ký tự không đọc được."
            return render(request, "400.html", {"message": message}, status=400)
        if for_staff:
            return self.get_response(request)
        request.COOKIES = {}
        needs_none = path.startswith(WITHOUT_SNAPSHOT)
        with contextlib.nullcontext() if needs_none else revision.read_snapshot():
            return self.get_response(request)


class _StaffSide:
    """A middleware that the public side passes by."""

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return super().__call__(request) if is_for_staff(request) else self.get_response(request)


class Sessions(_StaffSide, SessionMiddleware):
    """Sessions of staff."""


class SignedIn(_StaffSide, AuthenticationMiddleware):
    """`request.user` of staff."""


class Messages(_StaffSide, MessageMiddleware):
    """Messages to staff, shown on their next page."""
