"""The initialization laboratory: one sentence, the histograms, the depth view, and more below."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import streamlit as st

from initopt_core.data import FashionMNIST
from initopt_core.figures import initialization as figures
from initopt_core.figures.figure import Figure
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Observation, Settings, observe, phase
from initopt_core.initialization.findings import Finding, finding
from initopt_core.initialization.presets import PRESETS
from initopt_core.initialization.settings import control_key
from initopt_core.initialization.words import in_words
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS
from initopt_core.ui import offers, stage, state
from initopt_core.ui.components.chart_mount import Compiled
from initopt_core.ui.components.live_chart import compile_figure, live_chart, message_bytes
from initopt_core.ui.layout import experiments, let_it_be_drawn
from initopt_core.ui.link_names import settings_named
from initopt_core.ui.page import BELOW, CONTROLS, HEAD, PICTURE, Laboratory
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.wording import as_text, number

from . import controls, first, panels, pins

ICONS = {
    "good": ":material/check_circle:",
    "shallow": ":material/info:",
    "drifting": ":material/info:",
}
GRID, DEPTH = "init-grid", "init-depth"
PART_ALONE = "part"
"""What a link calls the open part where it fills the window."""
SLOW = 20_000_000
"""Networks with more weights than this take over half a second: say so while it lasts."""


def histograms(seen: Observation, display: Display) -> Figure:
    """The large figure, in the worker thread: shared by all who ask for the same."""
    deep = len(seen.names) > figures.GRID_LAYERS
    figure = (figures.strips if deep else figures.grid)(seen, display)
    figure.message  # noqa: B018  made here, once, instead of in each session
    return figure


def conclusion(seen: Observation, pinned: tuple[Observation, ...]) -> tuple[Finding, Figure]:
    """Sentence and depth view, likewise: they need the theory, which the histograms do not."""
    figure = figures.depth(seen, pinned)
    figure.message  # noqa: B018
    return finding(seen), figure


def prepare() -> None:
    """Compute and compile what the untouched page shows, for the first visitor and, as long as
    PyTorch loads, for that of the next start."""
    dataset = get_dataset()
    first.keep(untouched(dataset), panels.axes_told(Display()), dataset.folder)


def untouched(dataset: FashionMNIST) -> list[tuple[str, Compiled, bytes]]:
    """Key, definition and message of each figure that it shows."""
    seen = compute(observe, Settings.make(), dataset, False)
    charts = []
    for key, figure, select in (
        (GRID, compute(histograms, seen, Display()), True),
        (DEPTH, compute(conclusion, seen, ())[1], False),
    ):
        compiled = compile_figure(figure)
        message = message_bytes(figure, compiled, key=key, inline=False, select=select)
        charts.append((key, compiled, message))
    return charts


def ahead(held: controls.Held) -> Iterator[None]:
    """Compute and compile what the page shows of this; nothing of a huge network, which would keep
    others waiting, nor of settings that do not fit."""
    if held.problems or _weights(held.settings) > SLOW:
        return
    seen = compute(observe, held.settings, get_dataset(), held.display.outputs)
    yield
    main = compute(histograms, seen, held.display)
    yield
    compile_figure(main)
    yield
    if len(seen.names) > figures.GRID_LAYERS:
        compile_figure(panels.layer_figure(seen, held))
        yield
    compile_figure(compute(conclusion, seen, ())[1])
    yield
    if held.part == "Phase map":
        compile_figure(panels.phase_figure(seen))
        compute(phase.about, seen)
        yield


OTHERS = "|".join(
    [
        *settings_named(INITIALIZERS, control_key("scheme", "{}", "")),
        *settings_named(ACTIVATIONS, control_key("activation", "{}", "")),
        *(s.name for s in controls.SWITCHES),
    ]
)
"""Pattern of the names that another scheme, activation or network has in a link."""
LAB = Laboratory(
    "initialization",
    "Initialization",
    controls.read,
    words=lambda held: (held.settings.title,),
    stays=(controls.PART.name,),
    links=("pin", controls.MATCH.name),
    others=OTHERS,
    follows=lambda: (*_head_follows(), *panels.follows()),
    ahead=ahead,
)


def show() -> None:
    """The whole page: what is waited for first, the picture; it is the sidebar that comes last."""
    LAB.show(_draw)


def _draw(held: controls.Held) -> None:
    if stage.now().figure == PART_ALONE and not held.part:  # there is none to fill the window
        stage.show_figure("")
        state.note_bad_link("figure", PART_ALONE)
        st.rerun()
    head, notes = st.container(), st.container()
    with st.container(key="init-figure"):
        beside()
        picture()
    let_it_be_drawn()
    with head:
        heading()
    with notes:
        LAB.notes()
    below()
    with st.sidebar:
        controls.draw_top(LAB)
        parts()
        rest()


@dataclass(frozen=True)
class _Seen:
    """What the settings make: the network as it was measured, and the figures of it."""

    seen: Observation
    main: Figure


def _weights(settings: Settings) -> int:
    return sum(a * b for a, b in itertools.pairwise(settings.sizes))


def _seen(held: controls.Held) -> _Seen:
    settings, outputs, dataset = held.settings, held.display.outputs, get_dataset()
    look = functools.partial(compute, observe, settings, dataset, outputs)
    weights = _weights(settings)
    if weights > SLOW and not is_ready(observe, settings, dataset, outputs):
        with st.spinner(f"{number(weights / 1e6)} million weights: drawing and measuring"):
            seen = look()
    else:
        seen = look()
    return _Seen(seen, compute(histograms, seen, held.display))


def _pinned() -> tuple[Observation, ...]:
    return tuple(compute(observe, pin, get_dataset()) for pin in pins.pins())


@LAB.fragment(PICTURE)
def picture(held: controls.Held) -> None:
    """Sentence and figures."""
    say = st.container(key="init-say", horizontal=True, vertical_alignment="center")
    found = _seen(held)
    seen, main = found.seen, found.main
    deep = len(seen.names) > figures.GRID_LAYERS
    one = None if deep else panels.enlarged(seen, held)
    if deep:
        chosen = figures.marked(main, min(held.strip, len(seen.names) - 1))
        live_chart(chosen, key="init-strips", on_select=panels.choose_layer)
        panels.chosen_layer(seen, held)
    elif one is not None:
        live_chart(one, key=GRID, on_select=functools.partial(panels.shrink, LAB), back=True)
    else:
        opened = functools.partial(panels.enlarge, LAB, seen, held.display)
        live_chart(main, key=GRID, on_select=opened)
    told, depth = compute(conclusion, seen, _pinned())
    live_chart(depth, key=DEPTH)
    with say:
        _say(told, held.problems)
    pins.link_pins()


@LAB.fragment(controls.BESIDE)
def beside(held: controls.Held) -> None:
    """What the style sheet puts between sentence and figures, which change more often than it: it
    keeps its height, so that they stay in place."""
    deep = len(held.settings.hidden) >= figures.GRID_LAYERS
    large = bool(held.enlarged) and not deep and panels.enlarged(_seen(held).seen, held) is not None
    with st.container(key="init-beside", horizontal=True, vertical_alignment="center"):
        panels.beside(LAB, held, deep, large)


@LAB.fragment(HEAD)
def heading(held: controls.Held) -> None:
    """The page's name, ready-made settings, and what one wants at hand."""
    LAB.head(
        lambda: experiments(
            LAB.name,
            "The tutorial's experiments, with the numbers it printed.",
            [
                (p.name, p.label, p.lesson, functools.partial(controls.show, p.settings))
                for p in PRESETS.values()
            ],
        ),
        _pin_button,
    )
    st.session_state[_UNPINNABLE] = _is_pinned()


