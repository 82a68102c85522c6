"""The search for staff: words that mean the same, and what was searched and not found."""

from django.contrib import admin

from portal.search.models import MissedQuery, Synonym
from portal.staff.lists import StaffAdmin


@admin.register(Synonym)
class SynonymAdmin(StaffAdmin):
    """Words that mean the same; a change holds from the next search on."""

    list_display = ["word", "meaning"]
    alphabetical_by = "word"
    search_fields = ["word", "meaning"]
    fields = ["word", "meaning"]


@admin.register(MissedQuery)
class MissedQueryAdmin(StaffAdmin):
    """What citizens searched and did not find, the most frequent first. It can be read and cleared, nothing else."""

    list_display = ["query", "times", "last_on"]
    list_display_links = None
    ordering = ["-times", "-last_on", "query"]
    search_fields = ["query"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
