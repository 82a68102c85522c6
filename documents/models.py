"""The register of documents: documents, their files and relations."""

import hashlib

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.db import models
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from documents import numbers
from documents.validity import Validity, validity_on, validity_q
from documents.vocabulary import Agency, DocumentType, Field
from portal import files, text
from portal.publishing import BATCH, Addressed, Phase, Public, PublicQuerySet, PublishableQuerySet, content_changed, phase_q
from portal.richtext import RichTextField


class Family(models.TextChoices):
    """The two families of documents. A fact of the document, not of its type: a Quyết định can be either."""

    LEGAL = "phap-quy", "Văn bản pháp quy"
    DIRECTIVE = "chi-dao-dieu-hanh", "Văn bản chỉ đạo điều hành"


class SigningPower(models.TextChoices):
    """In which right the signer signed (NĐ 30/2020, appendix I)."""

    TM = "TM.", "TM. (thay mặt)"
    KT = "KT.", "KT. (ký thay)"
    TL = "TL.", "TL. (thừa lệnh)"
    TUQ = "TUQ.", "TUQ. (thừa ủy quyền)"
    Q = "Q.", "Q. (quyền)"


class DocumentQuerySet(PublishableQuerySet):
    """Documents as the pages ask for them."""

    def of_family(self, family):
        """Return the documents of `family` (member or value of `Family`)."""
        return self.filter(family=family)

    def of_type(self, kind):
        """Return the documents of the type `kind` (DocumentType or its key)."""
        return self.filter(type=kind)

    def issued_by(self, agency):
        """Return the documents that `agency` (Agency or its key) issued, alone or with others."""
        shared = Document.co_agencies.through.objects.filter(agency=agency).values("document")
        return self.filter(models.Q(agency=agency) | models.Q(pk__in=shared))

    def in_field(self, field):
        """Return the documents of `field` (Field or its key)."""
        return self.filter(pk__in=Document.fields.through.objects.filter(field=field).values("document"))

    def signed_by(self, name):
        """Return the documents whose signer's folded name holds every word of `name` (str)."""
        rows = self
        for word in text.fold(name).split()[:8]:
            rows = rows.filter(folded_signer__contains=word)
        return rows

    def issued_between(self, first=None, last=None):
        """Return the documents issued on the days `first` to `last` (date or None), both included."""
        rows = self
        if first:
            rows = rows.filter(issued_on__gte=first)
        if last:
            rows = rows.filter(issued_on__lte=last)
        return rows

    def standing(self, validity, day=None):
        """Return the documents that stand as `validity` (member of `Validity`) on `day` (date, default today)."""
        return self.filter(validity_q(Validity(validity), day or timezone.localdate()))

    def in_force(self, day=None):
        """Return the documents in force on `day`."""
        return self.standing(Validity.IN_FORCE, day)

    def numbered(self, number):
        """Return the documents whose number is `number` (str, in any spelling); else those whose number begins so."""
        key = numbers.key(number)
        if not key:
            return self.none()
        exact = self.filter(number_key=key)
        return exact if exact.exists() else self.filter(number_key__startswith=key + "-")

    def matching_number_or_words(self, query):
        """Return the documents whose type, number or words hold every word of `query` (str, as typed)."""
        return self.matching(numbers.asked(query))

    def sorted_by(self, order):
        """Return the documents in the order that the visitor chose: "cu-nhat", "so", "hieu-luc", else newest first."""
        if order == "cu-nhat":
            return self.order_by(models.F("issued_on").asc(nulls_last=True), "number_value", "pk")
        if order == "so":
            return self.order_by("number_value", "number_key", "-issued_on", "pk")
        if order == "hieu-luc":
            return self.order_by(models.F("effective_on").desc(nulls_last=True), "-number_value", "-pk")
        return self.newest_first()

    def newest_first(self):
        """Return the documents by day of issue, newest first; those without a day last."""
        return self.order_by(models.F("issued_on").desc(nulls_last=True), "-number_value", "-pk")

    def for_cards(self):
        """Return the newest documents with what a card shows: number, date, trích yếu, standing."""
        return self.defer("body", "folded").newest_first()

    def for_lists(self):
        """Return the documents with what a line of a list shows, without their full texts; files in one more query."""
        shown = models.Prefetch("attachments", Attachment.objects.in_order())
        return self.select_related("type", "agency").defer("body", "folded").prefetch_related(shown)


