"""The surface's canvas as one HTML file."""

import base64
import gzip
import json
import re

import numpy as np
import pytest

from initopt_core import descent
from initopt_core.descent import Run
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.export import ExportOptions, to_svg
from initopt_core.figures.loss_surfaces import canvas_page as made
from initopt_core.figures.loss_surfaces.scene import Showing, grid, scene
from initopt_core.loss_surfaces.landmarks import landmarks
from initopt_core.surfaces import Surface

BOWL, RANGES = Surface("quadratic"), (-2.0, 2.0, -1.0, 1.0)
LOOK = {"step": 3, "solid": True}
SHOWN = Showing("A bowl", "A bowl", RANGES, "log", "A bowl with one path.", look=LOOK)


@pytest.fixture(scope="module")
def race():
    run = Run("Adam", (("lr", 0.1),), (1.0, 0.5))
    return scene(BOWL, (run,), 10, 0.0, 0, RANGES, landmarks(BOWL, ()))


def page_of(race, **look) -> str:
    return made.canvas_page(race, grid(BOWL, RANGES), SHOWN, ExportOptions(**look)).decode()


def test_a_surface_is_named_once(race):
    """ "Pathological curvature: paths" stood above "Pathological curvature"."""
    hidden = ".sc-head>.sc-heading{display:none}"
    assert hidden in page_of(race, title=f"{SHOWN.title}: paths")
    assert hidden not in page_of(race, title="Mine") and hidden not in page_of(race)


def held(page: str, name: str) -> bytes:
    found = re.search(rf'id="{name}">([^<]*)<', page)
    assert found
    return gzip.decompress(base64.b64decode(found[1]))


def test_a_file_holds_all_that_it_needs(race):
    page = page_of(race, title="</script>Mine", caption="Adam: η 0.1.", source="http://here/x?y=1")
    assert len(page.encode()) < 700_000 and "default-src 'none'" in page
    assert "&lt;/script&gt;Mine" in page and "Adam: η 0.1." in page
    assert "<link" not in page and not re.search(r"\b(src|href)=", page)
    told = json.loads(held(page, "modules"))
    paths = [path for path, _ in told["modules"]]
    assert told["main"] in paths and made.SOLID in paths
    for _, text in told["modules"]:
        assert set(re.findall(r'"@@(.+?)@@"', text)) <= set(paths)
    head, _, floats = held(page, "scene").partition(b"\n")
    head = json.loads(head)
    assert floats == race.floats and head["initial"] == LOOK and head["starts"] == []
    assert held(page, "grid") == grid(BOWL, RANGES).data
    assert json.loads(held(page, "grid").partition(b"\n")[0])["id"] == head["grid"]
    assert page == page_of(
        race, title="</script>Mine", caption="Adam: η 0.1.", source="http://here/x?y=1"
    )


def test_it_wears_the_look_that_was_chosen(race):
    page = page_of(race, theme="dark", text="slide")
    assert "--st-background-color:#171614" in page and 'dataset.type = "large"' in page
    assert "dataset.type" not in page_of(race)


def test_a_long_race_keeps_four_digits(race, monkeypatch):
    monkeypatch.setattr(made, "MOST", 0)
    floats = held(page_of(race), "scene").partition(b"\n")[2]
    ours, theirs = (np.frombuffer(f, dtype="<f4") for f in (floats, race.floats))
    np.testing.assert_allclose(ours, theirs, rtol=1.3e-4, equal_nan=True)
    assert len(gzip.compress(floats)) < 0.8 * len(gzip.compress(race.floats))


def test_in_print_paths_have_the_pictures_colours_and_dashes():
    rates = ((name, (("lr", 0.1),)) for name in ("SGD", "SGDMomentum", "Adam"))
    runs = tuple(Run(name, settings, (1.0, 0.5)) for name, settings in rates)
    several = scene(BOWL, runs, 10, 0.0, 0, RANGES, landmarks(BOWL, ()))
    plain, printed = (
        json.loads(held(page_of(several, theme=name), "scene").partition(b"\n")[0])
        for name in ("light", "print")
    )
    assert "printed" not in plain and printed["printed"]
    looks = [(run["color"], run["dash"]) for run in printed["runs"]]
    traces = descent.race(BOWL, runs, 10)
    figure = figures.paths(BOWL, traces, list(several.labels), RANGES, "linear")
    svg = to_svg(figure, ExportOptions("print")).decode()
    for color, dash in looks:
        assert color.lower() in svg.lower()
        assert dash == [1, 0] or f'stroke-dasharray="{",".join(map(str, dash))}"' in svg
    assert len({str(dash) for _, dash in looks}) == 3
