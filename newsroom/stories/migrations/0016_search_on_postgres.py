"""PostgreSQL keeps each article's words in a column of its own, headline before text.

The index over an expression read the whole text again for each row that was
ranked, left out or met in order of time: seconds on 30,000 articles. A text's
words past SEARCHED_CHARS are not held: a tsvector of more than 1 MB is an error.
"""

from django.db import migrations

SEARCHED_CHARS = 200_000
COLUMN = f"""
ALTER TABLE articles_article ADD COLUMN search_words tsvector GENERATED ALWAYS AS (
    setweight(to_tsvector('simple'::regconfig, left(title, {SEARCHED_CHARS // 10})), 'A')
    || setweight(to_tsvector('simple'::regconfig, left(text, {SEARCHED_CHARS})), 'C')
) STORED
"""
INDEX_BEFORE = (
    "CREATE INDEX articles_search ON articles_article USING gin "
    "(to_tsvector('simple'::regconfig, COALESCE(title, '') || ' ' || COALESCE(text, '')))"
)


def keep_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX articles_search")
        schema_editor.execute(COLUMN)
        schema_editor.execute("CREATE INDEX articles_search ON articles_article USING gin (search_words)")


def drop_words(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX articles_search")
        schema_editor.execute("ALTER TABLE articles_article DROP COLUMN search_words")
        schema_editor.execute(INDEX_BEFORE)


class Migration(migrations.Migration):
    dependencies = [("stories", "0015_installation"), ("articles", "0009_by_moment")]
    operations = [migrations.RunPython(keep_words, drop_words)]
