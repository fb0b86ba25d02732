"""The learning rates of a race that runs: a box for each racer, holding from the next step on."""

from __future__ import annotations

import streamlit as st

from initopt_core.registry import Parameter, SettingError
from initopt_core.training.history import History
from initopt_core.training.runs.store import RunInfo
from initopt_core.ui.server.training import service
from initopt_core.wording import number

_PROBLEM = "_rate_problem"


def live_rates(run: RunInfo, history: History) -> None:
    """The rates of all racers, to be changed while they train; the plot marks whose changed. Who
    has stopped keeps its box, so that the others stay where they are, but no step would read it.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key="training-rates"):
        for racer, label in enumerate(run.config.labels()):
            key = f"rate_{run.id}_{racer}"
            st.session_state.setdefault(key, number(_now(run, history, racer), 6))
            stopped = has_stopped(history, racer)
            st.text_input(
                f"{label}: {'stopped' if stopped else 'η now'}",
                key=key,
                disabled=stopped,
                width=170,
                on_change=_change,
                args=(run, racer, label, key),
            )
        st.caption(
            "Changes hold from the next step on; under a schedule it is the base rate.",
            width="stretch",
        )
    if problem := st.session_state.pop(_PROBLEM, None):
        st.error(problem, icon=":material/error:")


def has_stopped(history: History, racer: int) -> bool:
    """Whether all trials of a racer have diverged."""
    trials = [c for c in history.curves.values() if c.racer == racer]
    return bool(trials) and all(c.divergence for c in trials)


def _now(run: RunInfo, history: History, racer: int) -> float:
    """The racer's base rate after all changes so far."""
    changed = [e["lr"] for e in history.rate_changes if e["racer"] == racer]
    found = [c.lr for c in history.curves.values() if c.racer == racer and c.lr]
    return changed[-1] if changed else found[0] if found else run.config.racers[racer].lr


def _change(run: RunInfo, racer: int, label: str, key: str) -> None:
    """Callback: the box was changed; where it is gone meanwhile, nothing was."""
    if key not in st.session_state:
        return
    wanted = Parameter("lr", f"{label}: learning rate", 0.1, 0.0, 1e4)
    try:
        rate, known = wanted.check(st.session_state[key]), service()
        holds = known.wished_rate(run.id, racer)
        holds = _now(run, known.history(run.id), racer) if holds is None else holds
        if number(rate, 6) != number(holds, 6):  # a box that is drawn anew may say what holds
            known.set_rate(run.id, racer, rate)
    except SettingError as problem:
        st.session_state[_PROBLEM] = str(problem)
        del st.session_state[key]
