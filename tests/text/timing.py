"""How long work takes at the least: what else runs on a machine makes each time longer, and none shorter."""

from __future__ import annotations

import time
from collections.abc import Callable

AGAIN = 3


def least_s(make: Callable[[int], Callable[[], object]], again: int = AGAIN) -> float:
    """The processor's seconds of the quickest of some times. make: the work of the n-th, made beforehand."""
    took = []
    for number in range(again):
        work = make(number)
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return min(took)
