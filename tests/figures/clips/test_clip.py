"""The pieces that clips are drawn from."""

import re

import numpy as np
import pytest
from PIL import Image, ImageDraw

from initopt_core.figures import clips
from initopt_core.figures import loss_surfaces as figures
from initopt_core.figures.clips import clip as pieces
from initopt_core.figures.clips.clip import Stage, dashed, marker, stage
from initopt_core.figures.export import sheet
from tests.support.clips import RANGES, SMALL, SURFACE

WORDS = {
    "title": "Away from a saddle: Adam, RMSprop",
    "caption": "Adam: η 0.2, from (0, 0); RMSprop: η 0.05, from (0, 0). 20 updates. " * 3,
    "source": "http://localhost:8501/loss_surfaces?surface=steep_optima&updates=20&run2=RMSprop",
}


def test_the_dashes_of_a_path_are_its_own_length():
    line = np.array([[0.0, 0], [6, 0], [6, 8], [20, 8]])
    strokes = dashed(line, [3, 2])
    lengths = [float(np.hypot(*np.diff(s, axis=0).T).sum()) for s in strokes]
    assert lengths == pytest.approx([3, 3, 3, 3, 3, 3], abs=1e-9)
    assert strokes[1][0] == pytest.approx([5, 0])


def test_a_line_without_gaps_is_one_stroke():
    line = np.array([[0.0, 0], [6, 0]])
    assert dashed(line, [1, 0])[0] is line and dashed(line, []) == [line]
    assert len(dashed(np.zeros((3, 2)), [3, 2])) == 1  # it goes nowhere


def test_a_place_in_the_chart_is_a_place_in_the_clip():
    still = Stage(Image.new("RGB", (1, 1)), 10.0, 20.0, 2.0)
    assert still.box(5, 5, 3, 4) == (20, 30, 26, 38)


@pytest.mark.parametrize("shape", ["circle", "square", "triangle-up"])
def test_a_sign_is_ink_with_a_white_edge(shape):
    image = Image.new("RGB", (60, 60), "black")
    marker(ImageDraw.Draw(image), (30, 30), shape, "#AA3377", 12)
    pixels = np.asarray(image)
    assert tuple(pixels[31, 30]) == (0xAA, 0x33, 0x77) and tuple(pixels[0, 0]) == (0, 0, 0)
    assert (pixels.reshape(-1, 3) == 255).all(1).sum() > 20


def test_title_settings_and_link_are_drawn_once(paths, monkeypatch):
    drawn = []
    real = pieces._raster
    monkeypatch.setattr(pieces, "_raster", lambda svg: (drawn.append(svg), real(svg))[1])
    options = clips.ClipOptions(width=1280, height=720, fps=4, seconds=1, **WORDS)
    assert sum(1 for _ in paths.frames(options)) == 4
    (svg,) = drawn
    said = "".join(part.split("<")[0] for part in svg.split(">")).replace(" ", "")
    for words in WORDS.values():
        assert words.replace(" ", "").replace("&", "&amp;") in said


@pytest.mark.parametrize("text", ["page", "slide"])
@pytest.mark.parametrize("size", [(160, 120), (320, 240), (640, 360), (1280, 720), (1920, 1080)])
def test_the_words_leave_the_picture_its_room(size, text):
    options = clips.ClipOptions(width=size[0], height=size[1], text=text, **WORDS)
    for figure in (figures.paths(SURFACE, (), (), RANGES, "linear"), two_minima()):
        still = stage(figure, options)
        assert still.image.size == size
        left, top, right, bottom = still.box(0, 0, 100, 100)
        assert 0 <= left < right <= size[0] and 0 <= top < bottom <= size[1]
        bare = stage(figure, clips.ClipOptions(width=size[0], height=size[1], text=text))
        assert still.zoom > 0.3 * bare.zoom, (still.zoom, bare.zoom)


def two_minima():
    from initopt_core.loss_surfaces.flatness import TwoMinima

    return figures.two_minima(TwoMinima(), 0.1)


def test_letters_are_as_large_a_part_of_a_large_picture():
    one, other = (
        stage_svg(clips.ClipOptions(width=w, height=h, text="page", **WORDS))
        for w, h in ((1280, 720), (1920, 1080))
    )
    assert 'font-size="20.00"' in one and 'font-size="30.00"' in other


def stage_svg(options) -> str:
    return sheet.picture(two_minima(), options.export, size=(options.width, options.height)).svg


def test_words_change_nothing_of_what_moves(paths):
    plain, told = (clips.ClipOptions(**SMALL, **words) for words in ({}, WORDS))
    for options in (plain, told):
        frames = [np.asarray(f).astype(int) for f in paths.frames(options)]
        assert abs(frames[-1] - frames[0]).sum() > 0
        assert not abs(frames[-1] - frames[0])[:8].any(), "the title stays"


def test_a_clips_own_words_come_in_place_of_its_figures_where_words_are_wanted():
    own = clips.Clip("x", "x", lambda o: iter(()), "Own", "", (("a", "1"), ("a", "2")))
    worn = own.dressed(clips.ClipOptions(title="Page", caption="Said", source="here/page?b=1"))
    assert (worn.title, worn.caption, worn.source) == ("Own", "Said", "here/page?a=1&a=2")
    assert own.dressed(clips.ClipOptions()) == clips.ClipOptions()
    worn = own.dressed(clips.ClipOptions(source="In Initopt: Training, run=recorded"))
    assert worn.source == "In Initopt: Training, a=1, a=2"


_SCALE = re.compile(r"scale\(([\d.]+)\)")
_SIZE = re.compile(r'font-size="([\d.]+)(?:px)?"')


@pytest.mark.parametrize(("height", "text"), [(360, "slide"), (360, "page"), (720, "slide")])
def test_no_letter_is_too_small(height, text):
    """18 px in a frame of 720 for a slide, and never less than 11."""
    options = clips.ClipOptions(width=16 * height // 9, height=height, text=text, **WORDS)
    least = 18 if (height, text) == (720, "slide") else 11
    for figure in (figures.paths(SURFACE, (), (), RANGES, "linear"), two_minima()):
        svg = sheet.picture(figure, options.export, size=(options.width, options.height)).svg
        chart = svg[svg.index('<g transform="translate') :]
        zoom, end = float(_SCALE.findall(chart)[0]), chart.find("<g font-family")
        inside, words = (chart, "") if end < 0 else (chart[:end], chart[end:])
        sizes = [zoom * float(size) for size in _SIZE.findall(inside)]
        sizes += [float(size) for size in _SIZE.findall(words)]
        assert min(sizes) > 0.985 * least, sorted(sizes)[:5]
