"""What `./run check` lets through of new migrations, and what it refuses by name; and the live steps on SQLite."""

from __future__ import annotations

import uuid

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from newsroom import migration_rules
from newsroom.live_steps import AddConstraintLive, AddIndexLive, ChangeRowsLive

INDEX = models.Index(fields=("title",), name="by_title")
CHECK = models.CheckConstraint(condition=models.Q(pk__gt=0), name="numbers_are_positive")
UNIQUE = models.UniqueConstraint(fields=("feed", "guid"), name="guid_once")


def change_articles(apps, schema_editor):
    apps.get_model("articles", "Article").objects.update(title="")


def said(*operations, app: str = "articles", is_atomic: bool = True, holds: str = "") -> list[str]:
    """What the rule says of a migration of tomorrow with these operations."""
    last = dict(migration_rules.RELEASED)[app]
    told = {
        "dependencies": [(app, last)], "operations": list(operations), "atomic": is_atomic,
        migration_rules.HOLDS: holds,
    }  # fmt: skip
    made = type("Migration", (migrations.Migration,), told)("9999_tomorrow", app)
    loader = MigrationLoader(None)
    loader.graph.add_node((app, "9999_tomorrow"), made)
    loader.graph.add_dependency(made, (app, "9999_tomorrow"), (app, last))
    return migration_rules.problems(loader)


def column(field, name: str = "new", model: str = "article"):
    return migrations.AddField(model, name, field)


def changed(name: str, field, model: str = "article"):
    return migrations.AlterField(model, name, field)


REFUSED = {
    "an index": migrations.AddIndex("article", INDEX),
    "an index that SQLite does not know": AddIndexConcurrently("article", INDEX),
    "a check": migrations.AddConstraint("article", CHECK),
    "a unique": migrations.AddConstraint("article", UNIQUE),
    "unique together": migrations.AlterUniqueTogether("article", {("feed", "guid")}),
    "a column with an index": column(models.CharField(max_length=9, null=True, db_index=True)),
    "a unique column": column(models.CharField(max_length=9, null=True, unique=True)),
    "a key of another table": column(models.ForeignKey("publishers.Feed", models.CASCADE, null=True)),
    "a column with a check": column(models.PositiveIntegerField(default=0)),
    "a column of values of their own": column(models.UUIDField(db_default=models.Func(function="gen_random_uuid"))),
    "a column that is reckoned": column(
        models.GeneratedField(expression=models.F("pk"), output_field=models.BigIntegerField(), db_persist=True)
    ),
    "no longer null": changed("published_at", models.DateTimeField()),
    "another kind of column": changed("title", models.JSONField()),
    "narrower text": changed("language", models.CharField(max_length=2)),
    "an index of a column": changed("title", models.TextField(db_index=True)),
    "Python over all rows": migrations.RunPython(change_articles),
    "SQL that makes an index": migrations.RunSQL("create index x on articles_article (title)"),
    "SQL over all rows": migrations.RunSQL("UPDATE articles_article SET title = ''"),
    "hidden in two": migrations.SeparateDatabaseAndState([migrations.AddIndex("article", INDEX)], []),
}
LET_THROUGH = {
    "a column": column(models.TextField(null=True)),
    "a column with one value": column(models.CharField(max_length=9, default="", blank=True)),
    "a column with a moment": column(models.DateTimeField(null=True)),
    "a key without an index": column(models.ForeignKey("publishers.Feed", models.CASCADE, null=True, db_index=False)),
    "a new table": migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))]),
    "wider text": changed("language", models.CharField(max_length=99)),
    "text without an end": changed("language", models.TextField()),
    "now null": changed("url", models.TextField(null=True)),
    "less": migrations.RemoveIndex("article", "article_refused"),
    "SQL beside those who read": migrations.RunSQL("CREATE INDEX CONCURRENTLY x ON articles_article (title)"),
    "SQL of a small table": migrations.RunSQL("UPDATE articles_thinning SET articles = 0"),
    "an index of a small table": migrations.AddIndex("thinning", models.Index(fields=("at",), name="by_at")),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_would_hold_a_big_table_is_refused_by_name(what):
    (told,) = said(REFUSED[what])
    assert "test_migration_rules.py" in told
    assert type(REFUSED[what]).__name__ in told or what == "hidden in two"
    assert "articles.article" in told
    assert "Live" in told


