"""The Export menu: closed it makes nothing, open it gives every format in the chosen look."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import asdict, replace
from functools import partial

import altair as alt
import pytest
from PIL import Image
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from initopt_core.figures import export
from initopt_core.figures.clips.options import ClipOptions
from initopt_core.figures.export import ExportOptions
from initopt_core.figures.figure import Figure
from initopt_core.ui import export_menu, offers
from initopt_core.ui.offers import Told
from initopt_core.ui.server import making


def page():
    import altair as alt
    import streamlit as st

    from initopt_core.figures.figure import Figure, columns
    from initopt_core.ui import address, export_menu, offers

    address.title("Losses", "Mine")

    def figure():
        st.session_state["made"] = st.session_state.get("made", 0) + 1
        return Figure("k", lambda: alt.Chart(), {"d": columns(x=[1])}, name="losses")

    offers.begin()
    export_menu.export_buttons(figure, key="menu", extra={"race.py": lambda: "print()"})
    if st.session_state.get("hidden"):
        for key in ("menu", "not-open"):
            export_menu.also(key, figure)
    if st.session_state.get("two"):
        export_menu.export_buttons(figure, key="other")


def opened(**held) -> AppTest:
    test = AppTest.from_function(page)
    for name, value in held.items():
        test.session_state[name] = value
    test.run(timeout=30)
    assert not test.exception, test.exception
    return test


def offered(test: AppTest) -> list[str]:
    files = [b.proto.label for b in test.get("download_button")]
    return files + [b.label for b in test.button]


def test_nothing_is_made_before_somebody_opens_it():
    test = opened()
    assert "made" not in test.session_state and not offered(test)
    test.session_state["menu-export"] = True
    test.run()
    assert offered(test) == [
        "PNG", *(f.label for n, f in export.FORMATS.items() if n != "png"),
        "Interactive page, HTML", "Program, Python", export_menu.TOGETHER,
    ]  # fmt: skip


def test_the_first_menu_knows_what_comes_after_it_and_not_what_is_gone():
    test = opened(two=True, **{"menu-export": True})
    assert offered(test)[-1] == export_menu.TOGETHER
    assert list(test.session_state[offers._HELD]) == ["menu", "other"]
    test.session_state["two"] = False
    test.run()
    assert list(test.session_state[offers._HELD]) == ["menu"]


def test_what_is_not_open_is_offered_too_and_not_made_before_it_is_asked_for():
    test = opened(hidden=True)
    held = test.session_state[offers._HELD]
    assert list(held) == ["menu", "not-open"] and "made" not in test.session_state
    assert held["menu"].extra, "what has a menu keeps what that offers"


def test_a_look_is_chosen_once_for_all_menus():
    test = opened(two=True, **{"menu-export": True})
    test.selectbox(key="menu-look-theme").set_value("print").run()
    test.session_state["menu-export"], test.session_state["other-export"] = False, True
    assert test.run().selectbox(key="other-look-theme").value == "print"


def test_a_look_that_is_none_is_not_chosen(monkeypatch):
    test = opened(**{"menu-export": True})
    box = test.selectbox(key="menu-look-text")
    forged = WidgetState(id=box.id, string_value="<b>")  # a socket may say anything
    real = Selectbox._widget_state.fget
    sent = property(lambda one: forged if one.id == forged.id else real(one))
    monkeypatch.setattr(Selectbox, "_widget_state", sent)
    test.run()
    assert not test.exception and test.selectbox(key="menu-look-text").value == "page"
    assert offered(test)


@pytest.fixture(scope="module")
def offer():
    import altair as alt

    from initopt_core.figures.figure import Figure, columns

    def build():
        return alt.Chart(alt.NamedData("d")).mark_point().encode(x="x:Q", y="y:Q")

    data = {"d": columns(x=[1, 2], y=[3, 4])}
    figure = Figure("points", build, data, name="points", alt="Two points")
    return export_menu.Offer(figure, {"a.py": lambda: "print()"})


def told():
    return "Mine · Losses", "https://x.org/training?a=1"


def dress(figure, look):
    few = export_menu.Offer(figure, said=Told("Settings: few"))
    return export_menu._as_told(told, few, figure, look)


@pytest.mark.parametrize("theme", export.THEMES)
def test_a_picture_has_the_look_and_its_words(offer, theme):
    look = ExportOptions(theme=theme, scale=1)
    svg = export_menu._still(offer, "svg", look, dress).decode()
    assert all(
        word in svg
        for word in ("Mine", "Two points.", "Settings: few", "https://x.org/training?a=1")
    )
    assert "Mine" not in export_menu._still(offer, "svg", look, export_menu._bare).decode()
    png = Image.open(io.BytesIO(export_menu._still(offer, "png", look, dress))).convert("RGB")
    paper = export.THEMES[theme]["paper"]
    assert png.getpixel((1, 1)) == tuple(int(paper[i : i + 2], 16) for i in (1, 3, 5))


def test_what_would_have_too_many_pixels_has_as_many_as_there_may_be(offer, monkeypatch):
    one = Image.open(io.BytesIO(export_menu._still(offer, "png", ExportOptions(scale=1), dress)))
    from initopt_core.figures.export import options

    monkeypatch.setattr(options, "MAX_PIXELS", 5 * one.width * one.height)
    largest = export_menu._still(offer, "png", ExportOptions(scale=4), dress)
    assert Image.open(io.BytesIO(largest)).width == 2 * one.width


def test_the_zip_has_all_figures_their_data_programs_and_the_link(offer):
    job = making.Job("figures.zip", "application/zip", "Figure")
    packed = export_menu._together([offer, offer], ExportOptions(scale=1), told, job)
    assert (job.done, job.all) == (1, 2)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        assert {"points.png", "points-2.png", "points.csv", "a.py"} <= set(names)
        readme = archive.read("README.txt").decode()
        settings = json.loads(archive.read("points.json"))
    assert all(name in readme for name in names if name != "README.txt")
    assert settings["link"] == "https://x.org/training?a=1" and settings["link"] in readme


def real():
    import altair as alt
    import streamlit as st

    from initopt_core.figures.figure import Figure, columns
    from initopt_core.ui import address, export_menu, offers

    address.title("Losses", st.session_state["setting"])

    def build():
        return alt.Chart(alt.NamedData("d")).mark_point().encode(x="x:Q")

    offers.begin()
    for key in ("one", "two"):
        figure = Figure(key, build, {"d": columns(x=[1, 2])}, name=key)
        export_menu.export_buttons(figure, key=key)


def test_the_zip_is_asked_for_and_taken_from_any_menu():
    test = AppTest.from_function(real)
    test.session_state["setting"] = "Mine"
    test.session_state["one-export"] = True
    test.run(timeout=30)
    test.button(key="one-export-together").click().run()
    making.together.wait(60)
    test.session_state["one-export"], test.session_state["two-export"] = False, True
    test.session_state["setting"] = "Another"
    test.run()
    assert not test.exception
    assert offered(test)[-2].startswith("Download figures.zip (")
    assert any("asked for it" in c.value and "Mine · Losses" in c.value for c in test.caption)
    test.session_state["setting"] = "Mine"
    assert not any(c.value.startswith("As it was") for c in test.run().caption)


def test_what_another_part_shows_has_that_parts_link_and_title(offer):
    look = ExportOptions(scale=1)
    said = Told(title="Basins", place={"view": "Basins of all", "a": ""})
    there = replace(offer, said=said)
    worn = export_menu._as_told(told, there, offer.made(), look)
    assert (worn.title, worn.source) == ("Basins", "https://x.org/training?view=Basins+of+all")
    assert export_menu._as_told(lambda: ("Mine", ""), there, offer.made(), look).source == ""


def test_settings_go_with_the_figure_and_its_own_count_more(offer):
    figure = replace(offer.made(), settings={"seed": 1})
    held = replace(offer, figure=figure, said=Told("", {"seed": 0, "scheme": "xavier"}))
    told = json.loads(export_menu._still(held, "settings", ExportOptions(), dress))
    assert told["settings"] == {"seed": 1, "scheme": "xavier"}


def test_a_clip_says_what_the_picture_beside_it_says():
    offer = export_menu.Offer(Figure("k", lambda: alt.Chart(), {}, alt="Paths."), said=TOLD)
    dress = partial(export_menu._as_told, lambda: ("Page", "http://x.org/?a=1"), offer)
    look = ExportOptions(theme="dark", text="slide")
    worn = export_menu._clip_look(offer, look, dress)
    assert worn == {  # its letters are chosen beside its size
        "theme": "dark", "title": "Mine", "caption": "Paths. η 0.1.",
        "source": "http://x.org/?a=1",
    }  # fmt: skip
    still = asdict(replace(dress(offer.made(), look=look), scale=1))
    assert asdict(ClipOptions(**worn).export) == still | {"height": 720}
    bare = export_menu._clip_look(offer, look, export_menu._bare)
    assert not (bare["title"] or bare["caption"] or bare["source"])


TOLD = Told("η 0.1.", {}, "Mine")
