"""Files: names, pictures and who may see them, ranges."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import Http404
from PIL import Image

from portal.pictures import views
from portal.pictures.encoding import _FORMATS, encode_picture
from portal.pictures.models import is_public
from portal.pictures.views import PICTURE_NAME
from portal.publishing.states import State
from portal.uploads.names import NAME_MAX_BYTES, clean_name
from portal.web.sending import send
from tests.support import make


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie_ x=1.pdf"),
        ('a"; filename="b.html.pdf', "a_; filename=_b.html.pdf"),
        ("Quye\u0302\u0301t \u0111i\u0323nh so\u0302\u0301 12.pdf", "Quyết định số 12.pdf"),
        ("bao_cao_\u202eexe.pdf", "bao_cao_exe.pdf"),
        ("thong\u200bbao\u200f.pdf", "thongbao.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("a.pdf. ", "a.pdf"),
        ("-rf.pdf", "rf.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("A.PDF", "A.pdf"),
        (".pdf", "tep.pdf"),
        ("   .pdf", "tep.pdf"),
        ("", "tep"),
        ("a;b&c#d?e.pdf", "a;b&c#d_e.pdf"),
    ],
)
def test_clean_name(sent, shown):
    assert clean_name(sent) == shown


@pytest.mark.parametrize("long", ["a" * 251, "\u1ebf" * 200, "b" * 1000])
def test_clean_name_is_shortened_and_keeps_its_extension(long):
    name = clean_name(long + ".pdf")
    assert len(name.encode()) <= NAME_MAX_BYTES
    assert name.endswith(".pdf")


def picture(size=(640, 480), kind="JPEG", mode="RGB", **options):
    """Return the bytes of a drawn picture."""
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert(mode).save(out, kind, **options)
    return out.getvalue()


def test_encode_picture_removes_exif_and_tail_and_turns_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x013B] = "Nguyen Van A"
    made = encode_picture(picture(exif=exif) + b"<?php echo 1;?>")
    data = made.read()
    assert (made.width, made.height) == (480, 640)
    assert b"Nguyen" not in data and b"<?php" not in data
    assert not Image.open(io.BytesIO(data)).getexif()
    assert PICTURE_NAME.fullmatch(made.name)


def test_encode_picture_shrinks_to_what_a_page_needs():
    made = encode_picture(picture((4000, 1000)))
    assert (made.width, made.height) == (1920, 480)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_encode_picture_takes(kind):
    mode = "P" if kind == "GIF" else "RGB"
    assert encode_picture(picture(kind=kind, mode=mode)).name.endswith(_FORMATS[kind])


@pytest.mark.parametrize("kind", ["TIFF", "BMP"])
def test_encode_picture_refuses_other_kinds_whatever_their_name(kind):
    with pytest.raises(ValidationError, match="không phải ảnh JPEG"):
        encode_picture(picture(kind=kind))


@pytest.mark.parametrize("data", [b"", b"<html><script>", b"%!PS-Adobe", picture()[:5000]])
def test_encode_picture_refuses_what_cannot_be_read(data):
    with pytest.raises(ValidationError):
        encode_picture(data)


def test_encode_picture_refuses_too_many_pixels_before_decoding():
    out = io.BytesIO()
    Image.new("1", (8000, 6000)).save(out, "PNG")
    with pytest.raises(ValidationError, match="40 triệu"):
        encode_picture(out.getvalue())


def test_encode_picture_refuses_too_many_bytes(settings):
    settings.PICTURE_MAX_BYTES = 1000
    with pytest.raises(ValidationError, match="Hãy thu nhỏ"):
        encode_picture(picture())


@pytest.mark.django_db
@pytest.mark.parametrize("where", ["body", "picture"])
def test_picture_is_as_visible_as_what_shows_it(where):
    name = f"anh/2018/12/{'ab' * 16}.jpg"
    values = (
        {"body": f'<p>x</p><img src="/media/{name}" alt="">'}
        if where == "body"
        else {"picture": name}
    )
    article = make.article(state=State.DRAFT, **values)
    assert not is_public(name)
    article.state = State.PUBLISHED
    article.save()
    assert is_public(name)
    type(article).objects.filter(pk=article.pk).update(state=State.WITHDRAWN)
    assert not is_public(name)
    type(article).objects.filter(pk=article.pk).update(state=State.PUBLISHED)
    assert is_public(name)
    type(article).objects.filter(pk=article.pk).update(body="", picture="")
    assert not is_public(name)


@pytest.mark.django_db
def test_picture_view_knows_only_generated_names(rf):
    for name in ("../settings.py", "2018/12/x.jpg", f"2018/12/{'ab' * 16}.svg"):
        with pytest.raises(Http404):
            views.picture(rf.get("/"), name)


@pytest.mark.parametrize(
    ("asked", "status", "body", "range_"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=0-0", 206, b"0", "bytes 0-0/10"),
        ("bytes=5-", 206, b"56789", "bytes 5-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-100", 206, b"56789", "bytes 5-9/10"),
        ("bytes=99-", 416, b"", "bytes */10"),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("bytes=abc", 200, b"0123456789", None),
    ],
)
def test_send_answers_ranges(rf, asked, status, body, range_):
    headers = {"HTTP_RANGE": asked} if asked else {}
    response = send(
        rf.get("/", **headers), ContentFile(b"0123456789"), etag="x", content_type="application/pdf"
    )
    got = b"".join(response.streaming_content) if response.streaming else response.content
    assert (response.status_code, got, response.headers.get("Content-Range")) == (
        status,
        body,
        range_,
    )
    if status in (200, 206):
        assert int(response["Content-Length"]) == len(body)


def test_send_answers_304_to_the_same_etag(rf):
    response = send(
        rf.get("/", HTTP_IF_NONE_MATCH='"x"'),
        ContentFile(b"1"),
        etag="x",
        content_type="text/plain",
    )
    assert response.status_code == 304
    assert response["ETag"] == '"x"'


def test_send_names_the_file_in_vietnamese(rf):
    response = send(
        rf.get("/"), ContentFile(b"1"), etag="x", content_type="a/b", download_name="Quyết định.pdf"
    )
    assert (
        response["Content-Disposition"]
        == "attachment; filename*=utf-8''Quy%E1%BA%BFt%20%C4%91%E1%BB%8Bnh.pdf"
    )