@pytest.mark.parametrize("what", LET_THROUGH)
def test_what_is_quick_on_any_size_is_let_through(what):
    assert said(LET_THROUGH[what]) == []


def test_an_index_of_a_table_made_by_the_same_migration_is_let_through(monkeypatch):
    monkeypatch.setattr(migration_rules, "BIG", frozenset({"articles.fresh"}))
    made = migrations.CreateModel(
        "Fresh", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())]
    )
    assert said(made, migrations.AddIndex("fresh", INDEX)) == []


def test_live_steps_stand_in_a_migration_of_their_own():
    steps = (AddIndexLive("article", INDEX), AddConstraintLive("article", CHECK), ChangeRowsLive("article", print))
    assert said(*steps, is_atomic=False) == []
    assert "atomic = False" in said(*steps)[0]
    assert "of its own" in said(*steps, LET_THROUGH["a column"], is_atomic=False)[0]


def test_a_migration_that_says_why_it_holds_tables_is_let_through():
    assert said(REFUSED["an index"], holds="the site is stopped for 0.9 anyway") == []


def test_the_migrations_of_today_are_let_through_and_would_not_be_without_their_list(monkeypatch):
    assert migration_rules.problems() == []
    monkeypatch.setattr(migration_rules, "RELEASED", ())
    assert len(migration_rules.problems()) >= 40


def test_the_lists_name_what_is_there():
    for name in migration_rules.BIG:
        assert apps.get_model(name)
    assert set(migration_rules.RELEASED) <= set(MigrationLoader(None).disk_migrations)


def test_a_constraint_that_cannot_be_made_beside_readers_is_refused_at_once():
    odd = models.UniqueConstraint(fields=("title",), name="odd", deferrable=models.Deferrable.DEFERRED)
    with pytest.raises(ValueError, match="have the site stopped"):
        AddConstraintLive("article", odd)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="test_live_upgrade.py has PostgreSQL")
def test_on_sqlite_live_steps_are_the_plain_ones():
    name = f"T{uuid.uuid4().hex[:8]}"
    fields = [
        ("id", models.BigAutoField(primary_key=True)),
        ("title", models.TextField()),
        ("guid", models.TextField()),
    ]
    begun, state = ProjectState(), ProjectState()
    step = migrations.CreateModel(name, fields)
    step.state_forwards("articles", state)
    with connection.schema_editor() as editor:
        step.database_forwards("articles", editor, begun, state)
    rows = state.apps.get_model("articles", name).objects
    rows.bulk_create(rows.model(title=f"{n}", guid=f"{n}") for n in range(25))
    seen = []
    once = models.UniqueConstraint(fields=("title", "guid"), name=f"{name}_once")
    try:
        for step in (
            AddIndexLive(name, models.Index(fields=("title",), name=f"{name}_title"[:30])),
            AddConstraintLive(name, once),
            ChangeRowsLive(name, lambda apps, some: seen.append(some.update(guid="new")), rows_at_once=10),
        ):
            before = state.clone()
            step.state_forwards("articles", state)
            with connection.schema_editor(atomic=False) as editor:
                step.database_forwards("articles", editor, before, state)
        assert seen == [10, 10, 5]
        assert rows.filter(guid="new").count() == 25
        with connection.cursor() as cursor:
            made = connection.introspection.get_constraints(cursor, rows.model._meta.db_table)
        assert f"{name}_title"[:30] in made
        assert made[f"{name}_once"]["unique"]
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(rows.model)
