"""What is looked at more closely: a layer of many, a histogram of the grid, the open part."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from initopt_core.data import load_sample
from initopt_core.figures.initialization import Display
from initopt_core.initialization import Settings, observe
from initopt_core.ui.initialization import panels
from initopt_core.ui.initialization.controls import BESIDE
from initopt_core.ui.page import BELOW, PICTURE


@pytest.fixture
def values(monkeypatch):
    held = {}
    monkeypatch.setattr(panels, "values", held)
    monkeypatch.setattr(panels, "compute", lambda function, *args: function(*args))
    return held


@pytest.fixture(scope="module")
def seen():
    return observe(Settings.make(hidden="6, 5", batch=32), load_sample())


@pytest.mark.parametrize(("x", "layer"), [(0.2, 0), (3.9, 2), (-5, 0), (None, None)])
def test_a_click_into_the_strips_opens_the_layer_below_it(values, x, layer):
    panels.choose_layer({"x": x})
    assert values == ({} if layer is None else {"strip": layer})


def test_a_click_into_the_grid_enlarges_that_histogram(values, seen):
    answered = []
    lab = SimpleNamespace(answer=lambda *parts: answered.append(parts))
    panels.enlarge(lab, seen, Display(), {"view": "concat_4_group"})
    assert values == {"enlarged": "gradients 2"}
    held = SimpleNamespace(enlarged="gradients 2", display=Display())
    assert "gradients" in panels.enlarged(seen, held).alt
    panels.shrink(lab)
    assert values == {"enlarged": ""}
    assert answered == [(PICTURE, BESIDE)] * 2  # the line over it has the way back
    for click in ({"view": "concat_99_group"}, {"view": None}, {"view": "x"}):
        panels.enlarge(lab, seen, Display(), click)
    assert values == {"enlarged": ""} and len(answered) == 2


@pytest.mark.parametrize("enlarged", ["", "outputs 0", "weights 6", "nonsense 2"])
def test_a_histogram_that_is_not_there_is_not_enlarged(values, seen, enlarged):
    held = SimpleNamespace(enlarged=enlarged, display=Display())
    assert panels.enlarged(seen, held) is None


@pytest.mark.parametrize(
    ("part", "export", "follows"),
    [("", False, ()), ("Code", False, (BELOW,)), ("", True, (BELOW,))],
)
def test_what_lies_below_follows_while_something_is_open_in_it(
    values, monkeypatch, part, export, follows
):
    values["part"] = part
    state = {"init-main-export": export}
    monkeypatch.setattr(panels, "st", SimpleNamespace(session_state=state))
    assert panels.follows() == follows


def test_the_program_that_is_shown_is_the_one_to_download(monkeypatch, seen):
    got = {}
    page = SimpleNamespace(
        download_button=lambda label, data, **_: got.update(file=data),
        code=lambda text, **_: got.update(shown=text),
    )
    monkeypatch.setattr(panels, "st", page)
    panels.code(seen)
    assert got["file"] == got["shown"]
    compile(got["shown"], "program", "exec")
