"""Basins of attraction side by side, one map for each optimizer."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from initopt_core.basins import DIVERGED, Basins, basins
from initopt_core.descent import Run
from initopt_core.figures import theme
from initopt_core.outcomes import short
from initopt_core.surfaces import Surface
from initopt_core.ui import assets
from initopt_core.ui.compute import compute
from initopt_core.ui.surface_canvas import labels_of, run_settings
from initopt_core.ui.surface_lab import landmarks_of
from initopt_core.ui.surface_plan import Held, move_start

NOWHERE, GONE = 255, 254
SIZE = 200


@dataclass(frozen=True)
class Map:
    """One map, ready to send, and its numbers."""

    result: Basins
    data: bytes


def colours(count: int, losses: list[float]) -> list[str]:
    """A colour for each minimum: few are told apart by hue, many are ranked by their loss."""
    if count <= len(theme.BRIGHT) - 1:
        return list(theme.BRIGHT[:count])
    order = np.argsort(np.argsort(np.round(losses, 6), kind="stable"))
    ramp = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in _RAMP])
    out = []
    for rank in order:
        at = rank / max(count - 1, 1) * (len(ramp) - 1)
        k = min(int(at), len(ramp) - 2)
        rgb = ramp[k] + (ramp[k + 1] - ramp[k]) * (at - k)
        out.append("#" + "".join(f"{round(v):02X}" for v in rgb))
    return out


_RAMP = ("#FDE725", "#5EC962", "#21918C", "#3B528B", "#440154")
"""Viridis backwards: the best minimum is the brightest."""


def basin_map(
    surface: Surface,
    run: Run,
    ranges: tuple[float, float, float, float],
    updates: int,
    minima: tuple[tuple[float, float, float], ...],
    color: str,
) -> Map:
    """Descend from every pixel and pack the map."""
    places = tuple((x, y) for x, y, _ in minima)
    got = basins(surface, run, ranges, updates, SIZE, places)
    reached = np.full(got.reached.shape, NOWHERE, dtype=np.uint8)
    reached[got.reached == DIVERGED] = GONE
    inside = (got.reached >= 0) & (got.reached < GONE)
    reached[inside] = got.reached[inside]
    if places:
        shade = np.round(255 * got.steps / updates).astype(np.uint8)
        settled = float(got.steps[inside].mean()) if inside.any() else float("nan")
        summary = f"{100 * got.share.sum():.3g} % reach a minimum"
        best = int(np.argmin([z for _, _, z in minima]))
        if len(places) > 1 and inside.any():
            lowest = [i for i, m in enumerate(minima) if m[2] <= minima[best][2] + 1e-6]
            if len(lowest) < len(places):
                summary += f", {100 * got.share[lowest].sum():.3g} % the lowest"
        summary += f"; {settled:.0f} steps on average" if inside.any() else ""
    elif got.left is not None and (got.left < updates).mean() > 0.5:
        shade = np.round(255 * got.left / updates).astype(np.uint8)
        summary = (
            "no minimum: coloured by the steps until it leaves the view, "
            f"median {np.median(got.left):.0f}"
        )
    else:
        values = surface.values(ranges, 65).numpy()
        low, high = float(np.nanmin(values)), float(np.nanmax(values))
        unit = np.clip((got.loss - low) / max(high - low, 1e-30), 0, 1)
        if color == "log":
            unit = np.log1p(1e4 * unit) / np.log1p(1e4)
        shade = np.round(255 * np.nan_to_num(unit)).astype(np.uint8)
        finite = got.loss[np.isfinite(got.loss)]
        middle = short(float(np.median(finite))) if finite.size else "none"
        summary = f"no minimum: coloured by the loss at the end, median {middle}"
    if (share := float(np.mean(reached == GONE))) > 0:
        summary += f"; {100 * share:.3g} % diverge"
    head = {
        "n": SIZE,
        "ranges": list(ranges),
        "minima": [list(p) for p in places],
        "colours": colours(len(places), [z for _, _, z in minima]),
        "plain": not places,
        "updates": updates,
        "summary": summary,
    }
    body = reached.tobytes() + shade.tobytes()
    head["stamp"] = hashlib.blake2b(body + repr(head).encode(), digest_size=8).hexdigest()
    text = json.dumps(head, separators=(",", ":"), ensure_ascii=False)
    return Map(got, text.encode() + b"\n" + body)


def mount() -> Callable:
    """The component's mounting function."""
    return assets.component("basin_map", ("surface/field.js", "basin_map.js"), css="basin_map.css")


def show(held: Held, say: Any) -> None:
    """One map for each run; a click makes its place the shared start."""
    plan = held.plan
    marks = landmarks_of(plan)
    labels = labels_of([r.optimizer for r in plan.runs])
    per_row = min(len(plan.runs), 4)
    for first in range(0, len(plan.runs), per_row):
        columns = st.columns(per_row)
        for i in range(first, min(first + per_row, len(plan.runs))):
            with columns[i - first]:
                _one(i, labels[i], held, marks.minima)
    say.markdown(
        "Every pixel is a start: its colour names the minimum it ends in, darker the more steps "
        "that took, grey where none was reached. Click one to follow its path."
        if marks.minima
        else "Every pixel is a start, and no minimum is known here: the colours say what became "
        "of it, dark for little, bright for much. Click one to follow its path."
    )


def _one(i: int, label: str, held: Held, minima: tuple[tuple[float, float, float], ...]) -> None:
    plan = held.plan
    run = replace(plan.runs[i], start=(0.0, 0.0))  # its own start plays no part
    color = theme.optimizer_style(run.optimizer)[0]
    st.markdown(
        f'<span style="color:{color}">■</span> **{label}**, {run_settings(run)}',
        unsafe_allow_html=True,
    )
    key = f"basin-{i}"
    made = compute(basin_map, plan.surface, run, plan.ranges, plan.updates, minima, plan.color)

    def picked() -> None:
        value = (st.session_state.get(key) or {}).get("pick")
        if value:
            move_start(held.entry, -1, value["x"], value["y"])
            st.session_state["view"] = "Paths"
            st.rerun()  # all of the page is another

    head, _, body = made.data.partition(b"\n")
    alt = f"Basins of attraction of {label} on {plan.surface.label}."
    extra = json.dumps({"key": key, "alt": alt}, ensure_ascii=False).encode()
    mount()(key=key, data=extra[:-1] + b"," + head[1:] + b"\n" + body, on_pick_change=picked)