_UNPINNABLE = "_initialization_pinned"


def _is_pinned() -> bool:
    return controls.shown_settings() in pins.pins()


def _head_follows() -> tuple[str, ...]:
    """The button that pins what is shown can be pressed again when another setting is."""
    return (HEAD,) if st.session_state.get(_UNPINNABLE) else ()


def _pin_button() -> None:
    st.button(
        "Pin",
        icon=":material/push_pin:",
        key="_initialization_pin",
        help="Keep this setting to compare the next ones with (up to three).",
        on_click=_pin,
        disabled=len(pins.pins()) >= pins.MAX_PINS or _is_pinned(),
    )


def _pin() -> None:
    """Callback: keep what is shown."""
    pins.pin(controls.shown_settings())
    LAB.answer(PICTURE, HEAD, BELOW)


@LAB.fragment(CONTROLS)
def parts(held: controls.Held) -> None:
    """The controls that these have."""
    controls.draw_parts(LAB, held)


@LAB.fragment(controls.REST)
def rest(held: controls.Held) -> None:
    """What is always there."""
    controls.draw_rest(LAB, held)


@LAB.fragment(BELOW)
def below(held: controls.Held) -> None:
    """What lies under the first screen."""
    found, pinned = _seen(held), _pinned()
    depth = compute(conclusion, found.seen, pinned)[1]
    settings = found.seen.settings
    with offers.telling(in_words(settings), settings.to_dict()):
        panels.below(LAB, held, found.seen, pinned, found.main, depth)


def _say(found: Finding, problems: tuple[str, ...]) -> None:
    """The sentence, and the button that mends what it says; instead of it what is wrong with the
    settings, since the side may be closed."""
    if problems:
        told = as_text(f"{problems[0]} Shown is the last setting that could be used.")
        st.markdown(f":material/error: {told}", width="stretch")
        return
    icon = ICONS.get(found.kind, ":material/warning:")
    # In a lecture the scenes that follow ask for what would mend it.
    remedy = "" if stage.now().scene else found.remedy
    st.markdown(f"{icon} {found.text} {remedy}", width="stretch")
    if found.fix is not None:
        st.button(
            "Try it",
            icon=":material/build:",
            key="init-fix",
            on_click=controls.show,
            args=(found.fix,),
        )
