"""The admin of links to other websites and of their groups."""

from django.contrib import admin
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.db import models

from portal.links.models import Link, LinkGroup
from portal.staff.lists import PhaseFilter, StaffAdmin
from portal.staff.publishing import PublishableAdmin


@admin.register(LinkGroup)
class LinkGroupAdmin(StaffAdmin):
    """Groups of links; a group without a visible link is not shown."""

    list_display = ["name", "position"]
    list_editable = ["position"]
    alphabetical_by = "name"
    search_fields = ["name"]
    fields = ["name", "position"]


@admin.register(Link)
class LinkAdmin(PublishableAdmin):
    """Links to other sites."""

    list_display = ["title", "phase_now", "group", "url", "position"]
    list_filter = [PhaseFilter, "group"]
    list_select_related = ["group"]
    ordering = ["group__position", "group__name", "position", "title", "pk"]
    search_fields = ["title", "url"]
    formfield_overrides = PublishableAdmin.formfield_overrides | {
        models.URLField: {"widget": AdminURLFieldWidget, "assume_scheme": "https"}
    }
    fieldsets = [
        (None, {"fields": ["title", "url", "group"]}),
        (
            "Cách hiện",
            {
                "fields": ["logo", "position"],
                "description": "Không có logo thì hiện chữ cái đầu của tên.",
            },
        ),
    ]
