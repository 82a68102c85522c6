"""Re-encode an uploaded picture: harmless, upright, at most 1920 px, without EXIF."""

import io
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from PIL import Image, ImageOps, ImageSequence, UnidentifiedImageError

from portal.uploads.names import generated_path

PICTURE_FOLDER = "anh"
_FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp", "GIF": "gif"}
_LONGEST_SIDE_IN = 20_000
_LONGEST_SIDE_OUT = 1920
_MAX_GIF_PIXELS = 100_000_000


def encode_picture(upload: IO[bytes] | bytes) -> ContentFile:
    """Return an uploaded picture decoded and encoded anew, harmless, under a generated name.

    The result has `.width` and `.height` in pixels. The format is that of the content and not of
    the name; sizes are checked before decoding; the new picture is upright, at most 1920 px,
    without EXIF or anything behind the picture.
    Raises ValidationError with a sentence for the editor.
    """
    if isinstance(upload, bytes):
        data = upload
    else:
        upload.seek(0)
        data = upload.read(settings.PICTURE_MAX_BYTES + 1)
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
        raise ValidationError(
            "Tệp này không phải ảnh JPEG, PNG, WebP hoặc GIF. Hãy chuyển sang JPEG rồi tải lại."
        ) from None
    except Exception:  # noqa: BLE001 - Pillow raises many kinds of errors on broken pictures
        raise ValidationError(
            "Ảnh bị hỏng, không đọc được. Hãy mở ảnh, lưu lại thành JPEG rồi tải lên."
        ) from None
    picture = ContentFile(out.getvalue(), name=generated_path(PICTURE_FOLDER, _FORMATS[kind]))
    with Image.open(io.BytesIO(out.getvalue())) as made:
        picture.width, picture.height = made.size
    return picture


def _refuse_bombs(image: Image.Image) -> None:
    width, height = image.size
    if width * height > settings.PICTURE_MAX_PIXELS or max(width, height) > _LONGEST_SIDE_IN:
        raise ValidationError(
            f"Ảnh quá lớn ({width} × {height} điểm ảnh). "
            "Hãy thu nhỏ dưới 40 triệu điểm ảnh rồi tải lại."
        )


def _encode(image: Image.Image) -> tuple[io.BytesIO, str]:
    """Return the decoded picture `image` encoded anew, as (file, format name)."""
    kind = image.format
    frames = getattr(image, "n_frames", 1)
    out = io.BytesIO()
    if kind == "GIF" and frames > 1 and frames * image.width * image.height <= _MAX_GIF_PIXELS:
        copies = [_shrunk(frame.convert("RGBA")) for frame in ImageSequence.Iterator(image)]
        durations = image.info.get("duration", 100)
        copies[0].save(
            out,
            "GIF",
            save_all=True,
            append_images=copies[1:],
            loop=0,
            duration=durations,
            disposal=2,
        )
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


def _shrunk(image: Image.Image) -> Image.Image:
    if max(image.size) > _LONGEST_SIDE_OUT:
        image.thumbnail((_LONGEST_SIDE_OUT, _LONGEST_SIDE_OUT))
    return image
