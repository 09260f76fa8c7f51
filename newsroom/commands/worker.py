"""./run worker: one of many that read for a site, told by messages what to do."""

from __future__ import annotations

import sys

from newsroom.commands import site

NO_BROKER = (
    "BROKER_URL is not set. ./run worker takes messages from RabbitMQ: set BROKER_URL=amqp://… and "
    "DATABASE_URL=postgresql://… as on the site's other machines (docs/how-to/many-machines.md). "
    "On one machine ./run does all by itself."
)


def main(argv: list[str]) -> int:
    parser = site.parser(
        "worker",
        "Read for a site with others, on any machine with the same DATABASE_URL, BROKER_URL and "
        "BACKSTORY_SECRET_KEY. Start as many as you like; Ctrl-C stops one.",
    )
    options = parser.parse_args(argv)
    site.set_up(options.data)
    from django.conf import settings
    from django.db import OperationalError

    from newsroom import tables
    from newsroom.desk import supervise

    if not settings.BROKER_URL:
        print(NO_BROKER, file=sys.stderr)
        return 1
    site.require_model(settings.EMBEDDINGS)
    site.share(settings.DATA_DIR)
    try:
        tables.require_current()
    except tables.NotCurrent as error:
        print(error, file=sys.stderr)
        return 1
    except OperationalError as error:
        print(f"database: {str(error).strip()}. It is waited for.", file=sys.stderr)
    supervise.become({"worker": ("messages",)})
