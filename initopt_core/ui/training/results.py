"""What a run leaves behind: distributions over its epochs, test results, the rate search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from initopt_core.figures import training as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.images import png_url
from initopt_core.figures.training.mistakes import known
from initopt_core.initializers import INITIALIZERS
from initopt_core.training import findings
from initopt_core.training.code import program, search_program
from initopt_core.training.differences import summary
from initopt_core.training.history import Curve, History
from initopt_core.training.runs.store import RunInfo
from initopt_core.ui import offers
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.export_menu import Maker, also, export_buttons
from initopt_core.ui.server.training import dataset_of
from initopt_core.ui.tables import picture_grid
from initopt_core.wording import as_text, percent

from .controls import TAB

if TYPE_CHECKING:
    from initopt_core.figures.clips.clip import Clip

KINDS = ("weights", "activations")


def _choose(history: History, key: str, usable) -> Curve | None:
    names = [n for n, c in history.curves.items() if usable(c)]
    if not names:
        return None
    many = len({c.seed for c in history.curves.values()}) > 1

    def label(name: str) -> str:
        curve = history.curves[name]
        return f"{curve.label}, seed {curve.seed}" if many else curve.label

    if st.session_state.get(key) not in names:
        st.session_state[key] = names[0]
    name = st.segmented_control(
        "Racer", names, format_func=label, key=key, label_visibility="collapsed"
    )
    return history.curves[name or names[0]]


def distributions(run: RunInfo, history: History) -> None:
    """Weights or activations of every layer over the epochs, and one epoch's histograms."""
    with st.container(horizontal=True, vertical_alignment="center"):
        curve = _choose(history, "distribution_racer", lambda c: c.layers)
        if curve is None:
            st.caption(
                "The first distributions come with the first whole epoch."
                if history.state == ""
                else "This run has none: they are measured at the end of every epoch trained here."
            )
            return
        what = st.segmented_control(
            "Quantity",
            KINDS,
            default="weights",
            key="distribution_what",
            label_visibility="collapsed",
        )
    kind = what or KINDS[0]
    figure = figures.evolution_figure(curve, kind)
    live_chart(figure, key="training-evolution")
    with _about(run, history, curve, f"{kind} over the epochs"):
        export_buttons(
            figure,
            key=f"training-evolution-{kind}",
            label="Export the epochs",
            clips={
                f"{one.capitalize()}, epoch after epoch": partial(
                    _over_epochs, curve, one, _settings_of(run, history, curve)
                )
                for one in KINDS
            },
            extra=own(run, history, "distributions"),
        )
    last = max(curve.layers)
    epoch = last
    if last > 1:
        epoch = st.slider("Histograms after epoch", 1, last, last, key="distribution_epoch")
    if epoch in curve.layers:
        figure = figures.histogram_figure(curve, epoch)
        live_chart(figure, key="training-histograms")
        with _about(run, history, curve, f"after epoch {epoch}"):
            extra = own(run, history, "distributions")
            export_buttons(
                figure, key="training-histograms", label="Export the histograms", extra=extra
            )


def offer_all(run: RunInfo, history: History) -> None:
    """For the zip of the page: what these parts show of the first racer that has it."""
    weights, tests = own(run, history, "distributions"), own(run, history, "results")
    measured = next((c for c in history.curves.values() if c.layers), None)
    if measured is not None:
        there = offers.inside(TAB, "Distributions")
        for kind in KINDS:
            made = partial(figures.evolution_figure, measured, kind)
            with _about(run, history, measured, f"{kind} over the epochs"):
                also(f"training-evolution-{kind}", made, extra=weights, place=there)
        last = partial(figures.histogram_figure, measured, max(measured.layers))
        with _about(run, history, measured, f"after epoch {max(measured.layers)}"):
            also("training-histograms", last, extra=weights, place=there)
    tested = next((c for c in history.curves.values() if c.test and c.test.get("confusion")), None)
    if tested is not None and tested.test is not None:
        test, label, there = tested.test, tested.label, offers.inside(TAB, "Results")
        data = dataset_of(run.config.data)
        confusion = partial(figures.confusion_figure, test["confusion"], data.classes, label)
        with _about(run, history, tested, CONFUSION):
            also("training-confusion", confusion, extra=tests, place=there)
        classes = partial(figures.classes_figure, _matrices(history), data.classes)
        also("training-classes", classes, extra=tests, place=there)
        if known(data, test["mistakes"]):
            mistakes = partial(figures.mistakes_figure, data, test["mistakes"], label)
            with _about(run, history, tested, MISTAKES):
                also("training-mistakes", mistakes, extra=tests, place=there)
    if run.config.search_epochs:
        rates = partial(_rates_figure, run, history)
        there = offers.inside(TAB, "Rate search")
        also("training-rates", rates, extra=_searches(run), place=there)


CONFUSION, MISTAKES = "what is taken for what", "its most confident mistakes"


def _about(run: RunInfo, history: History, curve: Curve, what: str) -> AbstractContextManager[None]:
    """Files of what shows one racer alone have its name in their title, and its settings alone."""
    told, title = offers.told(), f"{curve.label}: {what} · Training"
    return offers.telling(_settings_of(run, history, curve), told.settings, title, told.place)


def _settings_of(run: RunInfo, history: History, curve: Curve) -> str:
    """In words, those of the racer and what all share."""
    return summary(run.config, history, reached=True, racers=[curve.racer])