class Document(Addressed):
    """A legal or directive document (văn bản)."""

    reserved_slugs = frozenset({"so", *Family.values})

    family = models.CharField("nhóm", max_length=20, choices=Family, db_index=True)
    type = models.ForeignKey(
        DocumentType, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="loại văn bản"
    )
    number = text.LineField(
        "số ký hiệu", max_length=120, blank=True, help_text="Ví dụ 19/2018/TT-BTTTT. Để trống nếu không có số."
    )
    number_key = models.CharField(max_length=140, editable=False, blank=True, default="", db_index=True)
    number_value = models.PositiveIntegerField(editable=False, default=0)
    summary = text.BlockField("trích yếu", max_length=3000)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="documents", verbose_name="cơ quan ban hành"
    )
    co_agencies = models.ManyToManyField(
        Agency,
        blank=True,
        related_name="joint_documents",
        verbose_name="cơ quan cùng ban hành",
        help_text="Chỉ dùng cho văn bản liên tịch.",
    )
    fields = models.ManyToManyField(Field, blank=True, related_name="documents", verbose_name="lĩnh vực")
    signer = text.LineField("người ký", max_length=120, blank=True)
    signer_post = text.LineField("chức danh khi ký", max_length=150, blank=True)
    signing_power = models.CharField("quyền hạn ký", max_length=5, choices=SigningPower, blank=True)
    issued_on = models.DateField("ngày ban hành", null=True, blank=True)
    effective_on = models.DateField("ngày có hiệu lực", null=True, blank=True)
    expires_on = models.DateField("ngày hết hiệu lực", null=True, blank=True, help_text="Ngày cuối cùng còn hiệu lực.")
    validity_given = models.CharField(
        "tình trạng hiệu lực",
        max_length=20,
        choices=Validity,
        blank=True,
        help_text="Để trống: tính theo ngày có hiệu lực và ngày hết hiệu lực.",
    )
    gazette_number = text.LineField("số công báo", max_length=60, blank=True)
    gazette_on = models.DateField("ngày công báo", null=True, blank=True)
    body = RichTextField("toàn văn", blank=True)
    folded = text.FoldedField(sources=("type", "number", "number_words", "summary", "signer"))
    folded_signer = text.FoldedField(sources=("signer",))

    objects = DocumentQuerySet.as_manager()

    class Meta(Addressed.Meta):
        verbose_name = "văn bản"
        verbose_name_plural = "văn bản"
        indexes = [
            models.Index(fields=["state", "-issued_on", "-number_value", "-id"], name="document_newest"),
            models.Index(fields=["family", "state", "-issued_on", "-number_value", "-id"], name="document_of_family"),
        ]

    def __str__(self):
        return self.title

    def make_ready(self, taken=None):
        """Tidy the number and derive from it what is searched and sorted."""
        self.number = numbers.tidy(self.number or "")
        self.number_key = numbers.key(self.number)[:140]
        self.number_value = numbers.value(self.number)
        super().make_ready(taken)

    def slug_sources(self):
        """Return the number; on a clash with the issuer, then the year; without a number the trích yếu."""
        if not self.number:
            return [text.slug(self.summary, 80)]
        issuer = self.agency.label if self.agency else ""
        year = self.issued_on.year if self.issued_on else ""
        return [self.number, f"{self.number} {issuer}", f"{self.number} {year}", f"{self.number} {issuer} {year}"]

    def get_absolute_url(self):
        """Return the address (str) of the document's page."""
        return reverse("documents:detail", args=[self.slug])

    @property
    def number_words(self):
        """The number (str) as its segments set apart by blanks, without leading zeros."""
        return numbers.key(self.number).replace("-", " ")

    @property
    def title(self):
        """Type and number (str): "Thông tư 19/2018/TT-BTTTT"; without a number the beginning of the trích yếu."""
        if self.number:
            return f"{self.type} {self.number}" if self.type else self.number
        return self.summary if len(self.summary) <= 120 else self.summary[:119].rsplit(" ", 1)[0] + "…"

    @property
    def validity(self):
        """How the document stands today (a member of `Validity`)."""
        return self.validity_on(timezone.localdate())

    def validity_on(self, day):
        """Return how the document stands on `day` (date)."""
        return validity_on(day, given=self.validity_given, effective_on=self.effective_on, expires_on=self.expires_on)

    @property
    def main_file(self):
        """The first of its files as they are arranged (Attachment), or None."""
        return next(iter(self.attachments.all()), None)

    def relation_groups(self):
        """Return [(words, [line, …])] of its relations seen from here, both directions, only what strangers may see.

        A line is a dict: `document` (Document or None), `number` (str), `title` (str), `note` (str). One query.
        """
        groups = {}
        relations = list(Relation.objects.of(self))
        for relation in (relation for relation in relations if relation.source_id == self.pk):
            target = relation.target if relation.is_target_visible else None
            if target or relation.target_number or relation.target_title:
                line = {
                    "document": target,
                    "number": target.number if target else relation.target_number,
                    "title": target.summary if target else relation.target_title,
                    "note": relation.note,
                }
                groups.setdefault(relation.get_kind_display(), []).append(line)
        for relation in relations:
            if relation.source_id != self.pk and relation.is_source_visible:
                source = relation.source
                line = {"document": source, "number": source.number, "title": source.summary, "note": relation.note}
                groups.setdefault(relation.passive, []).append(line)
        return list(groups.items())


