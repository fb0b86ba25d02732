"""What is written twice, in Python and in JavaScript, gives the same, to the last digit."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace

import numpy as np
import pytest

from initopt_core import wording
from initopt_core.figures import figure, theme
from initopt_core.figures.room import Room
from initopt_core.reading import number_text
from tests.support import web


def twins(**calls: list[list]) -> dict[str, list]:
    """The JavaScript functions' answers to these calls, each a list of arguments."""

    def sent(value):
        if isinstance(value, float) and not math.isfinite(value):
            return str(value).replace("nan", "NaN").replace("inf", "Infinity")
        if isinstance(value, list):
            return [sent(v) for v in value]
        return {k: sent(v) for k, v in value.items()} if isinstance(value, dict) else value

    done = web.node("twins.js", input=json.dumps(sent(calls)))
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def values() -> list[float]:
    """Thousands of numbers of every size, and the places where a digit turns."""
    draw = random.Random(0)
    signed = [draw.choice((-1, 1)) * 10 ** draw.uniform(-320, 308) for _ in range(2000)]
    usual = [draw.choice((-1, 1)) * 10 ** draw.uniform(-5, 8) for _ in range(4000)]
    turns = (0.9995, 0.99949, 1, 1.005, 1.125, 2.5, 9.995, 9.994)
    edges = [m * 10.0**e for e in range(-12, 13) for m in turns]
    special = [1225.0, 1235.0, 5e-324, 1.7e308, math.inf, -math.inf, math.nan, 0.0, -0.0]
    return [*signed, *usual, *edges, *map(float, range(0, 2000, 5)), *special]


def test_numbers_are_written_as_python_writes_them():
    finite = [v for v in values() if math.isfinite(v)]
    ours = {
        "number": ([[v] for v in values()], wording.number),
        "times": ([[v] for v in finite], wording.times),
        "percent": ([[v] for v in finite], wording.percent),
        "plain": ([[v] for v in finite], wording.plain),
        "power": ([[e] for e in (3, -12, 0, 308)], wording.power),
    }
    theirs = twins(**{name: calls for name, (calls, _) in ours.items()})
    for name, (calls, write) in ours.items():
        pairs = zip(calls, theirs[name], strict=True)
        wrong = [(v, said, write(v)) for (v,), said in pairs if said != write(v)]
        assert not wrong, (name, wrong[:5])
    six = twins(number=[[v, 6] for v in finite])["number"]
    assert six == [wording.number(v, 6) for v in finite]
    assert twins(number=[[None]])["number"] == [wording.number(None)]


@pytest.mark.parametrize("seed", range(5))
def test_a_layout_in_the_browser_is_the_rooms(seed):
    draw = random.Random(seed)
    rooms, places = [], []
    for _ in range(60):
        least = draw.randint(60, 300)
        rooms.append(
            Room(
                width=draw.randint(100, 900),
                height=draw.randint(80, 400),
                columns=draw.randint(1, 9),
                rows=draw.randint(1, 4),
                left=draw.randint(0, 80),
                right=draw.randint(0, 40),
                top=draw.randint(0, 40),
                bottom=draw.randint(0, 60),
                gap=draw.randint(0, 60),
                row_gap=draw.randint(0, 60),
                least=least,
                most=draw.randint(least, 4000),
                entries=draw.randint(0, 12),
                entry_width=draw.randint(60, 190),
                in_line=draw.choice((0, draw.randint(100, 1500))),
            )
        )
        places.append(draw.choice((320, 390, 929, 1088, 1568, draw.randint(200, 3000))))
    calls = [[room.message(), place] for room, place in zip(rooms, places, strict=True)]
    for room, place, said in zip(rooms, places, twins(layout=calls)["layout"], strict=True):
        panel = room.panel(place)
        assert said["panel"] == panel
        assert said["legend"] == room.legend_columns(panel)
        assert (said["width"], said["height"]) == (room.across(panel), room.down(panel))


def test_a_phone_has_panels_below_one_another_where_that_is_said():
    room = Room(470, 120, columns=2, gap=62, least=236, entries=3, entry_width=120, stack=80)
    calls = [[{**room.message(), "screen": s}, 364, 1, w, 600, f]
             for s, w, f in ((0.3, 390, False), (0.3, 1440, False), (1.0, 390, True))]  # fmt: skip
    phone, other, hall = twins(layout=calls)["layout"]
    below = replace(room, columns=1, rows=2, row_gap=80)
    panel = below.panel(364)
    assert phone["columns"] == 1 and phone["panel"] == panel > 236
    assert (phone["width"], phone["height"]) == (below.across(panel), below.down(panel))
    assert other["columns"] == 2 and other["panel"] == 236
    assert hall["columns"] == 1 and 0 <= 600 - hall["height"] < 2, "it fills a hall's window"


def test_compact_data_expands_to_the_same_rows():
    draw = np.random.default_rng(0)
    counts = draw.integers(0, 90, 7).tolist()
    cases = [
        figure.columns(x=[1, 2, 3], y=[0.5, None, -1], name="a"),
        figure.columns(only=1, words="one row"),
        figure.columns(x=[], y=[]),
        figure.series(
            [{"run": "SGD", "x": [0, 1], "y": [1, 2]}, {"run": "Adam", "x": [0], "y": [3]}]
        ),
        figure.histograms([{"edges": (-1.0, 2.5), "counts": counts, "layer": 3}]),
        figure.histograms([{"edges": (-1.0, 2.5), "counts": counts}], bars=True),
        figure.histograms([{"edges": list(range(8)), "counts": counts}]),
        {"histograms": [{"edges": [None, None], "counts": [0, 0], "layer": 0}], "bars": False},
        {"histograms": [{"edges": [0, 1], "counts": [], "layer": 0}]},
    ]
    plain = json.loads(json.dumps(cases))
    assert twins(expand=[[case] for case in plain])["expand"] == [figure.expand(c) for c in plain]


def test_viridis_has_the_themes_stops():
    (table,) = twins(viridis=[[]])["viridis"]
    ours = theme.viridis(np.arange(256) / 255)
    assert np.abs(np.array(list(table)).reshape(256, 4)[:, :3] - ours).max() <= 0.5
    assert set(table[3::4]) == {255}


TYPED = ["1,000", "1.000.000", "0,5", "1e-7", "10⁻³", "2·10^5", "−3", "1 234,5", "x", "", "1,2,3",
         "1.234,5", "10**-2", ".5"]  # fmt: skip


def test_typed_numbers_are_read_as_python_reads_them():
    read = {text: number_text(text) for text in TYPED}
    said = twins(readNumber=[[text] for text in TYPED])["readNumber"]
    for text, theirs in zip(TYPED, said, strict=True):
        ours = read[text] and float(read[text])
        assert theirs == (ours and pytest.approx(ours)), text


@pytest.mark.parametrize("scale", ["linear", "log"])
def test_colours_of_a_surface_follow_its_losses_both_ways(scale):
    grid = [float(v) for v in range(9)]
    losses = [0.0, 1e-3, 0.5, 2.0, 7.9, 8.0]
    (pairs,) = twins(units=[[grid, scale, losses]])["units"]
    places = [u for u, _ in pairs]
    assert places == sorted(places) and (places[0], places[-1]) == (0, 1)
    assert [back for _, back in pairs] == pytest.approx(losses, abs=1e-9)
    share = np.array(losses) / 8
    expected = share if scale == "linear" else np.log1p(1e4 * share) / np.log1p(1e4)
    assert places == pytest.approx(expected.tolist())
