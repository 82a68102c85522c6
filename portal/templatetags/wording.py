"""Template filters for wording: date stamps, document numbers, file sizes, whole addresses."""

import datetime
import re
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Page
from django.db.models import Model
from django.forms import Form
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from portal.publishing.addresses import absolute

register = template.Library()
Moment = datetime.date | datetime.datetime | None
_NUMBER_IN_TEXT = re.compile(r"(\d+(?:/\d{4})?[/-][A-ZĐ][\w/-]*\w)")


@register.filter
def stamp(value: datetime.datetime | None) -> str:
    """Filter a datetime as articles are stamped: "(03/12/2018 10:10 AM)"; "" for None."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"({local:%d/%m/%Y %I:%M} {'AM' if local.hour < 12 else 'PM'})"


@register.filter
def iso(value: Moment) -> str:
    """Filter a date or datetime as a machine reads it (ISO 8601 with offset); "" for None."""
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).isoformat(timespec="minutes")
    return value.isoformat() if value else ""


@register.filter
def day(value: Moment) -> str:
    """Filter a date or datetime to its day: "03/12/2018"; "" for None."""
    local = timezone.localtime(value) if isinstance(value, datetime.datetime) else value
    return f"{local:%d/%m/%Y}" if local else ""


@register.filter
def dated(value: Moment) -> str:
    """Filter a date or datetime to its day as HTML that a machine reads too; "" for None."""
    return format_html('<time datetime="{}">{}</time>', iso(value), day(value)) if value else ""


@register.filter
def number(value: object) -> str:
    """Filter a số ký hiệu to HTML that never breaks across lines."""
    # A number longer than a phone is wide (several joint issuers) must break after all.
    kind = "num long" if len(str(value)) > 30 else "num"
    return format_html('<span class="{}">{}</span>', kind, value) if value else ""


@register.filter
def whole_numbers(value: object) -> str:
    """Filter a text to HTML in which a số ký hiệu ("72/2013/NĐ-CP") never breaks across lines."""
    parts = _NUMBER_IN_TEXT.split(str(value or ""))
    return format_html_join(
        "", "{}", ((number(part) if index % 2 else part,) for index, part in enumerate(parts))
    )


@register.filter
def scrolling_tables(value: str) -> str:
    """Filter clean HTML so that each table stands in a box that a keyboard can scroll."""
    box = '<div class="table-box" role="group" aria-label="Bảng" tabindex="0">'
    return value.replace("<table", f"{box}<table").replace("</table>", "</table></div>")


@register.filter
def size(value: int | None) -> str:
    """Filter a number of bytes to words in templates: "410 kB", "1,2 MB"."""
    value = int(value or 0)
    if value < 1000:
        return f"{value} byte"
    if value < 1_000_000:
        return f"{round(value / 1000)} kB"
    return f"{value / 1_000_000:.1f} MB".replace(".", ",")


register.filter("absolute", absolute)


@register.filter
def host(value: str) -> str:
    """Filter an address to the name of its site in templates: "nghean.gov.vn"."""
    return (urlsplit(value).hostname or "").removeprefix("www.")


@register.filter
def is_narrowed(form: Form) -> bool:
    """Tell the template whether a filter form is narrowed by more than words."""
    return any(form.data.get(field.name) for field in form.visible_fields() if field.name != "q")


@register.filter
def address(value: Model) -> str:
    """Return the page address of an object that has one, for templates."""
    return value.get_absolute_url()


@register.simple_tag
def page_address(query: str, page: int) -> str:
    """Return for templates the query of page `page` of a list filtered by `query`."""
    parts = [part for part in (query, f"trang={page}" if page > 1 else "") if part]
    return "?" + "&".join(parts)


@register.simple_tag
def page_numbers(page_obj: Page) -> list[int | str]:
    """Return for templates the page numbers to offer (or "…") around the present one."""
    return list(
        page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=1, on_ends=1)
    )
