"""The small table of an exported picture."""

import itertools
from xml.etree import ElementTree

import pytest

from initopt_core.figures.export.grid import Grid
from initopt_core.figures.export.lettering import length

ROWS = (
    ("", "", "Layer 0", "Layer 8"),
    ("Variance of the activations", "printed", "0.5", "1.25·10⁻⁵"),
    ("", "ours", "0.25", "12"),
)


def _drawn(grid: Grid) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(grid.drawn(10, 20, "#000")).iter("text"))


@pytest.mark.parametrize("width", [200, 320, 900])
def test_every_cell_is_there_and_none_covers_another(width):
    grid = Grid(ROWS, 13, width).fitted(10)
    found: dict[str, list[tuple[float, float]]] = {}
    words = []
    for text in _drawn(grid):
        size, x = grid.size, float(text.get("x"))
        long = length(text.text, size, text.get("font-weight") == "bold")
        begin = x - long if text.get("text-anchor") == "end" else x
        found.setdefault(text.get("y"), []).append((begin, begin + long))
        words.append(text.text)
        assert 20 < float(text.get("y")) < 20 + grid.height
    told = " ".join(words)
    assert all(part in told for row in ROWS for cell in row[1:] for part in cell.split())
    assert all(part in told.split() for part in ROWS[1][0].split())
    for places in found.values():
        places.sort()
        assert all(a[1] < b[0] for a, b in itertools.pairwise(places))
        assert width < 300 or places[-1][1] <= 10 + width + 1


def test_numbers_end_at_one_edge():
    edges = {text.get("x") for text in _drawn(Grid(ROWS, 13, 900)) if text.text in {"0.5", "0.25"}}
    assert len(edges) == 1


def test_letters_are_smaller_before_the_table_is_too_wide():
    roomy, tight = Grid(ROWS, 13, 900).fitted(9), Grid(ROWS, 13, 215).fitted(9)
    assert roomy.size == 13 > tight.size >= 9
    assert len(tight.lines) > len(ROWS)
