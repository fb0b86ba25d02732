"""What a page has to export is known to all its menus, and forgotten with the page."""

from initopt_core.ui import offers


def test_a_part_that_is_drawn_anew_forgets_its_own(monkeypatch):
    monkeypatch.setattr(offers.st, "session_state", {})
    early = offers.offers()
    early |= {"init-main": 1, "init-seeds": 2, "surface-paths": 3}
    offers.begin("init-")
    assert early == {"surface-paths": 3} and offers.offers() is early
    offers.begin()
    assert early == {}
