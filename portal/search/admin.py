"""The search for staff: synonyms, and missed queries."""

from django.contrib import admin
from django.http import HttpRequest

from portal.search.models import MissedQuery, Synonym
from portal.staff.lists import StaffAdmin


@admin.register(Synonym)
class SynonymAdmin(StaffAdmin):
    """Synonyms; a change holds from the next search on."""

    list_display = ["word", "meaning"]
    alphabetical_by = "word"
    search_fields = ["word", "meaning"]
    fields = ["word", "meaning"]


@admin.register(MissedQuery)
class MissedQueryAdmin(StaffAdmin):
    """Queries without answers, the most frequent first; staff read and clear them, nothing else."""

    list_display = ["query", "times", "last_on"]
    list_display_links = None
    ordering = ["-times", "-last_on", "query"]
    search_fields = ["query"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: MissedQuery | None = None) -> bool:
        return False
