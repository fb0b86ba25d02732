"""Results computed once and shared by all who ask for the same, within a bound on memory."""

from __future__ import annotations

import dataclasses
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Any

from initopt_core.turns import Turns

TICK_S = 0.25
"""How often one who waits for his turn looks whether he still wants it."""
MAX_WAITING = 500


class Crowded(RuntimeError):
    """So many wait for the worker that this was not computed."""


class SharedResults:
    """A least-recently-used cache whose computations run one after the other in ONE thread.

    One long-lived thread, because torch builds a thread pool for every thread that calls it;
    one computation for each key, however many ask for it while it runs. Failures are handed to
    all who wait for them and are not kept. Whose computation is next, `Turns` says.

    Args:
        max_bytes: results are dropped, the longest unused first, while more than this is held.
        max_waiting: computations that may wait.
    """

    def __init__(self, max_bytes: int = 256 * 2**20, max_waiting: int = MAX_WAITING) -> None:
        self.max_bytes = max_bytes
        self.held_bytes = 0
        self.hits = 0
        self.misses = 0
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._futures: dict[Hashable, tuple[Future, Callable[[], Any]]] = {}
        self._turns = Turns(max_waiting)
        self._lock = threading.Lock()
        self._asked = threading.Condition(self._lock)
        self._worker: threading.Thread | None = None

    def get(
        self,
        key: Hashable,
        function: Callable[[], Any],
        client: Hashable = None,
        give_way: Callable[[], None] | None = None,
    ) -> Any:
        """The result kept under `key`, or `function()` computed for it now.

        Args:
            client: who asks; turns are fair among clients.
            give_way: called again and again while the computation waits for its turn; raises when
                this client has come to want something else. What nobody wants is not computed.

        Raises:
            Crowded: when too many wait, and this client has had most.
            whatever `function` or `give_way` raises.
        """
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                self.hits += 1
                return self._results[key][0]
            future = self._ask(key, function, client)
        while True:
            try:
                return future.result(TICK_S if give_way and not future.running() else None)
            except TimeoutError:
                if future.done():
                    raise  # the function's own
            try:
                if give_way and not future.running():
                    give_way()
            except BaseException:
                self._withdraw(key, client)
                raise

    def _ask(self, key: Hashable, function: Callable[[], Any], client: Hashable) -> Future:
        """The future of a result; the lock is held."""
        if key not in self._futures:
            self.misses += 1
            self._futures[key] = Future(), function
        future = self._futures[key][0]
        if not future.running():
            dropped = self._turns.ask(key, client)
            if dropped is not None:
                self._futures.pop(dropped)[0].set_exception(Crowded("too many wait"))
        if self._worker is None:
            self._worker = threading.Thread(target=self._work, name="initopt-compute", daemon=True)
            self._worker.start()
        self._asked.notify()
        return future

    def _withdraw(self, key: Hashable, client: Hashable) -> None:
        with self._lock:
            if self._turns.withdraw(key, client):
                self._futures.pop(key)

    def waiting(self) -> int:
        """How many computations wait for their turn."""
        return len(self._turns)

    def holds(self, key: Hashable) -> bool:
        """Whether `key` would be answered without computing."""
        return key in self._results

    def clear(self) -> None:
        """Forget everything kept."""
        with self._lock:
            self._results.clear()
            self.held_bytes = 0

    def _work(self) -> None:
        """The worker: what is next, for ever."""
        while True:
            with self._lock:
                while not len(self._turns):
                    self._asked.wait()
                key, clients = self._turns.next()
                future, function = self._futures[key]
                future.set_running_or_notify_cancel()
            begin = time.perf_counter()
            try:
                result, problem = function(), None
            except BaseException as error:
                result, problem = None, error
            with self._lock:
                self._turns.charge(clients, time.perf_counter() - begin)
                del self._futures[key]
                if problem is None:
                    self._keep(key, result)
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)
            del future, function, result, problem  # nothing is held while there is nothing to do

    def _keep(self, key: Hashable, result: Any) -> None:
        size = size_of(result)
        self._results[key] = (result, size)
        self.held_bytes += size
        while self.held_bytes > self.max_bytes and len(self._results) > 1:
            _, (_, dropped) = self._results.popitem(last=False)
            self.held_bytes -= dropped


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
