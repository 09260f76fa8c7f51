"""Where a story's texts began: how many independent origins, and what a copy adds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stories", "0004_front_order")]
    operations = [
        migrations.AddField("story", "origin_count", models.PositiveIntegerField(blank=True, null=True)),
        migrations.AddField("story", "began", models.JSONField(blank=True, null=True)),
        migrations.AddField("placement", "origin", models.JSONField(blank=True, null=True)),
    ]
