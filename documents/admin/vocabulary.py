"""The admin of document types, agencies, fields of documents and holidays; links to documents."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db.models import Case, Value, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html_join

from documents.models import Document
from documents.vocabulary import Agency, DocumentType, Field
from portal.staff.forms import StaffForm
from portal.staff.lists import StaffAdmin
from portal.text import vietnamese
from portal.workdays import Holiday


class WordAdmin(StaffAdmin):
    """The admin of a list of words that describe documents; alphabetical after `position`."""

    alphabetical_by = "name"
    search_help_text = "Gõ có dấu hay không dấu đều được."


@admin.register(DocumentType)
class DocumentTypeAdmin(WordAdmin):
    """The admin of document types."""

    list_display = ["name", "abbreviation", "position"]
    list_editable = ["position"]
    search_fields = ["name", "abbreviation"]
    fields = ["name", "abbreviation", "position", "slug"]


@admin.register(Field)
class FieldAdmin(WordAdmin):
    """The admin of the fields (lĩnh vực) of documents."""

    list_display = ["name", "position"]
    list_editable = ["position"]
    search_fields = ["name"]
    fields = ["name", "position", "slug"]


#: Agencies offered at most while somebody types.
OFFERED = 100


@admin.register(Agency)
class AgencyAdmin(WordAdmin):
    """The admin of agencies; a merged or renamed one stays, with its end and its successor."""

    list_display = ["name", "short_name", "is_ours", "ended_on", "successor", "position"]
    list_editable = ["position"]
    list_filter = ["is_ours"]
    list_select_related = ["successor"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["successor"]
    fieldsets = [
        (None, {"fields": ["name", "short_name", "is_ours"]}),
        (
            "Sáp nhập, đổi tên",
            {
                "fields": ["ended_on", "successor"],
                "description": "Không sửa tên cơ quan cũ: thêm cơ quan mới, rồi ghi ở cơ quan cũ "
                "ngày kết thúc và cơ quan kế thừa. Văn bản cũ giữ nguyên cơ quan đã ban hành; "
                "trang văn bản tự ghi «nay thuộc …».",
            },
        ),
        ("Thứ tự và địa chỉ", {"fields": ["position", "slug"], "classes": ["collapse"]}),
    ]

    def choices(self, queryset: Any, term: str) -> Any:
        """Return the agencies offered while a clerk types: equal names first, ended ones last."""
        wanted = vietnamese.fold(term)

        def rank_of(row: tuple[Any, ...]) -> tuple[Any, ...]:
            pk, name, short_name, ended_on = row
            names = vietnamese.fold(name), vietnamese.fold(short_name)
            return (
                wanted not in names,
                ended_on is not None,
                not any(each.startswith(wanted) for each in names),
                vietnamese.sort_key(name),
            )

        found = self.find(queryset, term) if wanted.split() else queryset
        rows = sorted(
            found.order_by().values_list("pk", "name", "short_name", "ended_on"), key=rank_of
        )[:OFFERED]
        ranks = [When(pk=row[0], then=Value(rank)) for rank, row in enumerate(rows)]
        offered = queryset.filter(pk__in=[row[0] for row in rows])
        return offered.order_by(Case(*ranks, default=Value(OFFERED))) if ranks else offered

    def choice_words(self, agency: Agency) -> str:
        """Return how an agency is named in the admin's choices, with its end."""
        short = f" ({agency.short_name})" if agency.short_name else ""
        end = f" – đến {day_words(agency.ended_on)}" if agency.ended_on else ""
        return f"{agency.name}{short}{end}"

    def save_model(self, request: HttpRequest, obj: Agency, form: Any, change: bool) -> None:
        """Save an agency from its admin form, and warn about its end and successor."""
        super().save_model(request, obj, form, change)
        for doubt in doubts_of_agency(obj):
            self.message_user(request, doubt, messages.WARNING)


def day_words(day: date) -> str:
    """Return a day as admin pages of the register write it."""
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def doubts_of_agency(agency: Agency) -> list[str]:
    """Return warnings of the admin about the end and the successor of an agency; all is saved."""
    if agency.successor_id and not agency.ended_on:
        return [
            f"Đã ghi cơ quan kế thừa nhưng chưa ghi ngày kết thúc hoạt động của «{agency}». "
            "Hãy ghi thêm nếu biết."
        ]
    if not agency.ended_on:
        return []
    newer = (
        Document.objects.issued_by(agency)
        .filter(issued_on__gt=agency.ended_on)
        .newest_first()
        .select_related("type")
    )
    count = newer.count()
    if not count:
        return []
    advice = (
        "Hãy xem lại ngày kết thúc, hoặc chuyển các văn bản này sang cơ quan kế thừa."
        if agency.successor_id
        else "Hãy ghi cơ quan kế thừa, hoặc xem lại ngày kết thúc."
    )
    sentence = "Có {} văn bản của «{}» ban hành sau ngày kết thúc {}: {}{}. {}"
    more = "…" if count > 3 else ""
    return [
        format_html_join(
            "",
            sentence,
            [(count, agency, day_words(agency.ended_on), linked(newer[:3]), more, advice)],
        )
    ]


def staff_page(document: Document) -> str:
    """Return the address of the admin form of a document."""
    return reverse("admin:documents_document_change", args=[document.pk])


def linked(documents: Iterable[Document]) -> str:
    """Return links to the admin forms of documents, separated by commas."""
    return format_html_join(
        ", ", '<a href="{}">{}</a>', ((staff_page(each), each.title) for each in documents)
    )


class HolidayForm(StaffForm):
    """One day of the holiday table, in the list as on its own page."""


@admin.register(Holiday)
class HolidayAdmin(StaffAdmin):
    """The admin of holidays, by which working days are counted; edited in the list itself."""

    form = HolidayForm
    list_display = ["day", "weekday", "kind", "name", "note"]
    list_editable = ["kind", "name", "note"]
    list_filter = ["kind"]
    date_hierarchy = "day"
    search_fields = ["name", "note"]
    search_help_text = "Gõ có dấu hay không dấu đều được."
    fieldsets = [
        (
            None,
            {
                "fields": ["day", "kind", "name", "note"],
                "description": "Thứ Bảy, Chủ nhật vốn là ngày nghỉ, không cần ghi. Ghi các "
                "ngày lễ, Tết, ngày nghỉ bù rơi vào thứ Hai đến thứ Sáu, và các ngày thứ Bảy, "
                "Chủ nhật đi làm bù. Mỗi năm nhập một lần, theo thông báo nghỉ lễ của năm.",
            },
        )
    ]

    @admin.display(description="thứ")
    def weekday(self, holiday: Holiday) -> str:
        return formats.date_format(holiday.day, "l")

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": HolidayForm, **kwargs})

    def reminders(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Remind staff who may enter holidays of a year without any."""
        if not self.has_add_permission(request):
            return []
        address = reverse("admin:portal_holiday_add")
        return [
            (f"Chưa nhập ngày nghỉ lễ năm {year}: hạn đăng văn bản chưa tính đúng", address)
            for year in Holiday.objects.years_without(timezone.localdate())
        ]