@receiver(content_changed, sender=DocumentType)
def reword_documents(sender, pks, **kwargs):
    """A renamed type is found in its documents by its new name."""
    folded = Document._meta.get_field("folded")
    for kind in DocumentType.objects.filter(pk__in=pks):
        rows = list(kind.documents.defer("body"))
        for row in rows:
            row.folded = folded.value_of(row)
        Document._base_manager.bulk_update(rows, ["folded"], batch_size=BATCH)


class RelationKind(models.TextChoices):
    """What a document does to another one."""

    BASED_ON = "can-cu", "Căn cứ"
    AMENDS = "sua-doi", "Sửa đổi, bổ sung"
    REPLACES = "thay-the", "Thay thế"
    REPEALS = "bai-bo", "Bãi bỏ"
    SUSPENDS = "dinh-chi", "Đình chỉ, ngưng hiệu lực"
    CORRECTS = "dinh-chinh", "Đính chính"
    GUIDES = "huong-dan", "Hướng dẫn, quy định chi tiết"
    CONSOLIDATES = "hop-nhat", "Hợp nhất"
    CITES = "dan-chieu", "Dẫn chiếu"
    RELATED = "lien-quan", "Liên quan"


PASSIVE = {
    RelationKind.BASED_ON: "Là căn cứ của",
    RelationKind.AMENDS: "Được sửa đổi, bổ sung bởi",
    RelationKind.REPLACES: "Bị thay thế bởi",
    RelationKind.REPEALS: "Bị bãi bỏ bởi",
    RelationKind.SUSPENDS: "Bị đình chỉ, ngưng hiệu lực bởi",
    RelationKind.CORRECTS: "Được đính chính bởi",
    RelationKind.GUIDES: "Được hướng dẫn, quy định chi tiết bởi",
    RelationKind.CONSOLIDATES: "Được hợp nhất bởi",
    RelationKind.CITES: "Được dẫn chiếu bởi",
    RelationKind.RELATED: "Liên quan",
}


class RelationQuerySet(PublicQuerySet):
    """Relations as the page of a document asks for them."""

    def of(self, document):
        """Return the relations of `document` in both directions; each tells `is_source_visible` and `is_target_visible` (bool)."""

        def is_visible(end):
            return models.Exists(Document.objects.visible().filter(pk=models.OuterRef(end)))

        unread = [f"{end}__{name}" for end in ("source", "target") for name in ("body", "folded", "folded_signer")]
        return (
            self.filter(models.Q(source=document) | models.Q(target=document))
            .select_related("source__type", "target__type")
            .defer(*unread)
            .annotate(is_source_visible=is_visible("source"), is_target_visible=is_visible("target"))
            .order_by("pk")
        )


