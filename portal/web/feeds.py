"""Base classes of feeds: RSS 2.0, Atom 1.0 (RFC 4287) and JSON Feed 1.1."""

from django.contrib.syndication.views import Feed
from django.http import JsonResponse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed

from portal.publishing.addresses import absolute


class Rss(Rss201rev2Feed):
    """RSS 2.0 in Vietnamese."""

    content_type = "application/rss+xml; charset=utf-8"


class Atom(Atom1Feed):
    """Atom 1.0 (RFC 4287)."""

    content_type = "application/atom+xml; charset=utf-8"


class OurFeed(Feed):
    """A feed whose addresses are on the site's own name. Subclasses give `home(obj)` and `address(obj)` as paths."""

    language = "vi"

    def link(self, obj):
        return absolute(self.home(obj))

    def feed_url(self, obj):
        return absolute(self.address(obj))

    def item_link(self, item):
        return absolute(item.get_absolute_url())

    def item_pubdate(self, item):
        return item.published_at

    def item_updateddate(self, item):
        return max(item.updated_at, item.published_at)


def json_feed(feed):
    """Return a JsonResponse in JSON Feed 1.1 (jsonfeed.org) of `feed`: dict of `title`, `home`, `address`, `items`.

    An item is a dict of `url`, `title`, `summary` (str), `published` (aware datetime).
    """
    body = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed["title"],
        "home_page_url": feed["home"],
        "feed_url": feed["address"],
        "language": "vi",
        "items": [
            {
                "id": item["url"],
                "url": item["url"],
                "title": item["title"],
                "content_text": item["summary"],
                "date_published": item["published"].isoformat(),
            }
            for item in feed["items"]
        ],
    }
    response = JsonResponse(body, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/feed+json; charset=utf-8"
    return response
