"""What the racers on a surface are called, and the settings that tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from initopt_core.descent import Run, Trace
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.optimizers.words import in_symbols
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import Surface

if TYPE_CHECKING:
    from .findings import Outcome


def labels_of(names: Sequence[str]) -> list[str]:
    """Labels of optimizers by registry name; several of one kind are numbered."""
    out = []
    for i, name in enumerate(names):
        label = OPTIMIZERS[name].label
        if list(names).count(name) > 1:
            label = f"{label} {list(names[: i + 1]).count(name)}"
        out.append(label)
    return out


def run_settings(run: Run) -> str:
    """The settings that tell this run from others, in symbols."""
    parts = in_symbols(run.optimizer, run.values())
    if run.schedule != "constant":
        parts.append(SCHEDULES[run.schedule].label.lower())
    return ", ".join(parts)


def gone(label: str, trace: Trace, end: Outcome) -> str | None:
    """What stands beside the end of a path that could not go on; None for one that could."""
    return None if trace.diverged is None else f"{label}: {end.short}"


def race_settings(
    surface: Surface,
    runs: Sequence[Run],
    ranges: Sequence[float],
    updates: int,
    noise: float = 0.0,
    seed: int = 0,
) -> dict[str, Any]:
    """All that makes a race's figures, as it leaves in files; `ranges` are those shown."""
    return {
        "surface": surface.name,
        "surface_settings": dict(surface.settings),
        **({"formula": surface.text} if surface.text else {}),
        "ranges": list(ranges),
        "updates": updates,
        "noise": noise,
        "seed": seed,
        "runs": [{**asdict(run), "settings": run.values()} for run in runs],
    }
