"""Attachments as they are sent: name, type, headers, ranges, what was fetched before."""

import pytest
from django.test import Client

from tests.support import make

pytestmark = pytest.mark.django_db
DATA = b"%PDF-1.7 " + bytes(range(256)) * 4


@pytest.fixture
def attachment():
    """A file of a visible document."""
    return make.attachment(
        make.document(number="19/2018/TT-BTTTT"), name="Thông tư 19; “bản ký”.pdf", data=DATA
    )


def fetch(attachment, **headers):
    """Return (response, body) of the file, asked with `headers`."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    response = Client().get(attachment.get_absolute_url(), headers=names)
    return response, b"".join(
        response.streaming_content
    ) if response.streaming else response.content


def test_file_is_sent_whole_as_attachment(attachment):
    response, body = fetch(attachment)
    assert (response.status_code, body) == (200, DATA)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(DATA))
    assert response["Content-Disposition"].startswith(
        "attachment; filename*=utf-8''Th%C3%B4ng%20t%C6%B0%2019"
    )
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{attachment.sha256}"'
    assert "sandbox" in response["Content-Security-Policy"]
    assert not response.cookies


@pytest.mark.parametrize(
    ("asked", "status", "expected", "content_range"),
    [
        ("bytes=0-0", 206, DATA[:1], f"bytes 0-0/{len(DATA)}"),
        ("bytes=5-9", 206, DATA[5:10], f"bytes 5-9/{len(DATA)}"),
        ("bytes=1000-", 206, DATA[1000:], f"bytes 1000-{len(DATA) - 1}/{len(DATA)}"),
        ("bytes=-7", 206, DATA[-7:], f"bytes {len(DATA) - 7}-{len(DATA) - 1}/{len(DATA)}"),
        ("bytes=-99999", 206, DATA, f"bytes 0-{len(DATA) - 1}/{len(DATA)}"),
        ("bytes=10-99999999999", 206, DATA[10:], f"bytes 10-{len(DATA) - 1}/{len(DATA)}"),
        ("bytes=999999999-", 416, b"", f"bytes */{len(DATA)}"),
        ("bytes=-0", 416, b"", f"bytes */{len(DATA)}"),
        ("bytes=9-5", 200, DATA, None),
        ("bytes=-", 200, DATA, None),
        ("bytes=a-b", 200, DATA, None),
        ("bytes=" + "9" * 30 + "-", 200, DATA, None),
        ("items=0-5", 200, DATA, None),
        ("bytes=0-1,3-4", 200, DATA, None),
        ("bytes=" + ",".join(f"{n}-{n}" for n in range(1000)), 200, DATA, None),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else None,
)
def test_range_is_answered_in_part_or_whole(attachment, asked, status, expected, content_range):
    response, body = fetch(attachment, Range=asked)
    assert (response.status_code, body) == (status, expected)
    assert response.get("Content-Range") == content_range
    if status != 416:
        assert response["Content-Length"] == str(len(expected))


def test_range_of_other_bytes_is_answered_whole(attachment):
    assert (
        fetch(attachment, Range="bytes=0-3", If_Range=f'"{attachment.sha256}"')[0].status_code
        == 206
    )
    assert fetch(attachment, Range="bytes=0-3", If_Range='"etwas"')[1] == DATA


@pytest.mark.parametrize("held", ['"{}"', 'W/"{}"', '"a", "{}"', "*"])
def test_known_file_is_not_sent_again(attachment, held):
    response, body = fetch(attachment, If_None_Match=held.format(attachment.sha256))
    assert (response.status_code, body) == (304, b"")
    assert response["ETag"] == f'"{attachment.sha256}"'


def test_other_file_is_sent_again(attachment):
    assert fetch(attachment, If_None_Match='"a", "b"')[1] == DATA


def test_head_tells_the_size_without_the_bytes(attachment):
    response = Client().head(attachment.get_absolute_url())
    assert (response.status_code, response["Content-Length"]) == (200, str(len(DATA)))
    assert b"".join(response.streaming_content) == b""


def test_wrong_name_and_former_slug_lead_to_the_right_address(attachment):
    document = attachment.document
    document.slug = "thong-tu-19"
    document.save()
    right = attachment.get_absolute_url()
    for address in (
        f"/van-ban/thong-tu-19/tep/{attachment.pk}/khac.pdf",
        f"/van-ban/thong-tu-19/tep/{attachment.pk}/",
        f"/van-ban/19-2018-tt-btttt/tep/{attachment.pk}/x.pdf",
    ):
        response = Client().get(address)
        assert (response.status_code, response["Location"]) == (301, right)
    assert Client().get(right).status_code == 200


def test_file_below_another_document_is_unknown(attachment):
    other = make.document()
    assert (
        Client()
        .get(f"/van-ban/{other.slug}/tep/{attachment.pk}/{attachment.original_name}")
        .status_code
        == 404
    )
    assert Client().get(f"/van-ban/{other.slug}/tep/{attachment.pk + 99}/x.pdf").status_code == 404


def test_lost_file_is_unknown_and_logged(attachment, caplog):
    attachment.file.storage.delete(attachment.file.name)
    assert Client().get(attachment.get_absolute_url()).status_code == 404
    assert f"attachment {attachment.pk}" in caplog.text


@pytest.mark.parametrize(
    "name", ["a;b&c#d?e.pdf", "100%.pdf", "a b.pdf", "ế" * 60 + ".pdf", "'x'.pdf", "+.pdf", "..pdf"]
)
def test_any_name_has_an_address_that_works(name):
    attachment = make.attachment(name=name)
    assert Client().get(attachment.get_absolute_url()).status_code == 200


def test_unknown_kind_is_sent_as_plain_bytes():
    attachment = make.attachment(name="trang.html", data=b"<script>alert(1)</script>")
    response, _ = fetch(attachment)
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
