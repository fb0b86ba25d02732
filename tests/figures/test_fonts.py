"""The shipped font is in every picture."""

from __future__ import annotations

import base64
import io
import re
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

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


def test_the_converter_serves_one_thread_at_a_time():
    """One that held Python's lock while another held its own has let a whole server stand still."""
    inside, most = 0, 0

    def draw(number: int) -> int:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.01)  # lets the others come
        inside -= 1
        return number

    callers = [fonts.Converter(SimpleNamespace(draw=draw)) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda k: callers[k].draw(k), range(4))) == [0, 1, 2, 3]
    assert most == 1


def test_a_picture_holds_the_letters_that_it_uses_and_no_others():
    svg = fonts.embedded('<svg xmlns="http://www.w3.org/2000/svg"><text>Aσ</text></svg>')
    files = re.findall(r"base64,([^)]+)", svg)
    assert len(files) == 2  # regular and bold
    for file in files:
        held = ttLib.TTFont(io.BytesIO(base64.b64decode(file))).getBestCmap()
        assert set(held) == {ord("A"), ord("σ")}
