"""The key of a number sets letters and digits apart ("QH11" and "QH 11" are one), and relations are found by such keys."""

from django.db import migrations

from documents import numbers
from portal import text


def derive(apps, schema_editor):
    """Write the keys of all documents and relations, and the folded text that holds them."""
    Document, Relation = apps.get_model("documents", "Document"), apps.get_model("documents", "Relation")
    for document in Document.objects.select_related("type").defer("body").iterator(500):
        document.number_key = numbers.key(document.number)[:140]
        sources = [document.type.name if document.type else "", document.number, document.number_key.replace("-", " ")]
        sources += [document.summary, document.signer]
        folded = text.clean_line(text.fold(" ".join(sources)))
        Document.objects.filter(pk=document.pk).update(number_key=document.number_key, folded=folded)
    for relation in Relation.objects.exclude(target_number="").iterator(500):
        named = numbers.named(relation.target_number)
        Relation.objects.filter(pk=relation.pk).update(target_key=numbers.key(named)[:140])


class Migration(migrations.Migration):
    dependencies = [("documents", "0002_relations_from_both_ends")]
    operations = [migrations.RunPython(derive, migrations.RunPython.noop)]
