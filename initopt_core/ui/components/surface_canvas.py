"""The loss-surface component: grids and paths as compact bytes.

The browser's half is `assets/web/surface_canvas/surface_canvas.js`.

Two messages. A grid (the surface's values) changes rarely and is sent by an element of its own,
so that a drag of the start sends paths alone. Any grid of values will do: a formula's, or a
slice through a trained network's loss.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from initopt_core.descent import Run, Trace
from initopt_core.figures.loss_surfaces import looks
from initopt_core.loss_surfaces import step_formulas
from initopt_core.loss_surfaces.findings import Outcome
from initopt_core.loss_surfaces.stability import Stability, denominators, limit_formula
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.schedules import SCHEDULES
from initopt_core.surfaces import Point
from initopt_core.wording import number

from . import answers, assets

Ranges = tuple[float, float, float, float]
SCRIPTS = ("surface_canvas/surface_canvas.js",)


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component("surface_canvas", SCRIPTS, css="surface_canvas/surface_canvas.css")


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


def labels_of(names: Sequence[str]) -> list[str]:
    """Labels of optimizers by registry name; several of one kind are numbered."""
    out = []
    for i, name in enumerate(names):
        label = OPTIMIZERS[name].label
        if list(names).count(name) > 1:
            label = f"{label} {list(names[: i + 1]).count(name)}"
        out.append(label)
    return out


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
                "short": label,
                "settings": run_settings(trace.run),
                "color": color,
                "dash": dash,
                "shape": shape,
                "values": {k: v for k, v in values.items() if not isinstance(v, bool)},
                "lines": step_formulas.step_lines(trace.run.optimizer, values),
                "kept": kept,
                "divides": divides,
                "diverged": trace.diverged,
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


def run_settings(run: Run) -> str:
    """The settings that tell this run from others, in symbols."""
    symbols = {"lr": "η", "momentum": "β", "beta1": "β₁", "beta2": "β₂", "weight_decay": "λ"}
    values = run.values()
    parts = []
    for p in OPTIMIZERS[run.optimizer].parameters:
        value = values[p.name]
        if p.name == "bias_correction":
            parts += [] if value else ["no bias correction"]
        elif p.name == "eps":
            parts += [] if value == p.default else [f"ε {number(value)}"]
        elif p.name in ("lr", "momentum", "beta1") or value != p.default:
            parts.append(f"{symbols.get(p.name, p.name)} {number(value)}")
    if run.schedule != "constant":
        parts.append(SCHEDULES[run.schedule].label.lower())
    return ", ".join(parts)


def surface_canvas(
    scene: Scene,
    grid: GridMessage,
    *,
    key: str,
    surface: str,
    title: str,
    home: Ranges,
    starts: Sequence[tuple[int, float, float]],
    color: str,
    alt: str,
    ack: int = 0,
    on_start: Callable[[dict], None] | None = None,
    on_view: Callable[[dict], None] | None = None,
    look: dict[str, Any] | None = None,
    wish: int = 0,
    on_look: Callable[[dict], None] | None = None,
) -> None:
    """Show a race on a surface.

    Args:
        scene: from `pack_scene`.
        grid: from `pack_grid`; may cover a part of the view or more than it.
        key: one of a kind on the page.
        title: printed above the surface.
        surface: names the surface; the view goes back to `home` when it changes.
        home: the view at first, (w1 low, w1 high, w2 low, w2 high).
        starts: (run, w1, w2) of each start that can be dragged; run -1 is the shared one.
        color: "linear" or "log".
        alt: a sentence on what is shown.
        ack: number `n` of the newest dragged start that this scene answers.
        on_start: called with {"run", "x", "y", "n", "done"} when a start was dragged.
        on_view: called with {"surface", "home", "view"} when the view was moved.
        look: how it is shown, see `Look` in protocol.js; without one, as the hand has left it.
        wish: a look is taken over with a number that the canvas has not seen.
        on_look: called with the look, as `answers.look` reads it, when it was changed by hand.
    """
    import streamlit as st

    def said(
        name: str, read: Callable[[Any], dict | None], function: Callable[[dict], None] | None
    ) -> Callable[[], None]:
        def call() -> None:
            value = read(answers.answer(key, name))
            if function is not None and value is not None:
                function(value)

        return call

    runs = [run for run, _, _ in starts]

    def look_of(value: Any) -> dict | None:
        return answers.look(value, scene.head["steps"], len(scene.head["runs"]))

    head = {
        "kind": "scene",
        "key": key,
        "stamp": scene.stamp,
        "grid": grid.id,
        "surface": surface,
        "title": title,
        "home": list(home),
        "starts": [{"run": r, "x": x, "y": y} for r, x, y in starts],
        "color": color,
        "ack": ack,
        "alt": alt,
        **({} if look is None else {"initial": look, "wish": wish}),
        **scene.head,
    }
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    with st.container(gap=None):
        mount()(key=f"{key}-grid", data=grid.data)
        mount()(
            key=key,
            data=b"".join([text.encode(), b"\n", scene.floats]),
            on_start_change=said("start", lambda value: answers.start_move(value, runs), on_start),
            on_view_change=said("view", answers.view_move, on_view),
            on_look_change=said("look", look_of, on_look),
        )
