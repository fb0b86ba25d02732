"""The initialization page: which figure, which sentence, which buttons."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core.data import load_sample
from initopt_core.figures.initialization import GRID_LAYERS, Display
from initopt_core.initialization import Settings, observe
from initopt_core.ui import stage
from initopt_core.ui.initialization import page
from tests.support.pages import charts


@pytest.mark.parametrize(("depth", "name"), [(3, "init-grid"), (GRID_LAYERS, "init-strips")])
def test_many_layers_are_strips(depth, name):
    seen = observe(Settings.make(hidden=f"{depth} x 4", batch=16), load_sample())
    figure = page.histograms(seen, Display())
    assert figure.key[0] == name and json.loads(figure.message)
    found, curves = page.conclusion(seen, (seen,))
    assert found.text and curves.key == ("init-depth", 2)


def shown():
    from initopt_core.ui.initialization import page

    page.show()


def test_a_sick_network_is_named_and_mended_by_one_button(quick_charts):
    test = AppTest.from_function(shown, default_timeout=60)
    for name, value in {"layers": "12 x 16", "scheme": "pytorch", "images": "64"}.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception
    assert [head["key"] for _, head, _ in charts(test)] == [
        "init-strips", "init-layer", "init-depth",
    ]  # fmt: skip
    assert any(m.value.startswith(":material/warning:") for m in test.markdown)
    test.button(key="init-fix").click().run()
    assert not test.exception
    assert "scheme" not in test.query_params  # Kaiming's is the one for ReLU, and the default
    next(b for b in test.button if b.label == "Pin").click().run()
    assert next(b for b in test.button if b.label == "Pin").disabled and "pin" in test.query_params


def test_in_a_lecture_the_sentence_keeps_what_later_scenes_ask_for(quick_charts):
    test = AppTest.from_function(shown, default_timeout=60)
    given = {"layers": "12 x 16", "scheme": "pytorch", "images": "64"}
    for name, value in given.items():
        test.query_params[name] = value
    test.session_state[stage._HELD] = stage.Stage("tutorial", 7)
    test.run()
    assert not test.exception
    (said,) = [m.value for m in test.markdown if m.value.startswith(":material/warning:")]
    assert "Made for" not in said


def test_what_cannot_be_shown_is_said_where_the_sentence_stands(quick_charts):
    """The side, which says it as well, is closed on a phone."""
    test = AppTest.from_function(shown, default_timeout=60)
    test.query_params["images"] = "64"
    test.run()
    test.text_input[0].set_value("256 x 99").run()
    assert not test.exception and len(charts(test)) == 2
    (told,) = [m.value for m in test.main.markdown if m.value.startswith(":material/error:")]
    assert "at most 64 are possible" in told and "last setting that could be used" in told
