"""The admin of static pages, main menu, notices and the identity of the site."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from portal.pages.models import MenuItem, Notice, Page, SiteIdentity
from portal.pages.views import PageDetail
from portal.staff.lists import PhaseFilter, StaffAdmin
from portal.staff.publishing import PublishableAdmin


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    """Static pages: Giới thiệu, Liên hệ and those below them."""

    detail_view = PageDetail
    list_display = ["title", "phase_now", "parent", "position", "updated_at"]
    list_filter = [PhaseFilter]
    list_select_related = ["parent"]
    alphabetical_by = "title"
    search_fields = ["folded"]
    search_help_text = "Gõ có dấu hay không dấu đều được."
    autocomplete_fields = ["parent"]
    fieldsets = [
        (None, {"fields": ["title", "parent", "lead", "body"]}),
        ("Thứ tự và địa chỉ", {"fields": ["position", "slug"], "classes": ["collapse"]}),
    ]


@admin.register(MenuItem)
class MenuItemAdmin(StaffAdmin):
    """The main menu, two levels; a change is public at once."""

    list_display = ["title", "parent", "page", "path", "position"]
    list_editable = ["position"]
    list_select_related = ["parent", "page"]
    ordering = ["parent__position", "position", "pk"]
    search_fields = ["title", "path"]
    autocomplete_fields = ["page"]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "parent", "page", "path", "position"],
                "description": "Chọn một trang tĩnh hoặc ghi một địa chỉ. "
                "Lưu là hiện ngay trên cổng; mục trỏ đến trang tĩnh chưa đăng thì chưa hiện.",
            },
        )
    ]


@admin.register(Notice)
class NoticeAdmin(PublishableAdmin):
    """Banners over every page, from their beginning to their end."""

    list_display = ["message", "phase_now", "published_at", "published_until"]
    list_filter = [PhaseFilter]
    ordering = ["-pk"]
    search_fields = ["message"]
    fieldsets = [
        (
            None,
            {
                "fields": ["message", "page_path"],
                "description": "Hiện trên đầu mọi trang từ thời điểm đăng đến hết hạn. "
                "Nên ghi «đăng đến» để thông báo tự hết.",
            },
        )
    ]


@admin.register(SiteIdentity)
class SiteIdentityAdmin(StaffAdmin):
    """The admin of the site's identity: one form, no list."""

    fieldsets = [
        (
            None,
            {
                "fields": ["name", "province", "parent_body", "responsible"],
                "description": "Hiện ở đầu và cuối mọi trang.",
            },
        ),
        ("Liên hệ", {"fields": ["address", ("phone", "fax"), "email"]}),
        ("Khác", {"fields": ["description", "licence", "logo"]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse a second site identity."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: SiteIdentity | None = None) -> bool:
        """Refuse to delete the one site identity."""
        return False

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> SiteIdentity:
        """Return the site identity for the form, even before it was ever saved."""
        return SiteIdentity.load()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Redirect the list of site identities to the form of the one."""
        return redirect(reverse("admin:pages_siteidentity_change", args=[1]))
