"""Starting a race, and steering the one on the page."""

from __future__ import annotations

from typing import Any

import streamlit as st

from initopt_core.registry import Parameter, SettingError
from initopt_core.training import TrainConfig
from initopt_core.training.runs import ACTIVE, RunInfo
from initopt_core.ui.training_service import service, show_run


def start_button(config: TrainConfig | None, problem: str, place: Any) -> None:
    """Start, or show what is already trained."""
    known = service()
    if config is None:
        place.button(
            "Start the race",
            icon=":material/flag:",
            type="primary",
            disabled=True,
            width="stretch",
            key="start",
        )
        place.error(problem)
        return
    done = known.store.finished_like(config)
    busy = known.active()
    if busy and busy.fingerprint == config.fingerprint():
        place.button(
            "Show the running race",
            icon=":material/visibility:",
            type="primary",
            width="stretch",
            key="start",
            on_click=show_run,
            args=(busy.id,),
        )
        return

    def start(again: bool) -> None:
        show_run(known.submit(config, again=again))

    if done:
        place.button(
            "Show the finished race",
            icon=":material/history:",
            type="primary",
            width="stretch",
            key="start",
            on_click=start,
            args=(False,),
        )
        place.button(
            "Train it anew",
            icon=":material/replay:",
            width="stretch",
            key="again",
            on_click=start,
            args=(True,),
        )
        place.caption("This setting is already trained; the old run is kept either way.")
        return
    place.button(
        "Start the race",
        icon=":material/flag:",
        type="primary",
        width="stretch",
        key="start",
        on_click=start,
        args=(False,),
    )
    if busy:
        place.caption(f"It will wait for “{busy.name}”, which is training now.")


def steering(run: RunInfo) -> None:
    """The buttons that a run in this state has."""
    known = service()
    with st.container(horizontal=True, horizontal_alignment="right"):
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
            with st.popover("Learning rates", icon=":material/tune:"):
                _rate_controls(run)
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


def _rate_controls(run: RunInfo) -> None:
    st.caption("A new base rate holds from the next step on; the plot marks it.")
    labels = run.config.labels()
    number = st.selectbox(
        "Optimizer", range(len(labels)), format_func=lambda i: labels[i], key="rate_racer"
    )
    rate = Parameter("lr", "New learning rate", run.config.racers[number].lr, 0.0, 1e4)
    text = st.text_input(rate.label, value=f"{rate.default:g}", key=f"rate_{number}")
    if st.button("Change it", key="rate_go"):
        try:
            service().set_rate(run.id, number, rate.check(text))
        except SettingError as problem:
            st.error(str(problem))
