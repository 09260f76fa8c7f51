"""Messages to workers: Celery on RabbitMQ. A message is a kind of work and the ids of rows, and nothing else.

The rows stay the truth: a message that is lost is sent again by the sweeper,
one that comes twice finds its rows no longer due, or held.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from typing import Any

from amqp.exceptions import AMQPError
from celery import Celery
from celery.exceptions import Reject
from celery.worker import state
from kombu import Connection, Queue
from kombu.exceptions import OperationalError

log = logging.getLogger(__name__)

VERSION = 1  # of the messages' form; another one goes by queues of its own
KINDS = ("feeds", "pages", "notes", "pictures", "favicons", "mails")
IDS_MOST = 64
ID_MOST = 2**63 - 1
HEARTBEAT_S = 10
ANSWER_S = 10.0  # for the broker's answer to one command
AWAY = (OperationalError, AMQPError, OSError)  # the broker does not answer, or not as it should

Work = Callable[[Collection[int]], object]


def queue_name(kind: str) -> str:
    return f"backstory.{VERSION}.{kind}"


def make_app(url: str) -> Celery:
    """Celery as the site uses it: acknowledged late, one message a free hand, JSON, no results, no events."""
    app = Celery("backstory", broker=url, fixups=[], set_as_current=False)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        worker_prefetch_multiplier=1,
        task_ignore_result=True,
        result_backend=None,
        task_serializer="json",
        accept_content=["json"],
        task_queues=[Queue(queue_name(kind), exchange="", routing_key=queue_name(kind)) for kind in KINDS],
        task_create_missing_queues=False,
        broker_heartbeat=HEARTBEAT_S,
        broker_connection_timeout=ANSWER_S,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_hijack_root_logger=False,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        enable_utc=True,
    )
    return app


def add_work(app: Celery, work: dict[str, Work]) -> None:
    """Let the app's worker do this, by kind, when a message comes."""
    for kind, do in work.items():
        app.task(_taking(kind, do), name=f"backstory.{kind}")


def take_no_more() -> None:
    """Let this process's worker end: what it took and has not acknowledged goes to others."""
    state.should_stop = 0


def _taking(kind: str, do: Work) -> Callable[..., None]:
    def take(*arguments: object) -> None:
        ids, why_not = read_message(arguments)
        if why_not:
            log.error("Message of %s: %s. It is left; the sweeper sends again what its rows say is due.", kind, why_not)
            raise Reject(why_not, requeue=False)
        do(ids)

    take.__name__ = kind
    return take


def read_message(arguments: tuple[object, ...]) -> tuple[list[int], str]:
    """The ids of a message, and why it cannot be taken ("" if it can)."""
    version = arguments[0] if arguments else None
    if version != VERSION or isinstance(version, bool):
        return [], f"of version {version!r:.40}, this worker reads version {VERSION}. Bring all workers to one version"
    told: Any = arguments[1] if len(arguments) == 2 else None
    if not isinstance(told, list) or not 0 < len(told) <= IDS_MOST:
        return [], f"not a list of 1 to {IDS_MOST} ids"
    if not all(type(one) is int and 0 < one <= ID_MOST for one in told):
        return [], f"an id is no whole number from 1 to {ID_MOST}"
    return told, ""


class Outbox:
    """The way to the broker for who sends: one connection, made anew after each failure. Raises what is in AWAY."""

    def __init__(self, app: Celery) -> None:
        self.app = app
        self._connection: Connection | None = None

    def waiting(self, kind: str) -> int:
        """How many messages of this kind wait for a worker."""
        queue = next(one for one in self.app.conf.task_queues if one.name == queue_name(kind))
        channel = self._connected().default_channel
        return int(queue.bind(channel).queue_declare().message_count)

    def send(self, kind: str, ids: Collection[int]) -> None:
        self.app.send_task(
            f"backstory.{kind}",
            args=(VERSION, list(ids)),
            queue=queue_name(kind),
            connection=self._connected(),
            retry=False,
        )

    def close(self) -> None:
        """Let go of the connection, broken or not."""
        if self._connection is not None:
            self._connection.collapse()
            self._connection = None

    def _connected(self) -> Connection:
        if self._connection is None:
            within = {"read_timeout": ANSWER_S, "write_timeout": ANSWER_S}
            self._connection = self.app.connection_for_write(heartbeat=0, transport_options=within)
            self._connection.ensure_connection(max_retries=1, timeout=ANSWER_S)
        return self._connection
