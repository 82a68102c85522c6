"""What a portlet is: a small box whose failure is logged and leaves the page whole."""

import contextlib
import logging

from django.db import transaction

log = logging.getLogger(__name__)


def portlet(register, template):
    """Return a decorator that makes a function (-> dict of template context) a tag of `register` that renders `template`.

    An exception in the function or in the template is logged and the template gets `{"failed": True}` alone: it prints
    nothing, or what it can say without data. The savepoint keeps a failed query from spoiling the page's transaction,
    where there is one.
    """

    def decorate(function):
        # Not an inclusion tag: that renders outside of the function, where nothing guards it.
        @register.simple_tag(takes_context=True, name=function.__name__)
        def guarded(context, *args, **kwargs):
            box = context.template.engine.get_template(template)
            in_transaction = transaction.get_connection().in_atomic_block
            try:
                with transaction.atomic() if in_transaction else contextlib.nullcontext():
                    return box.render(context.new(function(*args, **kwargs)))
            except Exception:
                log.exception("portlet %s failed", function.__name__)
                return box.render(context.new({"failed": True}))

        return guarded

    return decorate
