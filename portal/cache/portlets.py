"""A decorator for portlets: a template tag whose failure is logged and leaves the page whole."""

import contextlib
import logging
from collections.abc import Callable, Hashable
from typing import Any

from django.db import transaction
from django.template import Context, Library

from portal.cache import revision

log = logging.getLogger(__name__)


def portlet(
    register: Library, template: str, differs_by: Callable[..., Hashable] = lambda *args: args
) -> Callable[[Callable[..., dict[str, Any]]], Callable[..., str]]:
    """Return a decorator that makes a function a portlet, a tag of `register` with `template`.

    The function returns the context. Where it or the template raises, this is logged, and the
    template gets `{"failed": True}` alone. The tag is rendered once per revision of the content
    and value of `differs_by`, a function of its arguments (by default they themselves). The
    savepoint keeps a failed query from spoiling the transaction of the page.
    """

    def decorate(function: Callable[..., dict[str, Any]]) -> Callable[..., str]:
        # Not an inclusion tag: that renders outside of the function, where nothing guards it.
        @register.simple_tag(takes_context=True, name=function.__name__)
        def guarded(context: Context, *args: Any) -> str:
            try:
                if not revision.is_keeping():
                    return rendered(context, *args)
                return revision.kept(
                    (function, differs_by(*args)), lambda: rendered(context, *args)
                )
            except Exception:
                log.exception("portlet %s failed", function.__name__)
                box = context.template.engine.get_template(template)
                return box.render(context.new({"failed": True}))

        def rendered(context: Context, *args: Any) -> str:
            box = context.template.engine.get_template(template)
            in_transaction = transaction.get_connection().in_atomic_block
            with transaction.atomic() if in_transaction else contextlib.nullcontext():
                return box.render(context.new(function(*args)))

        return guarded

    return decorate
