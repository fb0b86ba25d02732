"""A run's events.jsonl: how it is written, and what a line of it may hold.

Lines are checked as they are read, so that no page meets other types. Only what the program reads
is described; further fields and kinds pass.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from initopt_core.reading import shown
from initopt_core.registry import SettingError

from .checkpoints import finite

Check = Callable[[Any], bool]


class Log:
    """The run's event file; a resumed run is cut back to its checkpoint first."""

    def __init__(self, path: Path, position: int | None) -> None:
        if position is not None and path.is_file():
            with open(path, "r+b") as stream:
                stream.truncate(min(position, path.stat().st_size))
        elif path.is_file():
            path.unlink()
        self.stream = open(path, "ab", buffering=0)  # noqa: SIM115  closed by `close`

    def __call__(self, event: dict) -> None:
        # One write for each line: a reader, or a kill, meets whole lines but for the last.
        self.stream.write(json.dumps(finite(event), separators=(",", ":")).encode() + b"\n")

    def position(self) -> int:
        return self.stream.tell()

    def close(self) -> None:
        self.stream.close()


def number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def whole(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def text(value: Any) -> bool:
    return isinstance(value, str)


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def share(value: Any) -> bool:
    return number(value) and 0 <= value <= 1


def listed(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def mapped(check: Check) -> Check:
    return lambda value: isinstance(value, dict) and all(map(check, value.values()))


def having(**fields: Check) -> Check:
    return lambda value: (
        isinstance(value, dict) and all(check(value.get(name)) for name, check in fields.items())
    )


_trial = having(name=text, label=text, optimizer=text, racer=whole, seed=whole, lr=maybe(number))
_loss = maybe(lambda value: type(value) in (int, float))  # older logs hold NaN as such
_histogram = having(
    low=maybe(number),
    high=maybe(number),
    counts=listed(whole),
    mean=maybe(number),
    std=maybe(number),
)


def _class(value: Any) -> bool:
    return whole(value) and value < 10


_mistake = having(index=whole, label=_class, predicted=_class, probability=share)


def _matrix(value: Any) -> bool:
    rows = listed(listed(whole))(value)
    return rows and len(value) == 10 and all(len(row) == 10 for row in value)


KINDS: dict[str, dict[str, Check]] = {
    "start": {
        "phase": text,
        "trials": listed(_trial),
        "steps": lambda value: whole(value) and value > 0,
        "epochs": whole,
        "batch": whole,
        "device": text,
    },
    "steps": {
        "first": whole,
        "count": whole,
        "losses": listed(listed(_loss)),
        "seconds": listed(number),
    },
    "progress": {"first": whole, "count": whole},
    "probe": {
        "name": text,
        "step": whole,
        "gradient": listed(maybe(number)),
        "ratio": listed(maybe(number)),
    },
    "layers": {
        "epoch": whole,
        "layers": mapped(listed(having(name=whole, weights=_histogram, activations=_histogram))),
    },
    "epoch": {
        "phase": text,
        "train": listed(maybe(share)),
        "val": listed(maybe(share)),
        "images_per_s": maybe(number),
    },
    "diverged": {
        "phase": text,
        "trial": whole,
        "step": whole,
        "layer": whole,
        "loss": maybe(number),
        "cause": text,
        "advice": text,
    },
    "rates": {"rates": listed(number)},
    "lr": {"racer": whole, "lr": number, "step": whole},
    "test": {
        "name": text,
        "accuracy": share,
        "best_epoch": whole,
        "loss": maybe(number),
        "confusion": maybe(_matrix),
        "mistakes": maybe(listed(_mistake)),
    },
    "end": {"state": text},
}


_AT_FIRST = {"start": ("trials", "members"), "diverged": ("trial", "member")}
"""Kind -> a field and its name in logs of earlier versions."""


def check_event(event: Any) -> dict[str, Any]:
    """`event` when its fields are what its kind needs, under their present names.

    Raises:
        SettingError: saying what is wrong.
    """
    if not isinstance(event, dict):
        raise SettingError(f"{shown(event)} is no event.")
    kind = event.get("kind")
    kind = kind if isinstance(kind, str) else ""
    if kind in _AT_FIRST and (names := _AT_FIRST[kind])[0] not in event:
        event = {**event, names[0]: event.get(names[1])}
    for name, check in KINDS.get(kind, {}).items():
        if not check(event.get(name)):
            raise SettingError(f"“{kind}” has no usable {name!r} but {shown(event.get(name))}.")
    if "clock" in event and not number(event["clock"]):
        raise SettingError(f"“{kind}” has no usable 'clock' but {shown(event['clock'])}.")
    return event
