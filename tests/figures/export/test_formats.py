"""Every figure leaves as a file, readable on white."""

import base64
import csv
import dataclasses
import io
import json
import xml.etree.ElementTree as ET

import altair as alt
import numpy as np
import pypdf
import pytest
from PIL import Image

from initopt_core.figures import export, fonts, theme
from initopt_core.figures import figure as base
from initopt_core.figures.export import pdf
from initopt_core.optimizers import OPTIMIZERS


@pytest.fixture(scope="module")
def figure():
    def build():
        lines = (
            alt.Chart(alt.NamedData("curves"))
            .mark_line()
            .encode(
                x="step:Q",
                y=alt.Y("loss:Q", scale=alt.Scale(type="log"), axis=theme.log_axis("loss")),
                color=theme.optimizer_color("optimizer", ["SGD", "Adam"]),
                strokeDash=theme.optimizer_dash("optimizer", ["SGD", "Adam"]),
            )
            .properties(width=300, height=120, title=alt.Title(alt.ExprRef("heading")))
        )
        bars = base.step_area("h", theme.WEIGHTS).properties(width=300, height=80)
        return alt.vconcat(lines, bars)

    curves = base.series(
        {"optimizer": name, "step": range(4), "loss": [1.0, 0.1, float("nan"), 0.001 * (i + 1)]}
        for i, name in enumerate(["SGD", "Adam"])
    )
    hist = base.histograms([{"edges": (-1, 1), "counts": np.arange(10)}])
    return base.Figure(
        ("export", 1),
        build,
        {"curves": curves, "h": hist},
        alt="Two curves",
        signals={"heading": "Losses ∂L/∂W"},
        name="losses",
    )


def test_png_is_twice_the_svgs_size_on_white(figure):
    svg = ET.fromstring(export.to_svg(figure))
    picture = Image.open(io.BytesIO(export.to_png(figure)))
    assert picture.width == pytest.approx(2 * float(svg.get("width")), abs=2)
    assert picture.height == pytest.approx(2 * float(svg.get("height")), abs=2)
    assert picture.convert("RGB").getpixel((1, 1)) == (255, 255, 255)
    assert len(picture.convert("RGB").getcolors(1 << 20)) > 10


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_picture_of_scale_2_says_that_it_is_no_larger(figure, scale):
    made = export.to_png(figure, scale=scale)
    assert Image.open(io.BytesIO(made)).info["dpi"] == pytest.approx((96 * scale,) * 2, abs=0.02)
    assert made == export.to_png(figure, scale=scale)
    raw = fonts.converter().svg_to_png(export.picture(figure).svg, scale=scale)
    pixels = [np.asarray(Image.open(io.BytesIO(png))) for png in (raw, made)]
    np.testing.assert_array_equal(*pixels)


def test_svg_holds_the_title_the_colours_and_powers_of_ten(figure):
    text = export.to_svg(figure).decode()
    assert "Losses ∂L/∂W" in text
    assert OPTIMIZERS["Adam"].look.color.lower() in text.lower()
    assert "10⁻³" in text
    assert theme.LIGHT["ink"].lower() in text.lower()


def test_a_pdf_says_what_the_figure_says(figure):
    made = export.to_pdf(figure)
    assert made.startswith(b"%PDF-")
    (page,) = pypdf.PdfReader(io.BytesIO(made), strict=True).pages
    assert "Losses" in page.extract_text() and "SGD" in page.extract_text()


def test_a_pdf_has_the_same_bytes_whatever_order_the_converter_took(figure):
    svg = export.picture(figure).svg
    raw = {fonts.converter().svg_to_pdf(svg) for _ in range(8)}
    ordered = {pdf.in_order(one, figure.name) for one in raw}
    assert ordered == {export.to_pdf(figure)}
    text = {pypdf.PdfReader(io.BytesIO(one)).pages[0].extract_text() for one in raw | ordered}
    assert len(text) == 1


def test_a_small_font_is_cut_from_the_usual_letters_as_from_the_whole_font():
    whole = fonts._cut(fonts.FOLDER / "SourceSans3-Regular.ttf", "Loss −0.1 ∂w₁ ★", "woff")
    assert base64.b64decode(fonts._subset("Regular", "Loss −0.1 ∂w₁ ★")) == whole


def test_figures_with_one_key_are_drawn_each_with_its_own_data(figure):
    other = dataclasses.replace(figure, signals={"heading": "Others"})
    first, second = (export.to_svg(one).decode() for one in (figure, other))
    assert "Losses" in first and "Others" in second and "Losses" not in second
    dark = export.to_svg(figure, export.ExportOptions("dark")).decode()
    assert theme.DARK["paper"] in dark and export.to_svg(figure).decode() == first


def test_csv_has_every_row_and_leaves_gaps_empty(figure):
    rows = list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))
    assert len(rows) == 8 + 11
    assert rows[2] == {
        "dataset": "curves",
        "optimizer": "SGD",
        "step": "2",
        "loss": "",
        "x": "",
        "y": "",
    }
    assert rows[-1]["dataset"] == "h"


def test_csv_of_one_dataset_needs_no_dataset_column():
    figure = base.Figure("k", lambda: None, {"d": base.columns(x=[1, 2], name="a, b")})
    assert export.to_csv(figure) == b'x,name\n1,"a, b"\n2,"a, b"\n'


def test_the_definition_stands_alone(figure):
    spec = json.loads(export.to_json(figure))
    assert spec["$schema"].startswith("https://vega.github.io/schema/vega-lite/")
    assert len(spec["datasets"]["curves"]) == 8
    alt.Chart.from_dict(spec)


def test_unknown_formats_are_refused(figure):
    with pytest.raises(ValueError, match="unknown format 'gif'"):
        export.export(figure, "gif")
