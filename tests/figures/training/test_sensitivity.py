"""Score against learning rate."""

from __future__ import annotations

import pytest
import vl_convert

from initopt_core.figures import training
from initopt_core.optimizers import OPTIMIZERS
from tests.support.charts import points_of_lines, rows_of

SEARCH = {("kaiming", 0, 0.1): None, ("kaiming", 0, 0.01): 0.8, ("zeros", 1, 0.001): 0.5,
          ("other", 0, 1.0): 0.9}  # fmt: skip
RACERS = [("Adam", "Adam"), ("slow", "SGD")]


@pytest.fixture(scope="module")
def figure():
    return training.sensitivity_figure(SEARCH, RACERS, {"kaiming": "Kaiming", "zeros": "Zeros"})


def test_trials_are_drawn_in_the_order_of_their_rates(figure):
    drawn = [(r["init"], r["label"], r["x"], r["y"], r["state"]) for r in figure.rows()["search"]]
    assert drawn == [
        ("Kaiming", "Adam", 0.01, 80, "trained"),
        ("Kaiming", "Adam", 0.1, 10, "diverged"),  # a cross where chance is
        ("Zeros", "slow", 0.001, 50, "trained"),
    ]
    low, high = figure.signals["rates"]
    assert low < min(OPTIMIZERS["Adam"].lr_grid) and high > max(OPTIMIZERS["SGD"].lr_grid)


def test_the_file_has_no_accuracy_where_there_was_none(figure):
    rows = rows_of(figure)
    accuracies = [r["best validation accuracy (%)"] for r in rows]
    assert accuracies == ["80.0", "", "50.0"]
    assert [r["outcome"] for r in rows] == ["trained", "diverged", "trained"]


def test_each_panel_shows_its_own_initialization_alone(figure):
    svg = vl_convert.vegalite_to_svg(figure.spec())
    assert [n for n in points_of_lines(svg) if n] == [2, 1]
