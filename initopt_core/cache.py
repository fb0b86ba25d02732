"""Results computed once and shared by all who ask for the same, within a bound on memory."""

from __future__ import annotations

import dataclasses
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any


class SharedResults:
    """A least-recently-used cache whose computations run one after the other in ONE thread.

    One long-lived thread, because torch builds a thread pool for every thread that calls it;
    one computation for each key, however many ask for it while it runs. Failures are handed to
    all who wait for them and are not kept.

    Args:
        max_bytes: results are dropped, the longest unused first, while more than this is held.
    """

    def __init__(self, max_bytes: int = 256 * 2**20) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self.hits = 0
        self.misses = 0
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._running: dict[Hashable, Future] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="initopt-compute")

    def get(self, key: Hashable, function: Callable[[], Any]) -> Any:
        """The result kept under `key`, or `function()` computed for it now.

        Raises:
            whatever `function` raises.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                self.hits += 1
                return self._results[key][0]
            future = self._running.get(key)
            if future is None:
                self.misses += 1
                future = self._running[key] = self._worker.submit(self._compute, key, function)
        return future.result()

    def holds(self, key: Hashable) -> bool:
        """Whether `key` would be answered without computing."""
        return key in self._results

    def clear(self) -> None:
        """Forget everything kept."""
        with self._lock:
            self._results.clear()
            self.held_bytes = 0

    def _compute(self, key: Hashable, function: Callable[[], Any]) -> Any:
        try:
            result = function()
            size = size_of(result)
            with self._lock:
                self._results[key] = (result, size)
                self.held_bytes += size
                while self.held_bytes > self.max_bytes and len(self._results) > 1:
                    _, (_, dropped) = self._results.popitem(last=False)
                    self.held_bytes -= dropped
            return result
        finally:
            with self._lock:
                self._running.pop(key, None)


def size_of(value: Any) -> int:
    """Bytes held by arrays, tensors, texts and containers of them, near enough for a bound."""
    if hasattr(value, "nbytes"):
        return int(value.nbytes) + 100
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return 100 + sum(size_of(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, dict):
        return 100 + sum(size_of(k) + size_of(v) for k, v in value.items())
    if isinstance(value, (list, tuple, set)):
        return 100 + sum(size_of(v) for v in value)
    return sys.getsizeof(value)
