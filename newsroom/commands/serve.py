"""./run: start the site, read the publishers, and go on reading them."""

from __future__ import annotations

import os
import sys
from datetime import timedelta

from newsroom.commands import site

SETUP_LIVES = timedelta(days=7)


def main(argv: list[str]) -> int:
    parser = site.parser("[serve]", "Start the site, read the publishers, and go on reading them.")
    parser.add_argument("--port", type=int, default=8000, help="where to listen (default: 8000)")
    parser.add_argument("--listen", metavar="HOST", default="127.0.0.1", help="on which address (default: 127.0.0.1)")
    options = parser.parse_args(argv)
    from newsroom.desk import supervise

    try:
        supervise.check_port(options.listen, options.port)
    except supervise.PortInUse as error:
        print(error, file=sys.stderr)
        return 1
    site.open_site(options.data)
    from django.conf import settings

    host = f"[{options.listen}]" if ":" in options.listen else options.listen
    shown_host = "127.0.0.1" if options.listen in ("0.0.0.0", "::") else host  # noqa: S104
    _greet(f"http://{shown_host}:{options.port}")
    os.environ["BACKSTORY_LISTEN"] = options.listen
    roles: dict[str, tuple[str, ...]] = {"web": (f"{host}:{options.port}",)}
    if settings.BROKER_URL:
        print("BROKER_URL is set: here pages are served; who reads are workers, ./run worker.", file=sys.stderr)
    else:
        roles["worker"] = ()
    supervise.become(roles)


def _greet(address: str) -> None:
    from django.db import connection
    from django.utils import timezone

    from newsroom.publishers.starting import follow_starting_publishers
    from newsroom.readers.models import Reader, Token

    now = timezone.now()
    if count := follow_starting_publishers(now):
        print(f"Following {count} feeds of feeds/*.toml.", file=sys.stderr)
    if not Reader.objects.filter(role=Reader.Role.ADMIN).exists():
        secret = Token.issue(Token.SETUP, now, lives=SETUP_LIVES)
        print(f"Make the first administrator, once: {address}/setup/{secret}", file=sys.stderr)
        print(f"Choose which publishers are followed: {address}/setup/publishers", file=sys.stderr)
    print(f"Backstory is at {address} (Ctrl-C stops it)", file=sys.stderr, flush=True)
    connection.close()  # children must not share it
