"""What "a file" is: safe names, safe pictures, sending a file, and who may see a picture.

A picture is as visible as the thing that uses it: `PictureUse` notes which rows show which picture, and
`is_public` asks those rows' own `.visible()`.
"""

import io
import re
import uuid
from pathlib import PurePosixPath

from django import forms
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.dispatch import receiver
from django.http import FileResponse, Http404, HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from portal.publishing.public import Public, content_changed
from portal.text import vietnamese

# --- names -----------------------------------------------------------------------------------------

_WINDOWS_NAMES = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in range(1, 10))}
NAME_MAX_BYTES = 200


def clean_name(name):
    """Return the file name `name` (str, as sent by a browser) fit to be shown, stored in a row and sent back.

    NFC, no folders, no control, invisible or bidi characters, no leading dot or dash, at most
    `NAME_MAX_BYTES` bytes of UTF-8, extension in lower case. Never empty: "tep" stands for nothing.
    """
    name = re.split(r"[/\\]", vietnamese.clean_line(name))[-1].rstrip(" .")
    name = re.sub(r'[<>:"|?*\n\r\t]', "_", name)
    stem, dot, extension = name.rpartition(".")
    if not dot:
        stem, extension = name, ""
    stem = stem.lstrip(".- ").strip() or "tep"
    if stem.split(".")[0].casefold() in _WINDOWS_NAMES:
        stem = "_" + stem
    extension = extension.lower()[:10]
    room = NAME_MAX_BYTES - len(extension.encode()) - 1
    stem = stem.encode()[:room].decode(errors="ignore").rstrip()
    return f"{stem}.{extension}" if extension else stem


def extension_of(name):
    """Return the extension of `name` (str) in lower case without the dot; "" where there is none."""
    return PurePosixPath(clean_name(name)).suffix.removeprefix(".")


def generated_path(folder, extension):
    """Return a new path (str) below `folder` that tells nothing of the original name: folder/2018/12/<random>.ext."""
    return f"{folder}/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}.{extension}"


# --- pictures --------------------------------------------------------------------------------------

PICTURE_FOLDER = "anh"
PUBLIC_PICTURES = f"{settings.MEDIA_URL}{PICTURE_FOLDER}/"
STAFF_PICTURES = "/quan-tri/anh/"
PICTURE_NAME = re.compile(re.escape(PICTURE_FOLDER) + r"/\d{4}/\d{2}/[0-9a-f]{32}\.(?:jpg|png|webp|gif)")
_FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
_LONGEST_SIDE_IN = 20_000
_LONGEST_SIDE_OUT = 1920
_MAX_GIF_PIXELS = 100_000_000


def encode_picture(upload):
    """Return `upload` (a file object with `size` in bytes, or bytes) as a new, harmless picture.

    Out: `ContentFile` with a generated name, `.width` and `.height` in pixels. Decided by content and not by name; sizes are
    checked before decoding; turned upright, shrunk to 1920 px, without EXIF or anything behind the picture.
    Raises ValidationError with a sentence for the editor.
    """
    data = upload if isinstance(upload, bytes) else _read_at_most(upload, settings.PICTURE_MAX_BYTES)
    if len(data) > settings.PICTURE_MAX_BYTES:
        megabytes = settings.PICTURE_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"Ảnh lớn hơn {megabytes} MB. Hãy thu nhỏ ảnh rồi tải lại.")
    try:
        image = Image.open(io.BytesIO(data), formats=list(_FORMATS))
        _refuse_bombs(image)
        out, kind = _encode(image)
    except ValidationError:
        raise
    except UnidentifiedImageError:
        raise ValidationError("Tệp này không phải ảnh JPEG, PNG, WebP hoặc GIF. Hãy chuyển sang JPEG rồi tải lại.") from None
    except Exception:  # noqa: BLE001 - Pillow raises many kinds of errors on broken pictures
        raise ValidationError("Ảnh bị hỏng, không đọc được. Hãy mở ảnh, lưu lại thành JPEG rồi tải lên.") from None
    picture = ContentFile(out.getvalue(), name=generated_path(PICTURE_FOLDER, _FORMATS[kind]))
    with Image.open(io.BytesIO(out.getvalue())) as made:
        picture.width, picture.height = made.size
    return picture


