"""Whose work is done next where many wait for one worker: bookkeeping alone, without a clock."""

from __future__ import annotations

import itertools
from collections.abc import Hashable
from dataclasses import dataclass, field

MAX_REMEMBERED = 10_000


@dataclass
class _Waiting:
    """Work that is waited for; `clients` are those who do."""

    arrived: int
    clients: dict[Hashable, None] = field(default_factory=dict)


class Turns:
    """Fair turns by client: next is the work of who has had least of the worker's time.

    Work may be asked for by several clients; it is done once, in the best of their turns. A client
    who comes new stands where the one is whose turn it is: neither before him, nor behind what
    others have asked for. So one who asks without pause delays nobody but himself, and one whose
    work is heavy waits the longer for the next. It is start-time fair queueing (Goyal, Vin & Cheng
    1997) with costs that are known afterwards only.

    Args:
        limit: works that may wait; beyond it the one that would come last is dropped.
    """

    def __init__(self, limit: int = 500) -> None:
        self.limit = limit
        self._waiting: dict[Hashable, _Waiting] = {}
        self._had: dict[Hashable, float] = {}
        self._now = 0.0
        self._count = itertools.count()

    def ask(self, key: Hashable, client: Hashable) -> Hashable | None:
        """Somebody wants this work; the key of what is dropped for it, perhaps its own."""
        waiting = self._waiting.setdefault(key, _Waiting(next(self._count)))
        waiting.clients[client] = None
        self._had.setdefault(client, self._now)
        if len(self._waiting) <= self.limit:
            return None
        last = max(self._waiting, key=self._order)
        del self._waiting[last]
        return last

    def withdraw(self, key: Hashable, client: Hashable) -> bool:
        """Somebody wants it no more; whether it was dropped, since nobody else does."""
        waiting = self._waiting.get(key)
        if waiting is None:
            return False
        waiting.clients.pop(client, None)
        if waiting.clients:
            return False
        del self._waiting[key]
        return True

    def next(self) -> tuple[Hashable, tuple[Hashable, ...]]:
        """The work whose turn it is, and who waits for it. Raises IndexError when none waits."""
        if not self._waiting:
            raise IndexError("nothing waits")
        key = min(self._waiting, key=self._order)
        clients = tuple(self._waiting.pop(key).clients)
        self._now = max(self._now, min(self._had[c] for c in clients))
        return key, clients

    def charge(self, clients: tuple[Hashable, ...], cost: float) -> None:
        """Some have had so much of the worker's time, in any unit; they share it."""
        for client in clients:
            self._had[client] = max(self._had.get(client, 0.0), self._now) + cost / len(clients)
        if not self._waiting:  # all stand where the last one does
            self._now = max([self._now, *self._had.values()])
            self._had.clear()
        elif len(self._had) > MAX_REMEMBERED:
            waiting = {c for one in self._waiting.values() for c in one.clients}
            self._had = {c: had for c, had in self._had.items() if c in waiting}

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, key: object) -> bool:
        return key in self._waiting

    def _order(self, key: Hashable) -> tuple[float, int]:
        waiting = self._waiting[key]
        return min(self._had[c] for c in waiting.clients), waiting.arrived
