"""Pictures that come with the program show what would be drawn, or are not used."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import gallery, shipped
from initopt_core.paths import ROOT

AGAIN = (
    ("01-sample-images", "light"),
    ("05-small-variance-depth", "dark"),
    ("17-race-accuracy", "light"),
    ("21-pathological-losses", "dark"),
)
"""Pictures of every kind that are quickly drawn again."""
FAR = 3.0
"""Mean difference of two pictures' pixels (0 to 255) that another machine does not explain."""
MOST_BYTES = 1_200_000


def test_they_are_drawn_from_what_is_here():
    """Else: python assets/data/make_gallery.py"""
    listed = (shipped.FOLDER / shipped.LIST).read_text(encoding="utf-8").splitlines()
    changed = sorted({line.split()[1] for line in {*listed} ^ {*shipped.drawn_from().splitlines()}})
    assert changed == []


def test_there_is_one_of_each_figure_and_theme_and_all_are_small():
    names = gallery.items(data.load_sample())
    wanted = {f"{name}-{theme}.webp" for name in names for theme in ("light", "dark")}
    files = {file.name: file.stat().st_size for file in shipped.FOLDER.glob("*.webp")}
    assert files.keys() == wanted and sum(files.values()) < MOST_BYTES


def pixels(file: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(file)).convert("RGB"), dtype=float)


def far(one: bytes, other: bytes) -> float:
    """Mean difference of their pixels where either is not blank, so that lines count."""
    a, b = pixels(one), pixels(other)
    ink = (abs(a - a[2, 2]).max(axis=2) > 24) | (abs(b - b[2, 2]).max(axis=2) > 24)
    return float(abs(a - b)[ink].mean())


@pytest.mark.parametrize(("name", "theme"), AGAIN)
def test_some_drawn_again_look_the_same(name, theme):
    """Else: python assets/data/make_gallery.py"""
    kept = (shipped.FOLDER / f"{name}-{theme}.webp").read_bytes()
    assert far(kept, gallery.picture(name, theme, data.load_sample())) < FAR


def test_another_figure_or_theme_is_seen_to_be_another():
    def file(name: str) -> bytes:
        return (shipped.FOLDER / f"{name}.webp").read_bytes()

    depth = file("05-small-variance-depth-light")
    assert far(depth, file("07-large-variance-depth-light")) > 3 * FAR
    assert far(depth, file("05-small-variance-depth-dark")) > 3 * FAR


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Pictures of our own, true as long as nobody changes anything."""
    monkeypatch.setattr(shipped, "FOLDER", tmp_path)
    (tmp_path / "a-light.webp").write_bytes(b"picture")
    (tmp_path / shipped.LIST).write_text("1  a.py\n")
    monkeypatch.setattr(shipped, "drawn_from", lambda: "1  a.py\n")
    shipped.true.cache_clear()
    yield tmp_path
    shipped.true.cache_clear()


def test_a_true_one_is_given(folder):
    assert shipped.picture("a", "light") == b"picture"
    assert shipped.picture("a", "dark") is None and shipped.picture("b", "light") is None


def test_none_is_given_when_another_would_be_drawn(folder, monkeypatch):
    monkeypatch.setattr(shipped, "drawn_from", lambda: "2  a.py\n")
    assert shipped.picture("a", "light") is None


@pytest.mark.parametrize("spoil", [lambda f: f.unlink(), lambda f: f.write_bytes(b"\xff\xfe")])
def test_none_is_given_without_a_list(folder, spoil):
    spoil(folder / shipped.LIST)
    assert shipped.picture("a", "light") is None


def copied(root, *names: str):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes((ROOT / name).read_bytes())
    return root


def test_the_list_knows_what_decides_and_nothing_above(tmp_path):
    core = "initopt_core"
    decide = [
        f"{core}/optimizers/momentum.py",
        f"{core}/figures/theme.py",
        "assets/fonts/SourceSans3-Bold.ttf",
        "assets/data/fashion_mnist_sample.npz",
        "assets/data/recorded_race/events.jsonl",
    ]
    root = copied(tmp_path, *decide, f"{core}/ui/page.py", f"{core}/doctor.py")
    listed = shipped.drawn_from(root)
    assert [line.split()[1] for line in listed.splitlines()] == sorted(decide)
    momentum = root / decide[0]
    text = momentum.read_bytes()
    momentum.write_bytes(text.replace(b"\n", b"\r\n"))
    assert shipped.drawn_from(root) == listed, "as some checkouts end lines"
    momentum.write_bytes(text + b"\n")
    assert shipped.drawn_from(root) != listed
