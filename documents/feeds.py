"""Feeds of the register: RSS, Atom, JSON; of all documents or narrowed by the filter of the list."""

from django.urls import reverse

from documents.forms import DocumentFilter
from documents.models import Document
from portal.doors import Atom, OurFeed, Rss, absolute, json_feed

LENGTH = 50


def newest(request):
    """Return the documents last published, narrowed as the address of `request` asks."""
    rows = DocumentFilter(request.GET).apply(Document.objects.visible().for_lists())
    return rows.order_by("-published_at", "-pk")[:LENGTH]


class DocumentRss(OurFeed):
    """The documents last published as RSS."""

    feed_type = Rss
    kind = "rss"
    title = "Văn bản"
    description = "Văn bản mới đăng trên cổng."

    def get_object(self, request):
        return request

    def home(self, request):
        return reverse("documents:list")

    def address(self, request):
        return reverse(f"documents:{self.kind}")

    def items(self, request):
        return newest(request)

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
    items = [
        {"url": absolute(d.get_absolute_url()), "title": d.title, "summary": d.summary, "published": d.published_at}
        for d in newest(request)
    ]
    address, home = absolute(reverse("documents:json")), absolute(reverse("documents:list"))
    return json_feed({"title": DocumentRss.title, "home": home, "address": address, "items": items})
