"""The WSGI application, for gunicorn."""

from __future__ import annotations

import os
from contextlib import suppress

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()


from django.conf import settings  # noqa: E402  the settings are read by get_wsgi_application
from django.db import DatabaseError, connection  # noqa: E402

from newsroom import tables  # noqa: E402
from newsroom.page_cache import CHANGED, PageCache  # noqa: E402
from newsroom.page_counts import CountedPages, counts  # noqa: E402

# A page waits for a row that another holds no longer than this: a reader is told sooner, and threads are free again.
WAITS_S = 10
_options = settings.DATABASES["default"].setdefault("OPTIONS", {})
if connection.vendor == "sqlite":
    _options["timeout"] = WAITS_S
else:
    _options["options"] = f"{_options.get('options', '')} -c lock_timeout={WAITS_S}s".strip()

# A server that cannot start says why; one that can would answer 500, or lose what is sent. Of a database
# that is away nothing is known: pages say so until it is back, and /readyz asks for its tables.
with suppress(DatabaseError):
    tables.require_current()

application = CountedPages(PageCache(django_application, settings.DATA_DIR / CHANGED), counts)
