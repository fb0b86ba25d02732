"""Figures that change in place: compiled once for each shape, then only data travels.

`live_chart` mounts one component. Its script (`assets/web/live_chart/live_chart.js`) keeps one Vega
view for the element and swaps datasets and signals, so that nothing flickers and nothing changes
size.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable, Hashable
from typing import Any

from initopt_core.cache import Recent
from initopt_core.figures import fonts, theme
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import converter
from initopt_core.ui import type_size

from . import answers, chart_mount, chart_store
from .chart_mount import Compiled

CACHE_SIZE = 256


class _Cache:
    """Compiled definitions by figure key, shared by all sessions, the least recent dropped."""

    def __init__(self, size: int) -> None:
        self._lock = threading.Lock()
        self._compiler = threading.Lock()
        self._entries: Recent[Hashable, Compiled] = Recent(size)

    def get(self, figure: Figure) -> Compiled:
        key = figure.defined_by
        if found := self._kept(key):
            return found
        # The compiler works one at a time anyway, so that nobody compiles the same figure twice;
        # who wants one that is there already does not wait for it.
        with self._compiler:
            if found := self._kept(key):
                return found
            made = _compile(figure)
            with self._lock:
                for old in self._entries.put(key, made):
                    if not any(e.digest == old.digest for _, e in self._entries.items()):
                        chart_mount.drop(old)
            return made

    def _kept(self, key: Hashable) -> Compiled | None:
        with self._lock:
            return self._entries.get(key)

    def __len__(self) -> int:
        return len(self._entries)


_cache = _Cache(CACHE_SIZE)


def compile_figure(figure: Figure) -> Compiled:
    """The figure's compiled definition, from the cache where there is one."""
    return _cache.get(figure)


def _compile(figure: Figure) -> Compiled:
    """From the disk where a figure of this key has been compiled before."""
    name = chart_store.fingerprint(*figure.defined_by)
    kept = chart_store.read(name)
    if kept is None:
        definition = figure.definition()
        vega = converter().vegalite_to_vega(definition)
        width, height = _size(figure, definition)
        kept = {"vega": vega, "width": width, "height": height}
        chart_store.write(name, kept)
    text = json.dumps(_finished(kept["vega"], figure), separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.blake2b(text.encode(), digest_size=12).hexdigest()
    return Compiled(text, digest, kept["width"], kept["height"])


def _finished(vega: dict[str, Any], figure: Figure) -> dict[str, Any]:
    """What the compiler knows nothing of: tooltips, signals of the data, the computed layout."""
    theme.write_tooltips(vega)
    for signal in vega.get("signals", []):
        if signal["name"] in figure.signals and "update" not in signal:
            signal.pop("value", None)
    return figure.room.fitted(vega) if figure.room else vega


def _size(figure: Figure, definition: dict[str, Any]) -> tuple[int, int]:
    """Natural size (px): what is kept on the page before any ink."""
    if room := figure.room:
        return room.across(room.width), room.down(room.width)
    svg = converter().vegalite_to_svg(figure.spec(definition))
    size = re.search(r'<svg[^>]*? width="([\d.]+)"[^>]*? height="([\d.]+)"', svg)
    width, height = (round(float(v)) for v in size.groups()) if size else (600, 300)
    return width, height


def register() -> None:
    """Register the component and warm the chart compiler; call it once at start.

    Cheap when repeated.
    """
    warm_up()
    chart_mount.component()


def warm_up() -> None:
    """Start the chart compiler in the background: its first call takes about 0.4 s."""
    global _warm
    if _warm is None:
        _warm = threading.Thread(target=fonts.warm_up, name="vega-compiler", daemon=True)
        _warm.start()


_warm: threading.Thread | None = None


def message_bytes(
    figure: Figure,
    compiled: Compiled,
    *,
    key: str,
    inline: bool,
    select: bool,
    large: bool = False,
    back: bool = False,
) -> bytes:
    """The message of one change: a small head, then the figure's data as it is cached."""
    head: dict[str, Any] = {
        "key": key,
        "spec": compiled.digest,
        "stamp": figure.stamp,
        "height": compiled.height,
        "room": figure.room and figure.room.message(),
        "select": select,
        **({"keys": figure.keys} if figure.keys else {}),
        **({"large": True} if large else {}),
        **({"back": True} if back else {}),
    }
    text = json.dumps(head, separators=(",", ":"))
    if inline:
        text = f'{text[:-1]},"inline":{compiled.text}}}'
    # Bytes rather than a dict: Streamlit would serialise a dict twice, with spaces.
    return f"{text}\n{figure.message}".encode()


def live_chart(
    figure: Figure,
    *,
    key: str,
    on_select: Callable[[dict], None] | bool | None = None,
    back: bool = False,
) -> dict | None:
    """Show `figure` and change it in place at every rerun.

    Args:
        figure: what to draw; the same `key` with another definition rebuilds the view, the same
            definition with other data only swaps the data.
        key: names the element; one of a kind on the page.
        on_select: report clicks: True to get them as the return value, or a function that is
            called with the same dict before the rerun.
        back: report Escape, too, as a click beside all plots: the figure is one that was opened.

    Returns:
        In the rerun that a click caused: {"datum": the clicked mark's row or None, "x", "y": data
        coordinates of the click or None, "view": name of the panel's group or None}; else None.
    """
    compiled = compile_figure(figure)
    # A browser whose fetch failed (another server, a cleaned folder) asks for the text itself.
    inline = not chart_mount.serve(compiled) or answers.answer(key, "need") == compiled.digest

    def selected() -> None:
        value = answers.click(answers.answer(key, "select"))
        if callable(on_select) and value is not None:
            on_select(value)

    message = message_bytes(
        figure,
        compiled,
        key=key,
        inline=inline,
        select=bool(on_select),
        large=type_size.is_large(),
        back=back,
    )
    result = chart_mount.mount(key, message, selected)
    return answers.click(result.get("select")) if on_select else None
