"""The yardstick: the loss-surface page's canvas and two select boxes, and nothing else."""

from __future__ import annotations

import streamlit as st

from initopt_core.descent import Run
from initopt_core.figures.loss_surfaces.scene import Showing, grid, scene
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.surfaces import SURFACES, Surface
from initopt_core.ui.components.surface_canvas import surface_canvas
from initopt_core.ui.loss_surfaces.plan import default_rate, surface_optimizers
from initopt_core.ui.server.compute import compute

LABELS = {entry.label: name for name, entry in SURFACES.items()}
OTHERS = tuple(name for name, _ in RACES["ravine"].runs[1:])


def main() -> None:
    """One run for one visitor."""
    entry = SURFACES[LABELS[st.selectbox("Surface", list(LABELS))]]
    optimizer = st.selectbox("Optimizer 1", list(surface_optimizers()))
    surface = Surface(entry.name, tuple(sorted(entry.settings().items())))
    runs = tuple(
        Run(name, (("lr", default_rate(entry.name, name)),), entry.start)
        for name in (optimizer, *OTHERS)
    )
    marks = compute(landmarks, surface, (0.0, 1.0, 0.0, 1.0))
    made = compute(scene, surface, runs, entry.updates, 0.0, 0, entry.ranges, marks)
    shown = Showing(
        entry.name, entry.label, entry.ranges, entry.color, entry.label, [(-1, *entry.start)]
    )
    surface_canvas(made, compute(grid, surface, entry.ranges), shown, key="bare-canvas")


main()
