"""Watching a run: its state, its curves and numbers, drawn in place while it trains."""

from __future__ import annotations

import contextlib
import threading
import time
from functools import lru_cache

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from initopt_core.figures import training as figures
from initopt_core.figures.base import Figure
from initopt_core.registry import SettingError
from initopt_core.training.history import History
from initopt_core.training.runs import ACTIVE, RunInfo
from initopt_core.ui import training_results, training_words
from initopt_core.ui.export_buttons import export_buttons
from initopt_core.ui.live_chart import live_chart
from initopt_core.ui.training_service import service
from initopt_core.ui.training_steer import steering

VIEWS = ("Layers", "Distributions", "Results", "Rate search", "Code")
Runs = tuple[tuple[str, str, int], ...]  # id, name and version of each run that is drawn
_watching: dict[str, float] = {}
_lock = threading.Lock()


@lru_cache(maxsize=128)
def _figure(
    kind: str, runs: Runs, axis: str, log: bool, smoothing: float, legend: bool = False
) -> Figure:
    """A figure of some runs at their versions: made once, shown to all who watch.

    On the page one legend serves both curves; an exported figure has its own.
    """
    found = _lines(runs)
    if kind == "loss":
        return figures.loss_figure(found, axis, log=log, smoothing=smoothing, legend=legend)
    if kind == "accuracy":
        return figures.accuracy_figure(found, axis, legend=legend)
    return figures.layers_figure(found, axis, kind)


def _lines(runs: Runs) -> list[figures.Line]:
    return figures.lines([(name, service().history(run_id)) for run_id, name, _ in runs])


@lru_cache(maxsize=64)
def _words(part: str, shown: tuple[RunInfo, ...], runs: Runs, ahead: int = 0) -> str:
    """A part of the page in words, made once for all who watch."""
    histories = [service().history(run.id) for run in shown]
    if part == "state":
        return training_words.STYLE + training_words.state(shown[0], histories[0], ahead)
    if part == "legend":
        return training_words.legend(_lines(runs))
    return training_words.table(list(zip(shown, histories, strict=True)))


def interval() -> float:
    """Seconds between two updates: half a second for a few, two where a lecture hall watches."""
    now = time.monotonic()
    with _lock:
        context = get_script_run_ctx()
        if context:
            _watching[context.session_id] = now
        for session in [s for s, seen in _watching.items() if now - seen > 10]:
            del _watching[session]
        count = len(_watching)
    return 0.5 if count <= 8 else 1.0 if count <= 40 else 2.0


def watch(run: RunInfo, others: tuple[RunInfo, ...] = ()) -> None:
    """The run and those it is compared with; refreshes itself while it is active."""
    live = run.state in ACTIVE
    every = interval() if live else None
    st.session_state["_training_shown"] = (run.id, run.state, every)
    with st.container(horizontal=True, vertical_alignment="center"):
        view = _view_options()
        steering(run)
    others_ids = tuple(r.id for r in others)
    st.fragment(_live, run_every=every)(run.id, others_ids, view)
    st.fragment(_more, run_every=3 * every if every else None)(run.id, others_ids, view)


def _view_options() -> tuple[str, bool, float]:
    axis = st.segmented_control(
        "Across",
        list(figures.AXES),
        default="epochs",
        key="training_axis",
        label_visibility="collapsed",
        width="content",
    )
    log = st.toggle("log loss", value=True, key="training_log")
    smoothing = st.toggle("smoothed", value=True, key="training_smooth")
    return axis or "epochs", log, 0.6 if smoothing else 0.0


def _readable(run_id: str, others: tuple[str, ...]) -> tuple[RunInfo, ...]:
    """The run, and those to compare it with, as far as they are still there."""
    found = []
    for one in (run_id, *others):
        with contextlib.suppress(SettingError):
            found.append(service().info(one))
    return tuple(found)


def _versions(shown: tuple[RunInfo, ...]) -> Runs:
    return tuple((r.id, r.name, service().history(r.id).version) for r in shown)


def _live(run_id: str, others: tuple[str, ...], view: tuple[str, bool, float]) -> None:
    """What is new several times a second. Few elements: each costs every watcher."""
    known = service()
    shown = _readable(run_id, others)
    if not shown or shown[0].id != run_id:
        st.info("This training run is not here any more.")
        return
    run, history = shown[0], known.history(run_id)
    if (run.id, run.state) != st.session_state["_training_shown"][:2]:
        st.rerun()  # the buttons, the timer and the list of runs follow the run's state
    if run.state in ACTIVE and interval() != st.session_state["_training_shown"][2]:
        st.rerun()
    runs = _versions(shown)
    ahead = known.position(run_id) if run.state == "queued" else 0
    st.html(_words("state", shown[:1], runs[:1], ahead))
    # Each part has its own place, filled or not, so that the figures below never move in the
    # page's tree: an element that moves there is built anew, which shows as a flicker.
    legend, curves, numbers = (st.container() for _ in range(3))
    if history.phase.startswith("search:"):
        with curves:
            training_results.rates(run, history)
    elif not history.curves:
        curves.caption("The first loss comes with the first step.")
    else:
        legend.html(_words("legend", shown, runs))
        for column, kind in zip(curves.columns(2), ("loss", "accuracy"), strict=True):
            with column:
                live_chart(_figure(kind, runs, *view), key=f"training-{kind}")
        numbers.html(_words("table", shown, runs))


def _more(run_id: str, others: tuple[str, ...], view: tuple[str, bool, float]) -> None:
    """What is looked at more slowly, and the exports."""
    shown = _readable(run_id, others)
    history = service().history(run_id) if shown and shown[0].id == run_id else None
    if history is None or not history.curves or history.phase.startswith("search:"):
        return
    run, runs = shown[0], _versions(shown)
    with st.container(horizontal=True, vertical_alignment="center"):
        chosen = st.segmented_control(
            "More", VIEWS, key="training_view", label_visibility="collapsed", width="content"
        )
        for kind in ("loss", "accuracy"):
            figure = _figure(kind, runs, *view, True)
            export_buttons(figure, key=f"training-{kind}", label=f"{kind.capitalize()} figure")
    if chosen == "Layers":
        _layers(history, runs, view)
    elif chosen == "Distributions":
        training_results.distributions(history)
    elif chosen == "Results":
        training_results.results(run, history)
    elif chosen == "Rate search":
        training_results.rates(run, history)
    elif chosen == "Code":
        training_results.code(run)


def _layers(history: History, runs: Runs, view: tuple[str, bool, float]) -> None:
    if not any(c.probes for c in history.curves.values()):
        st.caption("Measured every 20 steps of a run that is trained here; there is nothing yet.")
        return
    st.caption(
        "Every 20 steps. Gradients that differ by powers of ten between layers train unevenly; "
        "an update of about a thousandth of the weights is a common rule of thumb."
    )
    for kind in ("gradient", "ratio"):
        figure = _figure(kind, runs[:1], *view)
        live_chart(figure, key=f"training-{kind}", min_width=640)
        export_buttons(figure, key=f"training-{kind}")
