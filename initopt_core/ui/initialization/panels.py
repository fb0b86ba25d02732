"""What lies under the first screen of the initialization laboratory; only the open part runs."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.initialization import Observation
from initopt_core.initialization.code import program
from initopt_core.initialization.explain import explain
from initopt_core.initializers import INITIALIZERS
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.controls import boxed, segmented
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.page import BELOW, Laboratory
from initopt_core.ui.server.compute import compute
from initopt_core.ui.state import values

from . import controls
from .draws import seeds, tutorial
from .numbers import numbers
from .pins import compare
from .plane import phase_map

# --- one layer of a deep network -----------------------------------------------------------------


def choose_layer(click: dict) -> None:
    """Callback of the strips: open the layer that was clicked."""
    if click.get("x") is not None:
        values[controls.STRIP.name] = max(0, round(click["x"] / 2))


def chosen_layer(seen: Observation, held: controls.Held) -> None:
    """The histograms of the chosen layer."""
    index = min(held.strip, len(seen.names) - 1)
    live_chart(compute(figures.one_layer, seen, index, held.display), key="init-layer")


# --- the parts below ---------------------------------------------------------------------------


def below(
    lab: Laboratory,
    held: controls.Held,
    seen: Observation,
    pinned: tuple[Observation, ...],
    main: Figure,
    depth: Figure,
) -> None:
    """A row of parts; the chosen one is computed and drawn, the others cost nothing."""

    def opened() -> None:
        lab.answer(BELOW)

    with st.container(horizontal=True, vertical_alignment="center"):
        segmented(controls.PART, on_change=opened, width="stretch")
        export_buttons(main, key="init-main")
    draw = {
        "Numbers": lambda: numbers(seen, held, opened),
        "Phase map": lambda: phase_map(seen),
        "Compare": lambda: compare(seen, held.display, pinned),
        "Seeds": lambda: seeds(seen, depth),
        "Tutorial": lambda: tutorial(seen),
        "Explain": lambda: _explain(seen, held, opened),
        "Code": lambda: code(seen),
    }.get(held.part)
    if draw is not None:
        draw()


def follows() -> tuple[str, ...]:
    """What answers every change: what lies below, while something is open in it."""
    shut = not values.get(controls.PART.name) and not st.session_state.get("init-main-export")
    return () if shut else (BELOW,)


def _explain(seen: Observation, held: controls.Held, changed: Callable[[], None]) -> None:
    """The derivation, with this view's numbers."""
    index = min(held.explained, len(seen.names) - 1)
    if len(seen.names) > 1:
        boxed(
            functools.partial(
                st.select_slider,
                controls.EXPLAINED.label,
                range(len(seen.names)),
                format_func=lambda i: seen.names[i],
            ),
            controls.EXPLAINED.name,
            index,
            changed,
        )
    entry = INITIALIZERS[seen.settings.scheme]
    left, right = st.columns(2, gap="large")
    sections = explain(seen, index)
    for i, section in enumerate(sections):
        with left if i < 3 else right:
            st.markdown(f"**{i + 1}. {section.title}**\n\n{section.text}")

    with right:
        st.markdown(f"**{entry.label}.** {entry.help}")
        st.latex(entry.formula)
        st.caption(entry.source)


def code(seen: Observation) -> None:
    """The program that makes this view by itself."""
    source = program(seen.settings)
    st.download_button(
        "Download program",
        source,
        file_name="initialization.py",
        mime="text/x-python",
        icon=":material/download:",
        on_click="ignore",
    )
    st.code(source, language="python", height=420)
