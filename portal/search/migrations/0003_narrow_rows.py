from django.db import migrations


def narrow(apps, schema_editor):
    """Keep rows narrow on PostgreSQL, as they are written from now on."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry SET (toast_tuple_target = 128)")


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0002_first_synonyms"),
    ]

    operations = [
        migrations.RunPython(narrow, migrations.RunPython.noop),
    ]
