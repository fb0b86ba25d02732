"""The two minima as a figure."""

import csv
import io

import pytest

from initopt_core.figures import export
from initopt_core.figures import loss_surfaces as figures
from initopt_core.loss_surfaces import flatness


def test_the_exported_curves_hold_what_each_minimum_pays():
    curve = flatness.TwoMinima()
    figure = figures.two_minima(curve, 0.35)
    paid = {row["minimum"]: row for row in figure.rows()["minima"]}
    for which in ("flat", "sharp"):
        assert paid[which]["pays"] == pytest.approx(flatness.price(curve, which, 0.35).gap)
    assert "test loss minus its training loss: flat " in figure.alt and "sharp 0.427" in figure.alt
    svg = export.to_svg(figure).decode()
    assert "sharp: pays 0.427" in svg and "flat: pays" in svg, "as on the page"
    column = export.ExportOptions(shape="column", text="slide")
    assert 'stroke-dasharray="7,4"' in export.to_svg(figure, column).decode()
    assert export.to_png(figure)[:4] == b"\x89PNG"
    rows = list(csv.DictReader(io.StringIO(export.to_csv(figure).decode())))
    assert sum(row["point"] == "curve" for row in rows) == len(figure.rows()["curves"]) // 2
    for row in rows[-2:]:
        price = flatness.price(curve, row["point"].removesuffix(" minimum"), 0.35)
        assert float(row["test loss above training loss"]) == pytest.approx(price.gap)
