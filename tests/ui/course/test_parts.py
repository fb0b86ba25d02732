"""Course figures: every card leads to its figure's setting, and the table says what was printed."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from initopt_core import data
from initopt_core.figures import gallery, tutorial
from initopt_core.initialization.presets import PRESETS
from initopt_core.loss_surfaces.flatness import SHIFT
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.paths import ROOT
from initopt_core.ui.course import parts


@pytest.fixture(scope="module")
def items():
    return gallery.items(data.load_sample())


def test_every_figure_opens_a_page_by_a_link_that_says_something(items):
    for item in items.values():
        assert (ROOT / "pages" / f"{item.page}.py").is_file() and item.page in parts.SECTIONS
        if item.page != tutorial.HOME:  # Home has no settings
            assert item.query, f"{item.name}: an empty link keeps what the visitor has set"
        link = urlsplit(item.link("https://x.org/base"))
        assert link.path == f"/base/{'' if item.page == 'home' else item.page}"
        assert tuple(parse_qsl(link.query)) == item.query


def initialization():
    import streamlit as st

    from initopt_core.ui.initialization import controls
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("initialization", "Initialization", controls.read)
    lab.show(lambda held: st.session_state.update(held=held))


def loss_surfaces():
    import streamlit as st

    from initopt_core.ui.loss_surfaces import plan
    from initopt_core.ui.page import Laboratory

    lab = Laboratory("loss_surfaces", "Loss surfaces", plan.read)
    lab.show(lambda held: st.session_state.update(held=held))


@pytest.fixture(scope="module")
def opened(items):
    """Query -> what the controls of its page hold; each link is opened once."""
    found = {}
    for page in (initialization, loss_surfaces):
        for query in {i.query for i in items.values() if i.page == page.__name__}:
            test = AppTest.from_function(page, default_timeout=30)
            for name, value in query:
                test.query_params[name] = value
            test.run()
            assert not test.exception, test.exception
            found[query] = test.session_state["held"]
    return found


def test_initialization_opens_at_the_experiment(items, opened):
    mine = [item for item in items.values() if item.page == "initialization"]
    assert len(mine) == 2 * len(PRESETS)
    for item in mine:
        preset = PRESETS[item.name[3:].rsplit("-", 1)[0]]
        assert opened[item.query].settings == preset.settings


def test_loss_surfaces_opens_at_the_race(items, opened):
    for name in tutorial.TUTORIAL_RACES:
        race = RACES[name]
        stem = race.surface.replace("_", "-")
        mine = [i for i in items.values() if i.name[3:].startswith(stem)]
        assert len(mine) == 4
        for item in mine:
            plan = opened[item.query].plan
            assert (plan.race, plan.surface.name, plan.updates) == (name, race.surface, race.length)
            for run, (optimizer, settings) in zip(plan.runs, race.runs, strict=True):
                assert run.optimizer == optimizer and run.start == race.begin
                assert run.values() == OPTIMIZERS[optimizer].settings(settings)
            look = opened[item.query].look
            assert look["solid"] is item.name.endswith("3d")
            assert look.get("step") == (0 if "surface" in item.name else None)


def test_sharp_and_flat_opens_at_its_part(items, opened):
    held = opened[items["26-sharp-and-flat"].query]
    assert held.part == "Sharp and flat" and held.flat[-1] == SHIFT.default


def test_a_card_holds_a_place_for_its_picture_and_words_for_the_ear(items):
    markup = parts.card(items["20-pathological-paths"], "dark")
    assert 'width="840" height="525"' in markup and 'alt="Pathological curvature: paths"' in markup
    source = re.search(r'src="([^"]+)"', markup)[1]
    assert source.startswith("gallery/20-pathological-paths-dark.webp?of=")
    assert "base64" not in markup


def test_the_order_is_the_tutorials(items):
    pages = list(dict.fromkeys(item.page for item in items.values()))
    assert pages == list(parts.SECTIONS) == list(parts.sections(items.values()))


def test_the_table_has_printed_ours_deviation_spread_and_meaning():
    drawn = tutorial.Number("variance", 2.0, 2.3, spread=0.1)
    meaning = "one draw beside another: 2.1 times as far apart as two usually are"
    assert parts.row(drawn) == ("variance", "2", "2.3", "0.3", "0.1, 4.3 % of ours", meaning)
    wide = tutorial.Number("variance", 0.0125, 0.0097, spread=0.0043, unit="nats²")
    assert parts.row(wide)[1:5] == (
        "0.0125 nats²",
        "0.0097 nats²",
        "−0.0028 nats²",
        "0.0043 nats², 44 % of ours",
    )
    assert wide.meaning.endswith("only its order of magnitude can be compared")
    assert wide.row()["unit"] == "nats²" and 0.44 < wide.row()["relative seed spread"] < 0.45
    skewed = tutorial.Number("variance", 0.00178, 0.00058, factor=3.4, unit="nats²")
    assert parts.row(skewed)[4] == "×/÷ 3.4" and "closer than two draws" in skewed.meaning
    share = tutorial.Number("test accuracy, SGD", 0.8909, 0.8882)
    assert parts.row(share)[1:5] == ("89.09 %", "88.82 %", "−0.27 points", "–")
    exact = tutorial.Number("maximum", 2.022, 2.022, exact=True)
    assert parts.row(exact)[-1] == "agrees: nothing is random"


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("http://x:8501/course", "http://x:8501"),
        ("https://x.org/base/course/?a=1#b", "https://x.org/base"),
        ("", ""),
        (None, ""),
    ],
)
def test_links_in_files_begin_with_the_visitors_own_address(url, base):
    assert parts.app_address(url) == base


def test_above_the_table_stands_to_how_many_digits_what_is_not_drawn_agrees():
    """It said "to the last printed digit", of 13.489118576 beside 13.489113962."""
    one = tutorial.Number("variance, Layer 2", 13.489118576, 13.489113962, exact=True)
    assert "agrees to 6 significant digits" in parts.above_table([one])
    same = tutorial.Number("maximum", 2.022, 2.022, exact=True)
    assert "agrees to 15 significant digits" in parts.above_table([same])
    assert "to 3 significant" in parts.above_table([one, replace(one, ours=13.497)])
    drawn = tutorial.Number("variance", 2.0, 2.3, factor=1.1)
    told = parts.above_table([drawn])
    assert "agrees" not in told and "neighbours tend to be off together" in told
