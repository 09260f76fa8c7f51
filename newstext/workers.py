"""One worker process and what an item may take of it; how engines keep what they carry from ending all.

A limit is kept by the system, so it holds in C code that never looks up. What
is over one ends its worker alone: the item is Lost and the next finds a new one.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
import traceback
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from typing import Any, TypeVar, cast

try:
    import resource
except ImportError:  # Windows has no limits a process
    resource = None  # type: ignore[assignment]

In = TypeVar("In")
Out = TypeVar("Out")

PARENT_LOOK_S = 1.0
OUT_OF_MEMORY = 71  # the exit code of a worker that was refused memory
MB = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """What one item may take; 0 is no limit.

    cpu_s: whole seconds of processor time. wall_s: seconds, for one that waits
    for ever; leave it far above cpu_s, for a busy machine makes all things slow.
    memory_bytes: what the worker may hold beyond what it held before its first
    item (on Linux alone).
    """

    cpu_s: int = 0
    wall_s: float = 0.0
    memory_bytes: int = 0


NO_LIMITS = Limits()
# For one foreign page, feed or story: far above what a sound one takes, so that only what is made to hurt is lost.
READ_LIMITS = Limits(cpu_s=20, wall_s=120.0, memory_bytes=512 * MB)


class Lost(Exception):
    """An item that was given up: it ended its worker or was over a limit, which the message names."""


class Worker:
    """One worker process, started at its first item and anew when it has ended. One item at a time.

    Other threads may ask it to leave meanwhile, and close it.
    """

    # Starting and reaping children is not for two threads at once.
    _starting = threading.Lock()

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._at_work = threading.Lock()  # held for a whole item, so that nobody leaves between its sending and its end
        self._rests_since = time.monotonic()
        self._process: BaseProcess | None = None
        self._connection: Connection | None = None
        self._is_closed = False

    def do(self, function: Callable[[In], Out], item: In) -> Out | Lost:
        """What `function` makes of the item in the worker, or Lost.

        Raises what it raised, and CancelledError if `close` came before an answer.
        """
        packed = ForkingPickler.dumps((function, item))
        with self._at_work:
            try:
                return cast("Out | Lost", self._done(packed))
            finally:
                self._rests_since = time.monotonic()

    def leave_if_idle(self, idle_s: float) -> None:
        """End the process if it had no item for so many seconds; the next item starts a new one."""
        if not self._at_work.acquire(blocking=False):
            return
        try:
            if self._process is not None and time.monotonic() - self._rests_since >= idle_s:
                self._end()
        finally:
            self._at_work.release()

    def _done(self, packed: Any) -> Any:
        connection = self._sent(packed)
        try:
            if not connection.poll(self.limits.wall_s or None):
                self._end(at_once=True)
                return Lost(f"gave no answer in {self.limits.wall_s:.0f} s, the limit")
            is_done, result = connection.recv()
        except (EOFError, OSError):
            code = self._end()
            if self._is_closed:
                raise CancelledError from None  # not the item's doing
            return Lost(self._why_ended(code))
        if is_done or isinstance(result, Lost):
            return result
        raise result

    def close(self) -> None:
        self._is_closed = True
        process = self._process  # it may leave at this very moment
        if process is not None:
            process.kill()  # who waits for it gets the end of file

    def _sent(self, packed: Any) -> Connection:
        """The connection to a worker that has been given the item; one that ended at rest is replaced."""
        if self._connection is not None:
            try:
                self._connection.send_bytes(packed)
                return self._connection
            except OSError:
                self._end()
        connection = self._start()
        connection.send_bytes(packed)
        return connection

    def _start(self) -> Connection:
        # spawn: forking a process that has threads can deadlock the child.
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        # One that is no daemon may have a worker of its own (engines.guarded); it ends with us all the same.
        is_of_worker = multiprocessing.parent_process() is not None
        process = context.Process(target=_work, args=(theirs, os.getpid(), self.limits), daemon=is_of_worker)
        with self._starting:
            process.start()
        theirs.close()
        self._process, self._connection = process, ours
        if self._is_closed:
            process.kill()
        try:
            ours.recv_bytes()  # it is there: from here on what ends it is the item's doing
        except (EOFError, OSError) as error:
            code = self._end()
            if self._is_closed:
                raise CancelledError from None
            raise RuntimeError(
                f"A worker process could not start (exit code {code}); its own message stands above. "
                "Started from a script, that needs: if __name__ == '__main__'."
            ) from error
        return ours

    def _end(self, *, at_once: bool = False) -> int | None:
        """End the worker; its exit code. One that is ending by itself is let do so: it has its own reason."""
        process, self._process = self._process, None
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
        if process is None:
            return None
        with self._starting:
            process.join(0 if at_once else PARENT_LOOK_S)
            process.kill()
            process.join()
        return process.exitcode

    def _why_ended(self, code: int | None) -> str:
        if code == OUT_OF_MEMORY:
            return f"needed over {self.limits.memory_bytes // MB} MB of memory, the limit"
        if code == -signal.SIGXCPU:
            return f"took over {self.limits.cpu_s} s of processor time, the limit"
        if code is not None and code < 0:
            return f"ended its worker process ({signal.Signals(-code).name})"
        return f"ended its worker process (exit code {code})"


def _work(connection: Connection, parent: int, limits: Limits) -> None:
    """The worker: takes (function, item), answers (True, result) or (False, error), until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    is_limited = False
    connection.send_bytes(b"ready")
    while True:
        try:
            packed = connection.recv_bytes()
        except (EOFError, OSError):
            return
        try:
            function, item = ForkingPickler.loads(packed)  # brings the function's modules
        except Exception as error:
            connection.send((False, error))
            continue
        if not is_limited:
            is_limited = True
            _limit_memory(limits.memory_bytes)
        _limit_time(limits.cpu_s)
        answer = _answer(function, item)
        del item, packed
        try:
            connection.send(answer)
        except OSError:
            return
        except Exception as error:  # the result cannot be packed
            connection.send((False, error))


def _answer(function: Callable[[Any], Any], item: Any) -> tuple[bool, Any]:
    try:
        return True, function(item)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # what is left of this process is not worth keeping
    except RecursionError:
        return False, Lost("nests too deep to be read")
    except Exception as error:
        error.add_note(f"In the worker process:\n{traceback.format_exc()}")
        return False, error


def _limit_time(cpu_s: int) -> None:
    """Let the process be ended by SIGXCPU when it has used so many seconds from now."""
    if cpu_s and resource is not None:
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        until = int(time.process_time()) + 1 + cpu_s
        resource.setrlimit(resource.RLIMIT_CPU, (until if hard == resource.RLIM_INFINITY else min(until, hard), hard))


def _limit_memory(memory_bytes: int) -> None:
    """Refuse the process more than this beyond its data of now, and a dump of it when it ends."""
    if resource is None:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if not memory_bytes or not os.path.exists("/proc/self/statm"):
        return
    with open("/proc/self/statm") as file:
        data = int(file.read().split()[5]) * resource.getpagesize()
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    most = data + memory_bytes
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _end_with(parent: int) -> None:
    """End when the parent is gone: what it was given is of use to nobody."""
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK_S)
    os._exit(1)
