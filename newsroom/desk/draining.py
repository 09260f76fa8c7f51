"""gunicorn's worker with threads, which answers all that was accepted before it leaves.

Told to stop, gunicorn's own looks no more at its listening socket but keeps it
open until it ends: who connects meanwhile waits there and is reset. This one
lets nobody in any more, takes what waits, closes the socket, so that others are
refused, and then answers what it took. Own set-ups name it: `--worker-class newsroom.desk.draining.DrainingWorker`.
"""

from __future__ import annotations

import ctypes
import errno
import socket
import struct
from contextlib import suppress

from gunicorn.workers.gthread import ThreadWorker

TAKEN_MOST = 4096  # a flood has an end
SO_ATTACH_FILTER = 26  # of Linux, on most machines
RETURN_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # a filter's one instruction: keep no byte of what comes


def let_nobody_in(listener: socket.socket) -> None:
    """Let the system drop who knocks at a listening socket; they knock again, and are refused once it is closed.

    Else who comes between the last look at who waits and the closing is let in by the system, and reset.
    """
    instruction = ctypes.create_string_buffer(RETURN_NOTHING, len(RETURN_NOTHING))
    with suppress(OSError):  # another system, or a socket that has no such filter: as narrow a gap as can be had
        listener.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HP", 1, ctypes.addressof(instruction)))


class DrainingWorker(ThreadWorker):  # type: ignore[misc]
    def set_accept_enabled(self, enabled: bool) -> None:
        """Look at the listening sockets, or look away; at the end let them go."""
        super().set_accept_enabled(enabled)
        if not enabled and not self.alive:
            for listener in self.sockets:
                let_nobody_in(listener)
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
