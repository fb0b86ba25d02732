"""Weights and activations of every layer over the epochs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import altair as alt
import numpy as np

from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, histograms, series, step_area
from initopt_core.figures.images import png_url
from initopt_core.figures.room import Room
from initopt_core.training.history import Curve
from initopt_core.wording import many

from . import tables
from .layers import _side_by_side
from .lines import _ROOM, heading, panel_room


def rebin(layer: dict[str, Any], low: float, high: float, bins: int) -> list[float]:
    """A histogram's counts as shares of the whole in `bins` common bins from low to high; what lies
    in a bin is taken as spread evenly over it, so that none falls between two of them."""
    counts = np.asarray(layer["counts"], float)
    up_to = np.concatenate([[0.0], np.cumsum(counts)]) / (counts.sum() or 1.0)
    end = max(layer["high"], layer["low"] + 1e-9 * (high - low))  # all may have one value
    edges = np.linspace(layer["low"], end, len(counts) + 1)
    return np.diff(np.interp(np.linspace(low, high, bins + 1), edges, up_to)).tolist()


SAID = {"weights": "weight", "activations": "activation φ(z)"}
"""One value of each kind, named on its axis."""
LOGIT = "logit z"
"""The last layer's, which has no φ."""
WORDS = {
    "weights": "weights",
    "activations": "activations φ(z), after the non-linearity (of the last layer: logits),",
}


def evolution_figure(curve: Curve, what: str, bins: int = 32, chosen: int = 0) -> Figure:
    """How each layer's distribution moves over the epochs: epoch across, value up, share of the
    values as colour.

    Args:
        what: "weights" or "activations".
        chosen: epoch to be marked; 0 for none.
    """
    epochs = sorted(curve.layers)
    names = [layer["name"] for layer in curve.layers[epochs[0]]] if epochs else []
    panels = [f"Layer {name}" for name in names]
    if panels and what == "activations":
        panels[-1] += " (logits)"
    groups, pictures = [], []
    for position_, panel in enumerate(panels):
        all_of = [(e, curve.layers[e][position_][what]) for e in epochs]
        known = [(e, h) for e, h in all_of if h["counts"]]
        if not known:
            continue
        low, high = min(h["low"] for _, h in known), max(h["high"] for _, h in known)
        high = high if high > low else low + 1e-6
        edges = [low + (high - low) * i / bins for i in range(bins + 1)]
        first, last = known[0][0], known[-1][0]
        cells = np.full((bins, last - first + 1), np.nan)
        for e, h in known:
            shares = rebin(h, low, high, bins)
            cells[:, e - first] = shares
            groups.append(
                {
                    "layer": panel,
                    "epoch": e,
                    "y": edges[:-1],
                    "y2": edges[1:],
                    "share": [100 * s for s in shares],
                }
            )
        place = {"x": first - 0.5, "x2": last + 0.5, "y": low, "y2": high}
        pictures.append(({"layer": panel, **place}, cells))
    most = max((float(np.nanmax(cells)) for _, cells in pictures), default=1.0)
    pictures = [
        {**place, "url": _picture(cells, most), "most": 100 * most} for place, cells in pictures
    ]

    room = panel_room(len(names), 190, 190, left=58, gap=62, right=92, row_gap=70, least=130)

    def build() -> alt.TopLevelMixin:
        where: dict[str, Any] = {
            "x": alt.X(
                "x:Q",
                scale=alt.Scale(nice=False, zero=False),
                axis=alt.Axis(title="epoch", grid=False, tickMinStep=1, format="d"),
            ),
            "x2": "x2:Q",
            "y": alt.Y(
                "y:Q",
                scale=alt.Scale(nice=False, zero=False),
                axis=alt.Axis(
                    title=SAID[what], grid=False, tickCount=5, labelFlush=theme.LEVEL, **_ROOM
                ),
            ),
            "y2": "y2:Q",
        }
        # One image, without seams and without gaps where no value lies; what is pointed at lies
        # over it unseen.
        image = alt.Chart(alt.NamedData("pictures")).mark_image(aspect=False, clip=True)
        key = (
            alt.Chart(alt.NamedData("pictures"))
            .mark_point(opacity=0)
            .encode(
                color=alt.Color(
                    "most:Q",
                    scale=alt.Scale(scheme=theme.SEQUENTIAL, type="sqrt", domainMin=0),
                    legend=alt.Legend(
                        title=["% of values,", "root scale"], orient="right", tickCount=5
                    ),
                )
            )
        )
        cells = (
            alt.Chart(alt.NamedData("evolution"))
            .transform_calculate(x="datum.epoch - 0.5", x2="datum.epoch + 0.5")
            .mark_rect(clip=True, fill="transparent")
            .encode(
                **where,
                tooltip=[
                    alt.Tooltip("epoch:Q"),
                    alt.Tooltip("y:Q", title="from", format=".3~g"),
                    alt.Tooltip("y2:Q", title="to", format=".3~g"),
                    alt.Tooltip("share:Q", title="% of values", format=".2~f"),
                ],
            )
        )
        chart = alt.layer(image.encode(url="url:N", **where), key, cells)
        return _side_by_side(chart, "layer", panels, room).resolve_scale(
            y="independent", color="shared"
        )

    return Figure(
        ("training-evolution", what, tuple(names)),
        build,
        {
            "evolution": series(groups),
            "pictures": series(pictures),
        },
        alt=f"Distribution of the {WORDS[what]} of each layer over {many(len(epochs), 'epoch')} of "
        f"{curve.label}.",
        name=f"training-{what}-over-epochs",
        room=room,
        table=lambda: tables.distributions(curve, epochs, [what]),
    )


