"""A site without rows, for a process of the harness's own."""

from __future__ import annotations

import importlib


def open_empty_site() -> None:
    """Set Django up on BACKSTORY_DATA, with tables made of the models as they are: migrations take much longer."""
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from newsroom.commands.site import set_up

    set_up(None)
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("createcachetable", verbosity=0)
    with connection.schema_editor() as editor:
        importlib.import_module("newsroom.stories.migrations.0002_search").add_search(apps, editor)
