"""What an import left behind, without what differs from one run to the next: keys and the hour of
the run.
"""

import json
import sys

from documents.files.models import Attachment
from documents.law.relations import Relation
from documents.models import Document
from documents.vocabulary import Agency, DocumentType, Field
from news.models import Article, Category, Tag

_OF_THE_RUN = {"id", "created_at", "updated_at", "published_at"}


def _facts(row, **also):
    """Return the columns of `row` by name, foreign keys left out, with `also`."""
    values = {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if not field.is_relation
    }
    return {name: str(value) for name, value in values.items() if name not in _OF_THE_RUN} | also


def state():
    """Return all rows that imports write (dict of sorted lists of str)."""
    names = {document.pk: document.origin or document.slug for document in Document.objects.all()}
    found = {"documents": [], "relations": [], "articles": [], "attachments": []}
    for document in Document.objects.select_related("type", "agency").prefetch_related(
        "co_agencies", "fields"
    ):
        links = {
            name: sorted(each.name for each in getattr(document, name).all())
            for name in ("co_agencies", "fields")
        }
        day = document.issued_on and str(
            document.published_at
        )  # without a day of issue it is the hour of the run
        found["documents"].append(
            _facts(document, type=str(document.type), agency=str(document.agency), at=day, **links)
        )
    for relation in Relation.objects.all():
        ends = {"source": names.get(relation.source_id), "target": names.get(relation.target_id)}
        found["relations"].append(_facts(relation, **ends))
    for article in Article.objects.select_related("category").prefetch_related("tags"):
        tags = sorted(tag.name for tag in article.tags.all())
        found["articles"].append(_facts(article, category=str(article.category), tags=tags))
    for attachment in Attachment.objects.all():
        facts = _facts(attachment, document=names[attachment.document_id])
        facts.pop("file")
        found["attachments"].append(facts)
    for model in (Agency, DocumentType, Field, Category, Tag):
        found[model.__name__] = [_facts(row) for row in model.objects.all()]
    return {
        name: sorted(json.dumps(row, ensure_ascii=False, sort_keys=True) for row in rows)
        for name, rows in found.items()
    }


def tell():
    """Print the state for another process."""
    json.dump(state(), sys.stdout)
