"""Fill the form of a document from its files: extract the text, recognise metadata, match agencies.

Only the intake is saved here: what was read is offered, the clerk looks and saves.
"""

import time
from collections.abc import Iterable
from datetime import date
from typing import Any

from documents import numbers
from documents.agency_names import name_key
from documents.files.models import Role
from documents.files.staging import Intake, StagedFile
from documents.imports.wording import is_law
from documents.law.relations import RelationKind
from documents.models import Document, Family
from documents.recognition.layout import Candidate
from documents.recognition.legal_basis import Ground
from documents.recognition.metadata import Understood, understand
from documents.vocabulary import Agency, DocumentType
from portal.extraction import client
from portal.text import vietnamese
from portal.uploads.names import extension_of

#: Seconds that a clerk waits for the reading of all files of an intake.
PATIENCE = 12
#: Kinds in the order in which they are believed: what is signed first.
_ORDER = {"pdf": 0, "docx": 1, "doc": 2, "odt": 3}
PLAIN = (
    "number", "issued_on", "effective_on", "summary", "signer", "signer_post", "signing_power",
    "gazette_number", "gazette_on",
)  # fmt: skip


def read_intake(intake: Intake) -> None:
    """Read the files of an intake and store their metadata as form values, with notes."""
    until = time.monotonic() + PATIENCE
    understood, notes = [], []
    staged = sorted(
        intake.files.all(),
        key=lambda file: (_ORDER.get(extension_of(file.original_name), 9), file.pk),
    )
    for file in staged:
        if extension_of(file.original_name) not in _ORDER:
            continue
        seconds = int(until - time.monotonic())
        if seconds < 1:
            notes.append(f"«{file.original_name}»: chưa kịp đọc.")
            continue
        try:
            with file.file.open("rb") as opened:
                reading = client.read_text(opened, seconds=seconds)
        except client.Unread as error:
            notes.append(f"«{file.original_name}»: {vietnamese.clean_line(str(error))}")
            continue
        if not reading.has_text:
            notes.append(f"«{file.original_name}»: không có lớp chữ (bản quét).")
            continue
        found = understand(
            [page.text for page in reading.pages], by_ocr=any(page.by_ocr for page in reading.pages)
        )
        if understood and _is_of_another(found, understood[0]):
            notes.append(
                f"«{file.original_name}» ghi số «{found.number.value}»: "
                "xem có phải tệp của văn bản này không."
            )
            understood[0].number = Candidate(understood[0].number.value, False)
            continue
        understood.append(found)
    if not understood:
        notes.append(
            "Không đọc được gì trong tệp: hãy tự điền các ô, hoặc chọn lại và kèm bản Word."
        )
    intake.values = values_of(merged(understood)) | {"notes": notes, "was_read": bool(understood)}
    intake.save(update_fields=["values"])


def _is_of_another(found: Understood, first: Understood) -> bool:
    """Tell whether a read file has another number than the `first`; then it does not prefill the
    form.
    """
    if found.number is None or first.number is None:
        return False
    return numbers.key(found.number.value) != numbers.key(first.number.value)


def merged(understood: list[Understood]) -> Understood:
    """Merge the metadata read in several files of an intake, the most believed first.

    The first file that has a field counts; where others differ the field is not sure.
    """
    if not understood:
        return Understood()
    found = understood[0]
    for other in understood[1:]:
        for name in (*PLAIN, "type"):
            mine, theirs = getattr(found, name), getattr(other, name)
            if mine is None and theirs is not None:
                is_sure = theirs.is_sure and other.number is not None  # else it may be an annex
                setattr(found, name, Candidate(theirs.value, is_sure))
            elif None not in (mine, theirs) and _differ(mine.value, theirs.value):
                setattr(found, name, Candidate(mine.value, False))
        firsts = [names[0].value for names in (found.agencies, other.agencies) if names]
        if len(firsts) == 2 and _differ(*firsts):
            found.agencies = [Candidate(agency.value, False) for agency in found.agencies]
        found.agencies = found.agencies or other.agencies
        found.grounds = found.grounds or other.grounds
    return found


def _differ(one: Any, other: Any) -> bool:
    if isinstance(one, str):
        return vietnamese.words(one) != vietnamese.words(other)
    return one != other


