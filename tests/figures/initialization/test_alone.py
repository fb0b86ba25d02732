"""Histograms that leave the page say what it says beside them."""

import xml.etree.ElementTree as ET

import pytest

from initopt_core import data
from initopt_core.figures import export, initialization
from initopt_core.figures.initialization import alone
from initopt_core.figures.initialization.display import Display
from initopt_core.initialization.observation import observe
from initopt_core.initialization.presets import PRESETS
from initopt_core.ui.initialization import panels


@pytest.fixture(scope="module")
def observed():
    return observe(PRESETS["kaiming-relu"].settings, data.load_sample())


def said(figure, **look):
    svg = export.picture(figure, export.ExportOptions(**look)).svg
    return [
        "".join(e.itertext()) for e in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    ]


@pytest.mark.parametrize("shared", [False, True])
@pytest.mark.parametrize("upright", [False, True])
def test_the_key_has_the_pages_words(shared, upright):
    told = " ".join(alone.words(Display(shared=shared), upright))
    assert (panels.SAME_AXIS if shared else panels.OWN_AXES) in told
    assert "activations before φ" in told
    assert "values in a bin" in told and "density (Gaussian kernel)" in told
    assert "density" not in " ".join(alone.words(Display(curve=False), upright))


@pytest.mark.parametrize("look", [{}, {"shape": "16:9", "text": "slide"}, {"shape": "4:3"}])
def test_rows_are_named_alike_at_all_sizes(observed, look):
    words = said(initialization.grid(observed), **look)
    assert "GradientsdL/dW" in words and "Activationsz" in words
    assert any("Own axes" in line for line in words)


def test_in_a_column_no_remark_is_cut(observed):
    for text in export.TEXTS:
        words = said(initialization.grid(observed), shape="column", text=text)
        dead = [line for line in words if "% dead" in line]
        assert len(dead) >= 2 and all("var" in line for line in dead)
        assert not any("…" in line for line in words)


def test_the_page_keeps_its_own(observed):
    assert not any(
        "Own axes" in str(v) for v in initialization.grid(observed).definition().values()
    )
