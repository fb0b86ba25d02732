"""What was asked for last is kept, within a bound; results are computed once and shared by all."""

from __future__ import annotations

import dataclasses
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from concurrent.futures import Future
from typing import Any, Generic, TypeVar

from initopt_core.turns import Turns

TICK_S = 0.25
"""How often one who waits for his turn looks whether he still wants it."""
MAX_WAITING = 500


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """The values that were asked for last; the longest unused go when they exceed a bound.

    Not locked: who shares one among threads locks.

    Args:
        bound: largest sum of the values' weights. The newest stays whatever it weighs.
        weigh: a value's weight, taken once; all weigh 1 unless given, so that `bound` counts them.
    """

    def __init__(self, bound: int, weigh: Callable[[Value], int] = lambda value: 1) -> None:
        self.bound, self.held = bound, 0
        self._weigh = weigh
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()

    def get(self, key: Key) -> Value | None:
        """What is kept under `key`, which counts as used now, or None."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: Key, value: Value) -> list[Value]:
        """Keep `value`; those that had to go for it."""
        self.pop(key)
        weight = self._weigh(value)
        self._kept[key] = value, weight
        self.held += weight
        gone = []
        while self.held > self.bound and len(self._kept) > 1:
            _, (old, weight) = self._kept.popitem(last=False)
            self.held -= weight
            gone.append(old)
        return gone

    def pop(self, key: Key) -> None:
        """Forget what is kept under `key`, if anything is."""
        _, weight = self._kept.pop(key, (None, 0))
        self.held -= weight

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.held = 0

    def items(self) -> Iterable[tuple[Key, Value]]:
        """All that is kept, the longest unused first; looking does not count as use."""
        return ((key, value) for key, (value, _) in self._kept.items())

    def __contains__(self, key: Key) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)


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
        self.hits = 0
        self.misses = 0
        # In a tuple: a result may be None.
        self._results: Recent[Hashable, tuple[Any]] = Recent(max_bytes, size_of)
        self._futures: dict[Hashable, tuple[Future, Callable[[], Any]]] = {}
        self._turns = Turns(max_waiting)
        self._lock = threading.Lock()
        self._asked = threading.Condition(self._lock)
        self._worker: threading.Thread | None = None

    def get(
        self,
        key: Hashable,
        function: Callable[[], Any],
        client: Callable[[], Hashable] = lambda: None,
        give_way: Callable[[], None] | None = None,
    ) -> Any:
        """The result kept under `key`, or `function()` computed for it now.

        Args:
            client: says who asks; turns are fair among clients. Called only where there is no
                result yet.
            give_way: called again and again while the computation waits for its turn; raises when
                this client has come to want something else. What nobody wants is not computed.

        Raises:
            Crowded: when too many wait, and this client has had most.
            whatever `function` or `give_way` raises.
        """
        with self._lock:
            if (kept := self._results.get(key)) is not None:
                self.hits += 1
                return kept[0]
            asking = client()
            future = self._ask(key, function, asking)
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
                self._withdraw(key, asking)
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

    def kept(self, key: Hashable) -> Any:
        """The result kept under `key`, or None."""
        with self._lock:
            found = self._results.get(key)
        return found[0] if found else None

    def holds(self, key: Hashable) -> bool:
        """Whether `key` would be answered without computing."""
        return key in self._results

    @property
    def held_bytes(self) -> int:
        """What the kept results take, near enough."""
        return self._results.held

    def clear(self) -> None:
        """Forget everything kept."""
        with self._lock:
            self._results.clear()

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
                    self._results.put(key, (result,))
            if problem is None:
                future.set_result(result)
            else:
                future.set_exception(problem)
            del future, function, result, problem  # nothing is held while there is nothing to do


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
