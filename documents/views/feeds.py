"""RSS, Atom and JSON feeds of documents: of all, or narrowed by the filter of the list."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from documents.filters.form import DocumentFilter, joined
from documents.models import Document, DocumentQuerySet, Family
from portal.web.feeds import Atom, JsonFeed, OurFeed, Rss

LENGTH = 50


class FeedQuery:
    """The query of a feed: the filter of the document list, and `nhom` for one family.

    Values that make no sense are left out, as in the list.
    """

    def __init__(self, request: HttpRequest) -> None:
        family = request.GET.get("nhom", "")
        self.form = DocumentFilter(request.GET, family if family in Family.values else "")
        self.query = urlencode(self.form.given())

    def address(self, kind: str) -> str:
        """Return the address of this document feed as `kind` ("rss", "atom", "json")."""
        family = self.form.family and f"nhom={self.form.family}"
        return joined(reverse(f"documents:{kind}"), family, self.query)

    @property
    def home(self) -> str:
        """The address of the document list that a document feed was made from."""
        return joined(reverse(f"documents:{self.form.family or 'list'}"), self.query)

    @property
    def title(self) -> str:
        """The title of a document feed, with what narrows it."""
        name = Family(self.form.family).label if self.form.family else "Văn bản"
        return " – ".join([name, *(words for words, _ in self.form.chips())])

    def newest(self) -> DocumentQuerySet:
        """Return the documents of a feed: the last published under its filter."""
        rows = self.form.narrow(Document.objects.visible()).for_lists(self.form.day)
        return rows.order_by("-published_at", "-pk")[:LENGTH]


class DocumentRss(OurFeed):
    """The documents last published as RSS."""

    feed_type = Rss
    kind = "rss"
    description = "Văn bản mới đăng trên cổng."

    def get_object(self, request: HttpRequest) -> FeedQuery:
        return FeedQuery(request)

    def title(self, query: FeedQuery) -> str:
        return query.title

    def home(self, query: FeedQuery) -> str:
        return query.home

    def address(self, query: FeedQuery) -> str:
        return query.address(self.kind)

    def items(self, query: FeedQuery) -> DocumentQuerySet:
        return query.newest()

    def item_title(self, document: Document) -> str:
        return document.title

    def item_description(self, document: Document) -> str:
        return document.summary

    def item_categories(self, document: Document) -> list[str]:
        return [document.get_family_display()]


class DocumentAtom(DocumentRss):
    """The documents last published as Atom."""

    feed_type = Atom
    kind = "atom"
    subtitle = DocumentRss.description


class DocumentJson(DocumentRss):
    """The documents last published as JSON Feed."""

    feed_type = JsonFeed
    kind = "json"
