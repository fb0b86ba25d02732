"""The loss-surface page: its parts, its tab, its ready-made races."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from initopt_core.loss_surfaces.presets import RACES
from tests.support.pages import html_of, mounted
from tests.support.session import held, hold


def shown():
    from initopt_core.ui.loss_surfaces import page

    page.show()


def opened(**link: str) -> AppTest:
    test = AppTest.from_function(shown, default_timeout=60)
    for name, value in link.items():
        test.query_params[name] = value
    test.run()
    assert not test.exception, test.exception
    return test


def test_each_part_draws_its_own_and_the_tab_says_which():
    test = opened()
    assert len(mounted(test, "surface_canvas")) == 2 and not mounted(test, "sharp_flat")
    assert RACES["ravine"].story[:20] in html_of(test)
    title = held(test).title
    assert title == f"{RACES['ravine'].label} · Loss surfaces · Initopt"
    hold(test, view="Sharp and flat")
    test.run()
    assert not test.exception and not mounted(test, "surface_canvas")
    assert len(mounted(test, "sharp_flat")) == 1 and not test.expander
    assert held(test).title.startswith("Sharp and flat")


def test_a_ready_made_race_leads_to_its_paths():
    test = opened(view="Sharp and flat")
    test.session_state["_loss_surfaces_experiments"] = True
    test.run()
    name = next(n for n in RACES if n != "ravine")
    test.button(key=f"preset-{name}").click().run()
    assert not test.exception
    assert held(test).values[""]["experiment"] == name and held(test).values[""]["view"] == "Paths"
    assert len(mounted(test, "surface_canvas")) == 2
