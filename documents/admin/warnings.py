"""Warnings about what may be wrong with a document: one sentence each, and what to do about it."""

from datetime import date

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.html import format_html

from documents import numbers
from documents.admin.duplicates import LINKED, duplicate_warnings
from documents.admin.vocabulary import day_words, linked
from documents.law.deadlines import Pace, clock_of
from documents.law.relations import EFFECTS, PASSIVE, Relation, RelationKind
from documents.law.validity import Effect
from documents.models import Document
from portal.publishing.states import State
from portal.workdays import Holiday


def doubts_of(document: Document) -> list[str]:
    """Return all warnings to the clerk, some with links, about a saved document."""
    today = timezone.localdate()
    return [
        *duplicate_warnings(document),
        *_dates(document, today),
        *_missing(document),
        *_validity(document, today),
        *_relations(document, today),
        *_deadline(document, today),
    ]


def _dates(document: Document, today: date) -> list[str]:
    issued, effective, expires = document.issued_on, document.effective_on, document.expires_on
    gazette, year = document.gazette_on, numbers.parse(document.number).year
    out = (
        timezone.localdate(document.published_at)
        if document.state == State.PUBLISHED and document.published_at
        else None
    )
    advice = "Hãy so với bản ký; bản ký ghi đúng như vậy thì cứ để."
    checks = [
        (issued and effective and effective < issued, "Ngày có hiệu lực đứng trước ngày ban hành."),
        (
            effective and expires and expires < effective,
            "Ngày hết hiệu lực đứng trước ngày có hiệu lực.",
        ),
        (
            issued and not effective and expires and expires < issued,
            "Ngày hết hiệu lực đứng trước ngày ban hành.",
        ),
        (issued and issued > today, "Ngày ban hành ở tương lai."),
        (issued and out and out < issued, "Thời điểm đăng đứng trước ngày ban hành."),
        (issued and gazette and gazette < issued, "Ngày công báo đứng trước ngày ban hành."),
        (
            issued and year and year != issued.year,
            f"Số ký hiệu ghi năm {year}, ngày ban hành ở năm {issued and issued.year}.",
        ),
    ]
    found = [f"{sentence} {advice}" for is_odd, sentence in checks if is_odd]
    agency = document.agency
    if agency and agency.ended_on and issued and issued > agency.ended_on:
        heir = f" Có phải «{agency.present}» ban hành không?" if agency.successor_id else ""
        found.append(
            f"Ban hành sau khi «{agency}» kết thúc hoạt động ({day_words(agency.ended_on)})."
            f"{heir} Hãy xem lại cơ quan."
        )
    return found


def _missing(document: Document) -> list[str]:
    found = []
    if not document.summary:
        found.append("Chưa có trích yếu. Hãy chép từ bản ký.")
    if not document.attachments.exists():
        found.append("Văn bản chưa có tệp đính kèm. Hãy tải bản ký lên ở đầu trang này.")
    return found


def _validity(document: Document, today: date) -> list[str]:
    """Warn the clerk where a chosen validity contradicts the computed one, here or at documents
    acted on.
    """
    found = []
    computed = document.contradiction
    if computed:
        actors = (
            Relation.objects.acting_on(today)
            .filter(target=document)
            .filter(EFFECTS[Effect.ENDS] | EFFECTS[Effect.SUSPENDS])
        )
        actors = actors.select_related("source__type")
        because = "".join(
            f"; {PASSIVE[RelationKind(each.kind)].lower()} {_name(each, 'source')}"
            for each in actors[:LINKED]
        )
        found.append(
            f"Ô «Tình trạng hiệu lực» ghi «{document.get_validity_given_display()}», "
            f"còn theo ngày và quan hệ là «{computed.label}»{because}. "
            "Hãy để trống ô ấy để cổng tự tính, hoặc xem lại ngày và quan hệ."
        )
    acted = Relation.objects.filter(source=document, target__isnull=False).exclude(
        target__validity_given=""
    )
    acted = acted.filter(EFFECTS[Effect.ENDS] | EFFECTS[Effect.SUSPENDS]).select_related(
        "target__type"
    )
    for relation in acted[:LINKED]:
        computed = relation.target.contradiction
        if computed:
            sentence = (
                "{} {}, nhưng ở đó ghi tay «{}» (tính ra là «{}»). "
                "Hãy mở văn bản ấy, để trống ô «Tình trạng hiệu lực»."
            )
            words = (
                relation.get_kind_display(),
                linked([relation.target]),
                relation.target.get_validity_given_display(),
                computed.label,
            )
            found.append(format_html(sentence, *words))
    return found


