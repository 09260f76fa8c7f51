"""The triggers of the search index once more: SQLite loses a table's triggers when a column is added to it.

Whoever adds a column to articles_article lets a migration like this one follow it.
"""

from importlib import import_module

from django.db import migrations

search = import_module("newsroom.stories.migrations.0002_search")


def add_triggers_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS articles_search_{name}")
        for statement in search.TRIGGERS:
            schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("stories", "0002_search"), ("articles", "0008_raw_hash")]
    operations = [migrations.RunPython(add_triggers_again, migrations.RunPython.noop)]
