"""Counts for the hashtags from before; by itself, since PostgreSQL alters no table that has rows in flight."""

from django.db import migrations, models


def count_what_is_there(apps, schema_editor):
    """Hashtags from before have their articles counted, or their pages would end until their notes are made anew."""
    Hashtag = apps.get_model("stories", "Hashtag")
    rows = Hashtag.objects.filter(stories__merged_into=None, stories__is_private=False)
    rows = rows.annotate(n=models.Count("stories__placements"), first_at=models.Min("stories__first_at"))
    for tag in rows.iterator():
        Hashtag.objects.filter(pk=tag.pk).update(article_count=tag.n, first_seen_at=tag.first_at)


class Migration(migrations.Migration):
    dependencies = [("stories", "0007_hashtags")]
    operations = [migrations.RunPython(count_what_is_there, migrations.RunPython.noop)]