def _over_epochs(curve: Curve, kind: str, said: str) -> Clip:
    """The clip, whose caption is its own also where the chart shows the other kind.

    Args:
        said: of the run, in the files.
    """
    from initopt_core.figures.clips.epochs import epochs_clip  # with encoders, when asked for

    clip = epochs_clip(curve, kind)
    return replace(clip, caption=f"{clip.alt} {said}".strip())


def growing(figure: Figure, axis: str) -> dict[str, Callable[[], Clip]]:
    """Clips of a chart of curves over `axis`, for its menu."""

    def make() -> Clip:
        from initopt_core.figures.clips.curves import curves_clip

        return curves_clip(figure, axis)

    return {"The curves as they grow": make}


def results(run: RunInfo, history: History) -> None:
    """Confusion matrix, accuracy of each class, and the most confident mistakes as pictures."""
    curve = _choose(history, "result_racer", lambda c: c.test and c.test.get("confusion"))
    if curve is None or curve.test is None:
        st.caption("The best epoch's weights of each racer are tested when the run ends.")
        return
    classes, tests = dataset_of(run.config.data).classes, own(run, history, "results")
    left, right = st.columns(2)
    with left:
        figure = figures.confusion_figure(curve.test["confusion"], classes, curve.label)
        live_chart(figure, key="training-confusion")
        with _about(run, history, curve, CONFUSION):
            export_buttons(figure, key="training-confusion", label="Export the matrix", extra=tests)
    with right:
        figure = figures.classes_figure(_matrices(history), classes)
        live_chart(figure, key="training-classes")
        export_buttons(figure, key="training-classes", label="Export the classes", extra=tests)
    st.markdown(f"**Most confident mistakes of {as_text(curve.label)}** on the test images")
    with _about(run, history, curve, MISTAKES):
        _mistakes(curve.test["mistakes"], run.config.data, curve.label, tests)


def _matrices(history: History) -> dict[str, tuple[str, Any]]:
    """Optimizer and confusion matrix of each racer that was tested, under its label."""
    return {
        trials[0].label: (trials[0].optimizer, trials[0].test["confusion"])
        for trials in findings.groups(history)
        if trials[0].test and trials[0].test.get("confusion")
    }


def _mistakes(
    mistakes: Sequence[Mapping[str, Any]], kind: str, label: str, extra: Mapping[str, Maker]
) -> None:
    dataset = dataset_of(kind)
    cells = []
    for m in known(dataset, mistakes):
        said, true = dataset.classes[m["predicted"]], dataset.classes[m["label"]]
        url = png_url(dataset.test_images[m["index"]].numpy())
        share = percent(m["probability"], 0).replace(" ", "\u00a0")  # in one line
        cells.append((url, f"{true}, taken for {said}", f"said **{said}** ({share}), is {true}"))
    grid = picture_grid("mistakes", cells)
    st.html(grid if cells else "<p>None: every test image is right.</p>")
    if cells:
        export_buttons(
            lambda: figures.mistakes_figure(dataset, mistakes, label),
            key="training-mistakes",
            label="Export the images",
            extra=extra,
        )


def rates(run: RunInfo, history: History) -> None:
    """The learning-rate sensitivity curve of a fair race."""
    config = run.config
    if not config.search_epochs:
        st.caption(
            "Only a fair race measures this: open “Fair race” at the side, and each optimizer "
            "tries seven rates before it races at its best one."
        )
        return
    figure = _rates_figure(run, history)
    live_chart(figure, key="training-rates")
    if history.rates:
        st.caption(findings.rates_sentence(config, history))
    export_buttons(figure, key="training-rates", label="Export the rates", extra=_searches(run))


def _rates_figure(run: RunInfo, history: History) -> Figure:
    config = run.config
    names = list(dict.fromkeys([config.initializer, *config.search_initializers]))
    racers = list(zip(config.labels(), (r.optimizer for r in config.racers), strict=True))
    labels = {n: INITIALIZERS[n].label for n in names}
    return figures.sensitivity_figure(history.search, racers, labels)


def own(run: RunInfo, history: History, shows: str = "curves") -> dict[str, Maker]:
    """What goes with figures of this race: the program that prints what they show.

    Args:
        shows: of `training.code.SHOWS`.
    """
    if run.config.search_epochs and not history.rates:
        return {}
    file = "training.py" if shows == "curves" else f"training-{shows}.py"
    return {file: lambda: program_of(run, history, shows) or ""}


def _searches(run: RunInfo) -> dict[str, Maker]:
    """The programs of the search for rates, one for each initialization."""
    names = list(dict.fromkeys([run.config.initializer, *run.config.search_initializers]))
    files = ["training-rates.py", *(f"training-rates-{name}.py" for name in names[1:])]
    makers = (partial(search_program, run.config, name) for name in names)
    return dict(zip(files, makers, strict=True))


def program_of(run: RunInfo, history: History, shows: str = "curves") -> str | None:
    """The program that makes this race by itself; None while its rates are still searched for."""
    config = run.config
    if config.search_epochs:
        if not history.rates:
            return None
        config = config.at_rates(history.rates)
    return program(config, shows)


def code(run: RunInfo, history: History) -> None:
    """The program that makes this race by itself."""
    source = program_of(run, history)
    if source is None:
        st.caption("The program comes when the search for rates is over.")
        return
    st.download_button(
        "Download program",
        source,
        file_name="training.py",
        mime="text/x-python",
        icon=":material/download:",
        on_click="ignore",
    )
    st.code(source, language="python", height=420)
