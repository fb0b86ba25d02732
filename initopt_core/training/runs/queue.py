"""Whose run is trained next: fair turns by visitor, whatever each has asked for."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """A run in the queue.

    Attributes:
        run_id: of the run.
        owner: the visitor's name.
        cost: what it takes, in any unit that is the same for all.
        first: goes before all that are not: the lecturer's.
        turn, arrived: its place in the order.
    """

    run_id: str
    owner: str
    cost: float
    first: bool
    turn: float
    arrived: int

    @property
    def order(self) -> tuple[bool, float, int]:
        return not self.first, self.turn, self.arrived


class FairQueue:
    """Start-time fair queueing (Goyal, Vin & Cheng 1997): a run's turn is when all that its visitor
    has asked for before would be through, had everybody the same share; who comes new does not
    wait behind another's ten runs."""

    def __init__(self) -> None:
        self._waiting: dict[str, Waiting] = {}
        self._through: dict[str, float] = {}
        self._now = 0.0
        self._count = itertools.count()

    def add(self, run_id: str, owner: str = "", cost: float = 1.0, first: bool = False) -> None:
        """Put a run in; one that waits already keeps its place."""
        if run_id in self._waiting:
            return
        turn = self._now if first else max(self._now, self._through.get(owner, 0.0))
        if not first:
            self._through[owner] = turn + cost
        self._waiting[run_id] = Waiting(run_id, owner, cost, first, turn, next(self._count))

    def remove(self, run_id: str) -> bool:
        """Take a run out; its visitor gets the turn back. Whether it was there."""
        gone = self._waiting.pop(run_id, None)
        if gone is None:
            return False
        if not gone.first:
            self._through[gone.owner] -= gone.cost
        return True

    def pop(self) -> str:
        """The run whose turn it is. Raises IndexError when none waits."""
        if not self._waiting:
            raise IndexError("nothing waits")
        chosen = self._ordered()[0]
        del self._waiting[chosen.run_id]
        self._now = max(self._now, chosen.turn)
        self._forget()
        return chosen.run_id

    def ahead(self, run_id: str) -> list[Waiting]:
        """What comes before a run, the next one first."""
        ordered = self._ordered()
        places = [one.run_id for one in ordered]
        return ordered[: places.index(run_id)] if run_id in places else []

    def count(self, owner: str) -> int:
        """How many runs of a visitor wait."""
        return Counter(one.owner for one in self._waiting.values())[owner]

    def __len__(self) -> int:
        return len(self._waiting)

    def __contains__(self, run_id: object) -> bool:
        return run_id in self._waiting

    def __iter__(self):
        return iter([one.run_id for one in self._ordered()])

    def _ordered(self) -> list[Waiting]:
        return sorted(self._waiting.values(), key=lambda one: one.order)

    def _forget(self) -> None:
        """Visitors who are through with what they asked for stand where everybody does."""
        self._through = {o: t for o, t in self._through.items() if t > self._now}
