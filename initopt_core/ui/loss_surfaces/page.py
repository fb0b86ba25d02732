"""The loss-surface page: a picture of three kinds, its controls, and what lies below."""

from __future__ import annotations

import functools
from typing import Any

import streamlit as st

from initopt_core.loss_surfaces.presets import RACES
from initopt_core.ui import address
from initopt_core.ui.controls import boxed
from initopt_core.ui.layout import enter, let_it_be_drawn
from initopt_core.ui.state import kept, notice_bad_links, write_link

from . import basins, controls, flatness, lab, panels
from . import plan as plans

STYLE = """<style>
.st-key-surface-head { margin-top: .55rem; }
.st-key-surface-head h1 { padding: 0; }
.st-key-surface-say { gap: .1rem; min-height: 3rem; }
.surface-problem { min-height: 4.3rem; margin-top: .3rem; font-size: .92rem;
  overflow-wrap: anywhere; }
.surface-problem[role=alert] { border-left: 3px solid #c8374a; padding-left: .7rem; }
.surface-problem pre { margin: .2rem 0 0; padding: 0; line-height: 1.25; font-size: .88rem;
  background: none; color: inherit; overflow-x: auto; }
.surface-story { font-size: .88rem; opacity: .8; margin: 0; }
@media (max-width: 640px) {
  /* Room for the longest: the picture must not move under the finger that drags its start. */
  .st-key-surface-say .initopt-sentence { height: 5.9rem; overflow-y: auto; }
  .st-key-surface-say .surface-story { height: 4rem; overflow-y: auto; line-height: 1.45; }
}
</style>"""


def show() -> None:
    """The whole page: places from top to bottom, then what is waited for first, the picture."""
    enter()
    top = st.container(horizontal=True, vertical_alignment="center", key="surface-head")
    top.title("Loss surfaces", anchor=False, width="stretch")
    view, menu, undo, back = (top.container(width="content") for _ in range(4))
    notes = st.container()
    flat = kept(plans.VIEW, plans.VIEW.name) == plans.VIEWS[2]
    if flat:
        st.session_state[controls.BELOW_OPEN] = False  # nothing is drawn there
    held = None if flat else plans.read()
    places = None if flat else controls.places(held)
    body, foot = st.container(), st.container()

    def around() -> None:
        with view:
            _view()
        _experiments(menu)
        back.button("Reset", icon=":material/restart_alt:", on_click=_reset)
        notice_bad_links(notes)
        if not flat:
            controls.sidebar(held, places)
            with foot:
                panels.below()
        st.html(STYLE)

    # Maps that are still to be computed appear one after another, below what is there already.
    slow = st.session_state["view"] == plans.VIEWS[1] and not basins.ready(held.plan)
    if slow:
        around()
    with body:
        picture([held], flatness.sidebar() if flat else places.slots, undo)
    if not slow:
        around()


@st.fragment(key=controls.PICTURE)
def picture(fresh: list[plans.Held | None], slots: dict[str, Any], undo: Any) -> None:
    """What answers the controls, and most of these: they rerun it alone.

    Args:
        fresh: what the page has just read; empty when the fragment runs by itself.
        slots: where its controls are drawn.
        undo: where the button is drawn that takes back what they did.
    """
    held = fresh.pop() if fresh else None
    view = st.session_state[plans.VIEW.name]
    if view == plans.VIEWS[2]:
        address.title("Loss surfaces", view)
        flatness.show(lab.saying(), slots)
        return
    held = held or plans.read()
    if view == plans.VIEWS[1]:
        basins.show(held, lab.saying())
    else:
        lab.laboratory([held])
    let_it_be_drawn()
    controls.draw_quick(held, slots)
    plans.HISTORY.remember(held.reading.values)
    undo.button(
        "Undo",
        icon=":material/undo:",
        key="_surface_undo",
        help="Back to the settings before the last change.",
        on_click=plans.undo,
        disabled=not plans.HISTORY.possible(),
    )
    address.title("Loss surfaces", held.plan.title, view if view != plans.VIEW.default else "")
    held.reading.write_links("loss_surfaces")


def _view() -> None:
    """Which of the page's three parts; survives a change of pages and is part of the link."""
    key = plans.VIEW.name
    draw = functools.partial(
        st.segmented_control,
        plans.VIEW.label,
        plans.VIEWS,
        required=True,
        label_visibility="collapsed",
    )
    boxed(draw, key, st.session_state[key])
    write_link(key, st.session_state[key], plans.VIEW.default)


def _experiments(place: Any) -> None:
    menu = place.popover(
        "Experiments", icon=":material/science:", key="surface-experiments", on_change="rerun"
    )
    if not menu.open:
        return
    menu.caption("A surface, optimizers and rates, set in one go.")
    for race in RACES.values():
        menu.button(
            race.label,
            key=f"race-{race.name}",
            help=race.story,
            on_click=_start,
            args=(race.name,),
            width="stretch",
        )


def _start(name: str) -> None:
    plans.apply_race(RACES[name])
    st.session_state["view"] = plans.VIEWS[0]


def _reset() -> None:
    plans.reset()
    plans.forget(r"flat_\w+")
