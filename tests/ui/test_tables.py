"""The one table: read back by a parser of HTML."""

from __future__ import annotations

from xml.etree import ElementTree

from initopt_core.ui.tables import emphasized, html_table, picture_grid


def test_texts_come_back_as_they_were():
    head, rows = ["Layer", "a < b"], [["x & <i>y</i>", '"1"'], ["z", "−2"]]
    table = ElementTree.fromstring(html_table(head, rows))
    assert [c.text for c in table.iter("th")] == head
    body = table.find("table/tbody")
    assert body is not None
    assert [[c.text for c in row] for row in body] == rows
    assert table.get("class") == "initopt-table"


def test_each_row_has_its_mark_before_its_first_text():
    table = ElementTree.fromstring(
        html_table(["a", "b"], [["x", "y"], ["z", "w"]], kind="racers", colours=["#111", "#222"])
    )
    assert table.get("class") == "racers"
    assert [i.get("style") for i in table.iter("i")] == ["background:#111", "background:#222"]
    assert [[len(c) for c in row] for row in table.findall("table/tbody/tr")] == [[1, 0], [1, 0]]


def test_pictures_keep_their_words():
    words = [("data:,a", 'a "b" <c>', "said **x & y**, is z"), ("data:,d", "e", "f")]
    grid = ElementTree.fromstring(picture_grid("mistakes", words))
    assert grid.get("class") == "mistakes"
    assert [(i.get("src"), i.get("alt")) for i in grid.iter("img")] == [w[:2] for w in words]
    captions = ["".join(c.itertext()) for c in grid.iter("figcaption")]
    assert captions == ["said x & y, is z", "f"]
    assert [s.text for s in grid.iter("strong")] == ["x & y"]


def test_what_is_emphasized_is_no_markup():
    assert emphasized("a **<b>** c") == "a <strong>&lt;b&gt;</strong> c"
