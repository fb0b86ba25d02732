"""The page Course figures: a card for each figure, and numbers that come when they are there."""

from __future__ import annotations

import re

import pytest

from initopt_core import data
from initopt_core.figures import gallery
from initopt_core.ui.course import page
from tests.support.app import render
from tests.support.pages import html_of


@pytest.fixture(autouse=True)
def _alone(fresh, monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())


def test_every_figure_has_a_card_a_link_and_an_export(monkeypatch):
    begun = []
    monkeypatch.setattr(page.served, "begin", lambda function, name, _: begun.append(name))
    monkeypatch.setattr(page, "is_ready", lambda *_: False)
    test = render("course.py")
    items = gallery.items(data.load_sample())
    named = re.findall(r"gallery/([\w-]+)-light\.webp", html_of(test))
    assert named == list(items)
    links = [one.proto.page for one in test.get("page_link")]
    assert links == [i.page for i in items.values()]
    assert begun == list(items), "the numbers are asked for, and nothing waits for them"
    assert "initopt-table" not in html_of(test)
    assert any("bundled sample" in one.value for one in test.caption)


def test_the_table_stands_when_all_numbers_are_there(monkeypatch):
    monkeypatch.setattr(page, "is_ready", lambda *_: True)
    monkeypatch.setattr(
        page, "compute", lambda f, name, d: f(name, d) if name.startswith("01") else ()
    )
    test = render("course.py")
    (table,) = re.findall(r"<table.*?</table>", html_of(test), re.S)
    assert table.count("<tr") == 1 + 6 and "2.022" in table
