from django.db import migrations

from portal.search import engine_sqlite


def make(apps, schema_editor):
    """Make the places of SQLite's engine; what was entered without one is taken out, and `prepare` enters it anew."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in (*engine_sqlite.DROP, *engine_sqlite.MAKE, *engine_sqlite.MAKE_PLACES):
            schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop them."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(engine_sqlite.DROP_PLACES)


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0003_narrow_rows"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
