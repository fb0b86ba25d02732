"""Which old runs go, so that a hosted server's disk stays bounded; pure, the store removes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Kept:
    """A run on the disk.

    Attributes:
        age: seconds; what a clock that was set back makes negative counts as new.
        size: bytes.
        removable: neither active nor the lecturer's.
    """

    run_id: str
    owner: str
    age: float
    size: int
    removable: bool


def to_remove(runs: Sequence[Kept], max_age: float, max_bytes: int) -> list[str]:
    """Runs older than `max_age`; then, while all take more than `max_bytes`, the oldest run of
    the visitor who takes most: one who fills the disk pushes out his own runs."""
    gone = [run for run in runs if run.removable and run.age > max_age]
    left = [run for run in runs if run not in gone]
    while sum(run.size for run in left) > max_bytes:
        shares: dict[str, int] = defaultdict(int)
        for run in left:
            if run.removable:
                shares[run.owner] += run.size
        if not shares:
            break
        largest = max(shares, key=lambda owner: shares[owner])
        oldest = max((r for r in left if r.removable and r.owner == largest), key=lambda r: r.age)
        left.remove(oldest)
        gone.append(oldest)
    return [run.run_id for run in gone]
