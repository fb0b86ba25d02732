"""The key of paths over a surface."""

import re

import pytest

from initopt_core.descent import Run, race
from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.loss_surfaces.marks import END, LEFT, START, STEP
from initopt_core.figures.loss_surfaces.path_key import symbol
from initopt_core.figures.loss_surfaces.paths import MOST_DOTTED
from initopt_core.figures.loss_surfaces.picture import looks, on_ground
from initopt_core.loss_surfaces.labels import labels_of
from initopt_core.paths import ASSETS
from initopt_core.surfaces import Surface

BOWL, RANGES = Surface("quadratic"), (-2.0, 2.0, -2.0, 2.0)
NAMES = ("SGD", "SGDMomentum", "Adam")


def pieces(path: str) -> list[tuple[float, float]]:
    """Where the pieces of a symbol's line begin and end."""
    found = re.findall(r"M([-\d.]+),0L([-\d.]+),0(?=M|$)", path)
    return [(float(a), float(b)) for a, b in found]


def test_a_symbol_is_a_line_with_its_dashes_and_the_sign_at_its_end():
    solid, dashed, dotted = (symbol(dash, "circle") for dash in ([1, 0], [9, 4], [2, 4]))
    assert len(pieces(solid)) == 1 < len(pieces(dashed)) < len(pieces(dotted))
    for path in (solid, dashed, dotted):
        assert "A1.0,1.0" in path and path.endswith("Z")
    assert len({symbol([1, 0], shape) for shape in ("circle", "square", "diamond")}) == 3


@pytest.mark.parametrize("draw", [figures.paths, figures.space])
@pytest.mark.parametrize("theme", ["light", "print"])
def test_the_key_has_the_lines_colours_with_the_signs(draw, theme):
    traces = race(BOWL, [Run(name, (("lr", 0.1),), (1.0, 0.5)) for name in NAMES], 20)
    labels = labels_of(NAMES)
    svg = export.to_svg(draw(BOWL, traces, labels, RANGES, "linear"), export.ExportOptions(theme))
    tags = re.findall(r"<path[^>]*>", svg.decode().lower())
    parts = on_ground(looks(NAMES))
    for label, (_, dash, _) in zip(labels, parts, strict=True):
        assert svg.decode().count(f">{label}</text>") == 1, "one entry each"
        assert dash == [1, 0] or any(f'"{",".join(map(str, dash))}"' in tag for tag in tags)
    lines = {m[1] for tag in tags if "stroke-dasharray" in tag and (m := stroke(tag))}
    keys = {m[1] for tag in tags if (m := stroke(tag)) and f'fill="{m[1]}"' in tag}
    assert len(lines - {"#ffffff"}) >= 2 and lines - {"#ffffff"} <= keys


def stroke(tag: str):
    return re.search(r'stroke="(#\w+)"', tag)


def test_no_two_paths_have_one_dash():
    dashes = [tuple(dash) for _, dash, _ in on_ground(looks(["SGD"] * 5 + ["Adam", "RMSprop"]))]
    assert len(set(dashes)) == len(dashes)


def test_the_key_says_what_ring_dots_and_signs_are():
    """Of what the picture shows, and of nothing else."""

    def told(draw, updates, **more):
        traces = race(BOWL, [Run("SGD", (("lr", 0.1),), (1.0, 0.5))], updates)
        svg = export.to_svg(draw(BOWL, traces, ["SGD"], RANGES, "linear", **more)).decode()
        return [name for name in (START, STEP, END, LEFT) if f">{name}</text>" in svg]

    assert told(figures.paths, 20) == [START, STEP, END]
    assert told(figures.paths, 300) == [START, END], "too many steps for dots"
    assert told(figures.paths, 20, moving=True) == []
    assert told(figures.space, 20) == [END]
    alone = export.to_svg(figures.paths(BOWL, [], [], RANGES, "linear")).decode()
    assert f">{START}<" not in alone and f">{END}<" not in alone


def test_the_page_draws_dots_for_as_many_steps():
    signs = (ASSETS / "web/surface_canvas/signs.js").read_text()
    assert f"export const MOST_DOTTED = {MOST_DOTTED};" in signs
