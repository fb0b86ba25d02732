"""What the trained networks take for what."""

from __future__ import annotations

import re

import pytest
import vl_convert

from initopt_core.figures import export
from initopt_core.figures import training as figures

NAMES = ["shirt", "bag", "coat"]
MATRIX = [[6, 1, 3], [0, 10, 0], [4, 0, 0]]


def test_a_cell_is_the_share_of_its_true_class():
    rows = figures.confusion_figure(MATRIX, NAMES, "Adam").rows()["confusion"]
    found = {(r["true"], r["predicted"]): (r["share"], r["count"], r["text"]) for r in rows}
    assert found["shirt", "coat"] == (30, 3, "30") and found["bag", "shirt"] == (0, 0, "")
    assert found["coat", "shirt"] == (100, 4, "100")
    for name in NAMES:
        assert sum(found[name, other][0] for other in NAMES) == pytest.approx(100)


def test_a_classs_accuracy_is_its_diagonal():
    figure = figures.classes_figure({"one": ("Adam", MATRIX), "two": ("SGD", MATRIX)}, NAMES)
    rows = figure.rows()["classes"]
    assert {(r["label"], r["class"]): r["y"] for r in rows} == {
        (who, name): share
        for who in ("one", "two")
        for name, share in zip(NAMES, (60, 100, 0), strict=True)
    }
    assert "<svg" in vl_convert.vegalite_to_svg(figure.spec())


def test_racers_that_do_as_well_are_both_seen():
    """Of one class, each racer's mark has a height of its own."""
    alike = [[3, 1], [0, 4]]
    racers = {"SGD": ("SGD", alike), "Adam": ("Adam", alike)}
    svg = export.to_svg(figures.classes_figure(racers, ["bag", "coat"])).decode()
    marks = svg[svg.index("mark-symbol role-mark") :]
    places = re.findall(r"translate\(([\d.]+),([\d.]+)\)", marks[: marks.index("</g>")])
    assert len(places) == 4 and len(set(places)) == 4
    assert len({x for x, _ in places}) == 2
