"""JSON Feed 1.1 as a feed class of Django: its keys, their order, its bytes."""

from datetime import UTC, datetime

from django.http import HttpResponse

from portal.web.feeds import JsonFeed

AT = datetime(2018, 12, 3, 3, 10, 0, 5, tzinfo=UTC)
EXPECTED = (
    '{"version": "https://jsonfeed.org/version/1.1", "title": "Tin tức", '
    '"home_page_url": "https://a.vn/tin-tuc/", "feed_url": "https://a.vn/tin-tuc/feed.json?a=b", '
    '"language": "vi", "items": [{"id": "https://a.vn/tin-tuc/x/", '
    '"url": "https://a.vn/tin-tuc/x/", "title": "Đường <b>&", "content_text": "Tóm tắt \\"1\\"", '
    '"date_published": "2018-12-03T03:10:00.000005+00:00"}]}'
)


def feed():
    """Return a feed with one item."""
    made = JsonFeed(
        "Tin tức",
        "https://a.vn/tin-tuc/",
        "Không hiện",
        language="vi",
        feed_url="https://a.vn/tin-tuc/feed.json?a=b",
    )
    made.add_item("Đường <b>&", "https://a.vn/tin-tuc/x/", 'Tóm tắt "1"', pubdate=AT)
    return made


def test_json_feed_writes_its_keys_in_their_order():
    assert feed().writeString("utf-8") == EXPECTED


def test_json_feed_is_written_into_a_response_as_utf8():
    response = HttpResponse(content_type=JsonFeed.content_type)
    feed().write(response, "utf-8")
    assert response.content == EXPECTED.encode()
    assert response["Content-Type"] == "application/feed+json; charset=utf-8"
