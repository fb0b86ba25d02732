"""The shipped font is in every picture."""

from __future__ import annotations

import base64
import io
import re

import altair as alt
from fontTools import ttLib

from initopt_core.figures import export, fonts
from initopt_core.figures.figure import Figure
from initopt_core.figures.fonts import FOLDER


def test_exports_use_the_shipped_font():
    def build():
        return alt.Chart(alt.NamedData("d")).mark_point().encode(x="x:Q")

    svg = export.to_svg(Figure("font", build, {"d": {"groups": [{"x": [1, 2]}]}})).decode()
    assert "Source Sans 3" in svg
    assert (FOLDER / "LICENSE.md").exists() and list(FOLDER.glob("*.ttf"))


def test_a_picture_holds_the_letters_that_it_uses_and_no_others():
    svg = fonts.embedded('<svg xmlns="http://www.w3.org/2000/svg"><text>Aσ</text></svg>')
    files = re.findall(r"base64,([^)]+)", svg)
    assert len(files) == 2  # regular and bold
    for file in files:
        held = ttLib.TTFont(io.BytesIO(base64.b64decode(file))).getBestCmap()
        assert set(held) == {ord("A"), ord("σ")}
