"""Starting a race, and steering the one on the page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from initopt_core.training import TrainConfig
from initopt_core.training.runs.store import ACTIVE, RunInfo
from initopt_core.ui.server.training import service, show_run

from . import about


def start_button(config: TrainConfig | None, problem: str) -> None:
    """Start, or show what is already trained or training."""
    known = service()
    known.expect()
    if config is None:
        _main_button("Start the race", "flag", disabled=True)
        st.error(problem)
        return

    def start(again: bool = False) -> None:
        show_run(known.submit(config, again=again))
        st.rerun()  # all of the page follows the run

    busy = known.active()
    if busy and busy.fingerprint == config.fingerprint():
        _main_button("Show the running race", "visibility", partial(_show, busy.id))
    elif known.store.finished_like(config):
        _main_button("Show the finished race", "history", start)
        st.button(
            "Train it anew",
            icon=":material/replay:",
            width="stretch",
            key="again",
            on_click=start,
            args=(True,),
        )
        st.caption("This setting is already trained; the old run is kept either way.")
    else:
        _main_button("Start the race", "flag", start)
        st.caption(f":material/timer: {about.estimate(config)}")
        if busy:
            doing = "is paused" if busy.state == "paused" else "is training now"
            st.caption(f"It will wait for “{busy.name}”, which {doing}.")


def _show(run_id: str) -> None:
    show_run(run_id)
    st.rerun()


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
    """The buttons that a run in this state has."""
    known = service()
    with st.container(horizontal=True, horizontal_alignment="right", key="training-steer"):
        if run.state in ("running", "paused"):
            if run.state == "running":
                st.button(
                    "Pause",
                    icon=":material/pause:",
                    key="pause",
                    on_click=known.pause,
                    args=(run.id,),
                )
            else:
                st.button(
                    "Go on",
                    icon=":material/play_arrow:",
                    key="go_on",
                    on_click=known.go_on,
                    args=(run.id,),
                )
        if run.state in ACTIVE:
            st.button(
                "Stop", icon=":material/stop:", key="stop", on_click=known.stop, args=(run.id,)
            )
        elif known.store.can_resume(run.id):
            st.button(
                "Resume",
                icon=":material/play_arrow:",
                key="resume",
                on_click=known.resume,
                args=(run.id,),
                help="Goes on from the last finished epoch, with the same curve as if it had "
                "never stopped.",
            )
