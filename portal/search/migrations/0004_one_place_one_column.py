from django.db import migrations

from portal.search import engine_sqlite


def make(apps, schema_editor):
    """SQLite: places, and what was entered without one is taken out. PostgreSQL: one column of tokens. `prepare` enters everything anew."""
    if schema_editor.connection.vendor == "postgresql":
        statements = ["ALTER TABLE search_entry DROP COLUMN IF EXISTS heads"]
    else:
        statements = (*engine_sqlite.DROP, *engine_sqlite.MAKE, *engine_sqlite.MAKE_PLACES)
    for statement in statements:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop the places."""
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute(engine_sqlite.DROP_PLACES)


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0003_narrow_rows"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
