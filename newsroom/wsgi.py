"""The WSGI application, for gunicorn."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
django_application = get_wsgi_application()


from django.conf import settings  # noqa: E402  the settings are read by get_wsgi_application

from newsroom.page_cache import PageCache  # noqa: E402

application = PageCache(django_application, settings.DATA_DIR / "pages-changed")
