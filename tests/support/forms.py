"""What a browser would send of a page's form; knows no Django."""

from html.parser import HTMLParser


class Form(HTMLParser):
    """Reads what a browser would send of the main form of a page."""

    def __init__(self):
        super().__init__()
        self.values, self.depth, self.select, self.textarea, self.option = (
            {},
            False,
            None,
            None,
            None,
        )

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
            self.values[name] = (
                [*self.values[name], given.get("value", "")] if multiple else given.get("value", "")
            )
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
