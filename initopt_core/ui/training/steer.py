"""Starting a race, and steering the one on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from initopt_core.training import TrainConfig
from initopt_core.training.runs.desk import Desk
from initopt_core.training.runs.store import ACTIVE, RunInfo
from initopt_core.ui.server.training import service, try_to, turn_to
from initopt_core.wording import as_text

from . import about


def start_button(config: TrainConfig | None, problem: str) -> None:
    """Start, or show what is already trained or training."""
    known = service()
    known.expect()
    if config is None:
        _main_button(about.START, "flag", disabled=True)
        st.error(as_text(problem))
        return

    def start(again: bool = False) -> None:
        turn_to(try_to(lambda: known.submit(config, again=again)))

    too_much = known.asks_too_much(config)
    busy, offer = known.active(), about.offer(config)
    if busy and offer == about.SHOW_RUNNING:
        _main_button(offer, "visibility", partial(turn_to, busy.id))
        st.caption(":material/timelapse: This setting is training now, also while you are away.")
    elif offer == about.SHOW_FINISHED:
        with st.container(horizontal=True, gap="small", key="start-row"):
            _main_button(offer, "history", start)
            st.button(
                "Train it anew",
                icon=":material/replay:",
                help="Train it anew; the old run is kept.",
                key="again",
                on_click=start,
                args=(True,),
                disabled=bool(too_much),
            )
        st.caption("This setting is already trained; the old run is kept either way.")
    else:
        _main_button(about.START, "flag", start, disabled=bool(too_much))
        if too_much:
            st.info(too_much, icon=":material/speed:")
        else:
            st.caption(f":material/timer: {as_text(about.estimate(config))}")
        if reckoning := known.reckoning(config):
            st.caption(f":material/functions: {reckoning}")
        if known.problem:
            st.caption(f":material/cloud_off: {as_text(known.problem)}")
        elif known.cut_off():
            st.caption(f":material/cloud_off: {CUT_OFF}")
        elif busy:
            st.caption(_waits(busy, known.waiting()))


CUT_OFF = (
    "The store of all runs does not answer: other servers' runs are shown as they were. "
    "What is trained here is kept, and goes there as soon as it answers."
)


def _waits(busy: RunInfo, waiting: int) -> str:
    """What a race that is started now has to wait for."""
    doing = "is paused" if busy.state == "paused" else "is training now"
    text = f"It will wait for “{as_text(busy.name)}”, which {doing}"
    if waiting:
        text += f"; {waiting} more {'waits' if waiting == 1 else 'wait'}, and turns go round"
    return f"{text}."


def _main_button(
    label: str,
    icon: str,
    act: Callable[[], None] | None = None,
    *,
    disabled: bool = False,
) -> None:
    """The one button at the top of the sidebar, whatever it does at present."""
    st.button(
        label,
        icon=f":material/{icon}:",
        type="primary",
        disabled=disabled,
        width="stretch",
        key="start",
        on_click=act,
    )


def steering(run: RunInfo) -> None:
    """The buttons that a run in this state has, for who may press them."""
    known = service()

    def wish(act: Callable[[Desk, str], None]) -> Callable[[], None]:
        return lambda: try_to(lambda: act(service(), run.id))

    if not known.may_change(run):
        if run.state in ACTIVE:
            st.caption(
                ":material/visibility: Started in another browser: here it can be watched.",
                width="content",
            )
        return
    with st.container(horizontal=True, horizontal_alignment="right", key="training-steer"):
        if run.state in ("running", "paused"):
            if run.state == "running":
                st.button(
                    "Pause",
                    icon=":material/pause:",
                    key="pause",
                    on_click=wish(Desk.pause),
                )
            else:
                st.button(
                    "Go on",
                    icon=":material/play_arrow:",
                    key="go_on",
                    on_click=wish(Desk.go_on),
                )
        if run.state in ACTIVE:
            st.button("Stop", icon=":material/stop:", key="stop", on_click=wish(Desk.stop))
        elif known.store.can_resume(run.id):
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                key="resume",
                on_click=wish(Desk.resume),
                help="Goes on from the last finished epoch, with the same curve as if it had "
                "never stopped.",
            )
