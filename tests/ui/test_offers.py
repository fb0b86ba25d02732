"""What a page has to export is known to all its menus, and forgotten with the page."""

import pytest

from initopt_core.registry import SettingError
from initopt_core.ui import offers
from initopt_core.ui.initialization.controls import PART


def test_a_part_that_is_drawn_anew_forgets_its_own(monkeypatch):
    monkeypatch.setattr(offers.st, "session_state", {})
    early = offers.offers()
    early |= {"init-main": 1, "init-seeds": 2, "surface-paths": 3}
    offers.begin("init-")
    assert early == {"surface-paths": 3} and offers.offers() is early
    offers.begin()
    assert early == {}


def test_what_is_told_of_figures_and_their_part_ends_with_the_block():
    assert (offers.told(), offers.present_part()) == (offers.Told(), "")
    with offers.drawn_in("below"), offers.telling("seed 18.", {"seed": 18}):
        with offers.drawn_in("inside"), offers.telling("seed 19.", {}):
            assert (offers.told().caption, offers.present_part()) == ("seed 19.", "inside")
        assert offers.told() == offers.Told("seed 18.", {"seed": 18})
        assert offers.present_part() == "below"
    assert (offers.told(), offers.present_part()) == (offers.Told(), "")


def test_a_part_of_a_page_is_one_that_it_has():
    assert offers.inside(PART, "Seeds") == {"part": "Seeds"}
    with pytest.raises(SettingError):
        offers.inside(PART, "Seed")
