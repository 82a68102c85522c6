"""Set up the four groups of staff with exactly the permissions that each needs."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

WRITE = ("add", "change", "delete", "view")
#: "app.model" → verbs.
Permissions = dict[str, tuple[str, ...]]
#: The permissions of each group. Only the approvers publish, or change what is public at once.
GROUPS: dict[str, Permissions] = {
    "Biên tập viên tin tức": {
        "news.article": WRITE,
        "news.category": ("view",),
        "news.tag": ("view",),
        "pages.page": WRITE,
        "pages.notice": WRITE,
        "links.link": WRITE,
        "links.linkgroup": ("view",),
        "portal.pictureuse": ("upload_picture",),
    },
    "Cán bộ văn bản": {
        "documents.document": WRITE,
        "documents.attachment": WRITE,
        "documents.relation": WRITE,
        "documents.agency": ("add", "view"),
        "documents.documenttype": ("add", "view"),
        "documents.field": ("add", "view"),
        "portal.holiday": WRITE,
    },
    "Cán bộ lịch công tác": {"schedule.week": WRITE, "schedule.appointment": WRITE},
    "Người duyệt": {
        **dict.fromkeys(
            [
                "news.article",
                "documents.document",
                "schedule.week",
                "pages.page",
                "pages.notice",
                "links.link",
            ],
            ("change", "view", "publish"),
        ),
        **dict.fromkeys(
            [
                "documents.attachment",
                "documents.relation",
                "portal.holiday",
                "schedule.appointment",
            ],
            WRITE,
        ),
        **dict.fromkeys(
            [
                "news.category",
                "news.tag",
                "documents.agency",
                "documents.documenttype",
                "documents.field",
                "links.linkgroup",
            ],
            ("add", "change", "view"),
        ),
        "pages.menuitem": WRITE,
        "search.synonym": WRITE,
        "search.missedquery": ("delete", "view"),
        "pages.siteidentity": ("change", "view"),
        "portal.pictureuse": ("upload_picture",),
    },
}


class Command(BaseCommand):
    """Create the groups, or reset their permissions; members stay as they are."""

    help = "Create the groups of staff with their permissions; safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        """Set up all groups of staff with their permissions, or none."""
        with transaction.atomic():
            known = {
                (permission.content_type.app_label, permission.codename): permission
                for permission in Permission.objects.select_related("content_type")
            }
            changed = sum(self.set_up(name, models, known) for name, models in GROUPS.items())
        self.stdout.write(f"set_up_groups: {len(GROUPS)} groups, {changed} changed")

    def set_up(
        self, name: str, models: Permissions, known: dict[tuple[str, str], Permission]
    ) -> bool:
        """Give the staff group `name` the permissions of `models`; tell whether it changed."""
        group, is_new = Group.objects.get_or_create(name=name)
        try:
            wanted = {known[key] for key in codenames(models)}
        except KeyError as error:
            raise CommandError(
                f"set_up_groups: the permission {error.args[0]} is missing; run migrate first"
            ) from None
        changed = is_new or set(group.permissions.all()) != wanted
        if changed:
            group.permissions.set(wanted)
        return changed


def codenames(models: Permissions) -> list[tuple[str, str]]:
    """Return the permissions (app label, codename) that a staff group has by `models`.

    A verb with an underscore is a codename itself.
    """
    codes = []
    for label, verbs in models.items():
        app, model = label.split(".")
        codes += [(app, verb if "_" in verb else f"{verb}_{model}") for verb in verbs]
    return codes
