"""Pinned settings: kept in the session, held by the link, drawn over the present ones."""

from __future__ import annotations

import html
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial

import streamlit as st

from initopt_core.figures import initialization as figures
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Observation, Settings
from initopt_core.initialization.code import program
from initopt_core.initialization.words import in_words
from initopt_core.registry import SettingError
from initopt_core.ui import address, offers
from initopt_core.ui.components.live_chart import live_chart
from initopt_core.ui.export_menu import Maker, export_buttons
from initopt_core.ui.server.compute import compute
from initopt_core.ui.state import note_bad_link, values
from initopt_core.ui.tables import html_table, line_mark
from initopt_core.wording import number, times

from . import controls
from .taken import turning

MAX_PINS = 3


def pins() -> list[Settings]:
    """The pinned settings: from this session, at first from the link."""
    if "pins" not in values:
        found = []
        for text in st.query_params.get_all("pin")[:MAX_PINS]:
            try:
                settings = Settings.from_text(text)
                controls.refuse(settings)
                found.append(settings)
            except SettingError:
                note_bad_link("pin", text)
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


def programs(seen: Observation, pinned: Sequence[Observation] = ()) -> dict[str, Maker]:
    """A program for each of the settings that a figure shows, the current one first."""
    shown = {"initialization.py": seen}
    shown |= {f"initialization-pin-{i}.py": one for i, one in enumerate(pinned, 1)}
    return {file: partial(program, one.settings) for file, one in shown.items()}


def telling(seen: Observation, pinned: Sequence[Observation]) -> AbstractContextManager[object]:
    """What files say of a figure of the current setting beside the pinned ones: all of them."""
    if not pinned:
        return nullcontext()
    said = offers.told()
    words = [f"Now: {in_words(seen.settings)}"]
    words += [f"Pin {i}: {in_words(v.settings)}" for i, v in enumerate(pinned, 1)]
    others = " and ".join(v.settings.title for v in pinned)
    title = f"{seen.settings.title} beside {others}"
    return offers.telling(" ".join(words), said.settings, title, said.place)


def compare(seen: Observation, display: Display, pinned: tuple[Observation, ...]) -> None:
    """Pinned settings against the current one."""
    if not pinned:
        st.info(
            "Nothing is pinned yet. Press **Pin** above, then change a control: both settings are "
            "drawn over each other here and in the depth view.",
            icon=":material/push_pin:",
        )
        return
    shown = [*pinned, seen]
    for i, v in enumerate(pinned):
        row = st.container(horizontal=True, vertical_alignment="center", gap="small")
        _swatch(row, i, v.settings.label)
        row.button("Show", key=f"show-pin-{i}", on_click=controls.show, args=(v.settings,))
        row.button("Unpin", key=f"unpin-{i}", icon=":material/close:", on_click=unpin, args=(i,))
    _swatch(st.container(horizontal=True), -1, f"now: {seen.settings.label}")
    figure = compute(figures.compare, tuple(shown), display)
    live_chart(figure, key="init-compare")
    clips = turning(pinned[0], seen)
    with telling(seen, pinned):
        export_buttons(figure, key="init-compare", clips=clips, extra=programs(seen, pinned))
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
    st.html(html_table(heads, rows))


def _swatch(container, which: int, text: str) -> None:
    """The piece of a line with which setting `which` is drawn, before its name."""
    line = line_mark(figures.SETTINGS_COLORS[which], figures.SETTINGS_DASHES[which])
    container.html(f"{line}{html.escape(text)}", width="stretch")
