"""The sheet: a figure with what stands around it."""

import io
import xml.etree.ElementTree as ET

import pypdf
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import export, initialization, loss_surfaces
from initopt_core.figures.clips import ClipOptions
from initopt_core.figures.export.sheet import picture
from initopt_core.figures.initialization.display import Display
from initopt_core.initialization.observation import observe
from initopt_core.initialization.presets import PRESETS
from initopt_core.loss_surfaces.flatness import TwoMinima

WORDS = {"title": "A title", "caption": "settings in words " * 12, "source": "https://x.org/?a=1"}


@pytest.fixture(scope="module")
def figure():
    return loss_surfaces.two_minima(TwoMinima(), 0.1)


@pytest.fixture(scope="module")
def paths():
    from initopt_core.descent import Run, race
    from initopt_core.surfaces import Surface

    surface = Surface("quadratic")
    names = ["SGD", "Adam"]
    traces = race(surface, [Run(n, (("lr", 0.1),), (1.0, 1.0)) for n in names], 20)
    return loss_surfaces.paths(surface, traces, names, (-2.0, 2.0, -2.0, 2.0), "linear")


@pytest.fixture(scope="module")
def observed():
    return observe(PRESETS["small-variance"].settings, data.load_sample())


@pytest.mark.parametrize("theme", export.THEMES)
@pytest.mark.parametrize("shape", export.SHAPES)
def test_every_theme_and_shape_has_its_size_and_paper(figure, theme, shape):
    options = export.ExportOptions(theme, 1, "slide", shape, **WORDS)
    picture = Image.open(io.BytesIO(export.to_png(figure, options))).convert("RGB")
    width, height = export.SHAPES[shape]
    assert width is None or picture.width == width
    assert height is None or picture.height == height
    paper = export.THEMES[theme]["paper"]
    assert picture.getpixel((1, 1)) == tuple(int(paper[i : i + 2], 16) for i in (1, 3, 5))
    root = ET.fromstring(export.to_svg(figure, options))
    said = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "A title" in said and "https://x.org/?a=1" in said
    assert float(root.get("width")) == pytest.approx(picture.width, abs=1)
    box = pypdf.PdfReader(io.BytesIO(export.to_pdf(figure, options))).pages[0].mediabox
    assert float(box.width) == pytest.approx(picture.width, abs=1)


def test_a_grid_stands_upright_in_a_column_its_letters_as_large_as_on_the_page(observed):
    lying = initialization.grid(observed)
    column = picture(lying, export.ExportOptions(shape="column", **WORDS))
    assert column.width == 440 and column.zoom == pytest.approx(1, abs=0.01)
    assert column.height > column.width, "a row for each layer"
    said = [e.text for e in ET.fromstring(column.svg).iter("{http://www.w3.org/2000/svg}text")]
    for word in ("Weights", "Gradients, dL/dW", "Activations, z"):
        assert said.count(word) == 1
    slide = picture(lying, export.ExportOptions(shape="column", text="slide", **WORDS))
    assert 11 * slide.zoom > 11, "and no smaller where they are asked for larger"
    wide = picture(lying, export.ExportOptions(shape="16:9", **WORDS))
    assert wide.width > wide.height


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_compared_settings_stand_upright_too(observed, theme):
    figure = initialization.compare([observed, observed], Display())
    column = picture(figure, export.ExportOptions(theme, shape="column"))
    assert column.zoom == pytest.approx(1, abs=0.01) and "Layer 8" in column.svg


def shares(figure, **look):
    """Of the picture's width and height, what a map takes."""
    sheet = picture(figure, export.ExportOptions(**look, **WORDS))
    side = loss_surfaces.SIDE * sheet.zoom
    return side / sheet.width, side / sheet.height


def test_a_square_chart_fills_a_wide_slide_with_its_words_beside_it(paths):
    _, high = shares(paths, shape="16:9", text="slide")
    assert high > 0.65
    svg = picture(paths, export.ExportOptions(shape="16:9", text="slide", **WORDS)).svg
    root = ET.fromstring(svg)
    plot = float(svg.split('<g transform="translate(')[1].split(",")[0])
    words = [e for e in root.iter("{http://www.w3.org/2000/svg}text") if e.get("x") == "16"]
    assert len(words) > 3 and plot > 300, "the words end where the chart begins"


@pytest.mark.parametrize("theme", export.THEMES)
def test_the_chart_brings_no_paper_that_would_cover_words(paths, theme):
    svg = picture(paths, export.ExportOptions(shape="4:3", theme=theme, **WORDS)).svg
    paper = export.THEMES[theme]["paper"].upper()
    rects = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect")
    papers = [e.get("width") for e in rects if (e.get("fill") or "").upper() == paper]
    assert papers == ["100%"]


def test_in_one_column_the_chart_is_no_smaller_than_its_words(paths):
    for text in export.TEXTS:
        wide, _ = shares(paths, shape="column", text=text)
        assert wide > 0.44


def test_no_words_are_under_the_paper_of_the_chart_beside_them(paths):
    """That paper reaches further than the chart on it."""
    words = {"caption": "settings in words " * 20, "title": "A title"}
    svg = picture(paths, export.ExportOptions("print", 1, shape="4:3", **words)).svg
    assert svg.index(">A title<") > svg.rindex("mark-text")


def test_words_below_the_legend_leave_the_height_of_a_small_frame_to_the_map():
    """It had 200 of 360 pixels, and the right third was empty."""
    from initopt_core.descent import Run, race
    from initopt_core.figures.clips.paths import untitled
    from initopt_core.surfaces import Surface

    surface, names = Surface("steep_optima"), ["SGD", "SGDMomentum", "Adam"]
    traces = race(surface, [Run(name, (("lr", 0.5),), (0, 0)) for name in names], 20)
    labels = ["SGD", "SGD + momentum", "Adam"]
    paths = untitled(
        loss_surfaces.paths(surface, traces, labels, (-2, 2, -2, 2), "linear", moving=True)
    )
    words = {
        "title": "A title",
        "caption": "Some words of a caption. " * 4,
        "source": "http://x.org",
    }
    made = picture(paths, ClipOptions("gif", 640, 360, **words).export, size=(640, 360))
    assert loss_surfaces.SIDE * made.zoom > 235
    texts = list(ET.fromstring(made.svg).iter("{http://www.w3.org/2000/svg}text"))
    told = [e for e in texts if e.text and e.text.startswith(("Some words", "http"))]
    assert len(told) == 2
    assert all(float(e.get("x", 0)) > made.left + loss_surfaces.SIDE * made.zoom for e in told)
    lines = [e for e in texts if e.get("x") == told[0].get("x")]
    assert min(float(e.get("y", 0)) for e in lines) > 120 and float(lines[-1].get("y", 0)) < 345
    long = ClipOptions("gif", 640, 360, **{**words, "caption": "Words that go on. " * 60})
    picture(paths, long.export, size=(640, 360))
