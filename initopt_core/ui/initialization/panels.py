"""What lies under the first screen of the initialization laboratory; only the open part runs."""

from __future__ import annotations

import contextlib
import functools
import html
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Observation, Settings, phase, theory
from initopt_core.initialization.code import program
from initopt_core.initialization.explain import explain
from initopt_core.initialization.observation import SeedBand, one_seed
from initopt_core.initialization.presets import PRESETS
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import make_activation
from initopt_core.registry import SettingError
from initopt_core.ui import address
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.controls import boxed, segmented
from initopt_core.ui.export_menu import export_buttons
from initopt_core.ui.page import BELOW, Laboratory
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.ui.state import values
from initopt_core.wording import count, duration, number, percent, times

from . import controls

MAX_PINS = 3
SEEDS = 20
TUTORIAL_SEEDS = 100
"""Draws from which the Tutorial part takes how much two of them usually differ."""


# --- pins -------------------------------------------------------------------------------------


def pins() -> list[Settings]:
    """The pinned settings: from this session, at first from the link."""
    if "pins" not in values:
        found = []
        for text in st.query_params.get_all("pin")[:MAX_PINS]:
            with contextlib.suppress(SettingError):
                found.append(Settings.from_text(text))
        values["pins"] = found
    return values["pins"]


def pin(settings: Settings) -> None:
    """Callback: keep `settings` for comparison."""
    kept = pins()
    if settings not in kept and len(kept) < MAX_PINS:
        values["pins"] = [*kept, settings]


def unpin(index: int) -> None:
    """Callback: forget one."""
    kept = list(pins())
    if index < len(kept):
        del kept[index]
    values["pins"] = kept
    st.rerun()


def link_pins() -> None:
    """Let the link hold them."""
    address.write("pin", [p.to_text() for p in pins()])


# --- one layer of a deep network -----------------------------------------------------------------


def choose_layer(click: dict) -> None:
    """Callback of the strips: open the layer that was clicked."""
    if click.get("x") is not None:
        values[controls.STRIP.name] = max(0, round(click["x"] / 2))


def chosen_layer(seen: Observation, held: controls.Held) -> None:
    """The histograms of the chosen layer."""
    index = min(held.strip, len(seen.names) - 1)
    live_chart(compute(figures.one_layer, seen, index, held.display), key="init-layer")


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

    with st.container(horizontal=True, vertical_alignment="center"):
        segmented(controls.PART, on_change=opened, width="stretch")
        export_buttons(main, key="init-main")
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
        draw()


def follows() -> tuple[str, ...]:
    """What answers every change: what lies below, while something is open in it."""
    shut = not values.get(controls.PART.name) and not st.session_state.get("init-main-export")
    return () if shut else (BELOW,)


