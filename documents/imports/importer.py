"""Import documents of other registers: their rows, identity, relations and files.

A row that is here already stays as it is: a clerk may have corrected it.
"""

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.urls import reverse

from documents import numbers
from documents.agency_names import name_key
from documents.document_types import TABLE
from documents.files.models import Attachment, Role
from documents.imports import wording
from documents.law.relations import Relation, effect_of
from documents.law.validity import Effect
from documents.models import Document, Family
from documents.vocabulary import Agency, DocumentType, Field
from portal.imports.facts import Facts, flat, start_of
from portal.imports.importer import Importer, Origins, Words, free_slugs, state_of
from portal.publishing.addresses import absolute
from portal.publishing.public import content_changed
from portal.richtext.cleaner import check_size
from portal.text import vietnamese
from portal.uploads.names import clean_name, extension_of
from portal.uploads.storage import note_stored

COLUMNS = {
    "number": "so_ky_hieu so_hieu so_kh sokyhieu ky_hieu so_van_ban so_vb so".split(),
    "type": "loai_van_ban loai hinh_thuc_van_ban hinh_thuc the_loai ten_loai loai_vb".split(),
    "family": ("nhom", "nhom_van_ban"),
    "summary": (
        "trich_yeu trich_yeu_noi_dung trichyeu noi_dung_trich_yeu ten_van_ban tieu_de ten noi_dung"
    ).split(),
    "agency": (
        "co_quan_ban_hanh co_quan noi_ban_hanh don_vi_ban_hanh coquanbanhanh co_quan_bh"
    ).split(),
    "co_agencies": ("co_quan_cung_ban_hanh",),
    "fields": "linh_vuc linh_vuc_de_muc linh_vuc_van_ban linhvuc".split(),
    "signer": "nguoi_ky nguoi_ki nguoiky".split(),
    "signer_post": "chuc_danh chuc_vu chuc_danh_nguoi_ky chuc_vu_nguoi_ky".split(),
    "issued_on": "ngay_ban_hanh ngaybanhanh ngay_bh ngay_ky ngay_van_ban ngay".split(),
    "effective_on": (
        "ngay_hieu_luc ngay_co_hieu_luc hieu_luc_tu hieu_luc_tu_ngay ngayhieuluc"
    ).split(),
    "expires_on": "ngay_het_hieu_luc het_hieu_luc ngay_het_hl hieu_luc_den".split(),
    "validity": "tinh_trang tinh_trang_hieu_luc trang_thai hieu_luc tinhtrang".split(),
    "gazette_number": ("so_cong_bao",),
    "gazette_on": ("ngay_cong_bao", "ngay_dang_cong_bao"),
    "body": ("toan_van", "html"),
    "files": "file_urls tep tep_dinh_kem file_dinh_kem files file file_url".split(),
    "address": "source_url dia_chi url duong_dan link nguon".split(),
    "unid": ("unid",),
    "item": "vbpl_item_id item_id itemid".split(),
    "changes": ("duoc_sua_doi_boi",),
}
#: How the origin of a row begins that had no address.
OWN_FACTS = "facts:"
_WORD_KINDS = ("doc", "docx", "odt")


def identity(number: str, agency: str, issued_on: date | None, summary: str) -> str:
    """Return the identity of an imported row without an address.

    A hash of number, first issuer, day of issue and trích yếu, folded.
    """
    issuer = name_key(next(iter(wording.issuers(agency)), ""))
    facts = (
        numbers.key(number),
        issuer,
        issued_on.isoformat() if issued_on else "",
        vietnamese.fold(summary),
    )
    return OWN_FACTS + hashlib.sha256("\n".join(facts).encode()).hexdigest()[:40]


def own_slug(origin: str) -> str:
    """Return the slug of this portal's page that an import's `origin` means; "" for none."""
    pages = re.escape(absolute(reverse("documents:list")))
    match = re.fullmatch(pages + r"([-\w]{1,220})/", origin, re.ASCII)
    return match[1] if match else ""