def _read_at_most(upload, limit):
    upload.seek(0)
    return upload.read(limit + 1)


def _refuse_bombs(image):
    width, height = image.size
    if width * height > settings.PICTURE_MAX_PIXELS or max(width, height) > _LONGEST_SIDE_IN:
        raise ValidationError(f"Ảnh quá lớn ({width} × {height} điểm ảnh). Hãy thu nhỏ dưới 40 triệu điểm ảnh rồi tải lại.")


def _encode(image):
    """Return (BytesIO, format name) of `image` decoded and written anew."""
    kind = image.format
    frames = getattr(image, "n_frames", 1)
    out = io.BytesIO()
    if kind == "GIF" and frames > 1 and frames * image.width * image.height <= _MAX_GIF_PIXELS:
        copies = [_shrunk(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]
        durations = image.info.get("duration", 100)
        copies[0].save(out, "GIF", save_all=True, append_images=copies[1:], loop=0, duration=durations, disposal=2)
        return out, kind
    image.load()
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith("I"):
        image = image.point(lambda value: value * (1 / 256)).convert("L")
    has_alpha = "A" in image.getbands() or "transparency" in image.info
    image = _shrunk(image.convert("RGBA" if has_alpha and kind != "JPEG" else "RGB"))
    clean = Image.new(image.mode, image.size)
    clean.paste(image)
    if kind == "GIF":
        clean.save(out, "GIF")
    elif kind == "PNG":
        clean.save(out, "PNG", optimize=True)
    elif kind == "WEBP":
        clean.save(out, "WEBP", quality=82, method=4)
    else:
        clean.save(out, "JPEG", quality=85, optimize=True, progressive=True)
    return out, kind


def _shrunk(image):
    if max(image.size) > _LONGEST_SIDE_OUT:
        image.thumbnail((_LONGEST_SIDE_OUT, _LONGEST_SIDE_OUT))
    return image


class PictureFormField(forms.FileField):
    """Reads an uploaded picture; the value is the re-encoded file of `encode_picture`."""

    widget = forms.ClearableFileInput

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.widget.attrs.setdefault("accept", "image/jpeg,image/png,image/webp,image/gif")

    def to_python(self, data):
        upload = super().to_python(data)
        return encode_picture(upload) if upload else upload


class PictureField(models.FileField):
    """A picture of its own field (not inside formatted text), re-encoded on upload, under a generated name."""

    holds_pictures = True

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 100)
        kwargs.setdefault("help_text", "JPEG, PNG, WebP hoặc GIF, tối đa 10 MB.")
        super().__init__(*args, **kwargs)

    def generate_filename(self, instance, filename):
        """Keep a name that `encode_picture` generated; the storage adds nothing of the original name."""
        return filename

    def picture_names(self, value):
        """Return the picture names (set of str) in a value of this field."""
        return {value.name} if value else set()

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": PictureFormField, **kwargs})


class PictureUse(models.Model):
    """One row shows one picture. Written by `note_pictures` at each change of public content."""

    name = models.CharField("tên tệp ảnh", max_length=100, db_index=True)
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = "ảnh đang dùng"
        verbose_name_plural = "ảnh đang dùng"
        indexes = [models.Index(fields=["content_type", "object_id"], name="picture_use_of_object")]
        permissions = [("upload_picture", "Tải ảnh lên từ khung soạn thảo")]

    def __str__(self):
        return self.name


