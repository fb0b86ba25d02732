"""The laboratory's words: facts of the surface, and what is wrong with a formula."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.surfaces import FORMULA, SURFACES, Surface
from initopt_core.ui.loss_surfaces import lab


def held(surface: Surface, problem: str = "", **look):
    ranges = (-1.0, 1.0, -2.0, 2.0)
    plan = SimpleNamespace(surface=surface, ranges=ranges)
    return SimpleNamespace(plan=plan, problem=problem, look=look)


OWN = Surface(FORMULA, text="w1**2 + w2**2")


def test_facts_are_the_entrys_or_of_the_formula():
    entry = SURFACES["rosenbrock"]
    assert lab.facts_of(held(Surface("rosenbrock"))) == f"{entry.help} ({entry.source})"
    assert "automatic differentiation" in lab.facts_of(held(OWN))


@pytest.mark.parametrize(
    ("surface", "problem", "written"),
    [
        (Surface("rosenbrock"), "", ""),
        (OWN, "", ""),
        (
            OWN,
            "No <b> here.\n2 < <\n    ^",
            '<div class="surface-problem" role="alert">No &lt;b&gt; here.'
            f"<br><pre>2 &lt; &lt;\n    ^</pre>{lab.LAST}</div>",
        ),
    ],
)  # fmt: skip
def test_a_problem_has_its_place_and_is_no_markup(surface, problem, written):
    assert lab.problem_of(held(surface, problem)) == written


def test_what_is_sampled_is_what_is_seen():
    assert lab._grid_ranges(held(OWN)) == (-1, 1, -2, 2)
    assert lab._grid_ranges(held(OWN, zoom=[0.0, 0.5, 0.0, 1.0])) == (0, 0.5, 0, 1)


def test_landmarks_depend_on_the_ranges_only_for_a_formula(monkeypatch):
    asked = []
    monkeypatch.setattr(lab, "compute", lambda function, surface, ranges: asked.append(ranges))
    lab.landmarks_of(held(OWN).plan)
    lab.landmarks_of(held(Surface("rosenbrock")).plan)
    assert asked == [(-1, 1, -2, 2), (0, 1, 0, 1)]


@pytest.mark.parametrize(
    ("run", "names"), [(-1, ("start_w1", "start_w2")), (2, ("own2_w1", "own2_w2"))]
)
@pytest.mark.parametrize("opened", [True, False])
def test_the_sliders_of_a_start_answer_where_they_are_seen(monkeypatch, run, names, opened):
    page = SimpleNamespace(session_state={"_start_part": opened})
    monkeypatch.setattr(lab, "st", page)
    assert lab._start_sliders(run) == (names if opened else ())
