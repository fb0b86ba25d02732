"""What an untouched page showed at an earlier start."""

import importlib.util
import math
import re
import subprocess
import sys

import pytest

from initopt_core.paths import ROOT
from initopt_core.ui import first_pictures


@pytest.fixture(autouse=True)
def kept(images):
    """Something was kept of these images."""
    first_pictures.keep("home", {"a": "<svg/>"}, str(images))


def test_what_was_kept_comes_back_for_its_page_alone(images):
    assert first_pictures.kept("home") == {"a": "<svg/>"}
    assert first_pictures.kept("training") == {}


def test_other_code_makes_it_void(images, monkeypatch):
    monkeypatch.setattr(first_pictures.chart_store, "_sources", lambda: "other code")
    assert first_pictures.kept("home") == {}


def test_another_place_makes_it_void(images, monkeypatch):
    monkeypatch.setenv("INITOPT_DATA", str(images / "elsewhere"))
    assert first_pictures.kept("home") == {}


def test_other_images_make_it_void(images):
    (images / "train.gz").write_bytes(b"two!")
    assert first_pictures.kept("home") == {}
    (images / "train.gz").unlink()
    images.rmdir()
    assert first_pictures.kept("home") == {}


def test_images_may_be_one_file(images):
    first_pictures.keep("home", {"a": "b"}, str(images / "train.gz"))
    assert first_pictures.kept("home") == {"a": "b"}


@pytest.mark.parametrize("held", [{}, {"folder": 1}, {"folder": "/", "files": 3, "value": {}}])
def test_what_is_not_as_it_was_written_counts_as_absent(images, held):
    first_pictures.chart_store.write(first_pictures._name("home"), held)
    assert first_pictures.kept("home") == {}


def test_the_very_first_start_has_what_is_shipped(images, monkeypatch):
    assert first_pictures.known("home") == {"a": "<svg/>"}
    assert first_pictures.known("initialization") == first_pictures.shipped("initialization") != {}
    monkeypatch.setattr(first_pictures, "SHIPPED", images / "train.gz")  # no such file
    assert first_pictures.known("initialization") == {}


_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def alike(one: str, other: str) -> bool:
    """Whether two messages say the same, their numbers as another processor rounds them."""
    one, other = (re.sub('"stamp":"[^"]*"', "", text) for text in (one, other))
    pairs = zip(_NUMBER.findall(one), _NUMBER.findall(other), strict=True)
    return _NUMBER.sub("0", one) == _NUMBER.sub("0", other) and all(
        math.isclose(float(a), float(b), rel_tol=0.02)
        or (a.isdigit() and b.isdigit() and abs(int(a) - int(b)) <= 3)  # counts in a bin
        for a, b in pairs
    )


def test_what_is_shipped_is_what_the_pages_show():
    """Else: python assets/data/make_first_pictures.py"""
    source = ROOT / "assets" / "data" / "make_first_pictures.py"
    spec = importlib.util.spec_from_file_location("make_first_pictures", source)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    made = maker.pictures()
    assert made["home"].keys() == first_pictures.shipped("home").keys()
    shown, shipped = made["initialization"], first_pictures.shipped("initialization")
    assert shown["said"] == shipped["said"]
    assert [c[:2] for c in shown["charts"]] == [c[:2] for c in shipped["charts"]]
    for (_, _, now), (_, _, then) in zip(shown["charts"], shipped["charts"], strict=True):
        assert alike(now, then)
    assert not alike(now, now.replace("1.018", "1.118")), "numbers are compared"


def test_first_pictures_need_neither_pytorch_nor_altair():
    asked = (
        "import sys, initopt_core.ui.initialization.first, initopt_core.ui.home_cards\n"
        "assert not {'torch', 'altair', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, cwd=ROOT)
