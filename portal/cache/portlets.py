"""What a portlet is: a small box whose failure is logged and leaves the page whole."""

import contextlib
import logging

from django.db import transaction

from portal.cache import revision

log = logging.getLogger(__name__)


def portlet(register, template, differs_by=lambda *args: args):
    """Return a decorator that makes a function (-> dict of template context) a tag of `register` that renders `template`.

    An exception in the function or in the template is logged and the template gets `{"failed": True}` alone: it prints
    nothing, or what it can say without data. A portlet says the same wherever `differs_by` (function of its arguments -> hashable,
    by default they themselves) is the same, so it is made once per generation of the content. The savepoint keeps a failed query from spoiling the page's transaction,
    where there is one.
    """

    def decorate(function):
        # Not an inclusion tag: that renders outside of the function, where nothing guards it.
        @register.simple_tag(takes_context=True, name=function.__name__)
        def guarded(context, *args):
            try:
                if not revision.is_under_way():
                    return made(context, *args)
                return revision.kept((function, differs_by(*args)), lambda: made(context, *args))
            except Exception:
                log.exception("portlet %s failed", function.__name__)
                box = context.template.engine.get_template(template)
                return box.render(context.new({"failed": True}))

        def made(context, *args):
            box = context.template.engine.get_template(template)
            in_transaction = transaction.get_connection().in_atomic_block
            with transaction.atomic() if in_transaction else contextlib.nullcontext():
                return box.render(context.new(function(*args)))

        return guarded

    return decorate
