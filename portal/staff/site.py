"""The admin site: order of the apps, first page, upload of pictures, autocomplete answers."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, path
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.views.decorators.http import require_POST, require_safe

from portal.pictures.encoding import PICTURE_FOLDER, encode_picture
from portal.pictures.views import STAFF_PICTURES, send_picture
from portal.publishing.states import Publishable, State
from portal.staff.private import private

#: Packages whose own tables staff never need: the portal has its own in their place.
LEFT_OUT = {"taggit"}

#: The rooms as the department thinks of them; what is not named stands last.
ROOMS = ["news", "documents", "schedule", "pages", "links", "search", "auth"]

#: What CKEditor 4 needs: handlers and styles inside the HTML it writes. Only pages that hold the
#: editor get it.
EDITOR_POLICY = {
    "script-src": ["'unsafe-inline'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["data:", "blob:"],
}


class PortalAdminSite(admin.AdminSite):
    """The admin site at `/quan-tri/`."""

    site_header = "Quản trị cổng thông tin"
    site_title = "Quản trị cổng thông tin"
    index_title = "Việc của tôi"
    enable_nav_sidebar = False

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[admin.ModelAdmin] | None = None,
        **options: Any,
    ) -> None:
        """Register a model in the admin site as Django does, but for the tables of `LEFT_OUT`."""
        models = (
            [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        )
        super().register(
            [model for model in models if model._meta.app_label not in LEFT_OUT],
            admin_class,
            **options,
        )

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Return the admin site's two addresses for pictures, then Django's own."""
        return [
            path(f"{PICTURE_FOLDER}/tai-len/", self.upload_picture, name="upload-picture"),
            path(
                f"{PICTURE_FOLDER}/<path:name>", self.admin_view(self.show_picture), name="picture"
            ),
            *super().get_urls(),
        ]

    def get_app_list(
        self, request: HttpRequest, app_label: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the apps of the admin's first page in the order of `ROOMS`."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda row: not issubclass(row["model"], Publishable))
        rank = {label: position for position, label in enumerate(ROOMS)}
        return sorted(apps, key=lambda app: rank.get(app["app_label"], len(ROOMS)))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the admin's first page: what waits for the user's approval, reminders, the apps."""
        admins = self._registry.values()
        reminders = [
            reminder
            for each in admins
            if hasattr(each, "reminders")
            for reminder in each.reminders(request)
        ]
        context = {"waiting": self.waiting(request), "reminders": reminders}
        return super().index(request, context | (extra_context or {}))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """Answer the admin site's autocomplete by the admin of the chosen rows."""
        return private(Choices.as_view(admin_site=self)(request))

    def waiting(self, request: HttpRequest) -> list[tuple[str, int, str]]:
        """Return what waits for the user's approval on the admin's first page."""
        rows = []
        for model, model_admin in self._registry.items():
            if issubclass(model, Publishable) and model_admin.has_publish_permission(request):
                count = model.objects.filter(state=State.REVIEW).count()
                if count:
                    options = model._meta
                    address = f"/quan-tri/{options.app_label}/{options.model_name}/"
                    address += f"?tinh-trang={State.REVIEW}"
                    rows.append((capfirst(options.verbose_name), count, address))
        return rows

    @method_decorator(require_POST)
    def upload_picture(self, request: HttpRequest) -> JsonResponse:
        """Take a picture uploaded by the editor (`upload`); answer in JSON as CKEditor reads it."""
        if not self.has_permission(request):
            return refusal(
                "Phiên làm việc đã hết. Hãy đăng nhập lại ở thẻ khác rồi tải ảnh lần nữa.",
                status=403,
            )
        if not request.user.has_perm("portal.upload_picture"):
            return refusal(
                "Tài khoản này không được tải ảnh lên. Hãy liên hệ người quản trị.", status=403
            )
        upload = request.FILES.get("upload")
        if upload is None:
            return refusal("Chưa chọn tệp ảnh.", status=400)
        try:
            picture = encode_picture(upload)
        except ValidationError as error:
            return refusal(error.messages[0])
        name = default_storage.save(picture.name, picture)
        address = STAFF_PICTURES + name.removeprefix(f"{PICTURE_FOLDER}/")
        answer = {
            "uploaded": 1,
            "fileName": name.rpartition("/")[2],
            "url": address,
            "width": picture.width,
            "height": picture.height,
        }
        return private(JsonResponse(answer))

    @method_decorator(require_safe)
    def show_picture(self, request: HttpRequest, name: str) -> HttpResponse | FileResponse:
        """Answer with any picture of the media folder to staff, who see those of drafts too."""
        return private(send_picture(request, f"{PICTURE_FOLDER}/{name}"))


class Choices(AutocompleteJsonView):
    """Django's autocomplete answers, found, ordered and worded by the `StaffAdmin` of the rows."""

    def get_queryset(self) -> QuerySet:
        """Return the admin site's rows for the words typed, narrowed as the field narrows them."""
        if not hasattr(self.model_admin, "choices"):
            return super().get_queryset()
        rows = self.model_admin.get_queryset(self.request).complex_filter(
            self.source_field.get_limit_choices_to()
        )
        return self.model_admin.choices(rows, self.term)

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        words = getattr(self.model_admin, "choice_words", str)(obj)
        return {"id": str(getattr(obj, to_field_name)), "text": words}


def refusal(sentence: str, status: int = 200) -> JsonResponse:
    """Refuse the editor's upload of a picture with `sentence`, in JSON of status 200."""
    return private(JsonResponse({"uploaded": 0, "error": {"message": sentence}}, status=status))
