"""The layout of figures: gutters first, plots get the rest; the shipped font in every picture."""

from __future__ import annotations

import pytest

from initopt_core.figures.initialization import GRID_LAYERS, grid_room
from initopt_core.figures.room import Room, legend_size

PLACE = 929  # pixels beside the sidebar at 1280


@pytest.mark.parametrize("layers", range(1, GRID_LAYERS + 1))
def test_every_grid_fits_beside_the_sidebar(layers):
    room = grid_room(layers, 3)
    assert room.across(room.panel(PLACE)) <= PLACE
    assert PLACE - room.across(room.panel(PLACE)) < layers  # and wastes less than a pixel each


def test_a_narrow_place_scrolls_and_a_wide_one_stops():
    room = Room(300, 100, columns=2, left=40, right=10, gap=50, least=150, most=400)
    assert room.panel(100) == 150 and room.across(150) == 400
    assert room.panel(5000) == 400


def test_a_legend_breaks_into_lines_that_have_room():
    room = Room(300, 100, left=0, right=0, top=20, bottom=20, entries=5, entry_width=100)
    assert [room.legend_columns(w) for w in (90, 200, 350, 900)] == [1, 2, 3, 5]
    assert room.down(200) == 20 + 3 * 18 + 100 + 20


def test_a_legend_that_fits_into_a_line_is_not_broken_by_its_widest_entry():
    size = legend_size(["SGD", "SGD + momentum", "Adam"])
    assert 3 * size["entry_width"] > 380 > size["in_line"]
    room = Room(300, 100, left=0, right=0, **size)
    assert room.legend_columns(380) == 3 and room.legend_columns(size["in_line"] - 1) == 1


@pytest.mark.parametrize(("width", "columns", "rows"), [(800, 3, 1), (500, 2, 2), (300, 1, 3)])
def test_panels_of_one_row_go_below_one_another_where_they_have_no_room(width, columns, rows):
    room = Room(300, 100, columns=3, left=40, right=10, gap=20, least=200)
    found = room.in_rows(width, 3)
    assert (found.columns, found.rows) == (columns, rows)
    assert found.across(found.panel(width)) <= width
    assert found is room or found.row_gap == room.top + room.bottom


def test_panels_of_several_rows_do_so_too_and_keep_what_lies_between_them():
    room = Room(300, 100, columns=3, rows=2, row_gap=70, least=200)
    found = room.in_rows(300, 5)
    assert (found.columns, found.rows, found.row_gap) == (1, 5, 70)


def test_panels_fill_a_place():
    room = Room(300, 100, columns=2, rows=2, left=40, right=10, top=20, bottom=30, row_gap=10)
    found = room.filling(650, 460)
    assert (found.width, found.height) == (300, 200)
    assert room.filling(650, None).height == 100


def test_panels_that_may_stand_below_one_another_follow_a_signal():
    from initopt_core.figures.room import COLUMNS

    plain, stacked = (Room(100, 50, columns=2, gap=10, stack=stack) for stack in (0, 30))
    assert COLUMNS not in [p["name"] for p in plain.params()]
    assert {"name": COLUMNS, "value": 2} in stacked.params()
    vega = stacked.fitted({"layout": {"columns": 2}})
    assert vega["layout"]["columns"] == {"signal": COLUMNS}
    assert vega["height"]["signal"].startswith(f"{COLUMNS} == 1 ? 2 * plot_height + 30")
    assert plain.fitted({"layout": {"columns": 2}})["layout"]["columns"] == 2