@receiver(content_changed)
def note_pictures(sender, pks, **kwargs):
    """Write down anew which pictures the rows `pks` of the model `sender` show."""
    fields = [field for field in sender._meta.concrete_fields if getattr(field, "holds_pictures", False)]
    if not fields:
        return
    kind = ContentType.objects.get_for_model(sender)
    for start in range(0, len(pks), 500):
        batch = pks[start : start + 500]
        PictureUse.objects.filter(content_type=kind, object_id__in=batch).delete()
        uses = []
        for row in sender._base_manager.filter(pk__in=batch).only("pk", *(field.name for field in fields)):
            names = set().union(*(field.picture_names(getattr(row, field.attname)) for field in fields))
            uses += [PictureUse(name=name, content_type=kind, object_id=row.pk) for name in sorted(names)]
        PictureUse.objects.bulk_create(uses)


def is_public(name):
    """Tell whether the picture `name` (str) is shown by anything that a stranger may see."""
    for use in PictureUse.objects.filter(name=name).select_related("content_type"):
        model = use.content_type.model_class()
        if model and issubclass(model, Public) and model.objects.visible().filter(pk=use.object_id).exists():
            return True
    return False


def picture(request, name):
    """Answer with a picture that something visible shows; 404 for any other (public view)."""
    name = f"{PICTURE_FOLDER}/{name}"
    if not PICTURE_NAME.fullmatch(name) or not is_public(name):
        raise Http404
    response = send_picture(request, name)
    response["Cache-Control"] = "public, max-age=60"
    return response


def send_picture(request, name):
    """Answer with the picture `name` (str) of the media folder; the caller has asked who may see it."""
    types = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
    if not PICTURE_NAME.fullmatch(name) or not default_storage.exists(name):
        raise Http404
    extension = name.rpartition(".")[2]
    return send(request, default_storage.open(name), etag=name, content_type=types[extension])


# --- sending -----------------------------------------------------------------------------------------


def send(request, file, *, etag, content_type, download_name=""):
    """Answer with the bytes of `file` (an open Django File): 200, 206 for one range, 304, or 416.

    `etag`: str that changes with the bytes. `download_name`: given, the browser saves under this name (RFC 6266).
    Several ranges at once are answered with the whole file (RFC 9110 §14.2 allows it).
    """
    size = file.size
    etag = quote_etag(etag)
    if _has_already(request, etag):
        file.close()
        response = HttpResponseNotModified()
    else:
        span = _range(request, size, etag)
        if span is False:
            file.close()
            response = HttpResponse(status=416)
            response["Content-Range"] = f"bytes */{size}"
        elif span:
            first, last = span
            file.seek(first)
            response = FileResponse(_Part(file, last - first + 1), status=206, content_type=content_type)
            response["Content-Range"] = f"bytes {first}-{last}/{size}"
            response["Content-Length"] = last - first + 1
        else:
            response = FileResponse(file, content_type=content_type)
            response["Content-Length"] = size
        response["Content-Type"] = content_type
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    if download_name:
        response["Content-Disposition"] = content_disposition_header(True, download_name)
    return response


def _has_already(request, etag):
    """Tell whether the visitor says that it holds the bytes of `etag` (str, quoted); a proxy may have made the tag a weak one."""
    held = [tag.removeprefix("W/") for tag in parse_etags(request.headers.get("If-None-Match", ""))]
    return etag in held or "*" in held


def _range(request, size, etag):
    """Return (first, last) asked for, None for the whole, False for a range outside of the file."""
    match = re.fullmatch(r"bytes=(\d{0,19})-(\d{0,19})", request.headers.get("Range", ""))
    if not match or match[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = match.groups()
    if not first:
        first, last = max(size - int(last), 0), size - 1
    elif last and int(last) < int(first):
        return None  # RFC 9110 §14.1.1: not a range at all, to be ignored
    else:
        first, last = int(first), min(int(last), size - 1) if last else size - 1
    return (first, last) if first <= last and first < size else False


class _Part:
    """The next `length` bytes of an open file, as a file."""

    def __init__(self, file, length):
        self.file, self.left = file, length

    def read(self, size=-1):
        size = self.left if size is None or size < 0 else min(size, self.left)
        data = self.file.read(size)
        self.left -= len(data)
        return data

    def close(self):
        self.file.close()
