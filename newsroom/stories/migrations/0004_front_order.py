"""The order of the front page. Stories that are there stand by their newest telling until one more comes."""

from django.db import migrations, models
from django.db.models import F

PUBLIC = models.Q(merged_into=None, is_private=False)


def stand_by_newest_telling(apps, schema_editor):
    apps.get_model("stories", "Story").objects.update(front_at=F("last_at"))


class Migration(migrations.Migration):
    dependencies = [("stories", "0003_search_again")]

    operations = [
        migrations.AddField("story", "front_at", models.DateTimeField(blank=True, null=True)),
        migrations.AddField("story", "front_origins", models.PositiveIntegerField(default=0)),
        migrations.AddField("story", "front_minutes", models.PositiveIntegerField(default=0)),
        migrations.RemoveIndex("story", "story_front"),
        migrations.AlterField(
            "story",
            "merged_into",
            models.ForeignKey(
                "stories.story",
                models.SET_NULL,
                null=True,
                blank=True,
                related_name="merged",
                db_index=False,
            ),
        ),
        migrations.AddIndex(
            "story",
            models.Index(fields=["merged_into"], name="story_merged", condition=~models.Q(merged_into=None)),
        ),
        migrations.AddIndex(
            "story", models.Index(fields=["-last_at", "-id"], name="story_newest", condition=PUBLIC)
        ),
        migrations.AddIndex("story", models.Index(fields=["-front_at", "-id"], name="story_order", condition=PUBLIC)),
        migrations.RunPython(stand_by_newest_telling, migrations.RunPython.noop),
    ]
