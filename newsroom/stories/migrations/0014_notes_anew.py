"""Every story's notes are made anew, the newest first: they have sections that notes made before have not."""

from django.db import migrations
from django.utils import timezone


def make_due(apps, schema_editor):
    story = apps.get_model("stories", "Story")
    stale = story.objects.filter(merged_into=None, notes_due_at=None, notes__isnull=False)
    stale.update(notes_due_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [("stories", "0013_editions")]
    operations = [migrations.RunPython(make_due, migrations.RunPython.noop)]
