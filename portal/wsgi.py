"""The WSGI application that the web server loads: `portal.wsgi:application`."""

import multiprocessing
import os
import signal

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

from portal.sandbox.limits import end_with_parent

if multiprocessing.parent_process():
    # A worker of granian 2.8 that is told to stop twice, by Ctrl-C in the terminal and by its
    # master, hangs until it is killed. In a process group of its own it hears the master only; and
    # should the master be killed, the kernel tells it so.
    os.setpgrp()
    # While it loads, its master's handler would swallow the signal.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    end_with_parent(signal.SIGTERM)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
application = get_wsgi_application()
if not settings.DEBUG:
    from portal.cache.pages import PageStore  # after the applications: it asks the database

    application = PageStore(application, settings.PAGE_STORE_BYTES)

if settings.HTTPS:
    # A proxy on this machine stands in front and tells the visitor's address.
    application = wrap_wsgi_with_proxy_headers(application, trusted_hosts=["127.0.0.1", "::1"])
