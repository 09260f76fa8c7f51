"""gunicorn's worker with threads, which answers all that was accepted before it leaves.

Told to stop, gunicorn's own looks no more at its listening socket but keeps it
open until it ends: who connects meanwhile waits there and is reset. This one
takes what waits, closes the socket, so that others are refused at once, and
then answers what it took. Own set-ups name it: `--worker-class newsroom.desk.draining.DrainingWorker`.
"""

from __future__ import annotations

import errno

from gunicorn.workers.gthread import ThreadWorker

TAKEN_MOST = 4096  # a flood has an end


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    def set_accept_enabled(self, enabled: bool) -> None:
        """Look at the listening sockets, or look away; at the end let them go."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                self._take_waiting(listener)
                listener.close()

    def _take_waiting(self, listener) -> None:  # type: ignore[no-untyped-def]
        for _ in range(TAKEN_MOST):
            before = self.nr_conns
            try:
                self.accept(listener)  # says nothing where nobody waits
            except OSError as error:
                if error.errno != errno.EBADF:
                    self.log.warning("Taking what waits: %s", error)
                return
            if self.nr_conns == before:
                return