class Relation(Public):
    """One document acts on another, which may be unknown to us: then its number and title stand as text."""

    source = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="relations_out", verbose_name="văn bản này")
    kind = models.CharField("quan hệ", max_length=12, choices=RelationKind)
    target = models.ForeignKey(
        Document, on_delete=models.SET_NULL, null=True, blank=True, related_name="relations_in", verbose_name="văn bản kia"
    )
    target_number = text.LineField("số ký hiệu (nếu chưa có trên cổng)", max_length=120, blank=True)
    target_title = text.LineField("tên văn bản (nếu chưa có trên cổng)", max_length=500, blank=True)
    note = text.LineField("ghi chú", max_length=200, blank=True, help_text="Ví dụ: khoản 2 Điều 5.")

    objects = RelationQuerySet.as_manager()

    class Meta:
        verbose_name = "quan hệ với văn bản khác"
        verbose_name_plural = "quan hệ với văn bản khác"

    def __str__(self):
        return f"{self.get_kind_display()}: {self.target or self.target_number or self.target_title}"

    @property
    def passive(self):
        """The words for this relation on the page of the other document (str)."""
        return PASSIVE[RelationKind(self.kind)]

    def clean(self):
        """Refuse a relation to nothing and one to itself."""
        super().clean()
        if not (self.target_id or self.target_number or self.target_title):
            raise ValidationError({"target": "Chọn văn bản, hoặc ghi số ký hiệu hay tên nếu văn bản chưa có trên cổng."})
        if self.target_id and self.target_id == self.source_id:
            raise ValidationError({"target": "Văn bản không thể có quan hệ với chính nó. Hãy chọn văn bản khác."})


class Role(models.TextChoices):
    """What a file is to its document."""

    SIGNED = "ban-ky", "Bản ký"
    WORD = "ban-word", "Bản Word"
    ANNEX = "phu-luc", "Phụ lục"


def attachment_storage():
    """Return where attachments lie: never the public folder."""
    return storages["attachments"]


def attachment_path(instance, filename):
    """Return the generated path (str) of an attachment: it tells nothing of the document or of the original name."""
    return files.generated_path("van-ban", files.extension_of(filename) or "bin")


class AttachmentQuerySet(PublicQuerySet):
    """A file is as visible as the document it hangs on."""

    def visible(self, at=None):
        """Return the files of the documents that a stranger may see at the time `at`."""
        return self.filter(phase_q(Phase.PUBLISHED, at, prefix="document__"))

    def in_order(self):
        """Return the files as the clerk arranged them."""
        return self.order_by("position", "pk")


class Attachment(Public):
    """A file of a document, stored outside the public folder under a generated name."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="attachments", verbose_name="văn bản")
    file = models.FileField(
        "tệp",
        upload_to=attachment_path,
        storage=attachment_storage,
        max_length=120,
        help_text="PDF, Word, Excel hoặc OpenDocument.",
    )
    role = models.CharField("vai trò", max_length=10, choices=Role, default=Role.SIGNED)
    original_name = models.CharField("tên tệp", max_length=255, editable=False)
    size = models.PositiveBigIntegerField("cỡ (byte)", editable=False, default=0)
    sha256 = models.CharField("SHA-256", max_length=64, editable=False, blank=True)
    position = models.PositiveSmallIntegerField("thứ tự", default=1)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "tệp đính kèm"
        verbose_name_plural = "tệp đính kèm"

    def __str__(self):
        return self.original_name

    def clean(self):
        """Refuse a newly chosen file that is not what may be attached."""
        super().clean()
        if self.file and not self.file._committed:
            try:
                files.check_attachment(self.file.file)
            except ValidationError as error:
                raise ValidationError({"file": error.messages}) from None

    def make_ready(self, taken=None):
        """For a newly chosen file, note its name, size (bytes) and SHA-256."""
        super().make_ready(taken)
        if self.file and not self.file._committed:
            self.original_name = files.clean_name(self.file.name)
            self.size = self.file.size
            digest = hashlib.sha256()
            for chunk in self.file.chunks():
                digest.update(chunk)
            self.sha256 = digest.hexdigest()

    @property
    def kind(self):
        """The type of the file as a reader knows it (str): "PDF", "DOCX"."""
        return files.extension_of(self.original_name).upper()

    @property
    def content_type(self):
        """The media type to send the file with (str); unknown ones as plain bytes."""
        return files.MEDIA_TYPES.get(files.extension_of(self.original_name), "application/octet-stream")

    def get_absolute_url(self):
        """Return the address (str) under which the file is downloaded."""
        return reverse("documents:download", args=[self.document.slug, self.pk, self.original_name])
