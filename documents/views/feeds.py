"""Feeds of the register: RSS, Atom, JSON; of all documents or narrowed by the filter of the list."""

from urllib.parse import urlencode

from django.urls import reverse

from documents.filters.form import DocumentFilter, joined
from documents.models import Document, Family
from portal.publishing.addresses import absolute
from portal.web.feeds import Atom, OurFeed, Rss, json_feed

LENGTH = 50


class Asked:
    """What the address of a feed asks: the filter of the list, and `nhom` for one family. Values that make no sense are left out, as there."""

    def __init__(self, request):
        family = request.GET.get("nhom", "")
        self.form = DocumentFilter(request.GET, family if family in Family.values else "")
        self.query = urlencode(self.form.given())

    def address(self, kind):
        """Return the address (str) of this feed as `kind` ("rss", "atom", "json")."""
        family = self.form.family and f"nhom={self.form.family}"
        return joined(reverse(f"documents:{kind}"), family, self.query)

    @property
    def home(self):
        """The address (str) of the list with the same filter."""
        return joined(reverse(f"documents:{self.form.family or 'list'}"), self.query)

    @property
    def title(self):
        """What the feed is called (str), with what narrows it."""
        name = Family(self.form.family).label if self.form.family else "Văn bản"
        return " – ".join([name, *(words for words, _ in self.form.chips())])

    def newest(self):
        """Return the documents last published under this filter."""
        rows = self.form.narrow(Document.objects.visible()).for_lists(self.form.day)
        return rows.order_by("-published_at", "-pk")[:LENGTH]


class DocumentRss(OurFeed):
    """The documents last published as RSS."""

    feed_type = Rss
    kind = "rss"
    description = "Văn bản mới đăng trên cổng."

    def get_object(self, request):
        return Asked(request)

    def title(self, asked):
        return asked.title

    def home(self, asked):
        return asked.home

    def address(self, asked):
        return asked.address(self.kind)

    def items(self, asked):
        return asked.newest()

    def item_title(self, document):
        return document.title

    def item_description(self, document):
        return document.summary

    def item_categories(self, document):
        return [document.get_family_display()]


class DocumentAtom(DocumentRss):
    """The same as Atom."""

    feed_type = Atom
    kind = "atom"
    subtitle = DocumentRss.description


def document_json(request):
    """The same as JSON Feed."""
    asked = Asked(request)
    items = [
        {
            "url": absolute(d.get_absolute_url()),
            "title": d.title,
            "summary": d.summary,
            "published": d.published_at,
        }
        for d in asked.newest()
    ]
    feed = {
        "title": asked.title,
        "home": absolute(asked.home),
        "address": absolute(asked.address("json")),
    }
    return json_feed(feed | {"items": items})
