"""The phase map of the activation, and where this network lies on it."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.initialization import Observation, phase, theory
from initopt_core.initialization.code import phase_program
from initopt_core.networks import make_activation
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.export_menu import Maker, export_buttons
from initopt_core.ui.server.compute import compute

from . import controls


def phase_of(activation: str, settings: tuple, bias: float) -> theory.PhaseMap:
    """The phase map of an activation, in the worker thread."""
    return theory.phase_map(make_activation(activation, **dict(settings)), bias=bias)


def _to_phase(click: dict) -> None:
    if click.get("x") is None or click.get("y") is None:
        return
    low, high = 0.05, 4.0
    now = controls.shown_settings()
    controls.show(
        now.replace(
            scheme="equal_variance",
            scheme_settings={
                "gain": round(float(np.clip(click["x"], low, high)), 2),
                "bias_std": round(float(np.clip(click["y"], 0.0, 2.0)), 2),
                "bias": float(now.scheme_values.get("bias", 0.0)),
            },
            match_gain=False,
        )
    )


def phase_figure(seen: Observation) -> Figure:
    """The plane of the activation with this network in it."""
    settings = seen.settings
    phases = compute(
        phase_of, settings.activation, settings.activation_settings, phase.bias_of(seen)
    )
    return compute(figures.phase, phases, seen)


def phase_own(seen: Observation) -> dict[str, Maker]:
    """The program that prints the map."""
    return {"phase-map.py": partial(phase_program, seen.settings, phase.bias_of(seen))}


def phase_map(seen: Observation) -> None:
    """The plane of the activation, and what it says about this network."""
    figure = phase_figure(seen)
    left, right = st.columns([3, 2])
    with left:
        live_chart(figure, key="init-phase", on_select=_to_phase)
    with right:
        st.markdown(compute(phase.about, seen))
        st.markdown(
            "**Ordered** (χ₁ < 1): gradients vanish with depth. **Chaotic** (χ₁ > 1): gradients "
            "explode, and where the variance settles, near twins are torn apart. On the white "
            "**critical** line, χ₁ = 1, a signal reaches any depth. Click anywhere to draw the "
            "weights there."
        )
        st.caption("Poole et al. 2016; Schoenholz et al. 2017.")
    export_buttons(figure, key="init-phase-map", extra=phase_own(seen))
