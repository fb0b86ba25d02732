"""Every figure leaves as a file, readable on white."""

import csv
import io
import json
import xml.etree.ElementTree as ET

import altair as alt
import numpy as np
import pytest
from PIL import Image

from initopt_core.figures import export, theme
from initopt_core.figures import figure as base
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


def test_svg_holds_the_title_the_colours_and_powers_of_ten(figure):
    text = export.to_svg(figure).decode()
    assert "Losses ∂L/∂W" in text
    assert OPTIMIZERS["Adam"].look.color.lower() in text.lower()
    assert "10⁻³" in text
    assert theme.LIGHT["ink"].lower() in text.lower()


def test_pdf(figure):
    assert export.to_pdf(figure).startswith(b"%PDF-")


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
