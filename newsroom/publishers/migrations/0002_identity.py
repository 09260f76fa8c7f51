"""Publishers by folded name, and the old addresses of those that were united."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Count

from newstext.addresses import registrable_domain
from newstext.mastheads import short_name


def fold_names(apps, schema_editor):
    Publisher = apps.get_model("publishers", "Publisher")
    for row in Publisher.objects.all().iterator():
        row.name_key = short_name(row.name)[:200]
        # Papers of one portal each have a domain of their own now.
        row.domain = registrable_domain(row.home_url) if row.home_url else row.domain
        row.save(update_fields=["name_key", "domain"])
    shared = Publisher.objects.values("name_key").annotate(n=Count("pk")).filter(n__gt=1).values_list("name_key", flat=True)
    Publisher.objects.filter(name_key__in=list(shared)).update(shares_name=True)


class Migration(migrations.Migration):
    dependencies = [("publishers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="publisher",
            name="name_key",
            field=models.CharField(blank=True, db_index=True, default="", max_length=200),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="publisher",
            name="shares_name",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="OldSlug",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(allow_unicode=True, max_length=80, unique=True)),
                (
                    "publisher",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="old_slugs",
                        to="publishers.publisher",
                    ),
                ),
            ],
        ),
        migrations.RunPython(fold_names, migrations.RunPython.noop),
    ]
