"""Where a figure's plots lie: equal panels in a grid, with fixed gutters for their labels.

Nothing is measured: the plots get what the gutters leave, so that no label, title or legend can
move or widen anything, whatever it says.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import altair as alt

from . import theme

WIDTH, HEIGHT = "plot_width", "plot_height"
"""Signals of every figure with a room: the size of one panel, in pixels."""
LEGEND_COLUMNS = "legend_columns"
COLUMNS = "plot_columns"
"""Signal of a figure whose panels may stand below one another: how many are side by side."""
SIDE = "plot_side"
"""Signal of a figure without a room whose panels are squares: their side, in pixels; in an HTML
page they get smaller with its frame."""
LOWEST = 48
"""The least height of a panel in pixels, however much stands below one another."""
LEGEND_LINE = 18
"""Height of a line of the legend, in pixels."""


def legend_size(labels: Sequence[str], most: int = 190) -> dict[str, int]:
    """What a room has to know of a legend with these labels: a longer one is shortened."""
    widths = [min(most, 42 + round(6.6 * len(label))) for label in labels]
    return {"entries": len(widths), "entry_width": max(widths, default=42), "in_line": sum(widths)}


@dataclass(frozen=True)
class Room:
    """The layout of a figure; lengths in pixels.

    Attributes:
        width, height: of one panel, as exported; on a page the width follows from the place.
        columns, rows: of panels.
        left, right, top, bottom: gutters around all panels.
        gap, row_gap: gutters between columns and between rows.
        least: the narrowest panel; a narrower place scrolls sideways inside the figure.
        most: the widest panel.
        entries, entry_width: of a legend above the panels, which breaks into lines; 0 for none.
        in_line: width of all its entries side by side; 0 for as many as fit of the widest.
        screen: share of the window below the page's head that the whole figure takes on a page,
            its panels as high as that makes them; 0 for panels of `height` in every window.
        lowest: the lowest panel that makes.
        stack: gutter between panels that a phone shows below one another; 0 where it shows them as
            others do, and scrolls sideways.
    """

    width: int
    height: int
    columns: int = 1
    rows: int = 1
    left: int = 46
    right: int = 16
    top: int = 22
    bottom: int = 24
    gap: int = 0
    row_gap: int = 0
    least: int = 120
    most: int = 4000
    entries: int = 0
    entry_width: int = 150
    in_line: int = 0
    screen: float = 0.0
    lowest: int = 40
    stack: int = 0

    def panel(self, place: float) -> int:
        """Width of a panel in a place of this width."""
        free = place - self.left - self.right - (self.columns - 1) * self.gap
        return int(min(self.most, max(self.least, free // self.columns)))

    def across(self, panel: int) -> int:
        """Width of the whole figure when its panels are `panel` wide."""
        return self.left + self.columns * panel + (self.columns - 1) * self.gap + self.right

    def legend_columns(self, panel: int) -> int:
        """Entries of the legend that have room in one line."""
        inside = self.across(panel) - self.left - self.right
        if 0 < self.in_line <= inside:
            return max(1, self.entries)
        return max(1, min(self.entries, inside // self.entry_width))

    def down(self, panel: int) -> int:
        """Height of the whole figure."""
        lines = math.ceil(self.entries / self.legend_columns(panel)) if self.entries else 0
        plots = self.rows * self.height + (self.rows - 1) * self.row_gap
        return self.top + lines * LEGEND_LINE + plots + self.bottom

    def params(self) -> list[dict[str, Any]]:
        """The signals that a definition may use."""
        columns = self.legend_columns(self.width)
        values = {WIDTH: self.width, HEIGHT: self.height, LEGEND_COLUMNS: columns}
        values |= {COLUMNS: self.columns} if self.stack else {}
        return [{"name": name, "value": value} for name, value in values.items()]

    def concat(self, panels: Sequence[alt.Chart | theme.Layers]) -> alt.ConcatChart:
        """The panels in rows, each of this room's size."""
        sized = [panel.properties(width=self.width, height=self.height) for panel in panels]
        spacing = {"column": self.gap, "row": self.row_gap}
        return alt.concat(*sized, columns=self.columns, bounds="flush", spacing=spacing)

    def legend(self, **look: Any) -> alt.Legend:
        """A legend of `entries` entries in lines above all panels."""
        place = {
            "orient": "none",
            "direction": "horizontal",
            "legendX": 0,
            "legendY": alt.ExprRef(self._legend_top()),
            "columns": alt.ExprRef(LEGEND_COLUMNS),
            "labelLimit": theme.sized(self.entry_width - 30),
            "columnPadding": 8,
            "rowPadding": 2,
        }
        return alt.Legend(**{"title": None, **place, **look})

    def _legend_top(self) -> str:
        lines = f"ceil({self.entries} / {LEGEND_COLUMNS})"
        return f"-({self.top} + {lines} * {LEGEND_LINE}) * {theme.TYPE}"

    def in_rows(self, width: float, panels: int) -> Room:
        """The room with fewer panels in each of more rows, where they have no room side by side.

        Args:
            width: of the place.
            panels: how many there are.
        """
        inside = width - self.left - self.right + self.gap
        columns = int(max(1, min(self.columns, inside // (self.least + self.gap))))
        if columns == self.columns:
            return self
        row_gap = self.row_gap or self.top + self.bottom
        return replace(self, columns=columns, rows=-(-panels // columns), row_gap=row_gap)

    def filling(self, width: float, height: float | None) -> Room:
        """The room with panels that fill this place; as high as they are where it has no height."""
        panel = self.panel(width)
        if height is None:
            return replace(self, width=panel)
        height *= max(1.0, self.across(panel) / width)  # it is drawn smaller where it is too wide
        lines = self.down(panel) - self.top - self.bottom
        lines -= self.rows * self.height + (self.rows - 1) * self.row_gap
        free = height - self.top - self.bottom - lines - (self.rows - 1) * self.row_gap
        return replace(self, width=panel, height=max(LOWEST, int(free // self.rows)))

    def fitted(self, vega: dict[str, Any]) -> dict[str, Any]:
        """The compiled definition with every panel's size bound to this room's signals."""
        wide, high = {"signal": WIDTH}, {"signal": HEIGHT}
        for signal in vega.get("signals", []):
            name = signal["name"].lower()
            for end, source in (("width", WIDTH), ("height", HEIGHT)):
                if name.endswith(end) and signal["name"] not in (WIDTH, HEIGHT):
                    signal.pop("value", None)
                    signal["update"] = source
        several = "layout" in vega
        across = f"{self.columns} * {WIDTH} + {(self.columns - 1) * self.gap} * {theme.TYPE}"
        down = f"{self.rows} * {HEIGHT} + {(self.rows - 1) * self.row_gap} * {theme.TYPE}"
        if several:
            gaps = {"column": self.gap, "row": self.row_gap}
            padding = {k: {"signal": theme.sized(gap).expr} for k, gap in gaps.items()}
            vega["layout"]["padding"] = padding
            if self.stack and self.columns > 1:
                one, count = f"{COLUMNS} == 1", self.columns * self.rows
                stacked = f"{count} * {HEIGHT} + {(count - 1) * self.stack} * {theme.TYPE}"
                across, down = f"{one} ? {WIDTH} : {across}", f"{one} ? {stacked} : {down}"
                rows = f"{one} ? {theme.sized(self.stack).expr} : {padding['row']['signal']}"
                padding["row"] = {"signal": rows}
                vega["layout"]["columns"] = {"signal": COLUMNS}
        return vega | {
            "autosize": "none",
            "width": {"signal": across} if several else wide,
            "height": {"signal": down} if several else high,
            "padding": {"left": self.left, "right": self.right, "top": self.top,
                        "bottom": self.bottom},
        }  # fmt: skip

    def message(self) -> dict[str, int]:
        """What the browser computes the same layout from."""
        return asdict(self)
