"""Course figures on a stage: all of them on one sheet, or one that fills the window."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby

import streamlit as st

from initopt_core.figures import gallery
from initopt_core.figures.export import THEMES
from initopt_core.figures.gallery import HIGH, WIDE
from initopt_core.figures.tutorial import Item, Number
from initopt_core.reading import nearest
from initopt_core.ui import stage, state
from initopt_core.ui.layout import enter, tell_of_link
from initopt_core.ui.server import gallery as served
from initopt_core.ui.server.compute import compute, is_ready
from initopt_core.ui.server.dataset import get_dataset
from initopt_core.wording import capital

MOST = 12
"""Lines of numbers that fit beside a figure."""
ALL = "All figures"
ALONE, NUMBERED, FRAMED = ("wide", "square"), ("beside", "square"), ("square", "square")
"""Shapes of a figure in a window that is wide, and in one of 4:3, whose table lies over the figure
when it is asked for: beside it no letter could be read from the last row."""
_CHOSEN = "_course-stage"


def show(found: Mapping[str, Item], theme: str) -> None:
    """What the link names, the sheet where it names nothing that is there."""
    enter()
    name = stage.now().figure
    if name and name not in found:
        near = nearest(name, found)
        state.note_bad_link("figure", name, "the sheet of all figures", meant=near)
        stage.write(replace(stage.now(), figure=""))
        name = ""
    tell_of_link()
    if stage.is_on():
        _chooser(found, name)
    if not name:
        st.html(sheet(found.values(), theme))
        return
    item, dataset = found[name], get_dataset()
    numbers: Sequence[Number] | None = ()
    if stage.is_on() and item.numbers is not tuple:  # a frame has no room for them
        ready = is_ready(gallery.numbers, name, dataset)
        numbers = compute(gallery.numbers, name, dataset) if ready else None
    shapes = FRAMED if not stage.is_on() else ALONE if numbers == () else NUMBERED
    st.html(one(item, theme, shapes, numbers, _beside(list(found), name)))
    if numbers is None:
        served.begin(gallery.numbers, name, dataset)
        st.fragment(partial(_until_there, name), run_every=1.0)()


def _until_there(name: str) -> None:
    """Draw the page again when the numbers are there; what was dropped in a crowd is asked anew."""
    if is_ready(gallery.numbers, name, get_dataset()):
        st.rerun()
    served.begin(gallery.numbers, name, get_dataset())


def _chooser(found: Mapping[str, Item], name: str) -> None:
    """Among the controls: which figure is shown."""
    st.session_state[_CHOSEN] = name
    st.sidebar.selectbox(
        "Figure",
        ["", *found],
        format_func=lambda n: f"{int(n[:2])}. {found[n].title}" if n else ALL,
        key=_CHOSEN,
        on_change=_choose,
    )


def _choose() -> None:
    """Callback."""
    stage.show_figure(str(st.session_state.get(_CHOSEN) or ""))


def _beside(names: Sequence[str], name: str) -> tuple[str, str]:
    """The figure before and the one after; empty at the ends."""
    at = names.index(name)
    return names[at - 1] if at else "", names[at + 1] if at + 1 < len(names) else ""


def sheet(found: Iterable[Item], theme: str) -> str:
    """Markup of all figures, each small with its title; the line at the top opens one of them, and
    asks for the pictures in turn (assets/web/stage/pictures.js)."""
    paper = html.escape(THEMES[theme]["paper"])
    cells = (
        f'<a href="?lecture=on&amp;figure={html.escape(item.name)}" target="_self" '
        f'data-shows="{html.escape(item.name)}">'
        f'<img data-src="{html.escape(served.address(item.name, theme))}" alt="" width="{WIDE}" '
        f'height="{HIGH}" style="background:{paper}"><span>{_unbroken(item.title)}</span></a>'
        for item in found
    )
    return f'<nav class="course-sheet initopt-still" aria-label="{ALL}">{"".join(cells)}</nav>'


def _unbroken(title: str) -> str:
    """Markup of a title whose "σ = 0.1" stays in one line."""
    return html.escape(title.replace(" = ", "\u00a0=\u00a0"))


def one(
    item: Item,
    theme: str,
    shapes: tuple[str, str],
    numbers: Sequence[Number] | None = (),
    beside: tuple[str, str] = ("", ""),
) -> str:
    """Markup of a figure that fills the window: title and caption as the sentence, its picture, and
    its numbers beside it.

    Args:
        shapes: of `served.SHAPES`, in a wide window and in one of 4:3.
        numbers: empty for none, None while they are computed.
        beside: names of the figures before and after.
    """
    title, before, after = html.escape(item.title), html.escape(beside[0]), html.escape(beside[1])
    shape, square = shapes
    kinds = ("(max-width: 640px)", "tall"), ("(max-aspect-ratio: 3/2)", square)
    sources = "".join(
        f'<source media="{html.escape(media)}" srcset="{_address(item, theme, kind)}">'
        for media, kind in kinds
    )
    wide, high, _ = served.SHAPES[shape]
    picture = (
        f'<img src="{_address(item, theme, shape)}" alt="{title}" '
        f'width="{int(wide)}" height="{int(high)}">'
    )
    return (
        f'<div class="course-slide initopt-still" data-before="{before}" data-after="{after}">'
        f'<p class="course-say"><b>{title}.</b> {html.escape(item.caption)}</p>'
        f'<div class="course-picture"><picture>{sources}{picture}</picture>'
        f'<div class="lid">?</div></div>{_numbers(numbers)}</div>'
    )


def _address(item: Item, theme: str, shape: str) -> str:
    return html.escape(served.address(item.name, theme, f"{shape}.svg"))


def _numbers(numbers: Sequence[Number] | None) -> str:
    """Markup of the printed numbers beside ours, under heads for those of one kind, and once more
    behind a switch, for windows of 4:3."""
    if numbers is None:
        return '<div class="course-beside">The numbers are being computed …</div>'
    if not numbers:
        return ""
    lines = []
    for head, some in groupby(numbers[:MOST], lambda n: _split(n)[0]):
        if head:
            lines.append(f'<tr><th colspan="3" scope="colgroup">{html.escape(head)}</th></tr>')
        lines += (
            f"<tr><td>{html.escape(_split(n)[1])}</td><td>{html.escape(n.write(n.printed))}</td>"
            f"<td>{html.escape(n.write(n.ours))}</td></tr>"
            for n in some
        )
    more = len(numbers) - MOST
    rest = f"<p>{more} more on the page.</p>" if more > 0 else ""
    head = '<tr><th></th><th scope="col">printed</th><th scope="col">ours</th></tr>'
    table = f"<table><thead>{head}</thead><tbody>{''.join(lines)}</tbody></table>{rest}"
    return (
        f'<div class="course-beside">{table}</div>'
        f'<details class="course-switch"><summary>Numbers</summary><div>{table}</div></details>'
    )


def _split(number: Number) -> tuple[str, str]:
    """What a number is of, and which: the figure's own name is not said again."""
    quantity, which = number.parts
    if not quantity:
        which, _, quantity = which.partition(" of ")
    return capital(quantity), which
