"""The lists that clerks keep: types, agencies and fields of documents, and the days by which their deadlines are counted."""

from django.contrib import admin, messages
from django.db.models import Case, Value, When
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
    """A list of words that documents are described by; in alphabetical order after `position`."""

    alphabetical_by = "name"
    search_help_text = "Gõ có dấu hay không dấu đều được."


@admin.register(DocumentType)
class DocumentTypeAdmin(WordAdmin):
    """Kinds of documents."""

    list_display = ["name", "abbreviation", "position"]
    list_editable = ["position"]
    search_fields = ["name", "abbreviation"]
    fields = ["name", "abbreviation", "position", "slug"]


@admin.register(Field)
class FieldAdmin(WordAdmin):
    """Fields of documents."""

    list_display = ["name", "position"]
    list_editable = ["position"]
    search_fields = ["name"]
    fields = ["name", "position", "slug"]


#: Agencies offered at most while somebody types.
OFFERED = 100


@admin.register(Agency)
class AgencyAdmin(WordAdmin):
    """Who issues documents. A merged or renamed agency stays, with its end and its successor."""

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
                "description": "Không sửa tên cơ quan cũ: thêm cơ quan mới, rồi ghi ở cơ quan cũ ngày kết thúc và cơ quan kế thừa. "
                "Văn bản cũ giữ nguyên cơ quan đã ban hành; trang văn bản tự ghi «nay thuộc …».",
            },
        ),
        ("Thứ tự và địa chỉ", {"fields": ["position", "slug"], "classes": ["collapse"]}),
    ]

    def choices(self, queryset, term):
        """Return the agencies that hold every word of `term`: the short name or the whole name first, those that have ended last."""
        wanted = vietnamese.fold(term)

        def place(row):
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
            found.order_by().values_list("pk", "name", "short_name", "ended_on"), key=place
        )[:OFFERED]
        ranks = [When(pk=row[0], then=Value(rank)) for rank, row in enumerate(rows)]
        offered = queryset.filter(pk__in=[row[0] for row in rows])
        return offered.order_by(Case(*ranks, default=Value(OFFERED))) if ranks else offered

    def choice_words(self, agency):
        """Return name, short name and, where the agency has ended, its last day."""
        short = f" ({agency.short_name})" if agency.short_name else ""
        return f"{agency.name}{short}{f' – đến {day_words(agency.ended_on)}' if agency.ended_on else ''}"

    def save_model(self, request, obj, form, change):
        """Save, and tell what does not fit together."""
        super().save_model(request, obj, form, change)
        for doubt in doubts_of_agency(obj):
            self.message_user(request, doubt, messages.WARNING)


def day_words(day):
    """Return `day` (date) as readers write it (str)."""
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def doubts_of_agency(agency):
    """Return sentences (list of str) on the end of `agency` and what follows it; all of it is kept."""
    if agency.successor_id and not agency.ended_on:
        return [
            f"Đã ghi cơ quan kế thừa nhưng chưa ghi ngày kết thúc hoạt động của «{agency}». Hãy ghi thêm nếu biết."
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
    links = format_html_join(
        ", ",
        '<a href="{}">{}</a>',
        ((staff_page(document), document.title) for document in newer[:3]),
    )
    advice = (
        "Hãy xem lại ngày kết thúc, hoặc chuyển các văn bản này sang cơ quan kế thừa."
        if agency.successor_id
        else "Hãy ghi cơ quan kế thừa, hoặc xem lại ngày kết thúc."
    )
    sentence = "Có {} văn bản của «{}» ban hành sau ngày kết thúc {}: {}{}. {}"
    more = "…" if count > 3 else ""
    return [
        format_html_join(
            "", sentence, [(count, agency, day_words(agency.ended_on), links, more, advice)]
        )
    ]


def staff_page(document):
    """Return the address (str) of the form of `document` (Document)."""
    return reverse("admin:documents_document_change", args=[document.pk])


class HolidayForm(StaffForm):
    """One day of the table, in the list as on its own page."""


@admin.register(Holiday)
class HolidayAdmin(StaffAdmin):
    """The days by which working days are counted; edited in the list itself."""

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
                "description": "Thứ Bảy, Chủ nhật vốn là ngày nghỉ, không cần ghi. Ghi các ngày lễ, Tết, ngày nghỉ bù rơi vào thứ Hai đến "
                "thứ Sáu, và các ngày thứ Bảy, Chủ nhật đi làm bù. Mỗi năm nhập một lần, theo thông báo nghỉ lễ của năm.",
            },
        )
    ]

    @admin.display(description="thứ")
    def weekday(self, holiday):
        """The day of the week in words."""
        return formats.date_format(holiday.day, "l")

    def get_changelist_form(self, request, **kwargs):
        """Return the form of a row of the list: what is wrong is said as elsewhere."""
        return super().get_changelist_form(request, **{"form": HolidayForm, **kwargs})

    def reminders(self, request):
        """Ask for the days off of a year that are not entered, those who may enter them."""
        if not self.has_add_permission(request):
            return []
        address = reverse("admin:portal_holiday_add")
        return [
            (f"Chưa nhập ngày nghỉ lễ năm {year}: hạn đăng văn bản chưa tính đúng", address)
            for year in Holiday.objects.years_without(timezone.localdate())
        ]
