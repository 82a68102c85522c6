from django.db import migrations

from portal.search import engine_postgres


def make(apps, schema_editor):
    """PostgreSQL: tokens move from beside their entries into rows of their own, in the order of their keys."""
    if schema_editor.connection.vendor != "postgresql":
        return
    for statement in (
        *engine_postgres.MAKE,
        f"INSERT INTO {engine_postgres.TABLE} SELECT key, facts, tokens FROM search_entry WHERE tokens IS NOT NULL ORDER BY key",
        engine_postgres.INDEX,
        f"ANALYZE {engine_postgres.TABLE}",
        "DROP FUNCTION IF EXISTS search_in_turn(text[], integer, bigint[])",  # that of 0005, for the other table
        engine_postgres.IN_TURN,
        "ALTER TABLE search_entry DROP COLUMN tokens",
        "CLUSTER search_entry USING search_entry_pkey",  # writes the rows anew, without what is dropped
    ):
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop them; what was entered is entered anew by `reindex`."""
    if schema_editor.connection.vendor == "postgresql":
        for statement in (engine_postgres.DROP_IN_TURN, *engine_postgres.DROP):
            schema_editor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0005_one_question_facts_at_hand"),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
