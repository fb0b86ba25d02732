"""How a race is shown: told by the browser, kept by the session, wished by links."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from initopt_core.registry import SettingError
from initopt_core.ui.loss_surfaces import look


@pytest.fixture
def session(monkeypatch):
    state, values = {}, {}
    monkeypatch.setattr(look, "st", SimpleNamespace(session_state=state))
    monkeypatch.setattr(look, "values", values)
    return SimpleNamespace(state=state, values=values)


@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3))
def test_numbers_of_a_camera_come_back(numbers):
    text = look._text(numbers)
    assert look.EYE.check(text) == text
    assert look._numbers(text) == pytest.approx(numbers, rel=1e-5)


@pytest.mark.parametrize("text", ["1_2", "1_2_3_4", "a_b_c", "1_2_nan", "1_2_1e99", 5, None])
def test_what_is_no_camera_is_refused_in_words(text):
    with pytest.raises(SettingError, match="Camera"):
        look.EYE.check(text)


SHOWN = {"speed": 2.0, "selected": 1, "arrows": False, "solid": True, "eye": [1, 2, 3]}


def test_what_the_browser_tells_is_kept(session):
    look.told({**SHOWN, "step": 7})
    assert session.values == {
        "step": 7, "speed": 2.0, "chosen": 2, "arrows": False, "solid": True, "eye": "1_2_3",
    }  # fmt: skip
    look.told({**SHOWN, "solid": False})  # from above there is no camera, and no step is the end
    assert session.values["eye"] == "" and session.values["step"] == look.END


def test_a_zoom_is_kept_until_it_is_home_again(session):
    move = {"surface": "bowl", "home": (0.0, 1.0, 0.0, 1.0), "zoom": (0.0, 0.5, 0.25, 1.0)}
    look.zoomed(move)
    assert session.values["zoom"] == "0_0.5_0.25_1"
    look.zoomed({**move, "zoom": move["home"]})
    assert session.values["zoom"] == ""


def test_a_zoom_ends_with_its_surface(session):
    home = (0.0, 1.0, 0.0, 1.0)
    look.zoomed({"surface": "bowl", "home": home, "zoom": (0.0, 0.5, 0.0, 0.5)})

    def take(parameter, **_):
        return session.values.get(parameter.name, parameter.default)

    assert look.read(take, "bowl", home)["zoom"] == [0, 0.5, 0, 0.5]
    assert "zoom" not in look.read(take, "ravine", home)
    assert "zoom" not in look.read(take, "bowl", home)  # and does not come back


def test_only_what_the_browser_has_not_told_is_a_new_wish(session):
    first = look.wish({"speed": 1.0})
    assert look.wish({"speed": 1.0}) == first
    look.told(SHOWN)
    assert look.wish({"speed": 2.0}) == first  # its own
    assert look.wish({"speed": 4.0}) == first + 1