def table(head: list[str], rows: list[list[str]]) -> None:
    """A small table as HTML: cheap to send, read aloud well, figures aligned."""
    cells = "".join(f"<th scope='col'>{html.escape(h)}</th>" for h in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows
    )
    st.html(
        "<style>.initopt-table{overflow-x:auto}.initopt-table table{border-collapse:collapse;"
        "font-size:.86rem;width:100%}.initopt-table th,.initopt-table td{padding:.22rem .6rem;"
        "text-align:right;border-bottom:1px solid color-mix(in srgb,currentColor 15%,transparent);"
        "white-space:nowrap}.initopt-table th:first-child,.initopt-table td:first-child"
        "{text-align:left}</style>"
        f"<div class='initopt-table'><table><thead><tr>{cells}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def numbers(seen: Observation, held: controls.Held, changed: Callable[[], None]) -> None:
    """Moments and extremes of every layer."""
    shown = [q for q in controls.QUANTITIES if q != "outputs" or seen.probe.outputs]
    chosen = held.quantity if held.quantity in shown else controls.QUANTITY.default
    segmented(
        replace(controls.QUANTITY, choices=tuple(shown)),
        on_change=changed,
        format_func=controls.QUANTITIES.get,
    )
    rows = []
    prediction = seen.prediction
    predicted = {}
    if prediction is not None:
        predicted = {"activations": prediction.variance, "gradients": prediction.gradient}
    for i, s in enumerate(getattr(seen.probe, chosen)):
        theory_says = number(predicted[chosen][i]) if chosen in predicted else "–"
        rows.append(
            [
                s.title,
                number(s.mean),
                number(s.variance),
                theory_says,
                number(s.low),
                number(s.high),
                percent(s.saturated),
                percent(s.dead),
                count(s.size - s.finite),
            ]
        )
    table(
        ["Layer", "Mean", "Variance", "Theory", "Min", "Max", "Saturated", "Dead units", "NaN, ∞"],
        rows,
    )
    st.caption(
        f"{count(seen.images)} images · loss {number(seen.probe.loss)} (ln 10 = 2.30 is chance) · "
        f"accuracy {percent(seen.probe.accuracy)}. Saturated: the slope there is below 5 % of the "
        "steepest; for ReLU that is the zeroed half. Dead: no image gets a unit off the flat part."
    )


def phase_of(activation: str, settings: tuple, bias: float) -> theory.PhaseMap:
    """The phase map of an activation, in the worker thread."""
    return theory.phase_map(make_activation(activation, **dict(settings)), bias=bias)


def _to_phase(click: dict) -> None:
    if click.get("x") is None or click.get("y") is None:
        return
    low, high = 0.05, 4.0
    now = controls.shown_settings()
    controls.show(
        now.replace(
            scheme="equal_variance",
            scheme_settings={
                "gain": round(float(np.clip(click["x"], low, high)), 2),
                "bias_std": round(float(np.clip(click["y"], 0.0, 2.0)), 2),
                "bias": float(now.scheme_values.get("bias", 0.0)),
            },
            match_gain=False,
        )
    )


def phase_map(seen: Observation) -> None:
    """The plane of the activation, and what it says about this network."""
    settings = seen.settings
    bias = phase.bias_of(seen)
    phases = compute(phase_of, settings.activation, settings.activation_settings, bias)
    left, right = st.columns([3, 2])
    with left:
        live_chart(compute(figures.phase, phases, seen), key="init-phase", on_select=_to_phase)
    with right:
        st.markdown(compute(phase.about, seen))
        st.markdown(
            "**Ordered** (χ₁ < 1): gradients vanish with depth. **Chaotic** (χ₁ > 1): gradients "
            "explode, and where the variance settles, near twins are torn apart. On the white "
            "**critical** line, χ₁ = 1, a signal reaches any depth. Click anywhere to draw the "
            "weights there."
        )
        st.caption("Poole et al. 2016; Schoenholz et al. 2017.")
    export_buttons(compute(figures.phase, phases, seen), key="init-phase-map")


def compare(seen: Observation, display: Display, pinned: tuple[Observation, ...]) -> None:
    """Pinned settings against the current one."""
    if not pinned:
        st.info(
            "Nothing is pinned yet. Press **Pin** above, then change a control: both settings are "
            "drawn over each other here and in the depth view.",
            icon=":material/push_pin:",
        )
        return
    views = [*pinned, seen]
    for i, v in enumerate(pinned):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        _swatch(row, figures.SETTINGS_COLORS[i], v.settings.label)
        row.button("Show", key=f"show-pin-{i}", on_click=controls.show, args=(v.settings,))
        row.button("Unpin", key=f"unpin-{i}", icon=":material/close:", on_click=unpin, args=(i,))
    _swatch(
        st.container(horizontal=True), figures.SETTINGS_COLORS[3], f"now: {seen.settings.label}"
    )
    figure = compute(figures.compare, tuple(views), display)
    live_chart(figure, key="init-compare")
    export_buttons(figure, key="init-compare")
    base = seen.probe
    rows = []
    for i, s in enumerate(base.activations):
        row = [s.title, number(s.variance), number(base.gradients[i].variance)]
        for v in pinned:
            for stats, own in (
                (v.probe.activations, s),
                (v.probe.gradients, base.gradients[i]),
            ):
                if i < len(stats) and own.variance > 0:
                    row.append(times(stats[i].variance / own.variance))
                else:
                    row.append("–")
        rows.append(row)
    heads = ["Layer", "Now: activations", "gradients"]
    for i in range(len(pinned)):
        heads += [f"Pin {i + 1}: activations", "gradients"]
    st.caption("Variances now, and how many times as large they are in each pinned setting.")
    table(heads, rows)


def _swatch(container, color: str, text: str) -> None:
    container.html(
        f"<span style='display:inline-block;width:.8rem;height:.8rem;border-radius:.2rem;"
        f"background:{color};margin-right:.5rem;vertical-align:-.1rem'></span>{html.escape(text)}",
        width="stretch",
    )


def _draws(settings: Settings, first: int, count: int) -> SeedBand:
    """The variances of `count` draws of one setting; a bar shows how far they are."""
    dataset, band = get_dataset(), None
    wanted = [settings.replace(seed=first + i) for i in range(count)]
    missing = sum(not is_ready(one_seed, s, dataset) for s in wanted)
    bar = st.progress(0.0, "Drawing the weights again") if missing > 2 else None
    start = time.perf_counter()
    for i, one in enumerate(wanted):
        part = compute(one_seed, one, dataset)
        band = part if band is None else band.add(part)
        if bar is not None:
            left = (time.perf_counter() - start) / (i + 1) * (count - i - 1)
            bar.progress((i + 1) / count, f"{i + 1} of {count} seeds, {duration(left)} left")
    if bar is not None:
        bar.empty()
    assert band is not None  # of one draw or more
    return band


def seeds(seen: Observation, depth: Figure) -> None:
    """The same setting under 20 seeds: how much of the picture is chance."""
    first = seen.settings.seed
    band = _draws(seen.settings, first, SEEDS)
    figure = compute(figures.depth, seen, (), band)
    live_chart(figure, key="init-seeds")
    st.caption(
        f"Pale: 95 % of seeds {first} to {first + SEEDS - 1}. Solid: seed {first}. Dashed: theory."
    )
    rows = []
    for i, name in enumerate(seen.names):
        row = [name]
        for drawn in (band.activations, band.gradients):
            column = drawn[:, i]
            row += [number(v) for v in (column.min(), np.median(column), column.max())]
        rows.append(row)
    table(["Layer", "Activations: min", "median", "max", "Gradients: min", "median", "max"], rows)
    export_buttons(figure, key="init-seeds")


def tutorial(seen: Observation) -> None:
    """The printed numbers of the experiment that is on the screen, beside ours."""
    preset = next(
        (
            p
            for p in PRESETS.values()
            if p.settings.replace(seed=seen.settings.seed) == seen.settings
        ),
        None,
    )
    if preset is None:
        st.info(
            "The setting on the screen is none of the tutorial's experiments. Choose one under "
            "**Experiments** above to see its printed numbers beside ours.",
            icon=":material/science:",
        )
        return
    st.markdown(f"**{preset.label}.** {preset.lesson}")
    # The same hundred draws whatever seed is on the screen, so that all visitors share them.
    band = None if preset.exact else _draws(preset.settings, 0, TUTORIAL_SEEDS)
    rows = []
    for i, name in enumerate(seen.names):
        row = [name]
        for printed, stats, kind in (
            (preset.activations, seen.probe.activations, "activations"),
            (preset.gradients, seen.probe.gradients, "gradients"),
        ):
            if not printed:
                continue
            ours = stats[i].variance
            digits = 6 if preset.exact else 3
            row += [number(printed[i], digits), number(ours, digits)]
            if band is not None:
                row.append(f"{number(band.apart(kind, ours, printed[i], i), 2)} σ")
            else:
                row.append(number(abs(ours / printed[i] - 1), 1))
        rows.append(row)
    head = ["Layer"]
    for printed, label in ((preset.activations, "Activations"), (preset.gradients, "Gradients")):
        if printed:
            head += [f"{label}: printed", "ours", "apart"]
    table(head, rows)
    st.caption(
        "Nothing is drawn here, so the numbers agree to five digits and more."
        if preset.exact
        else "The tutorial's draw was made on a graphics card and cannot be repeated; "
        "“apart” counts the standard deviations by which the logarithms of two draws differ, "
        f"taken from {TUTORIAL_SEEDS} seeds."
    )


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
