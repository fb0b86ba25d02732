"""What an exported surface is marked with is what the page's canvas is sent."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import numpy as np
import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces.marks import (
    LETTERS,
    Tag,
    farewells,
    marks_in,
    most_of,
    placed,
    spots,
    walked,
)
from initopt_core.figures.loss_surfaces.scene import scene
from initopt_core.loss_surfaces.labels import labels_of
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import FORMULA, Surface

VIEW = (-5.0, 5.0, -5.0, 5.0)
HILLS = Surface("himmelblau")
RUNS = (
    Run("SGD", (("lr", 0.3),), (-3.0, 1.0)),
    Run("SGDMomentum", (("lr", 0.9),), (3.5, -3.5)),
    Run("Adam", (("lr", 0.3),), (0.0, 0.0)),
)


@pytest.fixture(scope="module")
def raced():
    traces = race(HILLS, RUNS, 20)
    return HILLS, traces, labels_of([t.run.optimizer for t in traces]), VIEW, "log"


def sent(surface, runs, view, updates=20):
    """The head of the message that the page's canvas gets."""
    return scene(surface, runs, updates, 0.0, 0, view, landmarks(surface, view)).head


def test_the_file_has_the_canvas_marks(raced):
    head, rows = sent(HILLS, RUNS, VIEW), figures.paths(*raced).rows()
    crosses = [[row["w1"], row["w2"]] for row in rows["saddles"]]
    np.testing.assert_allclose(crosses, head["saddles"], rtol=1e-5)
    assert len(crosses) == 4
    stars = [[row["w1"], row["w2"]] for row in rows["minima"]]
    np.testing.assert_allclose(stars, [m[:2] for m in head["minima"]], rtol=1e-5)


def test_a_typed_formula_has_them_too_and_a_lower_minimum_the_larger_star():
    valley = Surface(FORMULA, text="(w1**2 - 1)**2 + w1/4 + w2**2")
    rows = {k: v["groups"] for k, v in spots(valley, (-2.0, 2.0, -2.0, 2.0)).items()}
    assert len(rows["minima"]) == 2 and len(rows["saddles"]) == 1
    large, small = sorted(rows["minima"], key=lambda row: -row["area"])
    assert (large["area"], small["area"]) == (196, 81) and large["w1"] < 0 < small["w1"]


@pytest.mark.parametrize("seen", [figures.paths, figures.space])
@pytest.mark.parametrize(("text", "shape"), [("page", "natural"), ("slide", "column")])
def test_a_path_that_could_not_go_on_says_what_the_page_says(raced, seen, text, shape):
    gone = [run["gone"] for run in sent(HILLS, RUNS, VIEW)["runs"]]
    assert gone == farewells(*raced[:4]) and gone[2] is None
    svg = export.to_svg(seen(*raced), export.ExportOptions(text=text, shape=shape)).decode()
    for words in gone[:2]:
        assert f">{words}</text>" in svg and "diverged at step" in words
    (size,) = set(re.findall(r'font-size="([\d.]+)px"[^>]*>SGD: diverged', svg))
    assert float(size) >= LETTERS
    if text == "page":
        assert svg.count("diverged") == 2


def test_the_page_alone_draws_its_paths_end_to_end(raced):
    """A dashed line to a place out of all proportion was not drawn at all."""
    rows = figures.paths(*raced).rows()["paths"]
    assert max(abs(row["w1"]) + abs(row["w2"]) for row in rows) < 1e4
    json.dumps(rows, allow_nan=False)


def test_a_start_without_a_loss_is_shown_with_its_words():
    surface, view = Surface(FORMULA, text="log(w1) + w2**2"), (-4.0, 4.0, -4.0, 4.0)
    traces = race(surface, (Run("SGD", (("lr", 0.1),), (-1.0, 1.0)),), 5)
    assert walked(traces[0])[:, :2].tolist() == [[-1.0, 1.0]]
    for seen in (figures.paths, figures.space):
        svg = export.to_svg(seen(surface, traces, ["SGD"], view, "linear")).decode()
        assert "SGD: starts where the loss is not defined" in svg


def test_words_stand_beside_their_places_apart_and_within():
    tags = [Tag("a path that ended here", x, y) for x in (2, 210, 418) for y in (3, 210, 417)]
    for k in (1.0, most_of(tags, 420, 420)):
        boxes = placed(tags, 420, 420, k)
        for tag, box in zip(tags, boxes, strict=True):
            left, top, right, bottom = box.edges(k)
            assert left >= 0 and top >= 0 and right <= 421 and bottom <= 420
            beside = left > tag.x + 7 or right < tag.x - 7
            assert k > 1 or beside or abs(box.middle - tag.y) >= 16
        middles = sorted(box.middle for box in boxes)
        assert all(b - a >= 17 * k - 1e-6 for a, b in pairwise(middles))
    assert [b.left for b in placed([Tag("ab", 20, 20)], 420, 420)] == [32], "on the page's side"


def test_letters_grow_as_far_as_the_longest_words_have_room():
    assert most_of([Tag("x" * 200, 0, 0)], 420, 420) == pytest.approx(1.01)
    assert most_of([Tag("x", 0, 0)], 420, 420) == 3.5 and most_of([], 420, 420) == 3.5


@pytest.mark.parametrize("theme", ["light", "print"])
def test_the_key_says_what_a_star_and_a_cross_are(raced, theme):
    _, _, _, _, color = raced
    for surface, view, told in (
        (HILLS, VIEW, ("minimum", "saddle")),
        (HILLS, (2.0, 2.1, -5.0, -4.9), ()),
        (Surface("quadratic"), (-1.0, 1.0, -1.0, 1.0), ("minimum",)),
    ):
        assert marks_in(surface, view) == told
        svg = export.to_svg(
            figures.paths(surface, (), (), view, color), export.ExportOptions(theme)
        ).decode()
        found = re.findall(r">(minimum|saddle)</text>", svg)
        assert tuple(found) == told
