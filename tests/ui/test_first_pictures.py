"""What an untouched page showed at an earlier start."""

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


def test_first_pictures_need_neither_pytorch_nor_altair():
    asked = (
        "import sys, initopt_core.ui.initialization.first, initopt_core.ui.home_cards\n"
        "assert not {'torch', 'altair', 'pandas'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", asked], check=True, cwd=ROOT)
