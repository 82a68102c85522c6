from django.db import migrations


def make(apps, schema_editor):
    """PostgreSQL: facts stay in their rows. The function that goes through the tiers came with this, too; 0006 makes it for its own table."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE search_entry ALTER COLUMN facts SET STORAGE MAIN")


class Migration(migrations.Migration):

    dependencies = [
        ("search", "0004_one_place_one_column"),
    ]

    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
