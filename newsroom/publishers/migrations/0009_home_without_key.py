"""A publisher of whom only a feed was known had the feed's address for its site's: it may hold a subscriber's key."""

import re

from django.db import migrations


def take_the_front_page(apps, _editor):
    publishers = apps.get_model("publishers", "Publisher").objects
    feeds = apps.get_model("publishers", "Feed").objects.values_list("url", flat=True)
    for row in publishers.filter(home_url__in=feeds).only("home_url"):
        scheme, _, rest = row.home_url.partition("://")
        row.home_url = f"{scheme}://{re.split('[/?#]', rest)[0].rpartition('@')[2]}/"
        row.save(update_fields=["home_url"])


class Migration(migrations.Migration):
    dependencies = [("publishers", "0008_moved_since")]

    operations = [migrations.RunPython(take_the_front_page, migrations.RunPython.noop)]
