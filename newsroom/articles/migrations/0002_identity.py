"""Every address under which an article is known, and a key of its text."""

import django.db.models.deletion
from django.db import migrations, models

from newstext.addresses import url_key
from newstext.identity import text_key


def make_keys_anew(apps, schema_editor):
    """More forms of an address have one key now; where two rows would share one, the older has it."""
    Article = apps.get_model("articles", "Article")
    rows = Article.objects.filter(private_key="").order_by("pk")
    for row in rows.only("url", "url_key", "text").iterator(chunk_size=200):
        changes = {"text_key": text_key(row.text)} if row.text else {}
        key = url_key(row.url) if not row.url_key.startswith("guid:") else ""
        if key and key != row.url_key and not Article.objects.filter(url_key=key).exists():
            changes["url_key"] = key
        if changes:
            Article.objects.filter(pk=row.pk).update(**changes)


class Migration(migrations.Migration):
    dependencies = [("articles", "0001_initial"), ("publishers", "0002_identity")]

    operations = [
        migrations.AddField(
            model_name="article",
            name="text_key",
            field=models.CharField(blank=True, db_index=True, max_length=32, null=True),
        ),
        migrations.CreateModel(
            name="Address",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("url", models.TextField()),
                ("url_key", models.TextField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("canonical", "Canonical"),
                            ("amp", "Amp"),
                            ("mobile", "Mobile"),
                            ("print", "Print"),
                            ("short", "Short"),
                            ("found", "Found"),
                            ("feed", "Feed"),
                            ("row", "Row"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="addresses", to="articles.article"
                    ),
                ),
            ],
            options={"verbose_name_plural": "addresses"},
        ),
        migrations.RunPython(make_keys_anew, migrations.RunPython.noop),
    ]
