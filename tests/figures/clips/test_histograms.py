"""Histograms of layers that change: each moment's is drawn as high as its share."""

import re

import numpy as np
import pytest

from initopt_core.figures.clips.histograms import Panel, _axes, _room, _said, panels_clip, staged
from initopt_core.figures.clips.options import ClipOptions
from initopt_core.figures.export import sheet
from initopt_core.reading import SettingError

INK = "#4477AA"


def inked(image) -> int:
    """Pixels of the panel's colour."""
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return int((np.abs(pixels - [0x44, 0x77, 0xAA]).max(axis=-1) < 60).sum())


def test_what_is_twice_as_high_has_twice_the_ink():
    low, high = np.full(60, 20.0), np.full(60, 40.0)
    clip = panels_clip(
        "x", "x", [Panel("Layer 0", INK, 0, 1, np.array([low, high]))], ["a", "b"], "t"
    )
    frames = [inked(f) for f in clip.frames(ClipOptions(width=320, height=180, fps=4, seconds=1))]
    assert frames[-1] / frames[0] == pytest.approx(2, rel=0.1)


def test_no_histogram_is_said():
    with pytest.raises(SettingError, match="no histogram"):
        panels_clip("x", "x", [], [], "t")


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (320, 180)])
@pytest.mark.parametrize("count", [2, 5, 9])
def test_each_histogram_stands_in_its_own_panel(count, size):
    """The panels of a small clip lie further apart, for letters that can be read."""
    panels = [Panel(f"Layer {n}", "#CC3311", 0, 1, np.full((2, 60), 20.0)) for n in range(count)]
    clip = panels_clip("x", "x", panels, ["a", "b"], "t")
    options = ClipOptions(width=size[0], height=size[1], fps=2, seconds=1)
    frame = next(iter(clip.frames(options)))
    still, _ = staged(panels, "t", options)
    assert len(still.panels) == count
    red = np.asarray(frame).astype(int)[..., 0] - np.asarray(frame)[..., 2] > 100
    for panel in still.panels:
        left, top, right, bottom = still.box(*panel)
        assert red[top + (bottom - top) // 3 : bottom, left + 1 : right - 1].mean() > 0.8
        red[top : bottom + 1, left - 1 : right + 1] = False
    assert not red.any(), "and nothing beside them"


@pytest.mark.parametrize("size", [(640, 360), (1280, 720)])
@pytest.mark.parametrize("text", ["page", "slide"])
@pytest.mark.parametrize("count", [4, 7])
def test_the_moments_words_stand_where_nothing_else_does(count, size, text):
    """In the corner that the last row leaves free, else below the title and above all panels."""
    panels = [Panel(f"Layer {n}", INK, 0, 1, np.full((2, 60), 20.0)) for n in range(count)]
    clip = panels_clip("x", "x", panels, ["the first moment", "other words"], "t")
    words = {"title": "A title that is as long as titles of this page are, and longer " * 2}
    options = ClipOptions(width=size[0], height=size[1], fps=2, seconds=1, text=text, **words)
    first, last = (np.asarray(f).astype(int) for f in clip.frames(options))
    still, _ = staged(panels, "t", options)
    bare = np.asarray(still.image).astype(int)
    changed = np.flatnonzero(abs(first - last).sum(2).any(1))
    columns = np.flatnonzero(abs(first - last).sum(2).any(0))
    boxes = [still.box(*panel) for panel in still.panels]
    if len({box[1] for box in boxes}) == 1:
        assert changed.max() < boxes[0][1]
    else:
        assert columns.min() > boxes[-1][2] and changed.min() > boxes[0][3]
    there = bare[changed.min() : changed.max() + 1, columns.min() : columns.max() + 1]
    assert (there == 255).all(), "nothing else stands there"


@pytest.mark.parametrize("size", [(640, 360), (1280, 720), (1024, 768), (1920, 1080)])
def test_the_tutorials_five_layers_stand_side_by_side(size):
    """And fill the frame; what the axes say stands once."""
    panels = [Panel(f"Layer {n}", INK, 0, 1, np.full((2, 60), 20.0)) for n in range(5)]
    still, _ = staged(panels, "a quantity", clips_options(size))
    boxes = [still.box(*panel) for panel in still.panels]
    assert len({box[1] for box in boxes}) == 1
    assert boxes[-1][2] > 0.95 * size[0] and boxes[0][3] - boxes[0][1] > 0.4 * size[1]
    assert min(right - left for left, _, right, _ in boxes) > 0.1 * size[0]


def clips_options(size) -> ClipOptions:
    words = {"title": "A title", "caption": "What is to be seen. " * 8, "source": "https://x.org"}
    return ClipOptions(width=size[0], height=size[1], **words)


def test_what_is_longer_than_a_panel_is_said_once_in_a_row():
    panels = [Panel(f"Layer {n}", INK, 0, 1, np.full((2, 60), 20.0)) for n in range(5)]
    for quantity, often in (("weight", 5), ("gradient dL/dw, in nats", 1)):
        options = ClipOptions(width=1280, height=720)
        axes = _axes(panels, _room(5, options), quantity, options)
        svg = sheet.picture(axes, options.export, size=(1280, 720)).svg
        assert svg.count(f">{quantity}<") == often and svg.count(">% of values<") == 1


def test_the_axis_holds_every_moment():
    """Bars that ran into its end looked as if they ended there."""
    shares = np.array([np.full(60, 8.0), np.full(60, 100.0)])
    clip = panels_clip("x", "x", [Panel("Layer 0", "#CC3311", 0, 1, shares)], ["a", "b"], "weight")
    options = ClipOptions(width=320, height=180, fps=2, seconds=1)
    *_, last = clip.frames(options)
    still, _ = staged([Panel("Layer 0", "#CC3311", 0, 1, shares)], "weight", options)
    left, top, right, bottom = still.box(*still.panels[0])
    red = np.asarray(last).astype(int)[top:bottom, left + 1 : right - 1]
    full = np.flatnonzero((red[..., 0] - red[..., 2] > 100).mean(axis=1) > 0.8)
    assert 0 < full.min() <= 0.12 * (bottom - top)


@pytest.mark.parametrize("top", [18.52, 9.3])
def test_all_panels_and_their_names_are_in_line_wherever_their_ticks_are(top):
    """Where a tick lies at the upper end of an axis its number reaches above the panel."""
    shares = [17.3, 17.3, 17.3, top]
    panels = [
        Panel(f"Layer {n}", INK, 0, 1, np.full((2, 60), share)) for n, share in enumerate(shares)
    ]
    options = ClipOptions(width=640, height=360)
    axes = _axes(panels, _room(4, options), "t", options)
    drawn = sheet.picture(axes, options.export, size=(640, 360))
    still, _ = staged(panels, "t", options)
    assert len({panel[1:] for panel in still.panels}) == 1
    places = re.findall(r'translate\(([-\d.,]+)\)"[^>]*>Layer \d', drawn.svg)
    assert len(places) == 4 and len(set(places)) == 1


def test_what_is_neither_of_both_ends_is_called_a_blend():
    said = [_said(["A", "B"], ["blend"], n, t) for n, t in ((0, 0), (0, 0.5), (1, 0))]
    assert said == ["A", "blend: 50 %", "B"]
    said = [_said(["A", "B"], ["blend"], 0, t) for t in (0.001, 0.999)]
    assert said == ["blend: 1 %", "blend: 99 %"]
    assert [_said(["A", "B"], [], 0, t) for t in (0.4, 0.6)] == ["A", "B"]


@pytest.mark.parametrize("count", [4, 7])
def test_the_blends_words_have_room(count):
    panels = [Panel(f"Layer {n}", INK, 0, 1, np.full((2, 60), 20.0)) for n in range(count)]
    between = ["a blend of the first moment and of the last one, longer than either of them is"]
    clip = panels_clip("x", "x", panels, ["first", "last"], "t", between=between)
    options = ClipOptions(width=640, height=360, fps=3, seconds=1)
    first, middle, _ = (np.asarray(f).astype(int) for f in clip.frames(options))
    changed = np.flatnonzero(abs(first - middle).any((0, 2)))
    assert len(changed) and changed.max() < 636
