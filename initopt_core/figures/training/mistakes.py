"""The images that a trained network is most sure of and wrong about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import altair as alt

from initopt_core.data import FashionMNIST
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.images import origin, png_url
from initopt_core.wording import percent

COLUMNS = 6
SIDE, LINE, LINES, GAP = 84, 15, 3, 12
"""Pixels of a picture and of a line below it, the lines, and pixels between two pictures."""
WIDE, HIGH = 112, SIDE + LINES * LINE + GAP
"""Pixels of a cell: the longest name of a class fits in letters one and a half times as large."""
_FINE = 6
"""Pixels of the file for one of the image, so that it keeps its edges when it is enlarged."""


def known(dataset: FashionMNIST, mistakes: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those whose image is here: a run on the full set names images that a sample lacks."""
    return [m for m in mistakes if m["index"] < len(dataset.test_labels)]


def mistakes_figure(
    dataset: FashionMNIST, mistakes: Sequence[Mapping[str, Any]], label: str
) -> Figure:
    """Pictures in a grid, below each what the network says, how sure it is, and what it is.

    Args:
        mistakes: index (of the test image), label, predicted (classes) and probability of each.
        label: whose mistakes they are.
    """
    shown = known(dataset, mistakes)
    columns = min(COLUMNS, max(len(shown), 1))
    rows = -(-len(shown) // columns)
    cells = []
    for k, m in enumerate(shown):
        row, column = divmod(k, columns)
        pixels = dataset.test_images[m["index"]].numpy()
        said, true = dataset.classes[m["predicted"]], dataset.classes[m["label"]]
        cells.append(
            {
                "x": (column + 0.5) * WIDE,
                "y": row * HIGH,
                "url": png_url(pixels.repeat(_FINE, 0).repeat(_FINE, 1)),
                "said": said,
                "sure": f"{percent(m['probability'], 0)} sure",
                "true": f"is {true}",
            }
        )

    def build() -> alt.TopLevelMixin:
        places = {
            "x": alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, columns * WIDE], nice=False)),
            "y": alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[rows * HIGH, 0], nice=False)),
        }
        base = alt.Chart(alt.NamedData("cells")).encode(**places)
        # Larger letters take their room from the pictures.
        side = alt.ExprRef(f"{SIDE} - {LINES * LINE} * ({theme.TYPE} - 1)")
        images = base.mark_image(width=side, height=side, baseline="top").encode(url="url:N")
        words = [
            base.mark_text(
                dy=alt.ExprRef(f"{side.expr} + {(line + 0.5) * LINE} * {theme.TYPE}"),
                fontSize=theme.sized(12), fontWeight="normal" if line else "bold",
                color=theme.INK, limit=WIDE + GAP,
            ).encode(text=text)
            for line, text in enumerate(("said:N", "sure:N", "true:N"))
        ]  # fmt: skip
        return alt.layer(images, *words).properties(width=columns * WIDE, height=rows * HIGH)

    return Figure(
        ("training-mistakes", columns, rows),
        build,
        {"cells": series(cells)},
        alt=f"The {len(shown)} test images that {label} is most sure of and wrong about: what it "
        "says in bold, how sure it is, and what they are.",
        name="training-mistakes",
        table=lambda: _rows(dataset, shown),
        settings={"racer": label, "data": origin(dataset)},
    )


def _rows(dataset: FashionMNIST, mistakes: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for m in mistakes:
        yield {
            "place in the test file": m["index"],
            "class": dataset.classes[m["label"]],
            "predicted class": dataset.classes[m["predicted"]],
            "probability of the predicted class (0 to 1)": m["probability"],
        }
