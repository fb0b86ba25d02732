"""What lies under the first screen of the initialization laboratory; only the open part runs."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Observation
from initopt_core.initialization.code import program
from initopt_core.initialization.explain import explain
from initopt_core.initializers import INITIALIZERS
from initopt_core.ui import offers
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.controls import boxed, segmented
from initopt_core.ui.export_menu import also, export_buttons
from initopt_core.ui.page import BELOW, PICTURE, Laboratory
from initopt_core.ui.server.compute import compute
from initopt_core.ui.state import values

from . import controls
from .draws import seeds, seeds_figure, seeds_own, tutorial
from .numbers import numbers
from .pins import compare, programs, telling
from .plane import phase_figure, phase_map, phase_own
from .taken import MENUS, turning

# --- one layer of a deep network -----------------------------------------------------------------


def choose_layer(click: dict) -> None:
    """Callback of the strips: open the layer that was clicked."""
    if click.get("x") is not None:
        values[controls.STRIP.name] = max(0, round(click["x"] / 2))


def chosen_layer(seen: Observation, held: controls.Held) -> None:
    """The histograms of the chosen layer."""
    live_chart(layer_figure(seen, held), key="init-layer")


def layer_figure(seen: Observation, held: controls.Held) -> Figure:
    """The same as a figure."""
    index = min(held.strip, len(seen.names) - 1)
    return compute(figures.one_layer, seen, index, held.display)


# --- the histograms -------------------------------------------------------------------------------

_GROUP = re.compile(r"concat_(\d+)_group")


def enlarge(lab: Laboratory, seen: Observation, display: figures.Display, click: dict) -> None:
    """Callback of the histograms: the one that was clicked takes the place of all."""
    found = _GROUP.fullmatch(click.get("view") or "")
    place = figures.place(seen, display, int(found[1])) if found else None
    if place is not None:
        values[controls.ENLARGED.name] = f"{place[0]} {2 * place[1]}"
        lab.answer(PICTURE, controls.BESIDE)


def shrink(lab: Laboratory, click: dict | None = None) -> None:
    """Callback of the enlarged one: all of them again."""
    values[controls.ENLARGED.name] = ""
    lab.answer(PICTURE, controls.BESIDE)


def enlarged(seen: Observation, held: controls.Held) -> Figure | None:
    """The histogram that was clicked; None where this network has no such one."""
    row, _, layer = held.enlarged.partition(" ")
    index = int(layer or 0) // 2
    if row not in held.display.rows or index >= len(getattr(seen.probe, row)):
        return None
    return compute(figures.enlarged, seen, row, index, held.display)


AXES = "Across: value. Up: values in a bin."
OWN_AXES = "Own axes: a vanishing layer looks like a healthy one."
SAME_AXIS = "One axis for a row: what vanishes is a needle, what explodes is wide."


def beside(lab: Laboratory, held: controls.Held, deep: bool, large: bool) -> None:
    """What is in the line over the histograms: one axis or many, and what is drawn."""
    if large:
        st.button("All histograms", icon=":material/grid_view:", on_click=shrink, args=(lab,))
    lab.draw(controls.BESIDE)
    st.html(axes_told(held.display, deep, large), width="stretch")


def axes_told(display: Display, deep: bool = False, large: bool = False) -> str:
    """Markup that says what lies across and up, and what the curve is."""
    if deep:
        said = "Across: layers. Up: values, logarithmic beyond the ticks around 0. Dark: dense."
    else:
        said = SAME_AXIS if display.shared else OWN_AXES
        said = said if large else f"{AXES} {said}"  # the large one has them written beside it
    curve = " <i class='curve'></i> density (Gaussian kernel)" if display.curve else ""
    return f"<div class='init-key'>{said}{'' if deep else curve}</div>"


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

    with st.container(key="init-parts", horizontal=True, vertical_alignment="center"):
        segmented(controls.PART, on_change=opened, width="stretch")
        offers.begin("init-")
        mine, every = programs(seen), programs(seen, pinned)
        first = pinned[0] if pinned else None
        export_buttons(main, key=MENUS[0], clips=turning(first, seen), extra=mine)
        with telling(seen, pinned):
            export_buttons(depth, key=MENUS[1], label="Export depth", extra=every)
        there = functools.partial(offers.inside, controls.PART)
        plane, band = functools.partial(phase_figure, seen), functools.partial(seeds_figure, seen)
        also("init-phase-map", plane, extra=phase_own(seen), place=there("Phase map"))
        also("init-seeds", band, extra=seeds_own(seen), place=there("Seeds"))
        if pinned:
            shown = (*pinned, seen)
            compared = functools.partial(compute, figures.compare, shown, held.display)
            with telling(seen, pinned):
                also("init-compare", compared, extra=every, place=there("Compare"))
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
        with st.container(key="init-part"):
            draw()


def follows() -> tuple[str, ...]:
    """What answers every change: what lies below, while something is open in it."""
    menus = (f"{key}-export" for key in MENUS)
    opened = values.get(controls.PART.name) or any(map(st.session_state.get, menus))
    return (BELOW,) if opened else ()


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
