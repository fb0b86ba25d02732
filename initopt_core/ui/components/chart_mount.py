"""How a live chart comes to the browser: its script, and its definition as a file.

Needs neither Altair nor PyTorch: the first picture after a start comes before they are imported.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from initopt_core.paths import write_atomic

from . import assets

LOOK_S = 10.0
"""Seconds for which a definition that was put in its place counts as being there."""
SCRIPTS = ("vendor/vega/vega.min.js", "live_chart/live_chart.js")
_placed: dict[str, float] = {}


@dataclass(frozen=True)
class Compiled:
    """A definition ready for the browser: Vega JSON, its fingerprint and natural size (px)."""

    text: str
    digest: str
    width: int
    height: int


def serve(compiled: Compiled) -> bool:
    """Put the definition where the browser can fetch it; False when nothing can be served.

    Whether it is still there is looked at now and then: a browser that cannot fetch it asks.
    """
    now = time.monotonic()
    if now - _placed.get(compiled.digest, -LOOK_S) < LOOK_S and assets.may_serve():
        return True
    if not assets.served():
        return False
    path = _file(compiled)
    if not path.exists():
        write_atomic(path, compiled.text.encode())
    _placed[compiled.digest] = now
    return True


def drop(compiled: Compiled) -> None:
    """Take the definition away again."""
    _file(compiled).unlink(missing_ok=True)
    _placed.pop(compiled.digest, None)


def _file(compiled: Compiled) -> Path:
    return assets.specs_dir() / f"{compiled.digest}.json"


def mount(key: str, message: bytes, selected: Callable[[], None] | None = None) -> Any:
    """Mount the component under `key`, or hand the one that is there another message.

    Returns:
        What it answers.
    """
    return component()(
        key=key,
        data=message,
        default=None,
        on_select_change=selected or _nothing,
        on_need_change=_nothing,
    )


def component() -> Callable:
    """The component's mounting function."""
    return assets.component("live_chart", SCRIPTS, css="live_chart/live_chart.css")


def _nothing() -> None:
    """Streamlit reports only the states that have a callback."""
