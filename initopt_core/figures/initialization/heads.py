"""Words over and beside the histograms of a grid.

They are marks at fixed places: a title would move with whatever stands below it.
"""

from __future__ import annotations

from typing import Any

import altair as alt

from initopt_core.figures import theme
from initopt_core.figures.room import Room

from .display import FEW, RED

BOLD = {"fontSize": theme.sized(12), "fontWeight": "bold"}
LETTER = 5.5
"""Width of a letter of a layer's name, in pixels."""
WIDE = 7.2
"""The same of one in a value with a power of ten, at most."""
LINE = 13
"""Height of a line, in pixels."""
SINGLE = -34
"""Where a single line over a remark starts; of two lines the second ends where it does."""


def quantity(label: str, color: str, room: Room) -> alt.Chart:
    """A quantity over its column."""
    return words(alt.ExprRef(f"'{label}'"), theme.sized(4 - room.top), color=color, **BOLD)


def quantity_beside(label: str, color: str, room: Room, whole: bool = False) -> alt.Chart:
    """The quantity beside its row; of a low row, its first word, or two lines of the `whole`."""
    if whole:
        lines = [f"'{part}'" for part in label.split(", ")]
        return _upwards(alt.ExprRef(f"[{', '.join(lines)}]"), room, color=color, **BOLD)
    short = label.split(",")[0]
    room_for_all = f"plot_height > {7.4 * len(label) - 24:.0f} * {theme.TYPE}"
    text = f"{room_for_all} ? '{label}' : '{short}'"
    return _upwards(alt.ExprRef(text), room, color=color, **BOLD)


def layer(c: int, room: Room, columns: int = 1) -> alt.Chart:
    """The layer's name above the words of the first row, over some columns; its shape in a second
    line where it has no room in the first."""
    gaps = (columns - 1) * room.gap + room.right
    across = alt.ExprRef(f"{columns} * plot_width + {gaps} * {theme.TYPE}")
    narrow = _narrow(room, columns)
    top = f"{4 - room.top} * {theme.TYPE}"
    if narrow not in ("true", "false"):
        top = f"({narrow} ? {4 - room.top} : {max(4 - room.top, SINGLE)}) * {theme.TYPE}"
    return words(two_lines(f"t{c}", "(", narrow), alt.ExprRef(top), limit=across, **BOLD)


def layer_beside(c: int, room: Room) -> alt.Chart:
    """The layer beside its row, its shape in a second line."""
    return _upwards(two_lines(f"t{c}", "("), room, **BOLD)


def remark(name: str, room: Room, broken: bool) -> alt.Chart:
    """The few words over a histogram; they end before those of the next one. Where they are long
    for it, the variance says no more that it is one: those beside it do; a value that all have is
    told by a sign.

    Args:
        broken: in two lines.
    """
    color = alt.ExprRef(f"b{name} ? '{RED}' : ink")
    across = f"plot_width + {max(room.gap - 6, room.right)} * {theme.TYPE}"
    limit = alt.ExprRef(across)
    if broken:
        text = two_lines(f"s{name}", " · ")
    else:
        long = f"{LETTER} * length(s{name}) * {theme.TYPE} > {across}"
        wide = f"{WIDE} * length(s{name}) * {theme.TYPE} > {across}"
        same = f"({wide} ? replace(s{name}, 'all ', '= ') : s{name})"
        text = alt.ExprRef(f"{long} ? replace({same}, 'var ', '') : {same}")
    y = theme.sized(-29 if broken else -16)
    return words(text, y, color=color, fontSize=theme.sized(11), limit=limit)


def two_lines(text: str, mark: str, where: str = "true") -> alt.ExprRef:
    """A signal's text, broken at `mark` where this Vega expression is true."""
    at = f"indexof({text}, '{mark}')"
    rest = f"{at} + {len(mark)}" if mark == " · " else at
    whole = f"{at} < 0" if where == "true" else f"{at} < 0 || !({where})"
    return alt.ExprRef(f"{whole} ? {text} : [slice({text}, 0, {at}), slice({text}, {rest})]")


def _narrow(room: Room, columns: int) -> str:
    """Vega expression: whether a layer's name has no room in one line. Letters are counted, of the
    longest name: all columns break alike."""
    if columns > 1:
        return "false"
    if room.columns > FEW:
        return "true"
    longest = ", ".join(f"length(t{c})" for c in range(room.columns))
    return f"{LETTER} * max({longest}) * {theme.TYPE} > plot_width + {room.right} * {theme.TYPE}"


def words(
    text: alt.ExprRef | str, y: alt.ExprRef, x: alt.ExprRef | int = 0, **look: Any
) -> alt.Chart:
    """Words at a place, in pixels from the upper left corner of the plot."""
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, align="left", baseline="top", lineHeight=theme.sized(LINE), **look
    )
    return mark.encode(x=alt.XValue(x), y=alt.YValue(y))


def _upwards(text: alt.ExprRef, room: Room, **look: Any) -> alt.Chart:
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, angle=270, align="center", baseline="top", lineHeight=theme.sized(LINE), **look
    )
    return mark.encode(
        x=alt.XValue(theme.sized(1 - room.left)), y=alt.YValue(alt.ExprRef("plot_height / 2"))
    )
