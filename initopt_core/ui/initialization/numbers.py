"""Moments and extremes of every layer, as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import streamlit as st

from initopt_core.initialization import Observation
from initopt_core.ui.controls import segmented
from initopt_core.ui.tables import html_table
from initopt_core.wording import count, number, percent

from . import controls

HEADS = (
    "Layer",
    "Mean",
    "Variance",
    "Theory",
    "Min",
    "Max",
    "Saturated",
    "Dead units",
    "NaN, ∞",
)


def numbers(seen: Observation, held: controls.Held, changed: Callable[[], None]) -> None:
    """Moments and extremes of every layer."""
    shown = [q for q in controls.QUANTITIES if q != "outputs" or seen.probe.outputs]
    chosen = held.quantity if held.quantity in shown else controls.QUANTITY.default
    segmented(
        replace(controls.QUANTITY, choices=tuple(shown)),
        on_change=changed,
        format_func=controls.QUANTITIES.get,
    )
    rows = []
    prediction = seen.prediction
    predicted = {}
    if prediction is not None:
        predicted = {"activations": prediction.variance, "gradients": prediction.gradient}
    for i, s in enumerate(getattr(seen.probe, chosen)):
        theory_says = number(predicted[chosen][i]) if chosen in predicted else "–"
        rows.append(
            [
                s.title,
                number(s.mean),
                number(s.variance),
                theory_says,
                number(s.low),
                number(s.high),
                percent(s.saturated),
                percent(s.dead),
                count(s.size - s.finite),
            ]
        )
    st.html(html_table(HEADS, rows))
    st.caption(
        f"{count(seen.images)} images · loss {number(seen.probe.loss)} (ln 10 = 2.30 is chance) · "
        f"accuracy {percent(seen.probe.accuracy)}. Saturated: the slope there is below 5 % of the "
        "steepest; for ReLU that is the zeroed half. Dead: no image gets a unit off the flat part."
    )
