"""Watching a run: what is happening, its curves, and the ways to steer it."""

from __future__ import annotations

import contextlib
import html
from functools import lru_cache

import streamlit as st

from initopt_core.figures import theme
from initopt_core.figures import training as figures
from initopt_core.figures.base import Figure
from initopt_core.registry import Parameter, SettingError
from initopt_core.training import verdict
from initopt_core.training.history import History
from initopt_core.training.runs import ACTIVE, RunInfo
from initopt_core.ui import training_results
from initopt_core.ui.export_buttons import export_buttons
from initopt_core.ui.live_chart import live_chart
from initopt_core.ui.training_service import service, show_run

EVERY_S = 0.5
VIEWS = ("Table", "Layers", "Distributions", "Results", "Rate search")


@lru_cache(maxsize=128)
def _figure(
    kind: str,
    runs: tuple[tuple[str, str, int], ...],
    axis: str,
    log: bool,
    smoothing: float,
    legend: bool = False,
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


def _lines(runs: tuple[tuple[str, str, int], ...]) -> list[figures.Line]:
    return figures.lines([(name, service().history(run_id)) for run_id, name, _ in runs])


def watch(run: RunInfo, others: tuple[RunInfo, ...] = ()) -> None:
    """The run and those it is compared with; refreshes itself while it is active."""
    live = run.state in ACTIVE
    st.fragment(_watch, run_every=EVERY_S if live else None)(run.id, tuple(r.id for r in others))


def _watch(run_id: str, others: tuple[str, ...]) -> None:
    known = service()
    try:
        run = known.info(run_id)
    except SettingError as problem:
        st.info(str(problem))
        return
    history = known.history(run_id)
    # Each part has its own place, filled or not, so that the figures below never move in the
    # page's tree: an element that moves there is built anew, which shows as a flicker.
    head, options, legend, curves, below = (st.container() for _ in range(5))
    with head:
        _head(run, history)
    if history.phase.startswith("search:"):
        with curves:
            training_results.rates(run, history)
    elif not history.curves:
        curves.caption("The first loss comes with the first step.")
    else:
        shown = _readable(run, others)
        runs = tuple((r.id, r.name, known.history(r.id).version) for r in shown)
        with options:
            axis, log, smoothing = _view_options()
        with legend:
            _legend(_lines(runs))
        for column, kind in zip(curves.columns(2), ("loss", "accuracy"), strict=True):
            with column:
                live_chart(_figure(kind, runs, axis, log, smoothing), key=f"training-{kind}")
        with below:
            _below(run, history, shown, runs, (axis, log, smoothing))
    _follow(run)


def _readable(run: RunInfo, others: tuple[str, ...]) -> list[RunInfo]:
    """The run and those to compare it with that are still there."""
    found = [run]
    for run_id in others:
        with contextlib.suppress(SettingError):
            found.append(service().info(run_id))
    return found


def _below(run: RunInfo, history: History, shown: list[RunInfo], runs, view: tuple) -> None:
    """Under the curves: numbers, layers, distributions, results or the search, as chosen."""
    chosen = st.segmented_control(
        "Show", VIEWS, default="Table", key="training_view", label_visibility="collapsed"
    )
    if chosen == "Layers":
        _layers(history, runs, *view)
    elif chosen == "Distributions":
        training_results.distributions(history)
    elif chosen == "Results":
        training_results.results(run, history)
    elif chosen == "Rate search":
        training_results.rates(run, history)
    else:
        _table(shown)
        with st.container(horizontal=True):
            for kind, label in (("loss", "Loss figure"), ("accuracy", "Accuracy figure")):
                export_buttons(
                    _figure(kind, runs, *view, True), key=f"training-{kind}", label=label
                )


def _follow(run: RunInfo) -> None:
    """When the run ends or goes on, so do the timer and the rest of the page."""
    was = st.session_state.get("_training_state")
    st.session_state["_training_state"] = (run.id, run.state)
    if was and was[0] == run.id and (was[1] in ACTIVE) != (run.state in ACTIVE):
        st.rerun()


def _head(run: RunInfo, history: History) -> None:
    known = service()
    words, buttons = st.columns(
        [5, 3] if run.state in ACTIVE else [8, 1], vertical_alignment="center"
    )
    with words:
        if run.state == "queued":
            ahead = known.position(run.id)
            text = f"waiting for {ahead} other run(s)." if ahead else "starting."
            sentence = f"**{run.name}** is {text}"
        elif run.state in ACTIVE:
            sentence = f"**{run.name}.** " + verdict.progress_sentence(history)
            if run.state == "paused":
                sentence = ":material/pause_circle: " + sentence
        elif run.state == "done":
            sentence = f"**{run.name}.** " + verdict.verdict(history)
        else:
            sentence = " ".join(filter(None, [run.reason, verdict.verdict(history)]))
            sentence = f"**{run.name}.** {sentence or 'Stopped before its first step.'}"
        st.markdown(f"{sentence}")
    with buttons:
        _buttons(run, history)
    if run.state in ACTIVE:
        speed = f"{history.images_per_s:,.0f} images/s" if history.images_per_s else "measuring"
        left = verdict.duration(history.seconds_left())
        st.progress(
            history.share_done(),
            f"{history.clock:.0f} s of training · about {left} left · {speed} · "
            f"{history.device.upper() or 'starting'}",
        )


def _buttons(run: RunInfo, history: History) -> None:
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
                    disabled=history.paused,
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
                _rate_controls(run, history)
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


def _rate_controls(run: RunInfo, history: History) -> None:
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


def _view_options() -> tuple[str, bool, float]:
    with st.container(horizontal=True, vertical_alignment="center"):
        axis = st.segmented_control(
            "Across",
            list(figures.AXES),
            default="epochs",
            key="training_axis",
            label_visibility="collapsed",
        )
        log = st.toggle("log loss", value=True, key="training_log")
        smoothing = st.toggle("smoothed", value=True, key="training_smooth")
    return axis or "epochs", log, 0.6 if smoothing else 0.0


_STYLE = """<style>
.racers { border-collapse: collapse; width: 100%; font-size: .92rem; }
.racers th { text-align: right; font-weight: 500; opacity: .75; padding: .15rem .6rem; }
.racers td { text-align: right; padding: .18rem .6rem; border-top: 1px solid #8884; }
.racers th:first-child, .racers td:first-child { text-align: left; white-space: nowrap; }
.racers i { display: inline-block; width: .8rem; height: .8rem; border-radius: 50%;
  margin-right: .45rem; vertical-align: -.08rem; }
.racers-box { overflow-x: auto; }
</style>"""


def _table(shown: list[RunInfo]) -> None:
    """The racers in numbers."""
    known = service()
    rows = []
    for run in shown:
        history = known.history(run.id)
        for c in history.curves.values():
            lr = next(
                (e["lr"] for e in reversed(history.rate_changes) if e["racer"] == c.racer), c.lr
            )
            color = theme.optimizer_style(c.optimizer)[0]
            name = c.label if len(shown) == 1 else f"{run.name}: {c.label}"
            name += f" · seed {c.seed}" if len(run.config.seeds) > 1 else ""
            name += " · stopped itself" if c.divergence else ""
            cells = [
                f"{lr:g}" if lr else "–",
                f"{c.losses[-1]:.3g}" if c.losses else "–",
                _percent(c.train[-1]) if c.train else "–",
                _percent(c.val[-1]) if c.val else "–",
                f"{_percent(c.val[c.best_epoch - 1])} ({c.best_epoch})" if c.best_epoch else "–",
                f"<b>{100 * c.test['accuracy']:.2f} %</b>" if c.test else "–",
                verdict.duration(c.seconds[-1]) if c.seconds and c.seconds[-1] else "–",
            ]
            rows.append(
                f'<tr><td><i style="background:{color}"></i>{html.escape(name)}</td>'
                + "".join(f"<td>{cell}</td>" for cell in cells)
                + "</tr>"
            )
    if not rows:
        st.caption("The racers' numbers come with the first epoch.")
        return
    heads = (
        "Optimizer",
        "Learning rate",
        "Loss now",
        "Training",
        "Validation",
        "Best validation (epoch)",
        "Test",
        "Own time",
    )
    st.html(
        _STYLE
        + '<div class="racers-box"><table class="racers"><tr>'
        + "".join(f"<th>{h}</th>" for h in heads)
        + "</tr>"
        + "".join(rows)
        + "</table></div>"
    )


def _legend(found: list[figures.Line]) -> None:
    """One legend over both figures, which wraps where there is little room."""
    items = []
    for line in found:
        color = theme.optimizer_style(line.optimizer)[0]
        gap = min(line.dash[1:], default=0)
        style = "solid" if not gap else "dotted" if line.dash[0] <= gap else "dashed"
        items.append(
            f'<span><i style="border-top:3px {style} {color}"></i>{html.escape(line.label)}</span>'
        )
    st.html(
        "<style>.race-legend{display:flex;flex-wrap:wrap;gap:.1rem 1.2rem;font-size:.92rem}"
        ".race-legend i{display:inline-block;width:1.7rem;margin-right:.45rem;"
        "vertical-align:.25rem}</style>"
        f'<div class="race-legend">{"".join(items)}</div>'
    )


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _layers(history: History, runs, axis: str, log: bool, smoothing: float) -> None:
    if not any(c.probes for c in history.curves.values()):
        st.caption("Measured every 20 steps of a run made here; nothing yet.")
        return
    st.caption(
        "Every 20 steps. Gradients that differ by powers of ten between layers train unevenly; "
        "an update of about a thousandth of the weights is a common rule of thumb."
    )
    for kind in ("gradient", "ratio"):
        figure = _figure(kind, runs[:1], axis, log, smoothing)
        live_chart(figure, key=f"training-{kind}", min_width=640)
        export_buttons(figure, key=f"training-{kind}")


def start_button(config, problem: str, place) -> None:
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
