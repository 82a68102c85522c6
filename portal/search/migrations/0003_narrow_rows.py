from django.db import migrations

from portal.search import engine_postgres


def narrow(apps, schema_editor):
    """Keep rows narrow on PostgreSQL, as they are written from now on."""
    for statement in engine_postgres.NARROW if schema_editor.connection.vendor == "postgresql" else ():
        schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0002_first_synonyms"),
    ]

    operations = [
        migrations.RunPython(narrow, migrations.RunPython.noop),
    ]