def _name(relation: Relation, end: str) -> str:
    document = getattr(relation, end)
    return document.title if document else relation.name_of(end)


def _relations(document: Document, today: date) -> list[str]:
    """Warn the clerk of suspensions in part, which change no validity, and of ambiguous numbers."""
    found = []
    partial = Relation.objects.acting_on(today).filter(kind=RelationKind.SUSPENDS, is_partial=True)
    if not document.validity_given and partial.filter(target=document).exists():
        found.append(
            "Văn bản này bị ngưng hiệu lực một phần. Danh mục tình trạng không có từ cho việc đó, "
            f"nên cổng vẫn tính là «{document.validity.label}». "
            "Hãy tự chọn ở ô «Tình trạng hiệu lực» nếu cần."
        )
    open_targets = partial.filter(
        source=document, target__isnull=False, target__validity_given=""
    ).select_related("target__type")
    for relation in open_targets[:LINKED]:
        sentence = (
            "Ngưng một phần {}: cổng không đổi tình trạng của văn bản ấy. "
            "Hãy mở ra và tự chọn ở ô «Tình trạng hiệu lực» nếu cần."
        )
        found.append(format_html(sentence, linked([relation.target])))
    return found + _unsure(document)


def _unsure(document: Document) -> list[str]:
    """Warn the clerk of relations by a number that several documents have, written here or
    elsewhere.
    """
    mine = {"source": "target", "target": "source"}
    written = Q(pk__in=[])
    for own, other in mine.items():
        written |= Q(**{own: document, other: None}) & ~Q(**{f"{other}_key": ""})
        if document.number_key:
            written |= Q(**{own: None, f"{own}_key": document.number_key}) & ~Q(**{other: None})
    relations = list(
        Relation.objects.filter(written).select_related("source__type", "target__type")[
            : 4 * LINKED
        ]
    )
    keys = {
        getattr(relation, f"{end}_key")
        for relation in relations
        for end in mine
        if getattr(relation, f"{end}_id") is None
    }
    counts = (
        Document.objects.filter(number_key__in=keys)
        .order_by()
        .values("number_key")
        .annotate(count=Count("pk"))
    )
    several = {row["number_key"] for row in counts if row["count"] > 1}
    found = []
    for relation in relations:
        end = next(end for end in mine if getattr(relation, f"{end}_id") is None)
        key = getattr(relation, f"{end}_key")
        if key not in several:
            continue
        bearers = linked(
            Document.objects.filter(number_key=key).select_related("type").newest_first()[:LINKED]
        )
        where = getattr(relation, mine[end])
        place = "dưới đây" if where == document else format_html("ở {}", linked([where]))
        sentence = (
            "Quan hệ ghi số {} {} chưa nối được vì nhiều văn bản mang số ấy: {}. "
            "Hãy chọn đúng văn bản trong ô chọn."
        )
        found.append(format_html(sentence, getattr(relation, f"{end}_number"), place, bearers))
    return found[:LINKED]


def _deadline(document: Document, today: date) -> list[str]:
    row = (
        Document.objects.clocked()
        .filter(pk=document.pk)
        .only("origin", "issued_on", "state", "published_at")
        .first()
    )
    clock = row and clock_of(row, Holiday.objects.workdays(), today)
    if clock and clock.pace == Pace.OVERDUE:
        return [
            f"Quá hạn đăng {clock.days} ngày làm việc (hạn là ngày {day_words(clock.deadline)}). "
            "Hãy gửi duyệt ngay."
        ]
    return []
