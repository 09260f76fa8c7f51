"""Engines carry work to where it is done; each is shaped like `map`.

An engine is called as `engine(function, items)` and yields results in the order
of the items, holding a bounded window of them. `function` must be importable
(no lambda) for `processes` and `ray`.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Protocol, TypeVar

In = TypeVar("In")
Out = TypeVar("Out")

PARENT_LOOK_S = 1.0


class Engine(Protocol):
    def __call__(self, function: Callable[[In], Out], items: Iterable[In], /) -> Iterator[Out]: ...


def inline(function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
    """Do the work here, one item after another."""
    return map(function, items)


class Processes:
    """Worker processes that live until `close`; a context manager.

    workers: how many; default one a core. A worker that dies raises
    BrokenProcessPool at the next result: the caller's rows are still due.
    """

    def __init__(self, workers: int | None = None, window_per_worker: int = 4) -> None:
        self.workers = workers or os.cpu_count() or 1
        self.window = self.workers * window_per_worker
        self._pool: ProcessPoolExecutor | None = None

    def __call__(self, function: Callable[[In], Out], items: Iterable[In]) -> Iterator[Out]:
        if self._pool is None:
            # spawn: forking a process that has threads can deadlock the child.
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=context, initializer=_begin_worker, initargs=(os.getpid(),)
            )
        return _windowed(self._pool, function, items, self.window)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _begin_worker(parent: int) -> None:
    """Leave Ctrl-C to the parent, and end when the parent is gone: the pool would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(PARENT_LOOK_S)
    os._exit(1)


def _windowed(
    pool: ProcessPoolExecutor, function: Callable[[In], Out], items: Iterable[In], window: int
) -> Iterator[Out]:
    waiting: deque[Future[Out]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
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


def named(name: str, workers: int | None = None) -> Engine:
    """The engine of that name: inline, processes or ray. Raises ValueError for another."""
    if name == "inline":
        return inline
    if name == "processes":
        return Processes(workers)
    if name == "ray":
        return ray
    raise ValueError(f"Engine {name!r}: unknown. Choose inline, processes or ray.")
