"""The initialization laboratory: one sentence, the histograms, the depth view, and more below."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Settings, View, view
from initopt_core.initialization.findings import Finding, finding
from initopt_core.initialization.presets import PRESETS
from initopt_core.ui import address
from initopt_core.ui.components.live_chart import compile_figure, live_chart
from initopt_core.ui.layout import enter, let_it_be_drawn
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.state import notice_bad_links
from initopt_core.wording import number

from . import controls, panels

ICONS = {
    "good": ":material/check_circle:",
    "shallow": ":material/info:",
    "drifting": ":material/info:",
}
SLOW = 20_000_000
"""Networks with more weights than this take over half a second: say so while it lasts."""


def histograms(seen: View, display: Display) -> Figure:
    """The large figure, in the worker thread: shared by all who ask for the same."""
    deep = len(seen.names) > figures.GRID_LAYERS
    figure = (figures.strips if deep else figures.grid)(seen, display)
    figure.message  # noqa: B018  made here, once, instead of in each session
    return figure


def conclusion(seen: View, pinned: tuple[View, ...]) -> tuple[Finding, Figure]:
    """Sentence and depth view, likewise: they need the theory, which the histograms do not."""
    figure = figures.depth(seen, pinned)
    figure.message  # noqa: B018
    return finding(seen), figure


def prepare() -> None:
    """Compute and compile what the untouched page shows, for the first visitor."""
    seen = compute(view, Settings.make(), get_dataset(), False)
    compile_figure(compute(histograms, seen, Display()))
    compile_figure(compute(conclusion, seen, ())[1])


def show() -> None:
    """The whole page: places from top to bottom, then what is waited for first, the picture."""
    enter()
    held = controls.read()
    head = st.container(horizontal=True, vertical_alignment="center", gap="small", key="init-head")
    title, menu, live, back = (head.container(width=w) for w in ("stretch", *["content"] * 3))
    notes = st.container()
    sidebar = controls.lay_out(held)
    picture([held], sidebar, live)
    title.title("Initialization", anchor=False)
    _experiments(menu)
    back.button("Reset", icon=":material/restart_alt:", on_click=controls.reset)
    notice_bad_links(notes)
    controls.draw_page_controls(held, sidebar)


@st.fragment(key=controls.PICTURE)
def picture(fresh: list[controls.Held], sidebar: controls.Sidebar, live: Any) -> None:
    """Sentence, figures and what lies below, and the sliders: these rerun it alone.

    Args:
        fresh: what the page has just read; empty when the fragment runs by itself.
        sidebar: where sliders are drawn.
        live: where the buttons are drawn that depend on the settings.
    """
    held = fresh.pop() if fresh else controls.read()
    settings, display, dataset = held.settings, held.display, get_dataset()
    say = st.container(key="init-say")  # keeps its height, so that the figures stay in place
    look = functools.partial(compute, view, settings, dataset, display.outputs)
    weights = sum(a * b for a, b in itertools.pairwise(settings.sizes))
    with st.container():
        if weights > SLOW and not is_ready(view, settings, dataset, display.outputs):
            with st.spinner(f"{number(weights / 1e6)} million weights: drawing and measuring"):
                seen = look()
        else:
            seen = look()
        main = compute(histograms, seen, display)
        if len(seen.names) > figures.GRID_LAYERS:
            live_chart(main, key="init-strips", on_select=panels.choose_layer)
            panels.chosen_layer(seen, display)
        else:
            live_chart(main, key="init-grid")
        pinned = tuple(compute(view, pin, dataset) for pin in panels.pins())
        found, depth = compute(conclusion, seen, pinned)
        live_chart(depth, key="init-depth")
    let_it_be_drawn()
    with say:
        _say(found)
    controls.draw_sliders(held, sidebar)
    with live:
        _buttons(settings)
    panels.below(seen, display, pinned, main, depth)
    address.title("Initialization", settings.title)
    held.reading.write_links("initialization")


def _experiments(place: Any) -> None:
    menu = place.popover(
        "Experiments", icon=":material/science:", key="init-experiments", on_change="rerun"
    )
    if not menu.open:  # closed it costs one element a change, not nine
        return
    menu.caption("The tutorial's experiments, with the numbers it printed.")
    for preset in PRESETS.values():
        menu.button(
            preset.label,
            key=f"preset-{preset.name}",
            help=preset.lesson,
            on_click=controls.show,
            args=(preset.settings,),
            width="stretch",
        )


def _buttons(settings: Settings) -> None:
    """Pin and undo: what one wants at hand."""
    row = st.container(horizontal=True, gap="small")
    row.button(
        "Pin",
        icon=":material/push_pin:",
        help="Keep this setting to compare the next ones with (up to three).",
        on_click=panels.pin,
        args=(settings,),
        disabled=len(panels.pins()) >= panels.MAX_PINS or settings in panels.pins(),
    )
    row.button(
        "Undo",
        icon=":material/undo:",
        help="Back to the setting before the last change.",
        on_click=controls.undo,
        disabled=not controls.HISTORY.possible(),
    )


def _say(found: Finding) -> None:
    """The sentence, and the button that mends what it says."""
    row, side = st.columns([9, 1.2], vertical_alignment="center")
    icon = ICONS.get(found.kind, ":material/warning:")
    row.markdown(f"{icon} {found.text} {found.remedy}")
    if found.fix is not None:
        side.button(
            "Try it",
            icon=":material/build:",
            key="init-fix",
            on_click=controls.show,
            args=(found.fix,),
        )
