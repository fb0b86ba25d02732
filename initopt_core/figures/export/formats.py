"""The formats of a still figure."""

from __future__ import annotations

import csv
import io
import json
import math
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from initopt_core.figures.figure import Figure, jsonable
from initopt_core.figures.fonts import converter, embedded

from . import sheet
from .options import SCALE, ExportOptions
from .pdf import in_order

DEFAULT = ExportOptions()


def to_png(
    figure: Figure, options: ExportOptions = DEFAULT, *, scale: float | None = None
) -> bytes:
    """PNG picture, its pixel density said in the file.

    Args:
        scale: instead of the options'.
    """
    if scale is not None:
        options = ExportOptions(**{**asdict(options), "scale": scale})
    drawn = sheet.picture(figure, options)
    return with_density(converter().svg_to_png(drawn.svg, scale=options.scale), 96 * options.scale)


def with_density(png: bytes, dpi: float) -> bytes:
    """The PNG with its pixels an inch, so that a document shows a picture of scale 2 as large as
    one of scale 1; no pixel changes."""
    per_metre = round(dpi / 0.0254)
    out, at = [png[:8]], 8
    while at < len(png):
        length, kind = struct.unpack_from(">I4s", png, at)
        if kind != b"pHYs":
            out.append(png[at : at + 12 + length])
        if kind == b"IHDR":
            body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
            out.append(struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body)))
        at += 12 + length
    return b"".join(out)


def to_svg(figure: Figure, options: ExportOptions = DEFAULT) -> bytes:
    """SVG picture, UTF-8, with the letters of the shipped font that it uses in it."""
    return embedded(sheet.picture(figure, options).svg).encode()


def to_pdf(figure: Figure, options: ExportOptions = DEFAULT) -> bytes:
    """PDF of one page, text and lines as vectors."""
    drawn = converter().svg_to_pdf(sheet.picture(figure, options).svg)
    return in_order(drawn, options.title or figure.name)


def to_csv(figure: Figure, options: ExportOptions = DEFAULT) -> bytes:
    """The data under the figure, UTF-8 with a header; missing and non-finite values are empty.

    The figure's own table where it has one; else the rows of its datasets, with a first column
    "dataset" where there are several.
    """
    return _csv(figure.table() if figure.table else _all_rows(figure))


def further(figure: Figure) -> dict[str, Callable[[], bytes]]:
    """The figure's other tables as CSV: what a file's name ends in -> its maker."""
    return {f"-{word}.csv": partial(_further, rows) for word, (_, rows) in figure.more.items()}


def _further(rows: Callable[[], Iterable[Mapping[str, Any]]]) -> bytes:
    return _csv(rows())


def _csv(table: Iterable[Mapping[str, Any]]) -> bytes:
    rows = list(table)
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


def to_settings(figure: Figure, options: ExportOptions = DEFAULT) -> bytes:
    """What the figure shows, its settings and how it was exported, as JSON."""
    told = {
        "figure": figure.name,
        "shows": figure.alt,
        "settings": jsonable(figure.settings),
        **_files(figure),
        "link": options.source,
        "export": asdict(options),
    }
    return (json.dumps(told, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _files(figure: Figure) -> dict[str, Any]:
    """What each of the figure's tables holds."""
    told = {".csv": figure.holds} if figure.holds else {}
    told |= {f"-{word}.csv": what for word, (what, _) in figure.more.items()}
    return {"data": told} if told else {}


def to_json(figure: Figure, options: ExportOptions = DEFAULT) -> bytes:
    """Standalone Vega-Lite definition, data included: opens in any Vega-Lite editor."""
    spec = sheet.plain(figure, options)
    return json.dumps(spec, indent=1, ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True)
class Format:
    """One way to export: what the button says, the file's ending and type, and its maker."""

    label: str
    suffix: str
    mime: str
    make: Callable[..., bytes]


FORMATS: dict[str, Format] = {
    "png": Format(f"PNG, {SCALE}x", ".png", "image/png", to_png),
    "svg": Format("SVG", ".svg", "image/svg+xml", to_svg),
    "pdf": Format("PDF", ".pdf", "application/pdf", to_pdf),
    "csv": Format("Data, CSV", ".csv", "text/csv", to_csv),
    "settings": Format("Settings, JSON", ".json", "application/json", to_settings),
    "json": Format("Vega-Lite", ".vl.json", "application/json", to_json),
}


def export(figure: Figure, format: str, options: ExportOptions = DEFAULT) -> bytes:
    """`figure` in one of `FORMATS`.

    Raises:
        ValueError: for an unknown format.
        SettingError: when the picture would have too many pixels.
    """
    if format not in FORMATS:
        raise ValueError(f"unknown format {format!r}; known: {', '.join(FORMATS)}")
    return FORMATS[format].make(figure, options)
