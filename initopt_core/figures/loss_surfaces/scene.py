"""What the surface's canvas is sent: grids and whole races as compact bytes.

`assets/web/surface_canvas/protocol.js` reads them. A grid (the surface's values) changes rarely
and is a message of its own. Any grid of values will do: a formula's, or a slice through a trained
network's loss.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from initopt_core.descent import Run, Trace, race, twins
from initopt_core.loss_surfaces import step_formulas
from initopt_core.loss_surfaces.findings import Outcome, outcome
from initopt_core.loss_surfaces.labels import gone, labels_of, run_settings
from initopt_core.loss_surfaces.landmarks import Landmarks
from initopt_core.loss_surfaces.stability import (
    Stability,
    along_paths,
    denominators,
    limit_formula,
)
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import Point, Surface
from initopt_core.surfaces.catalogue import Ranges

from .picture import POINTS, looks


def _message(head: dict[str, Any], floats: Sequence[np.ndarray]) -> bytes:
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    parts = [np.ascontiguousarray(f, dtype="<f4").tobytes() for f in floats]
    return b"".join([text.encode(), b"\n", *parts])


@dataclass(frozen=True)
class GridMessage:
    """A surface's values, ready to send; `id` names them."""

    id: str
    data: bytes


def pack_grid(values: Any, ranges: Ranges) -> GridMessage:
    """A square grid of loss values, from anywhere.

    Args:
        values: [n, n] array or tensor; row i is the i-th w2, from low to high. NaN is left blank.
        ranges: (w1 low, w1 high, w2 low, w2 high) of the outermost grid points.
    """
    array = np.ascontiguousarray(values, dtype="<f4")
    digest = hashlib.blake2b(array.tobytes(), digest_size=8)
    digest.update(repr(ranges).encode())
    name = digest.hexdigest()
    head = {"kind": "grid", "id": name, "n": array.shape[0], "ranges": list(ranges)}
    return GridMessage(name, _message(head, [array]))


@dataclass(frozen=True)
class Scene:
    """All paths of a race, ready to send: `pack_scene` makes it, `surface_canvas` shows it."""

    head: dict[str, Any]
    floats: bytes
    stamp: str
    labels: tuple[str, ...]
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True)
class Showing:
    """Where and how a scene is shown.

    Attributes:
        surface: names the surface; the canvas goes back to `home` when it changes.
        title: printed above the surface.
        home: the ranges shown at first, (w1 low, w1 high, w2 low, w2 high).
        color: "linear" or "log".
        alt: a sentence on what is shown.
        starts: (run, w1, w2) of each start that can be dragged; run -1 is the shared one.
        ack: number `n` of the newest dragged start that this scene answers.
        look: how it is shown, see `Look` in protocol.js; without one, as the hand has left it.
        wish: a look is taken over with a number that the canvas has not seen.
        sliders: what sliders beside it hold by now; the canvas tells them.
    """

    surface: str
    title: str
    home: Ranges
    color: str
    alt: str
    starts: Sequence[tuple[int, float, float]] = ()
    ack: int = 0
    look: Mapping[str, Any] | None = None
    wish: int = 0
    sliders: Sequence[Mapping[str, Any]] = ()


def scene_message(scene: Scene, grid: GridMessage, shown: Showing, key: str) -> bytes:
    """A scene with where and how it is shown; `key` is one of a kind on the page."""
    head = {
        "kind": "scene",
        "key": key,
        "stamp": scene.stamp,
        "grid": grid.id,
        "surface": shown.surface,
        "title": shown.title,
        "home": list(shown.home),
        "starts": [{"run": r, "x": x, "y": y} for r, x, y in shown.starts],
        "color": shown.color,
        "ack": shown.ack,
        "alt": shown.alt,
        **({} if shown.look is None else {"initial": shown.look, "wish": shown.wish}),
        **({"sliders": shown.sliders} if shown.sliders else {}),
        **scene.head,
    }
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return b"".join([text.encode(), b"\n", scene.floats])


def pack_scene(
    traces: tuple[Trace, ...],
    stabilities: tuple[Stability, ...],
    outcomes: tuple[Outcome, ...],
    minima: Sequence[tuple[float, float, float]],
    saddles: Sequence[Point],
) -> Scene:
    """What the race did, as the component wants it.

    Args:
        minima: (w1, w2, loss) of each.
    """
    names = [t.run.optimizer for t in traces]
    labels = labels_of(names)
    runs, floats = [], []
    for trace, stability, end, label, (color, dash, shape) in zip(
        traces, stabilities, outcomes, labels, looks(names), strict=True
    ):
        values = trace.run.values()
        kept = [k for k in ("m", "v", "m_hat", "v_hat") if k in trace.state]
        kept += [k for k in trace.state if k not in kept]
        divides = OPTIMIZERS[trace.run.optimizer].divisor is not None
        runs.append(
            {
                "label": label,
                "settings": run_settings(trace.run),
                "color": color,
                "dash": dash,
                "shape": shape,
                "values": {k: v for k, v in values.items() if not isinstance(v, bool)},
                "lines": step_formulas.step_lines(trace.run.optimizer, values),
                "kept": kept,
                "divides": divides,
                "diverged": trace.diverged,
                "gone": gone(label, trace, end),
                "outcome": "chaotic, " * end.chaotic + end.text,
                "end": list(end.held) if trace.diverged is None else None,
                "limitText": limit_formula(trace.run),
            }
        )
        floats += [*trace.points.T, trace.gradient, trace.update, trace.lr]
        none = np.full_like(trace.lr, np.nan)
        floats += [stability.sharpness, stability.meter, stability.thrown, stability.throw]
        floats += [none if stability.limit is None else stability.limit]
        floats += [denominators(trace)] if divides else []
        floats += [trace.state[k] for k in kept]
    losses = np.concatenate([t.points[:, 2] for t in traces])
    losses = losses[np.isfinite(losses)]
    lowest = min((m[2] for m in minima), default=None)
    least = float(losses.min()) if losses.size else 0.0
    # A log axis needs something above zero: the height above the lowest loss there is.
    floor = (
        0.0
        if least > 0 and (lowest is None or lowest >= -1e-12)
        else min(least if lowest is None else lowest, least)
    )
    head = {
        "steps": len(traces[0].lr),
        "runs": runs,
        "minima": [list(m) for m in minima],
        "lowest": lowest,
        "saddles": [list(s) for s in saddles],
        "floor": floor,
    }
    body = b"".join(np.ascontiguousarray(f, dtype="<f4").tobytes() for f in floats)
    stamp = hashlib.blake2b(body + json.dumps(head).encode(), digest_size=8).hexdigest()
    return Scene(head, body, stamp, tuple(labels), outcomes)


def grid(surface: Surface, ranges: tuple[float, float, float, float]) -> GridMessage:
    """The surface's values in a view, ready to send."""
    return pack_grid(surface.values(ranges, POINTS), ranges)


def scene(
    surface: Surface,
    runs: tuple[Run, ...],
    updates: int,
    noise: float,
    seed: int,
    ranges: tuple[float, float, float, float],
    marks: Landmarks,
) -> Scene:
    """The whole race with all its inner values, ready to send."""
    traces = race(surface, runs, updates, noise, seed)
    exact = twins(surface, runs, updates, noise, seed)
    ends = tuple(
        outcome(t, marks.places, ranges, surface, twin)
        for t, twin in zip(traces, exact, strict=True)
    )
    return pack_scene(traces, along_paths(surface, traces), ends, marks.minima, marks.saddles)
