"""Engines carry work to where it is done; each is shaped like `map`.

An engine is called as `engine(function, items)` and yields results in the order
of the items, holding a bounded window of them. `function` must be importable
(no lambda) for `processes` and `ray`. With these an item that ends its worker
(with `processes` also one over a limit) comes back as Lost, which is given and
not raised.
"""

from __future__ import annotations

import atexit
import functools
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

from newstext.workers import NO_LIMITS, READ_LIMITS, Limits, Lost, Worker

__all__ = [
    "NO_LIMITS", "READ_LIMITS", "Engine", "Limits", "Lost", "Processes", "at_once", "guarded", "inline", "named", "ray",
]  # fmt: skip

In = TypeVar("In")
Out = TypeVar("Out")

IDLE_S = 60.0  # a worker that had nothing to do for so long leaves: each holds some 100 MB
LOOKS_AN_IDLE = 12  # how often it is looked for in that time, so that none stays much longer


class Engine(Protocol):
    def __call__(self, function: Callable[[In], Out], items: Iterable[In], /) -> Iterator[Out | Lost]: ...


def inline(function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Do the work here, one item after another."""
    return map(function, items)


class Processes:
    """Worker processes that live until `close`; a context manager. Threads may share it.

    workers: how many; default one a core. limits: what one item may take. The
    item that ends its worker, or is over a limit, comes back as Lost in its
    place; a new worker goes on with the others. idle_s: seconds after which a
    worker without an item leaves; the next item starts a new one.
    """

    def __init__(
        self,
        workers: int | None = None,
        window_per_worker: int = 4,
        limits: Limits = NO_LIMITS,
        *,
        idle_s: float = IDLE_S,
    ) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.window = self.workers * window_per_worker
        self.limits = limits
        self.idle_s = idle_s
        self._lock = threading.Lock()
        self._workers: list[Worker] = []
        self._free: queue.LifoQueue[Worker] = queue.LifoQueue()
        self._threads: ThreadPoolExecutor | None = None

    def __call__(self, function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out | Lost]:
        return _windowed(self._started(), functools.partial(self._carry, function), items, self.window)

    def _started(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._workers = [Worker(self.limits) for _ in range(self.workers)]
                self._free = queue.LifoQueue()  # the last used first: few items start few processes
                for worker in self._workers:
                    self._free.put(worker)
                self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="carry")
                atexit.register(self.close)  # the program's end would wait for workers that nobody stopped
                self._closed = threading.Event()
                looking = (self._workers, self.idle_s, self._closed)
                threading.Thread(target=_let_idle_leave, args=looking, name="idle workers", daemon=True).start()
            return self._threads

    def _carry(self, function: Callable[[In], Out], item: In) -> Out | Lost:
        free = self._free
        worker = free.get()
        try:
            return worker.do(function, item)
        finally:
            free.put(worker)

    def close(self) -> None:
        with self._lock:
            if self._threads is not None:
                self._closed.set()
                self._threads.shutdown(wait=False, cancel_futures=True)
                for worker in self._workers:
                    worker.close()
                self._threads, self._workers = None, []
                atexit.unregister(self.close)

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _let_idle_leave(workers: list[Worker], idle_s: float, closed: threading.Event) -> None:
    """Ask each worker to leave that has had no item for `idle_s`, until `closed` is set."""
    while not closed.wait(idle_s / LOOKS_AN_IDLE):
        for worker in workers:
            worker.leave_if_idle(idle_s)


def _windowed(pool: ThreadPoolExecutor, carry: Callable[[In], Out], items: Iterable[In], window: int) -> Iterator[Out]:
    waiting: deque[Future[Out]] = deque()
    for item in items:
        waiting.append(pool.submit(carry, item))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def guarded(function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out | Lost]:
    """One item after another, each in one other process, with READ_LIMITS on what it may take.

    For work on foreign data inside an item that another engine carries: what an
    archive's page takes is limited, though the archive itself takes hours.
    """
    return _guard()(function, items)


@functools.cache
def _guard() -> Processes:
    return Processes(1, window_per_worker=1, limits=READ_LIMITS)


def ray(function: Callable[[In], Out], items: Iterable[In], *, window: int = 64) -> Iterator[Out | Lost]:
    """Run on a Ray cluster: the one RAY_ADDRESS names, else one on this machine.

    Ray itself does again, up to three times, what a node or worker had begun when it died.
    Raises as `started_ray` does.
    """
    library = started_ray()
    remote = library.remote(function).options(scheduling_strategy="SPREAD")
    waiting: deque[object] = deque()
    for item in items:
        waiting.append(remote.remote(item))
        if len(waiting) >= window:
            yield _ray_result(library, waiting.popleft())
    while waiting:
        yield _ray_result(library, waiting.popleft())


def started_ray() -> Any:
    """The library, with a cluster at hand.

    Raises ImportError with the way out when it is missing, ConnectionError when there is no cluster at RAY_ADDRESS
    or it has another version.
    """
    try:
        import ray as library
    except ImportError as error:
        raise ImportError(
            "Engine ray: the package is missing. Install it with: pip install 'backstory[ray]'"
        ) from error
    if not library.is_initialized():
        address = os.environ.get("RAY_ADDRESS", "")
        try:
            library.init(**({} if address else {"include_dashboard": False}))
        except (RuntimeError, ConnectionError) as error:
            where = f"cluster at RAY_ADDRESS={address}" if address else "Ray on this machine"
            raise ConnectionError(f"Engine ray: {where}: {error}") from error
    return library


def _ray_result(library: Any, reference: object) -> Any:
    """What came of it, or Lost. Raises what the function raised."""
    errors = library.exceptions
    gone = (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError)
    try:
        return library.get(reference)
    except gone as error:
        said = str(error).strip().partition("\n")[0]
        return Lost(f"ended its worker or node each time it was tried ({type(error).__name__}: {said})")


def at_once(engine: Engine) -> int:
    """How many items an engine does at once: for `ray` the processors of the cluster."""
    if engine is ray:
        return max(1, int(started_ray().cluster_resources().get("CPU", 1)))
    return engine.workers if isinstance(engine, Processes) else 1


def named(name: str, workers: int | None = None, limits: Limits = NO_LIMITS) -> Engine:
    """The engine of that name: inline, processes or ray; processes alone keep limits. Raises ValueError for another."""
    if name == "inline":
        return inline
    if name == "processes":
        return Processes(workers, limits=limits)
    if name == "ray":
        return ray
    raise ValueError(f"Engine {name!r}: unknown. Choose inline, processes or ray.")
