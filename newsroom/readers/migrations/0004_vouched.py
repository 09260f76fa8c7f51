"""Accounts from before were made by who runs the site: their mail addresses count as proven."""

from django.db import migrations


def vouch(apps, schema_editor):
    EmailAddress = apps.get_model("account", "EmailAddress")
    proven = set()
    for reader in apps.get_model("readers", "Reader").objects.exclude(email="").order_by("pk"):
        mail = reader.email.lower()
        if mail not in proven:  # a proven address is one reader's
            EmailAddress.objects.get_or_create(user=reader, email=mail, defaults={"verified": True, "primary": True})
            proven.add(mail)


class Migration(migrations.Migration):
    dependencies = [
        ("readers", "0003_accounts"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]
    operations = [migrations.RunPython(vouch, migrations.RunPython.noop)]
