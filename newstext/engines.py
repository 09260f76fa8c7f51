"""Engines carry work to where it is done; each is shaped like `map`.

An engine is called as `engine(function, items)` and yields results in the order
of the items, holding a bounded window of them. `function` must be importable
(no lambda) for `processes` and `ray`. With `processes` an item that ends its
worker or is over a limit comes back as Lost, which is given and not raised.
"""

from __future__ import annotations

import functools
import os
import queue
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

from newstext.workers import NO_LIMITS, READ_LIMITS, Limits, Lost, Worker

__all__ = ["NO_LIMITS", "READ_LIMITS", "Engine", "Limits", "Lost", "Processes", "inline", "named", "ray"]

In = TypeVar("In")
Out = TypeVar("Out")


class Engine(Protocol):
    def __call__(self, function: Callable[[In], Out], items: Iterable[In], /) -> Iterator[Out | Lost]: ...


def inline(function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Do the work here, one item after another."""
    return map(function, items)


class Processes:
    """Worker processes that live until `close`; a context manager. Threads may share it.

    workers: how many; default one a core. limits: what one item may take. The
    item that ends its worker, or is over a limit, comes back as Lost in its
    place; a new worker goes on with the others.
    """

    def __init__(self, workers: int | None = None, window_per_worker: int = 4, limits: Limits = NO_LIMITS) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.window = self.workers * window_per_worker
        self.limits = limits
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
                self._threads.shutdown(wait=False, cancel_futures=True)
                for worker in self._workers:
                    worker.close()
                self._threads, self._workers = None, []

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _windowed(pool: ThreadPoolExecutor, carry: Callable[[In], Out], items: Iterable[In], window: int) -> Iterator[Out]:
    waiting: deque[Future[Out]] = deque()
    for item in items:
        waiting.append(pool.submit(carry, item))
        if len(waiting) >= window:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def ray(function: Callable[[In], Out], items: Iterable[In], *, window: int = 64) -> Iterator[Out]:
    """Run on a Ray cluster: the one RAY_ADDRESS names, else one on this machine.

    Needs the extra `ray`; raises ImportError with the way out when it is missing.
    """
    try:
        import ray as ray_library
    except ImportError as error:
        raise ImportError(
            "Engine ray: the package is missing. Install it with: pip install 'backstory[ray]'"
        ) from error
    if not ray_library.is_initialized():
        ray_library.init(include_dashboard=False, log_to_driver=False)
    remote = ray_library.remote(function)
    waiting: deque[object] = deque()
    for item in items:
        waiting.append(remote.remote(item))
        if len(waiting) >= window:
            yield ray_library.get(waiting.popleft())
    while waiting:
        yield ray_library.get(waiting.popleft())


def named(name: str, workers: int | None = None, limits: Limits = NO_LIMITS) -> Engine:
    """The engine of that name: inline, processes or ray; processes alone keep limits. Raises ValueError for another."""
    if name == "inline":
        return inline
    if name == "processes":
        return Processes(workers, limits=limits)
    if name == "ray":
        return ray
    raise ValueError(f"Engine {name!r}: unknown. Choose inline, processes or ray.")
