"""Staff at work, for the tests: a browser that fills in the admin's forms as they come and posts
what a browser would post.
"""

from django.test import Client
from django.urls import reverse

from tests.support import make
from tests.support.forms import Form

EDITOR, DOCUMENTS, SCHEDULE, APPROVER = (
    "Biên tập viên tin tức",
    "Cán bộ văn bản",
    "Cán bộ lịch công tác",
    "Người duyệt",
)
ROLES = [EDITOR, DOCUMENTS, SCHEDULE, APPROVER]


def client_of(role):
    """Return a client on which a new user of `role` is logged in; "superuser" is a role, too."""
    client = Client()
    client.user = make.user(role)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(item, page="change"):
    """Return the address (str) of the admin's `page` of a saved object; of a model: its list or its
    form for a new one.
    """
    options = item._meta
    arguments = [item.pk] if not isinstance(item, type) else []
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=arguments)


def form_of(response):
    """Return the values (dict) of the form on the admin page `response`, without the rows that
    serve as patterns.
    """
    reader = Form()
    reader.feed(response.content.decode())
    return {name: value for name, value in reader.values.items() if "__prefix__" not in name}


def fill(client, where, **values):
    """Open the form at `where` (str), change `values` in it (None takes a field out) and post it;
    return the response.
    """
    opened = client.get(where)
    assert opened.status_code == 200, opened.status_code
    filled = form_of(opened) | values
    return client.post(where, {name: value for name, value in filled.items() if value is not None})


def act(client, model, action, items, **values):
    """Choose `action` in the list of `model` for `items`; return the page that comes after it."""
    data = {"action": action, "_selected_action": [item.pk for item in items], "index": 0} | values
    return client.post(address(model, "changelist"), data, follow=True)


def errors_of(response):
    """Return {field: [sentence, …]} of the main form on a page that was refused."""
    return dict(response.context["adminform"].form.errors)


def said(response):
    """Return all messages (str) on a page."""
    return " | ".join(str(message) for message in response.context["messages"])
