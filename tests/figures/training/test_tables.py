"""The data of the training figures as files."""

from __future__ import annotations

from initopt_core.figures.training import tables
from tests.support.charts import told


def test_each_seed_has_its_rows_and_its_place_on_every_axis():
    history = told([[2.0, 1.0]])
    (curve,) = history.curves.values()
    rows = list(tables.losses([tables.racer("mine", history, [curve])], {}))
    names = ("optimizer", "seed", "step", "epoch", "examples seen")
    assert [tuple(r[name] for name in names) for r in rows] == [
        ("mine", 42, 1, 0.1, 256), ("mine", 42, 2, 0.2, 512),
    ]  # fmt: skip
    assert [r[tables.LOSS] for r in rows] == [2, 1]
    assert {r[tables.SMOOTH_LOSS] for r in rows} == {None}


def test_a_smoothed_curve_stands_beside_the_steps_at_which_it_has_a_point():
    history = told([[2.0, 1.0, 0.5]])
    smoothed = {"mine": tables.Smoothed([2.0], [1.5], "mean of 2 steps")}
    line = tables.racer("mine", history, history.curves.values())
    rows = list(tables.losses([line], smoothed))
    assert [r[tables.SMOOTH_LOSS] for r in rows] == [None, 1.5, None]
    assert [r[tables.HOW] for r in rows] == [None, "mean of 2 steps", None]


def test_shares_of_a_confusion_are_of_the_true_class():
    rows = list(tables.confusions({"a": [[1, 3], [0, 0]]}, ["x", "y"]))
    assert [r["share of the true class (%)"] for r in rows] == [25, 75, 0, 0]
    totals = list(tables.class_accuracies({"a": [[1, 3], [0, 0]]}, ["x", "y"]))
    assert [(r["test images"], r["test accuracy (%)"]) for r in totals] == [(4, 25), (0, 0)]
