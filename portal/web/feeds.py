"""Base classes of feeds: RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1."""

import json
from datetime import datetime
from typing import IO, Any

from django.contrib.syndication.views import Feed
from django.db.models import Model
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed, SyndicationFeed

from portal.publishing.addresses import absolute


class Rss(Rss201rev2Feed):
    """RSS 2.0 in Vietnamese."""

    content_type = "application/rss+xml; charset=utf-8"


class Atom(Atom1Feed):
    """Atom 1.0 (RFC 4287)."""

    content_type = "application/atom+xml; charset=utf-8"


class JsonFeed(SyndicationFeed):
    """JSON Feed 1.1 (jsonfeed.org)."""

    content_type = "application/feed+json; charset=utf-8"

    def write(self, outfile: IO[Any], encoding: str) -> None:
        """Write the JSON Feed to `outfile` as Django's own feed generators do."""
        body = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.feed["title"],
            "home_page_url": self.feed["link"],
            "feed_url": self.feed["feed_url"],
            "language": self.feed["language"],
            "items": [
                {
                    "id": item["link"],
                    "url": item["link"],
                    "title": item["title"],
                    "content_text": item["description"],
                    "date_published": item["pubdate"].isoformat(),
                }
                for item in self.items
            ],
        }
        outfile.write(json.dumps(body, ensure_ascii=False))


class OurFeed(Feed):
    """A feed whose addresses are on the site's own name.

    Subclasses give `home(obj)` and `address(obj)` as paths.
    """

    language = "vi"

    def link(self, obj: Any) -> str:
        return absolute(self.home(obj))

    def feed_url(self, obj: Any) -> str:
        return absolute(self.address(obj))

    def item_link(self, item: Model) -> str:
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item: Model) -> datetime:
        return item.published_at

    def item_updateddate(self, item: Model) -> datetime:
        return max(item.updated_at, item.published_at)