class DocumentImporter(Importer):
    """Import documents, with all issuers of a joint one and the relations of an amended one."""

    model, columns = Document, COLUMNS

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.addresses = Origins()  # which address names one document
        self.files = Origins()  # which name of a file
        # (line, number, address, is it sure, identity, number of facts, changes) of every row
        self.seen = []
        self.origins = {}  # {line to be taken: origin}
        self.changes = defaultdict(list)  # {origin: what others did to it, by all its rows}

    # --- planning -------------------------------------------------------------------------------

    def plan(self, line: int, facts: Facts) -> None:
        """Note the address and the identity of an imported row."""
        number, summary = self.number_and_summary(facts)
        if not number and not summary:
            self.refuse(line, facts.line("number"), "không có số ký hiệu lẫn trích yếu")
            return
        if len(number) > 120 or len(summary) > Document._meta.get_field("summary").max_length:
            self.refuse(line, number[:120], "số ký hiệu hoặc trích yếu quá dài")
            return
        address, is_sure = self._address(facts)
        if address and not is_sure:
            self.addresses.note(address, numbers.key(number) or vietnamese.fold(summary))
        for file in facts.parts("files"):
            self.files.note(file.rsplit("/", 1)[-1], file)
        own = identity(number, facts.line("agency"), facts.day("issued_on"), summary)
        self.seen.append(
            (line, number, address, is_sure, own, facts.count(), facts.records("changes"))
        )

    @staticmethod
    def number_and_summary(facts: Facts) -> tuple[str, str]:
        return wording.number_and_summary(facts.line("number"), facts.block("summary"))

    @staticmethod
    def _address(facts: Facts) -> tuple[str, bool]:
        """Return an imported row's address or mark at its source, and whether it names one
        document.
        """
        address, unid, item = facts.address("address"), facts.line("unid"), facts.line("item")
        mark = unid or item
        if mark and mark not in address:
            return f"{facts.column_of('unid' if unid else 'item')}:{mark}"[:300], True
        if len(address) > 300:
            address = "sha256:" + hashlib.sha256(address.encode()).hexdigest()
        return address, bool(mark)

    def planned(self) -> None:
        """Choose among imported rows of the same document: the fullest, the first of equals."""
        groups = defaultdict(list)
        for line, number, address, is_sure, own, count, changes in self.seen:
            origin = address if is_sure or self.addresses.names_one(address) else own
            groups[origin].append((line, number, count))
            self.changes[origin] += changes
        for origin, rows in groups.items():
            chosen = max(rows, key=lambda row: row[2])[0]
            self.origins[chosen] = origin
            for line, number, _ in rows:
                if line != chosen:
                    self.refuse(
                        line,
                        number,
                        f"cùng một văn bản với dòng {chosen}, dòng đó đầy đủ hơn hoặc đứng trước",
                    )
        self.seen.clear()
        self.types, self.fields = Words(DocumentType, name_key), Words(Field, name_key)
        self.agencies = Words(Agency, name_key, also=["short_name"])

    # --- taking ---------------------------------------------------------------------------------

    def take(self, rows: Iterable[tuple[int, Facts]]) -> None:
        """Import new documents with their issuers, fields and relations; then the files of all."""
        rows = [(self.origins[line], line, facts) for line, facts in rows if line in self.origins]
        present = self._present(rows)
        self.free = free_slugs(
            Document, (own_slug(origin) for origin, *_ in rows if origin not in present)
        )
        new = [Draft(self, origin, facts) for origin, _, facts in rows if origin not in present]
        Document.objects.bulk_create([draft.document for draft in new])
        self._link(new)
        deeds = [deed for draft in new for deed in draft.deeds()]
        Relation.objects.bulk_create(deeds)
        self.counts.update({"nhập": len(new), "đã có": len(rows) - len(new), "quan hệ": len(deeds)})
        present |= {draft.document.origin: draft.document for draft in new}
        for origin, line, facts in rows:
            if self.folder:
                self._attach(present[origin], facts)
            for remark in facts.remarks:
                self.report.add(line, present[origin].number, remark, is_taken=True)

    @staticmethod
    def _present(rows: list[tuple[str, int, Facts]]) -> dict[str, Document]:
        """Return by origin the documents of imported rows that are here already."""
        documents = (
            Document.objects.select_related("agency").defer("body", "folded").order_by("-pk")
        )
        origins = [origin for origin, *_ in rows]
        present = {document.origin: document for document in documents.filter(origin__in=origins)}
        pages = {slug: (origin, facts) for origin, _, facts in rows if (slug := own_slug(origin))}
        for document in documents.filter(slug__in=pages) if pages else ():
            origin, facts = pages[document.slug]
            if (
                document.number_key
                == numbers.key(DocumentImporter.number_and_summary(facts)[0])[:140]
            ):
                present.setdefault(origin, document)
        bare = {
            DocumentImporter.number_and_summary(facts)[0]
            for origin, _, facts in rows
            if origin.startswith(OWN_FACTS)
        }
        if bare:
            for document in documents.filter(
                origin="", number_key__in=[numbers.key(number)[:140] for number in bare]
            ):
                issuer = document.agency.name if document.agency else ""
                present.setdefault(
                    identity(document.number, issuer, document.issued_on, document.summary),
                    document,
                )
        return present

    @staticmethod
    def _link(drafts: "list[Draft]") -> None:
        """Write further issuers and fields of imported documents, with one signal for all."""
        issuers, fields = Document.co_agencies.through, Document.fields.through
        issuers.objects.bulk_create(
            issuers(document=draft.document, agency=body)
            for draft in drafts
            for body in draft.bodies[1:]
        )
        fields.objects.bulk_create(
            fields(document=draft.document, field=field)
            for draft in drafts
            for field in draft.fields
        )
        linked = [draft.document.pk for draft in drafts if draft.bodies[1:] or draft.fields]
        if linked:
            content_changed.send(sender=Document, pks=linked)

    def _attach(self, document: Document, facts: Facts) -> None:
        """Attach the imported row's files that the document lacks, by name and content."""
        present = document.attachments.values_list("original_name", "sha256")
        known = {mark for pair in present for mark in pair}
        for position, address in enumerate(facts.parts("files"), 1):
            path, fault = self.folder.find(
                address, is_shared=not self.files.names_one(address.rsplit("/", 1)[-1])
            )
            if path is None:
                facts.remarks.append(fault)
            elif clean_name(path.name) not in known:
                self._attach_file(document, path, position, known, facts)

    def _attach_file(
        self, document: Document, path: Path, position: int, known: set[str], facts: Facts
    ) -> None:
        """Attach an imported file as the admin would; what the admin refuses becomes a remark."""
        role = (
            Role.WORD
            if extension_of(path.name) in _WORD_KINDS
            else Role.SIGNED
            if position == 1
            else Role.ANNEX
        )
        with path.open("rb") as file:
            attachment = Attachment(
                document=document, file=File(file, name=path.name), role=role, position=position
            )
            attachment.make_ready()
            if attachment.sha256 in known:
                return
            try:
                attachment.full_clean()
            except ValidationError as error:
                facts.remarks.append(f"{path.name}: {' '.join(error.messages)}")
                return
            attachment.save()
        note_stored(attachment.file.storage, attachment.file.name)
        known |= {attachment.original_name, attachment.sha256}
        self.counts["tệp"] += 1


