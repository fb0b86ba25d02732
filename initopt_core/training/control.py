"""What the watcher of a run can ask of it while it trains."""

from __future__ import annotations

from dataclasses import dataclass, field


class Stopped(Exception):
    """The run was left at once; what is finished is on disk and can be resumed."""


@dataclass
class Control:
    """What the watcher of a run wants of it; read between steps.

    Attributes:
        command: "run", "pause", "stop" (test what there is and finish), or "quit" (leave now,
            to be resumed from the last finished epoch).
        rates: racer number -> new base learning rate.
    """

    command: str = "run"
    rates: dict[int, float] = field(default_factory=dict)
