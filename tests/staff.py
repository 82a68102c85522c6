"""Staff at work, for the tests: a browser that fills in the admin's forms as they come and posts what a browser would post."""

from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from tests import make

EDITOR, DOCUMENTS, SCHEDULE, APPROVER = "Biên tập viên tin tức", "Cán bộ văn bản", "Cán bộ lịch công tác", "Người duyệt"
ROLES = [EDITOR, DOCUMENTS, SCHEDULE, APPROVER]


def client_of(role):
    """Return a client on which a new user of `role` is logged in; "superuser" is a role, too."""
    client = Client()
    client.user = make.user(role)
    client.force_login(client.user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def address(item, page="change"):
    """Return the address (str) of the admin's `page` of a saved object; of a model: its list or its form for a new one."""
    options = item._meta
    arguments = [item.pk] if not isinstance(item, type) else []
    return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=arguments)


class _Form(HTMLParser):
    """Reads what a browser would send of the main form of a page."""

    def __init__(self):
        super().__init__()
        self.values, self.depth, self.select, self.textarea, self.option = {}, False, None, None, None

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        name = given.get("name")
        if tag == "form":
            self.depth = given.get("id", "").endswith("_form") and given.get("id") != "logout-form"
        if not self.depth:
            return
        if tag == "input" and name:
            kind = given.get("type", "text")
            if kind in ("checkbox", "radio"):
                if "checked" in given:
                    self.values[name] = given.get("value", "on")
            elif kind not in ("submit", "file", "button"):
                self.values[name] = given.get("value", "")
        elif tag == "select":
            self.select = (name, "multiple" in given)
            self.values.setdefault(name, [] if "multiple" in given else "")
        elif tag == "option" and self.select and "selected" in given:
            name, multiple = self.select
            self.values[name] = [*self.values[name], given.get("value", "")] if multiple else given.get("value", "")
        elif tag == "textarea":
            self.textarea = name
            self.values[name] = ""

    def handle_data(self, data):
        if self.textarea:
            self.values[self.textarea] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.depth = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            if self.values.get(self.textarea, "").startswith("\n"):
                self.values[self.textarea] = self.values[self.textarea][1:]
            self.textarea = None


def form_of(response):
    """Return the values (dict) of the form on the admin page `response`, without the rows that serve as patterns."""
    reader = _Form()
    reader.feed(response.content.decode())
    return {name: value for name, value in reader.values.items() if "__prefix__" not in name}


def fill(client, where, **values):
    """Open the form at `where` (str), change `values` in it (None takes a field out) and post it; return the response."""
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