class Draft:
    """A row on its way to a document: `document` (not saved), its `bodies` and `fields`.

    The first of the bodies issues.
    """

    def __init__(self, importer: DocumentImporter, origin: str, facts: Facts) -> None:
        self.facts = facts
        number, summary = importer.number_and_summary(facts)
        self.is_ours = bool(own_slug(origin))  # the portal's own data is taken at its word
        type_name = self._type_name(number, importer.types)
        self.bodies = self._bodies(importer.agencies)
        self.fields = self._fields(importer.fields)
        self._deeds = self._read_deeds(number, importer.changes[origin])
        issued_on, effective_on, expires_on = (
            facts.day(name) for name in ("issued_on", "effective_on", "expires_on")
        )
        power, post, name = (
            ("", "", facts.line("signer")) if self.is_ours else wording.signer(facts.line("signer"))
        )
        first_day = issued_on or effective_on
        self.document = Document(
            origin=origin,
            slug=slug if (slug := own_slug(origin)) in importer.free else "",
            number=number,
            summary=summary,
            family=self._family(number, type_name),
            type=importer.types.get(type_name, abbreviation=TABLE.abbreviation_of(type_name)),
            agency=self.bodies[0] if self.bodies else None,
            signer=facts.fitting("signer", name, 120),
            signer_post=facts.line("signer_post", 150) or facts.fitting("signer", post, 150),
            signing_power=power,
            issued_on=issued_on,
            effective_on=effective_on,
            expires_on=expires_on,
            validity_given=self._word(effective_on, expires_on),
            gazette_number=facts.line("gazette_number", 60),
            gazette_on=facts.day("gazette_on"),
            body=self._body(),
            **state_of(importer, first_day and start_of(first_day)),
        )

    def _type_name(self, number: str, types: Words) -> str:
        given = self.facts.line("type", 200)
        if self.is_ours or not given and self.facts.has_column("type"):
            return given
        return wording.type_named(given, number, types.names())

    def _bodies(self, agencies: Words) -> list[Agency]:
        given = self.facts.line("agency")
        names = [given] if self.is_ours or agencies.has(given) else wording.issuers(given)
        bodies = []
        for name in [*names, *self.facts.parts("co_agencies")]:
            if len(name) > 200:
                self.facts.remarks.append(
                    f"cơ quan ban hành dài hơn 200 ký tự, để trống: {name[:40]}…"
                )
            elif body := agencies.get(name):
                bodies.append(body)
        return list(dict.fromkeys(bodies))

    def _fields(self, fields: Words) -> list[Field]:
        names = (
            re.sub(r"^\d+(?:\.\d+)*\.?\s+", "", name) for name in self.facts.parts("fields")
        )  # "41.12 Thư viện"
        return list(
            dict.fromkeys(
                filter(
                    None, (fields.get(self.facts.fitting("fields", name, 200)) for name in names)
                )
            )
        )

    def _family(self, number: str, type_name: str) -> Family:
        given = self.facts.line("family")
        is_law = wording.family_said(given)
        if given and is_law is None:
            self.facts.remarks.append(
                f"nhóm văn bản không hiểu, tính theo số ký hiệu: {given[:40]}"
            )
        if is_law is None:
            is_law = wording.is_law(number, type_name)
        return Family.LEGAL if is_law else Family.DIRECTIVE

    def _word(self, effective_on: date | None, expires_on: date | None) -> str:
        given = self.facts.line("validity")
        stated = wording.validity_said(given)
        if given and stated is None:
            self.facts.remarks.append(f"tình trạng không hiểu, để trống: {given[:40]}")
        is_amended = any(
            effect_of(kind, is_partial) == Effect.PARTLY for kind, is_partial, *_ in self._deeds
        )
        return wording.word_needed(stated, effective_on, expires_on, is_amended)

    def _body(self) -> str:
        body = self.facts.markup("body")
        try:
            check_size(body)
        except ValidationError as error:
            self.facts.remarks.append(f"toàn văn để trống: {error.messages[0]}")
            return ""
        return body

    def _read_deeds(self, number: str, changes: Iterable[Mapping[str, Any]]) -> Counter:
        """Return an imported row's changes by others: {(kind, is it a part, number, title): count}.

        Changes by documents that are not named are left out with a remark.
        """
        deeds = Counter()
        for change in changes:
            words = flat(change.get("boi"))
            doer = wording.doer(words)
            done = wording.deeds(flat(change.get("hanh_dong")))
            if not any(doer) or not done or numbers.key(doer[0]) == numbers.key(number) != "":
                self.facts.remarks.append(
                    f"quan hệ không rõ, bỏ qua: {flat(change.get('hanh_dong'))} bởi {words}"[:150]
                )
                continue
            count = change.get("so_dieu")
            for kind, is_partial in done:
                deeds[kind, is_partial, *doer] += (
                    count if isinstance(count, int) and 0 < count < 1000 else 0
                )
        return deeds

    def deeds(self) -> list[Relation]:
        """Return the relations of an imported document to those that changed it, not saved."""
        return [
            Relation(
                target=self.document,
                kind=kind,
                is_partial=is_partial,
                source_number=number[:120],
                source_title=title[:500],
                note=f"{count} điều" if count else "",
            )
            for (kind, is_partial, number, title), count in self._deeds.items()
        ]
