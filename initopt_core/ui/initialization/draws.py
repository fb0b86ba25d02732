"""Many draws of one setting: how much is chance, and how far the tutorial's numbers are."""

from __future__ import annotations

import time
from functools import partial

import numpy as np
import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.initialization import Observation, Settings
from initopt_core.initialization.code import seeds_program
from initopt_core.initialization.observation import SeedBand, one_seed
from initopt_core.initialization.presets import PRESETS
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.export_menu import Maker, export_buttons
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.tables import html_table
from initopt_core.wording import duration, number

SEEDS = 20


TUTORIAL_SEEDS = 100
"""Draws from which the Tutorial part takes how much two of them usually differ."""


def _draws(settings: Settings, first: int, count: int, *, told: bool = True) -> SeedBand:
    """The variances of `count` draws of one setting; a bar shows how far they are, where that can
    be told."""
    dataset, band = get_dataset(), None
    wanted = [settings.replace(seed=first + i) for i in range(count)]
    missing = sum(not is_ready(one_seed, s, dataset) for s in wanted)
    bar = st.progress(0.0, "Drawing the weights again") if told and missing > 2 else None
    start = time.perf_counter()
    for i, one in enumerate(wanted):
        part = compute(one_seed, one, dataset)
        band = part if band is None else band.add(part)
        if bar is not None:
            left = (time.perf_counter() - start) / (i + 1) * (count - i - 1)
            bar.progress((i + 1) / count, f"{i + 1} of {count} seeds, {duration(left)} left")
    if bar is not None:
        bar.empty()
    assert band is not None  # of one draw or more
    return band


def seeds_figure(seen: Observation) -> Figure:
    """The depth view with the band of 20 seeds, for a file."""
    band = _draws(seen.settings, seen.settings.seed, SEEDS, told=False)
    return compute(figures.depth, seen, (), band)


def seeds_own(seen: Observation) -> dict[str, Maker]:
    """The program that prints the same seeds' variances."""
    return {"initialization-seeds.py": partial(seeds_program, seen.settings, SEEDS)}


def seeds(seen: Observation, depth: Figure) -> None:
    """The same setting under 20 seeds: how much of the picture is chance."""
    first = seen.settings.seed
    band = _draws(seen.settings, first, SEEDS)
    figure = compute(figures.depth, seen, (), band)
    live_chart(figure, key="init-seeds")
    st.caption(
        f"Pale: 95 % of seeds {first} to {first + SEEDS - 1}. Solid: seed {first}. Dashed: theory."
    )
    rows = []
    for i, name in enumerate(seen.names):
        row = [name]
        for drawn in (band.activations, band.gradients):
            column = drawn[:, i]
            row += [number(v) for v in (column.min(), np.median(column), column.max())]
        rows.append(row)
    head = ["Layer", "Activations: min", "median", "max", "Gradients: min", "median", "max"]
    st.html(html_table(head, rows))
    export_buttons(figure, key="init-seeds", extra=seeds_own(seen))


def tutorial(seen: Observation) -> None:
    """The printed numbers of the experiment that is on the screen, beside ours."""
    preset = next(
        (
            p
            for p in PRESETS.values()
            if p.settings.replace(seed=seen.settings.seed) == seen.settings
        ),
        None,
    )
    if preset is None:
        st.info(
            "The setting on the screen is none of the tutorial's experiments. Choose one under "
            "**Experiments** above to see its printed numbers beside ours.",
            icon=":material/science:",
        )
        return
    st.markdown(f"**{preset.label}.** {preset.lesson}")
    # The same hundred draws whatever seed is on the screen, so that all visitors share them.
    band = None if preset.exact else _draws(preset.settings, 0, TUTORIAL_SEEDS)
    rows = []
    for i, name in enumerate(seen.names):
        row = [name]
        for printed, stats, kind in (
            (preset.activations, seen.probe.activations, "activations"),
            (preset.gradients, seen.probe.gradients, "gradients"),
        ):
            if not printed:
                continue
            ours = stats[i].variance
            digits = 6 if preset.exact else 3
            row += [number(printed[i], digits), number(ours, digits)]
            if band is not None:
                row.append(f"{number(band.apart(kind, ours, printed[i], i), 2)} σ")
            else:
                row.append(number(abs(ours / printed[i] - 1), 1))
        rows.append(row)
    head = ["Layer"]
    for printed, label in ((preset.activations, "Activations"), (preset.gradients, "Gradients")):
        if printed:
            head += [f"{label}: printed", "ours", "apart"]
    st.html(html_table(head, rows))
    st.caption(
        "Nothing is drawn here, so the numbers agree to five digits and more."
        if preset.exact
        else "The tutorial's draw was made on a graphics card and cannot be repeated; "
        "“apart” counts the standard deviations by which the logarithms of two draws differ, "
        f"taken from {TUTORIAL_SEEDS} seeds."
    )
