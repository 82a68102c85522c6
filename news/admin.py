"""The admin of the news: articles, categories and tags for editors."""

from django.contrib import admin
from django.http import HttpRequest

from news.models import Article, Category, Tag
from news.views import ArticleDetail
from portal.staff.lists import PhaseFilter, StaffAdmin
from portal.staff.publishing import PublishableAdmin


@admin.register(Category)
class CategoryAdmin(StaffAdmin):
    """Sections of the news; a change is public at once."""

    list_display = ["name", "parent", "position", "on_home"]
    list_editable = ["position", "on_home"]
    list_select_related = ["parent"]
    alphabetical_by = "name"
    search_fields = ["name"]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "parent", "description"],
                "description": "Lưu là hiện ngay trên cổng.",
            },
        ),
        ("Sắp xếp và địa chỉ", {"fields": ["position", "on_home", "slug"]}),
    ]


@admin.register(Tag)
class TagAdmin(StaffAdmin):
    """Tags: made as articles are written, renamed here."""

    list_display = ["name", "slug"]
    alphabetical_by = "name"
    search_fields = ["name"]
    fields = ["name", "slug"]


@admin.register(Article)
class ArticleAdmin(PublishableAdmin):
    """News articles."""

    detail_view = ArticleDetail
    list_display = ["title", "phase_now", "published_at", "category", "author"]
    list_filter = [PhaseFilter, "category", "is_lead", "is_pinned"]
    list_select_related = ["category"]
    ordering = ["-updated_at", "-pk"]
    search_fields = ["folded"]
    search_help_text = (
        "Gõ có dấu hay không dấu đều được: tìm trong tiêu đề, tóm tắt, nội dung, tên tác giả."
    )
    fieldsets = [
        (None, {"fields": ["title", "category", "lead", "body"]}),
        (
            "Ảnh đại diện",
            {
                "fields": ["picture", "picture_alt", "picture_caption"],
                "description": "Ảnh hiện ở trang chủ, trong danh sách và đầu bài. "
                "Ảnh trong bài thì chèn vào ô nội dung.",
            },
        ),
        (
            "Người viết và nguồn",
            {
                "fields": [("author", "unit"), "source"],
                "description": "Tên tác giả và đơn vị hiện ở cuối bài, "
                "ví dụ «Hoàng Thăng Long - Sở TT&TT».",
            },
        ),
        ("Thẻ và vị trí", {"fields": ["tags", "is_lead", "is_pinned"]}),
        (
            "Đính chính và địa chỉ",
            {
                "fields": ["correction", "slug"],
                "description": "Sửa bài đã đăng thì ghi điều đã sửa ở ô đính chính "
                "để người đọc biết.",
                "classes": ["collapse"],
            },
        ),
    ]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, str]:
        """Prefill the author of a new article with the user's name, family name first."""
        name = f"{request.user.last_name} {request.user.first_name}".strip()
        return {"author": name} | super().get_changeform_initial_data(request)
