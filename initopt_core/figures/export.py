"""A figure as a file: PNG, SVG, PDF, CSV, or its Vega-Lite definition.

Everything is made from the same `Figure` that the page shows, without a browser, on white.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from .figure import Figure
from .fonts import converter

SCALE = 2.0
"""Pixels of a PNG for each pixel of the page."""


def _on_white(figure: Figure) -> dict:
    spec = figure.spec()
    spec["config"] = {**spec["config"], "background": "white"}
    return spec


def to_png(figure: Figure, scale: float = SCALE) -> bytes:
    """PNG picture, `scale` times the page's size, its pixel density said in the file."""
    return converter().vegalite_to_png(_on_white(figure), scale=scale)


def to_svg(figure: Figure) -> bytes:
    """SVG picture, UTF-8."""
    return converter().vegalite_to_svg(_on_white(figure)).encode()


def to_pdf(figure: Figure) -> bytes:
    """PDF of one page, text and lines as vectors."""
    return converter().vegalite_to_pdf(_on_white(figure))


def to_csv(figure: Figure) -> bytes:
    """The data under the figure, UTF-8 with a header; missing and non-finite values are empty.

    The figure's own table where it has one; else the rows of its datasets, with a first column
    "dataset" where there are several.
    """
    rows = list(figure.table() if figure.table else _all_rows(figure))
    names = dict.fromkeys(name for row in rows for name in row)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)
    return out.getvalue().encode()


def _all_rows(figure: Figure) -> Iterator[dict[str, Any]]:
    datasets = figure.rows()
    for dataset, rows in datasets.items():
        for row in rows:
            yield {"dataset": dataset, **row} if len(datasets) > 1 else row


def _cell(value: Any) -> Any:
    """A value as it is written: shortest form that reads back as the same number."""
    if hasattr(value, "item"):
        value = value.item()
    return None if isinstance(value, float) and not math.isfinite(value) else value


def to_json(figure: Figure) -> bytes:
    """Standalone Vega-Lite definition, data included: opens in any Vega-Lite editor."""
    return json.dumps(_on_white(figure), indent=1, ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True)
class Format:
    """One way to export: what the button says, the file's ending and type, and its maker."""

    label: str
    suffix: str
    mime: str
    make: Callable[[Figure], bytes]


FORMATS: dict[str, Format] = {
    "png": Format("PNG, 2x", ".png", "image/png", to_png),
    "svg": Format("SVG", ".svg", "image/svg+xml", to_svg),
    "pdf": Format("PDF", ".pdf", "application/pdf", to_pdf),
    "csv": Format("Data, CSV", ".csv", "text/csv", to_csv),
    "json": Format("Vega-Lite", ".vl.json", "application/json", to_json),
}


def export(figure: Figure, format: str, **options: Any) -> bytes:
    """`figure` in one of `FORMATS`.

    Raises:
        ValueError: for an unknown format.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known: {', '.join(FORMATS)}")
    return FORMATS[format].make(figure, **options)
