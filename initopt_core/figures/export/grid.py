"""A small table in an exported picture: names at the left, numbers in columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from xml.sax.saxutils import escape

from initopt_core.figures import theme

from .lettering import length, wrapped

GAP = 1.4
"""Between two columns, in letters' sizes."""


@dataclass(frozen=True)
class Grid:
    """Rows of equally many cells; sizes in pixels.

    Attributes:
        rows: the first one holds the heads.
        size: of the letters.
        width: in which the table has to fit: names in its first column are broken for that.
    """

    rows: Sequence[Sequence[str]]
    size: float
    width: float

    @cached_property
    def columns(self) -> list[float]:
        """Width of each column."""
        wide = [max(self._long(row[k], k) for row in self.rows) for k in range(len(self.rows[0]))]
        room = self.width - sum(wide[1:]) - GAP * self.size * (len(wide) - 1)
        return [max(min(wide[0], room), 5 * self.size), *wide[1:]]

    @property
    def across(self) -> float:
        """Width of the table."""
        return sum(self.columns) + GAP * self.size * (len(self.columns) - 1)

    def fitted(self, least: float) -> Grid:
        """The table itself where it is not too wide, else with letters of fewer pixels, `least` at
        least."""
        if self.across <= self.width or self.size <= least:
            return self
        return replace(self, size=max(least, self.size * 0.95)).fitted(least)

    @cached_property
    def lines(self) -> list[list[str]]:
        """The rows, a name that is broken in several lines followed by lines of its own."""
        out = []
        for first, *rest in self.rows:
            parts = wrapped(first, self.size, self.columns[0]) or [""]
            out.append([parts[0], *rest])
            out += [[part, *[""] * len(rest)] for part in parts[1:]]
        return out

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * 1.3 + self.size * 0.6

    def drawn(self, x: float, y: float, ink: str) -> str:
        """As SVG from the height `y` on: heads in bold over a line, names at the left, all else at
        the right of its column."""
        parts, y = [], y + self.size * 0.2
        for i, line in enumerate(self.lines):
            at, place = y + self.size * (1 + 1.3 * i), x
            for k, cell in enumerate(line):
                named = k == 0 or self._is_name(k)
                to = place if named else place + self.columns[k]
                anchor = "" if named else ' text-anchor="end"'
                weight = ' font-weight="bold"' if i == 0 else ""
                if cell:
                    parts.append(
                        f'<text x="{to:.2f}" y="{at:.2f}"{anchor}{weight}>{escape(cell)}</text>'
                    )
                place += self.columns[k] + GAP * self.size
        under = y + self.size * 1.3
        parts.append(
            f'<path d="M{x:g},{under:.2f}h{self.across:.2f}" stroke="{ink}" stroke-width="0.7"/>'
        )
        look = f'font-family="{theme.FONT}" font-size="{self.size:.2f}" fill="{ink}"'
        return f"<g {look}>{''.join(parts)}</g>"

    def _long(self, text: str, column: int) -> float:
        return max(length(text, self.size), length(text, self.size, bold=True) * (column > 0))

    def _is_name(self, column: int) -> bool:
        """Whether a column holds words: its head is empty."""
        return not self.rows[0][column]
