"""The web server's process: gunicorn with threads."""

from __future__ import annotations

import gc
import os
import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from newsroom.desk.supervise import leave_with_parent

THREADS = 8
DRAIN_S = 6  # for what was accepted before SIGTERM, below the supervisor's patience


class Server(BaseApplication):
    def __init__(self, address: str, workers: int) -> None:
        self.address, self.workers = address, workers
        super().__init__()

    def load_config(self) -> None:
        self.cfg.set("bind", self.address)
        self.cfg.set("worker_class", "newsroom.desk.draining.DrainingWorker")
        self.cfg.set("threads", THREADS)
        self.cfg.set("workers", self.workers)
        self.cfg.set("graceful_timeout", DRAIN_S)
        self.cfg.set("timeout", 60)
        self.cfg.set("loglevel", "warning")
        # With one worker the process that minds it needs no site of its own, 40 MB; several share one by fork.
        self.cfg.set("preload_app", self.workers > 1)
        self.cfg.set("when_ready", lambda _: gc.freeze())  # else collecting garbage writes to all that is shared
        self.cfg.set("limit_request_line", 8190)
        self.cfg.set("forwarder_headers", "")  # no request says in which folder the site stands

    def load(self) -> Any:
        from newsroom.wsgi import application

        return application


def main(address: str) -> None:
    leave_with_parent()
    Server(address, int(os.environ.get("WEB_WORKERS", "1"))).run()


if __name__ == "__main__":
    main(sys.argv[1])
