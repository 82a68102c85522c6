"""Send pictures by their addresses: to visitors only those that a visible row shows."""

import re

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse

from portal.pictures.encoding import PICTURE_FOLDER
from portal.pictures.models import is_public
from portal.web.sending import send

PUBLIC_PICTURES = f"{settings.MEDIA_URL}{PICTURE_FOLDER}/"
STAFF_PICTURES = "/quan-tri/anh/"
PICTURE_NAME = re.compile(
    re.escape(PICTURE_FOLDER) + r"/\d{4}/\d{2}/[0-9a-f]{32}\.(?:jpg|png|webp|gif)"
)


def picture(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Answer a picture's public address if a visible row shows it, else 404."""
    name = f"{PICTURE_FOLDER}/{name}"
    if not PICTURE_NAME.fullmatch(name) or not is_public(name):
        raise Http404
    response = send_picture(request, name)
    response["Cache-Control"] = "public, max-age=60"
    return response


def send_picture(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """Answer with the file of the picture `name`; the caller checks who may see it."""
    types = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif"}
    if not PICTURE_NAME.fullmatch(name) or not default_storage.exists(name):
        raise Http404
    extension = name.rpartition(".")[2]
    return send(request, default_storage.open(name), etag=name, content_type=types[extension])
