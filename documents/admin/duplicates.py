"""The form of a document: asks once before a number is entered twice. The clerk decides; nothing is refused for good."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch

from documents.files.models import Attachment
from documents.models import Document
from documents.vocabulary import Agency
from portal.staff.autocomplete import SeveralField
from portal.staff.forms import PublishingForm

#: Twins shown at most.
SHOWN = 10


def twins_of(document):
    """Return the documents (queryset) that may be the same as the saved `document`."""
    issuers = {document.agency_id, *document.co_agencies.values_list("pk", flat=True)} - {None}
    return Document.objects.twins_of(document.number, issuers, document.issued_on).exclude(
        pk=document.pk
    )


def new_twins(number, issuers, issued_on, pk=None):
    """Return the documents (list of Document) that may be the same as the one described; see `DocumentQuerySet.twins_of`.

    `pk`: key of the document itself where it is saved; what was its twin before is not asked about again.
    """
    twins = Document.objects.twins_of(number, issuers, issued_on).exclude(pk=pk)
    saved = Document.objects.filter(pk=pk).first() if pk else None
    if saved:
        twins = twins.exclude(pk__in=twins_of(saved).values("pk"))
    files = Prefetch("attachments", Attachment.objects.in_order())
    return list(
        twins.select_related("type", "agency")
        .defer("body", "folded")
        .prefetch_related(files)
        .newest_first()[:SHOWN]
    )


class DocumentForm(PublishingForm):
    """A document with its files and relations. `twins` (list of Document): those that the clerk is asked about."""

    is_another = forms.BooleanField(label="Đây là văn bản khác, vẫn lưu", required=False)
    twins = ()

    def clean(self):
        """Ask before a second document gets the number of another one of the same agency and year."""
        data = super().clean()
        issuers = {
            agency.pk for agency in [data.get("agency"), *(data.get("co_agencies") or [])] if agency
        }
        self.twins = new_twins(
            data.get("number") or "", issuers, data.get("issued_on"), self.instance.pk
        )
        if self.twins and not data.get("is_another"):
            again = " Tệp vừa chọn phải chọn lại." if self.files else ""
            raise ValidationError(
                "Chưa lưu: văn bản này có thể đã có trên cổng. Hãy xem danh sách ở trên; nếu đây là văn bản khác, đánh dấu "
                f"«{self.fields['is_another'].label}» rồi lưu lại. Những gì đã gõ vẫn còn.{again}"
            )
        return data


class TwinQuestion(forms.Form):
    """What the form asks before it is sent, so that no chosen file is lost: is there such a document already?"""

    number = forms.CharField(max_length=200)
    issued_on = forms.DateField(required=False)
    agency = forms.ModelChoiceField(Agency.objects.all(), required=False)
    co_agencies = SeveralField(Agency.objects.all(), required=False)
    document = forms.ModelChoiceField(Document.objects.only("pk"), required=False)

    def twins(self):
        """Return the documents (list of Document) to show; none where the form itself will tell what is wrong."""
        if not self.is_valid():
            return []
        data = self.cleaned_data
        issuers = {agency.pk for agency in [data["agency"], *data["co_agencies"]] if agency}
        return new_twins(
            data["number"], issuers, data["issued_on"], data["document"] and data["document"].pk
        )