_LEAST = 480
"""Pixels of a picture's sides, at least: its cells keep their edges when it is scaled."""


def _picture(cells: np.ndarray, most: float) -> str:
    """Shares [bins, epochs], the lowest bin first, as a data URL in the colours of a root scale
    from 0 to `most`; NaN, an epoch that was not kept, is nothing."""
    inks = np.zeros((*cells.shape, 4), np.uint8)
    inks[..., :3] = theme.viridis(np.sqrt(cells / (most or 1.0))).round()
    inks[..., 3] = np.where(np.isnan(cells), 0, 255)
    for axis, size in enumerate(cells.shape):
        inks = inks.repeat(-(-_LEAST // size), axis)
    whole = not np.isnan(cells).any()  # then without the fourth channel
    return png_url(inks[::-1, :, : 3 if whole else 4], quick=True)


def histogram_figure(curve: Curve, epoch: int, *, upright: bool = False) -> Figure:
    """Weights and activations of every layer after one epoch, as histograms in a grid.

    Args:
        upright: a row for each layer instead of a column.
    """
    layers = curve.layers.get(epoch, [])
    panels = [
        {
            "what": what,
            "layer": f"Layer {layer['name']}",
            "edges": (layer[what]["low"], layer[what]["high"]),
            "counts": layer[what]["counts"],
        }
        for what in ("weights", "activations")
        for layer in layers
        if layer[what]["counts"]
    ]

    names = [layer["name"] for layer in layers]
    shown = {"weights": theme.WEIGHTS, "activations": theme.ACTIVATIONS}
    room = Room(
        190, 110, columns=max(1, len(names)), rows=2, left=56, top=24, bottom=40, gap=44,
        row_gap=58, least=86,
    )  # fmt: skip
    if upright:
        lying = {"columns": room.rows, "rows": room.columns}
        room = replace(room, width=130, height=80, **lying)

    def build() -> alt.TopLevelMixin:
        layers = [*enumerate(names or [""])]
        cells = [(what, at, name) for what in shown for at, name in layers]
        if upright:
            cells.sort(key=lambda cell: cell[1])
        return room.concat(
            [
                _histogram_panel(
                    what,
                    name,
                    shown[what],
                    first=at == 0,
                    last=at == len(layers) - 1,
                    upright=upright,
                )
                for what, at, name in cells
            ]
        ).resolve_scale(x="independent", y="independent")

    return Figure(
        ("training-histograms", tuple(names), upright),
        build,
        {"histograms": histograms(panels)},
        alt=f"Histograms of weights and {WORDS['activations']} of {curve.label} after epoch "
        f"{epoch}.",
        name="training-histograms",
        room=room,
        table=lambda: tables.distributions(curve, [epoch], ["weights", "activations"]),
        upright=lambda: histogram_figure(curve, epoch, upright=True),
    )


def _histogram_panel(
    what: str, layer: int | str, color: str, *, first: bool, last: bool, upright: bool
) -> theme.Layers:
    """Weights or activations of one layer; those of the `first` layer say which, the weights say
    the layer."""
    axis = {"tickCount": 3, "labelFlush": False, "labelOverlap": "parity"}
    # Room beside the outer bars: without it they look as if tails were cut.
    x = alt.X(
        "x:Q",
        scale=alt.Scale(nice=False, zero=False, padding=5),
        axis=alt.Axis(
            title=None if upright else LOGIT if last and what == "activations" else SAID[what],
            grid=False,
            format="~g",
            **axis,
        ),
    )
    which = " φ(z)" if upright and what == "activations" else ""  # else it stands below
    quantity = f"{what.capitalize()}{which} in a bin" if first else ""
    named = f"Layer {layer}" if what == "weights" and layer != "" else ""
    over, beside = (quantity, named) if upright else (named, quantity)
    look = {"tickCount": 3, "labelExpr": theme.COUNT, "labelFlush": theme.LEVEL, **_ROOM}
    y = alt.Y("y:Q", axis=alt.Axis(title=beside or None, **look))
    mine = f"datum.what == '{what}' && datum.layer == 'Layer {layer}'"
    panel = step_area("histograms", color, x=x, y=y).transform_filter(mine)
    return alt.layer(panel, heading(over, -30)) if over else alt.layer(panel)
