"""Who somebody at a browser is, for every part that asks what he may do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Visitor:
    """Somebody at a browser.

    Attributes:
        name: random and stable for one browser; "" is the person at this computer.
        full: may do everything, with every run, without a budget.
    """

    name: str = ""
    full: bool = False


LOCAL = Visitor("", full=True)