def values_of(found: Understood) -> dict[str, Any]:
    """Return read metadata as JSON values that prefill the form, matched with the register.

    `initial`: values of the form; `marks`: {field: is sure}; `unmatched`: {field: names that the
    register does not have}; `grounds`: [{"initial" of a relation, "is_sure"}]; `is_draft`.
    """
    initial, marks, unmatched = {}, {}, {}
    for name in PLAIN:
        candidate = getattr(found, name)
        if candidate is not None:
            value, limit = candidate.value, Document._meta.get_field(name).max_length
            initial[name] = value.isoformat() if isinstance(value, date) else str(value)[:limit]
            marks[name] = candidate.is_sure
    if found.type is not None:
        kind = _type_named(found.type.value)
        if kind is None:
            unmatched["type"] = [found.type.value]
        else:
            initial["type"], marks["type"] = kind, found.type.is_sure
    if found.agencies:
        _put_agencies(found, initial, marks, unmatched)
    if found.number is not None:
        initial["family"], marks["family"] = _family(found.number.value), False
    values = {"initial": initial, "marks": marks, "unmatched": unmatched}
    rows = [_row(ground) for ground in found.grounds]
    return values | {"grounds": rows, "is_draft": found.is_draft}


def _row(ground: Ground) -> dict[str, Any]:
    row = {
        "kind": RelationKind.BASED_ON.value,
        "target_number": ground.number,
        "target_title": ground.title,
    }
    day = {"target_issued_on": ground.issued_on.isoformat()} if ground.issued_on else {}
    return {"initial": row | day, "is_sure": ground.is_sure}


def _type_named(name: str) -> int | None:
    """Return the key of the register's document type that was read as `name`, in any spelling."""
    wanted = vietnamese.words(name)
    types = DocumentType.objects.values_list("pk", "name")
    return next((pk for pk, known in types if vietnamese.words(known) == wanted), None)


def _family(number: str) -> str:
    """Return the family that prefills the form for a number like the one read."""
    return (Family.LEGAL if is_law(number, "") else Family.DIRECTIVE).value


def _put_agencies(
    found: Understood,
    initial: dict[str, Any],
    marks: dict[str, bool],
    unmatched: dict[str, list[str]],
) -> None:
    day = found.issued_on.value if found.issued_on else None
    known = list(Agency.objects.all())
    keys, is_sure = [], True
    for candidate in found.agencies:
        agency, is_exact = agency_named(candidate.value, known, day)
        if agency is None:
            unmatched.setdefault("agency", []).append(candidate.value)
            is_sure = False
        elif agency.pk not in keys:
            keys.append(agency.pk)
            is_sure = is_sure and is_exact and candidate.is_sure
    if keys:
        initial["agency"], marks["agency"] = keys[0], is_sure
    if keys[1:]:
        initial["co_agencies"], marks["co_agencies"] = keys[1:], False


def agency_named(
    words: str, agencies: list[Agency], day: date | None = None
) -> tuple[Agency | None, bool]:
    """Match an agency read in a file with the register's, and tell whether the name is equal.

    A name with or without its province matches, but is not exact. Of several agencies the one that
    existed on `day` counts, or ours.
    """
    wanted = name_key(words)
    exact = [a for a in agencies if wanted and wanted in (name_key(a.name), name_key(a.short_name))]
    longer = [a for a in agencies if _goes_on_with_its_place(wanted, name_key(a.name))]
    shorter = [a for a in agencies if _goes_on_with_its_place(name_key(a.name), wanted)]
    for found, is_exact in ((exact, True), (longer, False), (shorter, False)):
        living = [a for a in found if a.ended_on is None or day is not None and day <= a.ended_on]
        for chosen in (living, [a for a in living if a.is_ours], found):
            if len(chosen) == 1:
                return chosen[0], is_exact and chosen is living
    return (exact[0], False) if exact else (None, False)


def _goes_on_with_its_place(name: str, longer: str) -> bool:
    """Tell whether a read agency name is `name` with a place behind it: "so y te tinh nghe an"."""
    rest = longer.removeprefix(f"{name} ").split()
    is_longer = name != "" and longer.startswith(f"{name} ")
    return is_longer and (
        rest[0] in ("tinh", "thanh", "viet") or name.endswith((" tinh", " thanh pho"))
    )


def roles_of(staged: Iterable[StagedFile]) -> dict[int, Role]:
    """Return the probable role of each staged file by its key: the first PDF is the signed one."""
    kinds = {file.pk: extension_of(file.original_name) for file in staged}
    signed = next((pk for pk, kind in kinds.items() if kind == "pdf"), None)
    of_kind = {"doc": Role.WORD, "docx": Role.WORD, "odt": Role.WORD}
    return {
        pk: Role.SIGNED if pk == signed else of_kind.get(kind, Role.ANNEX)
        for pk, kind in kinds.items()
    }
