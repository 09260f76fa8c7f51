"""`python -m bench.bare_web ADDRESS`: the floor of pages behind the site's own server.

Django over the same rows, with newsroom.bare_pages and no middleware. Settings
are changed once all is set up: the site's apps do not start without theirs.
"""

from __future__ import annotations

import sys
from typing import Any

from newsroom.desk.web import Server


class BareServer(Server):
    def load(self) -> Any:
        import django
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler

        django.setup()
        settings.MIDDLEWARE, settings.ROOT_URLCONF = [], "newsroom.bare_pages"
        return WSGIHandler()


if __name__ == "__main__":
    BareServer(sys.argv[1], 1).run()
