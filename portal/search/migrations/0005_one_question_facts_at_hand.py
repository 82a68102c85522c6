from django.db import migrations

from portal.search import engine_postgres


def make(apps, schema_editor):
    """PostgreSQL: the function that goes through the tiers; facts stay in their rows. Rows that stand already are written anew by `prepare`."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(engine_postgres.FACTS_AT_HAND)
        schema_editor.execute(engine_postgres.IN_TURN)


def drop(apps, schema_editor):
    """Drop the function."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(engine_postgres.DROP_IN_TURN)


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0004_one_place_one_column"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
