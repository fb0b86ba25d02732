"""A run in words and numbers, read back by a parser of HTML."""

from __future__ import annotations

from types import SimpleNamespace
from xml.etree import ElementTree

import pytest

from initopt_core.figures import training as figures
from initopt_core.ui.training import words
from tests.support.charts import told


def run(state="running", name="Mine", reason=""):
    return SimpleNamespace(state=state, name=name, reason=reason)


def text(markup: str) -> str:
    return "".join(ElementTree.fromstring(markup).itertext())


def test_a_queued_run_says_what_it_waits_for():
    assert text(words.state(run("queued"), told([[1.0]]))) == "Mine. Starting."
    said = text(words.state(run("queued"), told([[1.0]]), 2, 90.0))
    assert said.startswith("Mine. Waiting for 2 other runs, about ")


def test_progress_is_a_bar_that_can_be_heard():
    history = told([[1.0] * 100])  # of 400 steps
    bar = next(
        e for e in ElementTree.fromstring(words.state(run(), history)).iter()
        if e.get("role") == "progressbar"
    )  # fmt: skip
    assert bar.get("aria-valuenow") == "25"
    assert bar.find("i").get("style") == "width:25.0%"


def test_the_legend_draws_each_racer_as_files_do():
    found = figures.lines([("", told([[1.0]] * 3))])
    assert len({line.dash for line in found}) == 3
    keys = list(ElementTree.fromstring(words.legend(found)).iter("i"))
    assert ["transparent" in key.get("style") for key in keys] == [
        line.dash[1] > 0 for line in found
    ]
    spec = figures.loss_figure(found).spec()
    line = next(part for part in spec["layer"] if "strokeDash" in part.get("encoding", {}))
    assert line["encoding"]["strokeDash"]["scale"]["range"] == [list(one.dash) for one in found]
    assert line["encoding"]["strokeDash"]["legend"] == line["encoding"]["color"]["legend"]


@pytest.mark.parametrize("name", ["<b>x</b>", "a & b", '"><script>'])
def test_a_name_is_no_markup(name):
    history = told([[1.0]])
    for state in ("queued", "running", "paused", "failed"):
        assert name in text(words.state(run(state, name, name), history))
    table = words.table([(run(name=name), history), (run(name="two"), history)])
    cells = [c.text or "".join(c.itertext()) for c in ElementTree.fromstring(table).iter("td")]
    assert f"{name}: SGD" in cells


def test_a_racer_is_a_row_and_its_seeds_are_mean_and_spread():
    history = told([[2.0, 1.0], [3.0, 2.0]])
    first, second = history.curves.values()
    second.racer, second.label, second.optimizer = 0, first.label, first.optimizer
    for curve, val, test in ((first, 0.8, 0.7), (second, 0.9, 0.8)):
        curve.train, curve.val = [0.5], [val]
        curve.test = {"accuracy": test}
    (row,) = list(ElementTree.fromstring(words.table([(run(), history)])).iter("tr"))[1:]
    cells = ["".join(c.itertext()) for c in row]
    assert cells[0] == "SGD · 2 seeds" and cells[1] == "0.1" and cells[2] == "1.5"
    assert cells[3] == "50.0 ± 0.0 %" and cells[4] == "85.0 ± 7.1 %"
    assert cells[5].endswith(" (1)") and cells[6] == "75.00 ± 7.07 %"  # and no markup in it
    assert len(cells) == len(words.HEADS)


def test_nothing_known_is_said_as_that():
    (row,) = list(ElementTree.fromstring(words.table([(run(), told([[]]))])).iter("tr"))[1:]
    assert {c.text for c in list(row)[2:-1]} == {words.UNKNOWN}  # but for its time


def test_the_legend_has_each_lines_colour_and_dash():
    found = figures.lines([("a", told([[1.0]])), ("b", told([[1.0]]))])
    spans = list(ElementTree.fromstring(words.legend(found)))
    assert ["".join(s.itertext()) for s in spans] == ["a: SGD", "b: SGD"]
    styles = [s.find("i").get("style") for s in spans]
    assert "transparent" not in styles[0] and "transparent" in styles[1]
