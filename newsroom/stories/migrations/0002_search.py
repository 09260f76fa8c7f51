"""Full-text search over articles: an FTS5 table that triggers keep equal to the rows, or a GIN index."""

from django.db import migrations

TABLE = """
CREATE VIRTUAL TABLE articles_search USING fts5(
    title, text, content='articles_article', content_rowid='id',
    tokenize='porter unicode61 remove_diacritics 2'
)
"""
INSERT = "INSERT INTO articles_search(rowid, title, text) VALUES (new.id, new.title, new.text);"
DELETE = (
    "INSERT INTO articles_search(articles_search, rowid, title, text) "
    "VALUES ('delete', old.id, old.title, old.text);"
)
# A reader's own text is never put in.
TRIGGERS = (
    f"CREATE TRIGGER articles_search_insert AFTER INSERT ON articles_article WHEN new.private_key = '' "
    f"BEGIN {INSERT} END",
    f"CREATE TRIGGER articles_search_delete AFTER DELETE ON articles_article WHEN old.private_key = '' "
    f"BEGIN {DELETE} END",
    f"CREATE TRIGGER articles_search_update AFTER UPDATE ON articles_article "
    f"WHEN new.private_key = '' AND (old.title <> new.title OR old.text <> new.text) BEGIN {DELETE} {INSERT} END",
)


def add_search(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for statement in (TABLE, *TRIGGERS):
            schema_editor.execute(statement)
    else:
        schema_editor.execute(
            "CREATE INDEX articles_search ON articles_article USING gin "
            "(to_tsvector('simple'::regconfig, COALESCE(title, '') || ' ' || COALESCE(text, '')))"
        )


def drop_search(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        for name in ("insert", "delete", "update"):
            schema_editor.execute(f"DROP TRIGGER articles_search_{name}")
        schema_editor.execute("DROP TABLE articles_search")
    else:
        schema_editor.execute("DROP INDEX articles_search")


class Migration(migrations.Migration):
    dependencies = [("stories", "0001_initial"), ("articles", "0001_initial")]
    operations = [migrations.RunPython(add_search, drop_search)]
