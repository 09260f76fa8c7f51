"""Paragraphs in another language than their article's."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_versions"),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="passages",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
