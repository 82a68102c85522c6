"""What every request passes on its way in: what is refused at once, and what only staff need.

Sessions, `request.user` and messages are the staff's. Each costs a visitor a hundredth of his page, and would be a way by which a page
might come to depend on who asks; so on the public side they are passed by.
"""

import contextlib
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.shortcuts import render

from portal.cache import revision

STAFF_DOORS = "/quan-tri/"
#: The public side is only read; what is sent goes through the doors for staff.
PUBLIC_METHODS = {"GET", "HEAD"}
STAFF_METHODS = PUBLIC_METHODS | {"POST", "OPTIONS"}
#: Search writes down what was not found; health must be told where the database is away.
NO_PAGES = ("/tim-kiem/", "/healthz")


def is_for_staff(request):
    """Tell whether a request goes to the staff's side."""
    return request.path.startswith(STAFF_DOORS)


class Policy(CSPMiddleware):
    """Content-Security-Policy: on the public side that of the settings, put together once; staff pages may have their own."""

    def __call__(self, request):
        if is_for_staff(request):
            return super().__call__(request)
        response = self.get_response(request)
        response.headers.setdefault(HEADER, self.of_the_public)
        return response

    @cached_property
    def of_the_public(self):
        """The header's value (str)."""
        return build_policy()


class Threshold:
    """Methods nobody serves get 405, addresses with NUL or broken UTF-8 get 400; never a 500.

    The public side never learns who asks: cookies stay outside, so that no page can depend on one or answer with one. A public page
    is made from one state of the content: what was withdrawn between two of its questions is there, or gone, and never neither.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        for_staff = is_for_staff(request)
        if request.method not in (STAFF_METHODS if for_staff else PUBLIC_METHODS):
            response = render(
                request, "400.html", {"message": "Máy chủ không nhận cách gửi này."}, status=405
            )
            response["Allow"] = "GET, HEAD, POST" if for_staff else "GET, HEAD"
            return response
        if (
            "\x00" in request.path
            or "\ufffd" in request.path
            or len(request.get_full_path()) > 12_000
        ):
            return render(
                request, "400.html", {"message": "Địa chỉ có ký tự không đọc được."}, status=400
            )
        if for_staff:
            return self.get_response(request)
        request.COOKIES = {}
        with (
            contextlib.nullcontext() if request.path.startswith(NO_PAGES) else revision.one_state()
        ):
            return self.get_response(request)


class _StaffSide:
    """A middleware that the public side passes by."""

    def __call__(self, request):
        return super().__call__(request) if is_for_staff(request) else self.get_response(request)


class Sessions(_StaffSide, SessionMiddleware):
    """Who was here before."""


class SignedIn(_StaffSide, AuthenticationMiddleware):
    """`request.user`."""


class Messages(_StaffSide, MessageMiddleware):
    """What was done, told on the next page."""
