"""Figures of the initialization laboratory: grid, strips, depth, phase map, comparison."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np

from ..initialization.phase import places
from ..initialization.view import SeedBand, View
from ..probes import LayerStats
from ..theory import PhaseMap, Prediction
from ..wording import number, percent
from . import initialization_tables as tables
from . import logs, theme
from .base import Figure, columns, histograms, series, step_area
from .room import Room

GRID_LAYERS = 9
"""More Linear layers than this are drawn as strips."""
BINS = 50
RED = "#CC3311"
SETTINGS_COLORS = ("#EE7733", "#4477AA", "#AA3377", "#009988")
"""One for each setting that is compared: the current one last."""
ROWS = {
    "weights": ("Weights", theme.WEIGHTS),
    "gradients": ("Gradients, dL/dW", theme.GRADIENTS),
    "activations": ("Activations, z", theme.ACTIVATIONS),
    "outputs": ("After φ, φ(z)", theme.ACTIVATIONS),
}


@dataclass(frozen=True)
class Display:
    """How the histograms are drawn; nothing here changes a number.

    Attributes:
        outputs: a fourth row, behind the non-linearity.
        shared: all layers of a row on one axis.
        log: logarithmic counts.
        robust: leave out the outermost 0.2 % of the values.
        curve: a density curve over the bars.
    """

    outputs: bool = False
    shared: bool = False
    log: bool = False
    robust: bool = False
    curve: bool = True

    @property
    def rows(self) -> tuple[str, ...]:
        return ("weights", "gradients", "activations") + (("outputs",) if self.outputs else ())


def span(stats: LayerStats, robust: bool) -> tuple[float, float]:
    """Range of a layer's histogram."""
    if robust and not stats.constant and stats.finite:
        return stats.quantiles()
    return float(stats.edges[0]), float(stats.edges[-1])


def density(stats: LayerStats, low: float, high: float, points: int = BINS) -> np.ndarray | None:
    """Kernel density estimate at the middles of `points` bins, in counts a bin; None for a
    constant. Gaussian kernel, Scott's bandwidth, computed on the fine histogram."""
    if stats.constant or not stats.finite or not stats.std > 0:
        return None
    width = (stats.edges[-1] - stats.edges[0]) / len(stats.fine)
    bandwidth = max(stats.std * stats.finite ** (-0.2), width)
    reach = min(math.ceil(4 * bandwidth / width), len(stats.fine))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) * width / bandwidth) ** 2)
    smooth = np.convolve(stats.fine, kernel / kernel.sum(), "full")[reach : reach + len(stats.fine)]
    middles = stats.edges[0] + (np.arange(len(smooth)) + 0.5) * width
    at = low + (np.arange(points) + 0.5) * (high - low) / points
    return np.interp(at, middles, smooth, left=0, right=0) * (high - low) / points / width


def remark(stats: LayerStats) -> str:
    """The few words over a histogram; in a narrow one they break at the spaced point."""
    if stats.finite < stats.size:
        sign = "∞" if stats.infinities else ""
        sign += " NaN" if stats.nans else ""
        return f"{sign.strip()} · {percent(1 - stats.finite / stats.size)} of all"
    if stats.constant:
        return f"all {number(stats.low)}"
    words = f"var {number(stats.variance)}"
    if stats.dead > 0.005:
        words += f" · {percent(stats.dead)} dead"
    return words


FEW = 5
"""Up to this many columns have room for words in one line."""


def grid_room(layers: int, rows: int, row_gap: int = 0) -> Room:
    """Histograms in columns, one for each layer; many columns say their words in two lines."""
    few = layers <= FEW
    return Room(
        width=max(76, round((1060 - 44 * layers) / layers)),
        height=84,
        columns=layers,
        rows=rows,
        left=52,
        right=12,
        top=38 if few else 64,
        bottom=24,
        gap=44 if few else 34,
        row_gap=row_gap or (44 if few else 56),
        least=116 if few else 62,
    )


def _broken(text: str, mark: str, room: Room) -> alt.ExprRef:
    """A signal's text, in two lines at `mark` where the columns are many."""
    if room.columns <= FEW:
        return alt.ExprRef(text)
    at = f"indexof({text}, '{mark}')"
    rest = f"{at} + {len(mark)}" if mark == " · " else at
    return alt.ExprRef(f"{at} < 0 ? {text} : [slice({text}, 0, {at}), slice({text}, {rest})]")


def _limit(room: Room) -> alt.ExprRef:
    """Texts over a panel end before those of the next one."""
    return alt.ExprRef(f"plot_width + {max(room.gap - 6, room.right)}")


def grid(view: View, display: Display = Display()) -> Figure:
    """Histograms: rows weights, gradients, activations; a column for each Linear layer."""
    rows, layers = display.rows, len(view.names)
    data, signals = {}, {}
    for r, row in enumerate(rows):
        stats = getattr(view.probe, row)
        spans = [span(s, display.robust) for s in stats]
        if display.shared and spans:
            spans = [(min(a for a, _ in spans), max(b for _, b in spans))] * len(spans)
        for c in range(layers):
            name = f"{r}_{c}"
            if c >= len(stats):  # the output layer has no non-linearity behind it
                continue
            s, (low, high) = stats[c], spans[c]
            own = span(s, display.robust)
            whole = own == (float(s.edges[0]), float(s.edges[-1]))
            counts = s.counts.astype(float) if whole else s.cut(*own, BINS)
            curve = density(s, *own) if display.curve else None
            floor = 0.5 if display.log else 0.0
            data[f"h{name}"] = histograms(
                [{"edges": own, "counts": np.maximum(counts, floor)}] if s.finite else []
            )
            half = (own[1] - own[0]) / BINS / 2
            if display.curve:  # without it the chart has no such dataset
                data[f"k{name}"] = histograms(
                    [{"edges": (own[0] + half, own[1] + half), "counts": np.maximum(curve, floor)}]
                    if curve is not None
                    else []
                )
            signals[f"t{c}"] = stats[c].title if r == 0 else signals[f"t{c}"]
            signals[f"s{name}"] = remark(s)
            signals[f"b{name}"] = s.finite < s.size
            signals[f"d{name}"] = [low, high]

    room = grid_room(layers, len(rows))

    def build():
        cells = [
            (r, c, row)
            for r, row in enumerate(rows)
            for c in range(layers - (row == "outputs"))  # none behind the last layer
        ]
        return room.concat([_panel(r, c, row, display, room) for r, c, row in cells])

    return Figure(
        ("init-grid", layers, rows, display.log, display.curve),
        build,
        data,
        alt=f"Histograms of {', '.join(rows)} in {layers} layers: {view.settings.label}. "
        + "; ".join(
            f"{s.name} activations variance {number(s.variance)}" for s in view.probe.activations
        ),
        signals=signals,
        name="initialization-histograms",
        room=room,
        table=lambda: tables.histograms(view, rows, density if display.curve else None),
    )


def _panel(
    r: int, c: int, row: str, display: Display, room: Room, head: bool = True
) -> alt.LayerChart:
    """One histogram; those of the first row say whose column it is, where `head` asks for it."""
    name, (label, color) = f"{r}_{c}", ROWS[row]
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=alt.ExprRef(f"d{name}"), nice=False, zero=False, clamp=True),
        axis=alt.Axis(title=None, tickCount=3, grid=False, labelFlush=True, labelBound=12),
    )
    scale = alt.Scale(type="log", domainMin=0.5, nice=False) if display.log else alt.Scale()
    y = alt.Y(
        "y:Q",
        scale=scale,
        axis=alt.Axis(
            title=label if c == 0 else None,
            titleFontWeight="bold",
            titleColor=color,
            tickCount=2,
            labelFlush=True,  # a label over the top would push this panel's title up
            minExtent=36,
            maxExtent=36,
            titlePadding=4,
        ),
    )
    area = step_area(f"h{name}", color, x=x, y=y, opacity=0.8)
    if display.log:
        area = area.encode(y2=alt.datum(0.5))
    parts = [area]
    if display.curve:
        parts.append(
            alt.Chart(alt.NamedData(f"k{name}"))
            .mark_line(strokeWidth=1.2, color=theme.INK, clip=True, opacity=0.85)
            .encode(x=x, y=y)
        )
    parts.append(_remark(name, room))
    if r == 0 and head:
        parts.append(_column_title(c, room))
    return alt.layer(*parts)


# Texts over a panel are marks at fixed places: a title would move with whatever stands below it.
def _text(text: alt.ExprRef, y: int, **look: Any) -> alt.Chart:
    mark = alt.Chart(alt.Data(values=[{}])).mark_text(
        text=text, align="left", baseline="top", lineHeight=13, **look
    )
    return mark.encode(x=alt.value(0), y=alt.value(y))


def _remark(name: str, room: Room) -> alt.Chart:
    color = alt.ExprRef(f"b{name} ? '{RED}' : ink")
    text, y = _broken(f"s{name}", " · ", room), -16 if room.columns <= FEW else -29
    return _text(text, y, color=color, fontSize=11, limit=_limit(room))


def _column_title(c: int, room: Room, columns: int = 1) -> alt.Chart:
    """The layer's name above the words of the first row, over some columns."""
    across = f"{columns} * plot_width + {(columns - 1) * room.gap + max(room.gap - 6, room.right)}"
    look = {"fontSize": 12, "fontWeight": "bold", "limit": alt.ExprRef(across)}
    return _text(_broken(f"t{c}", "(", room), 4 - room.top, **look)


# --- depth --------------------------------------------------------------------------------------

DEPTH_PANELS = {
    "activations": ("Variance of activations", theme.ACTIVATIONS),
    "gradients": ("Variance of gradients", theme.GRADIENTS),
}
DEPTH_ROOM = Room(470, 120, columns=2, left=42, top=36, bottom=40, gap=62, least=236)


def depth(
    view: View,
    others: Sequence[View] = (),
    seeds: SeedBand | None = None,
) -> Figure:
    """Variance of activations and gradients against depth: measured solid, predicted dashed, the
    band of the theory (or of `seeds`) pale; `others` are overlaid in their own colours."""
    data, signals, words = {}, {}, ""
    views = [*others, view]
    compared = len(views) > 1
    for panel, (_, color) in DEPTH_PANELS.items():
        lines, bands, bad, raw = [], [], [], []
        for i, v in enumerate(views):
            own = SETTINGS_COLORS[i if i < len(others) else 3] if compared else color
            stats = getattr(v.probe, panel)
            x = [2 * j for j in range(len(stats))]
            raw.append([s.variance for s in stats])
            lines.append(_line(x, raw[-1], own, "measured", i, v.settings.label))
            breaks = [2 * j for j, s in enumerate(stats) if s.finite < s.size]
            if breaks:
                bad.append(breaks[0] if panel == "activations" else breaks[-1])
            if (p := v.prediction) is not None and v is view:  # the pinned ones' would be a thicket
                centre, low, high = _predicted(p, panel)
                raw.append(centre)
                lines.append(_line(x, centre, own, "predicted", i, "theory"))
                if seeds is None:
                    bands.append(_band(x, low, high, own))
        if seeds is not None:
            values = getattr(seeds, panel)
            low, high = np.nanquantile(values, [0.025, 0.975], axis=0)
            bands.append(_band([2 * j for j in range(values.shape[1])], low, high, color))
        data[f"{panel}_lines"] = series(lines)
        data[f"{panel}_band"] = series(bands)
        data[f"{panel}_bad"] = columns(layer=bad)
        gone = logs.left_out(v for curve in raw for v in curve)
        data[f"{panel}_left_out"] = series(logs.note_data(gone))
        words += f". {ROWS[panel][0]}: {gone}" if gone else ""
        drawn = list(logs.all_of([*lines, *bands], "y", "y2"))
        signals[f"narrow_{panel}"] = logs.is_narrow(drawn)
        signals[f"span_{panel}"] = logs.domain(drawn)
    last = max(len(v.names) for v in views) * 2 - 2
    signals["last"] = [0, max(last, 1)]

    def build():
        return DEPTH_ROOM.concat(
            [
                _depth_panel(panel, label, color, c)
                for c, (panel, (label, color)) in enumerate(DEPTH_PANELS.items())
            ]
        )

    return Figure(
        ("init-depth",),
        build,
        data,
        alt="Variance of activations and gradients against depth: " + view.settings.label + words,
        signals=signals,
        name="initialization-depth",
        room=DEPTH_ROOM,
        table=lambda: tables.depth(views, seeds),
    )


def _predicted(p: Prediction, panel: str) -> tuple[list[float], list[float], list[float]]:
    centre = p.variance if panel == "activations" else p.gradient
    spread = p.spread if panel == "activations" else p.gradient_spread
    return centre, *p.band(centre, spread)


def _line(x, y, color: str, kind: str, index: int, label: str) -> dict:
    return {
        "layer": x,
        "y": logs.drawable(y),
        "color": color,
        "kind": kind,
        "line": f"{index}{kind}",
        "label": label,
    }


def _band(x, low, high, color: str) -> dict:
    low, high = logs.band(low, high)
    return {"layer": x, "y": low, "y2": high, "color": color}


def _depth_panel(panel: str, label: str, color: str, column: int) -> alt.LayerChart:
    x = alt.X(
        "layer:Q",
        scale=alt.Scale(domain=alt.ExprRef("last"), nice=False, padding=8),
        axis=alt.Axis(title="Layer", tickMinStep=2, tickCount=10, format="d", grid=False),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(type="log", domain=alt.ExprRef(f"span_{panel}"), nice=False),
        axis=theme.log_axis(
            None,
            tickCount=4,
            minExtent=32,
            maxExtent=32,
            labelExpr=logs.labels(f"narrow_{panel}"),
        ),
    )
    tint = alt.Color("color:N", scale=None)
    band = (
        alt.Chart(alt.NamedData(f"{panel}_band"))
        .mark_area(opacity=theme.BAND_OPACITY)
        .encode(x=x, y=y, y2="y2:Q", color=tint)
    )
    lines = alt.Chart(alt.NamedData(f"{panel}_lines"))
    dash = alt.StrokeDash(
        "kind:N",
        scale=alt.Scale(domain=["measured", "predicted"], range=[theme.MEASURED, theme.PREDICTED]),
        legend=None,
    )
    curves = lines.mark_line(invalid="break-paths-show-path-domains").encode(
        x=x, y=y, color=tint, detail="line:N", strokeDash=dash
    )
    points = (
        lines.transform_filter("datum.kind == 'measured'")
        .mark_point(filled=True, size=34, opacity=1)
        .encode(
            x=x,
            y=y,
            color=tint,
            tooltip=[
                alt.Tooltip("layer:Q", title="Layer"),
                alt.Tooltip("y:Q", title="Variance", format=".3~g"),
                alt.Tooltip("label:N", title="Setting"),
            ],
        )
    )
    bad = (
        alt.Chart(alt.NamedData(f"{panel}_bad"))
        .mark_rule(color=RED, strokeWidth=2)
        .encode(x=alt.X("layer:Q"))
    )
    note = "solid: measured, dashed: theory"
    both = f"plot_width > 360 ? '{label} ({note})' : ['{label}', '{note}']"
    text = alt.ExprRef(both) if column == 0 else label
    title = alt.Title(text=text, color=color, offset=4, limit=alt.ExprRef("plot_width + 56"))
    gone = logs.note(f"{panel}_left_out")
    return alt.layer(band, curves, points, bad, gone).properties(title=title)


# --- strips -------------------------------------------------------------------------------------


def strips(view: View, display: Display = Display()) -> Figure:
    """Deep networks: for each quantity one image, depth across, value up, density as ink.

    The value axis is linear near zero and logarithmic beyond, so that layers of very different
    size are all seen; with own axes each layer is stretched to its own range instead.
    """
    rows = display.rows
    data, signals = {}, {}
    for r, row in enumerate(rows):
        stats = getattr(view.probe, row)
        picture, ticks, threshold, top = _strip(stats, ROWS[row][1], display)
        data[f"strip{r}"] = columns(url=[picture], x=-1, x2=2 * len(stats) - 1, y=-1, y2=1)
        signals |= {f"v{r}": ticks, f"t{r}": threshold, f"m{r}": top}
        signals[f"last{r}"] = [-1, 2 * len(stats) - 1]
    room = Room(
        width=round((1060 - 60 * len(rows)) / len(rows)),
        height=200,
        columns=len(rows),
        left=48,
        bottom=40,
        gap=60,
        least=170,
    )

    def build():
        return room.concat([_strip_panel(r, row) for r, row in enumerate(rows)])

    return Figure(
        ("init-strips", rows),
        build,
        data,
        alt=f"Distributions of {', '.join(rows)} in {len(view.names)} layers as strips: "
        + view.settings.label,
        signals=signals,
        name="initialization-strips",
        room=room,
        table=lambda: tables.histograms(view, rows),
    )


def _strip(
    stats: Sequence[LayerStats], color: str, display: Display, pixels: int = 240
) -> tuple[str, list[float], float, float]:
    """(image as data URL, tick places, threshold, top of the value axis)."""
    known = [s for s in stats if s.finite]
    spans = [span(s, display.robust) for s in known]
    top = max((max(abs(a), abs(b)) for a, b in spans), default=1.0) or 1.0
    sizes = [s.std for s in known if s.std > 0]
    threshold = max(min(sizes, default=top), top * 1e-12)
    own = not display.shared
    picture = np.zeros((pixels, len(stats)))
    for c, s in enumerate(stats):
        if not s.finite:
            continue
        reach = max(abs(v) for v in span(s, display.robust)) or 1.0
        edges = np.linspace(-1, 1, pixels + 1)
        values = edges * reach if own else _unfold(edges, threshold, top)
        sums = np.concatenate([[0], np.cumsum(s.fine)])
        places = np.linspace(s.edges[0], s.edges[-1], len(sums))
        if s.constant:
            cell = min(int(np.searchsorted(values, s.low, "right")) - 1, pixels - 1)
            picture[max(cell - 1, 0) : cell + 2, c] = 1
            continue
        counts = np.diff(np.interp(values, places, sums))
        heights = counts / np.diff(values)
        picture[:, c] = (heights / max(heights.max(), 1e-300)) ** 0.5
    broken = np.array([s.finite < s.size for s in stats])
    if own:
        return _png(picture[::-1], color, broken), [-1, -0.5, 0, 0.5, 1], 0.0, 1.0
    exponents = range(math.ceil(math.log10(threshold)), math.floor(math.log10(top)) + 1)
    step = max(1, math.ceil(len(exponents) / 3))
    values = [10.0**e for e in list(exponents)[::-1][::step]]
    folded = [float(np.arcsinh(v / threshold) / np.arcsinh(top / threshold)) for v in values]
    ticks = sorted([0.0, *folded, *(-f for f in folded)])
    return _png(picture[::-1], color, broken), ticks, threshold, top


def _unfold(y: np.ndarray, threshold: float, top: float) -> np.ndarray:
    return threshold * np.sinh(y * np.arcsinh(top / threshold))


def _png(alpha: np.ndarray, color: str, broken: np.ndarray | None = None) -> str:
    """Ink of one colour, `alpha` [H, W] in 0 to 1, on nothing, as a PNG data URL."""
    from PIL import Image

    wide = max(1, 640 // alpha.shape[1])
    image = np.zeros((*alpha.shape, 4), np.uint8)
    image[..., :3] = [int(color[i : i + 2], 16) for i in (1, 3, 5)]
    image[..., 3] = np.clip(alpha, 0, 1) * 255
    if broken is not None and broken.any():
        image[:, broken, :3] = [int(RED[i : i + 2], 16) for i in (1, 3, 5)]
        image[:, broken, 3] = np.maximum(image[:, broken, 3], 110)
    image = np.repeat(image, wide, 1)
    out = io.BytesIO()
    Image.fromarray(image, "RGBA").save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def _strip_panel(r: int, row: str) -> alt.Chart:
    label, color = ROWS[row]
    # asinh unfolded again: t * sinh(y * asinh(m / t)); t = 0 marks an axis in shares.
    inner = f"datum.value * log(m{r} / t{r} + sqrt(pow(m{r} / t{r}, 2) + 1))"
    value = f"t{r} * (exp({inner}) - exp(-({inner}))) / 2"
    expr = (
        f"t{r} == 0 ? {theme.number_label('100 * datum.value')} + ' %' : "
        f"abs(datum.value) < 1e-9 ? '0' : {theme.number_label(value)}"
    )
    x = alt.X(
        "x:Q",
        scale=alt.Scale(domain=alt.ExprRef(f"last{r}"), nice=False, zero=False),
        axis=alt.Axis(title="Layer", format="d", tickMinStep=2, grid=False),
    )
    y = alt.Y(
        "y:Q",
        scale=alt.Scale(domain=[-1, 1], nice=False),
        axis=alt.Axis(
            title=None, values=alt.ExprRef(f"v{r}"), labelExpr=expr, minExtent=40, maxExtent=40
        ),
    )
    image = (
        alt.Chart(alt.NamedData(f"strip{r}"))
        .mark_image(aspect=False)
        .encode(url="url:N", x=x, x2="x2:Q", y=y, y2="y2:Q")
    )
    return image.properties(title=alt.Title(text=label, color=color, offset=4))


def one_layer(view: View, index: int, display: Display) -> Figure:
    """The histograms of one Linear layer of a deep network, side by side."""
    rows = [row for row in display.rows if index < len(getattr(view.probe, row))]
    data, signals = {}, {}
    for r, row in enumerate(rows):
        s = getattr(view.probe, row)[index]
        own = span(s, display.robust)
        floor = 0.5 if display.log else 0.0
        counts = np.maximum(s.cut(*own, BINS) if s.finite else [], floor)
        data[f"h{r}_0"] = histograms([{"edges": own, "counts": counts}] if s.finite else [])
        curve = density(s, *own) if display.curve else None
        half = (own[1] - own[0]) / BINS / 2
        if display.curve:
            data[f"k{r}_0"] = histograms(
                [{"edges": (own[0] + half, own[1] + half), "counts": np.maximum(curve, floor)}]
                if curve is not None
                else []
            )
        signals |= {f"s{r}_0": remark(s), f"b{r}_0": s.finite < s.size, f"d{r}_0": list(own)}
    count = len(rows)
    signals["t0"] = getattr(view.probe, rows[0])[index].title + ": click a strip for another"
    room = Room(
        1060 // count - 70, 84, columns=count, left=52, top=38, bottom=24, gap=70, least=150
    )

    def build():
        panels = [_panel(r, 0, row, display, room, head=False) for r, row in enumerate(rows)]
        panels[0] += _column_title(0, room, count)
        return room.concat(panels)

    return Figure(
        ("init-layer", tuple(rows), display.log, display.curve),
        build,
        data,
        alt=f"Histograms of {view.names[index]}: {view.settings.label}",
        signals=signals,
        name=f"initialization-layer-{2 * index}",
        room=room,
        table=lambda: tables.histograms(view, rows, layers=[index]),
    )


# --- the phase map ------------------------------------------------------------------------------

DEEPEST = 100.0
"""Depth scales beyond this many layers get the brightest colour."""


PHASE_ROOM = Room(520, 300, left=56, right=88, top=14, bottom=42, least=180, most=720)


def phase(phases: PhaseMap, view: View | None = None) -> Figure:
    """The (sigma_w, sigma_b) plane: how many layers a gradient crosses before it has changed by a
    factor e, 1 / |ln chi|, as colour; the critical line; one dot for each hidden layer."""
    from PIL import Image

    with np.errstate(divide="ignore"):
        layers = 1 / np.abs(np.log(np.maximum(phases.chi, 1e-300)))
    share = np.log10(np.clip(layers, 1, DEEPEST)) / math.log10(DEEPEST)
    picture = theme.viridis(share).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(picture[::-1])).save(out, "PNG")
    url = "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()
    w, b = phases.sigma_w, phases.sigma_b
    dots = dict.fromkeys((p.sigma_w, p.sigma_b) for p in (places(view) if view else ()))
    points = [{"x": x, "y": y, "size": 160 if len(dots) == 1 else 70} for x, y in dots]
    ok = ~np.isnan(phases.critical)
    data = {
        "map": columns(url=[url], x=float(w[0]), x2=float(w[-1]), y=float(b[0]), y2=float(b[-1])),
        "line": columns(x=phases.critical[ok], y=b[ok]),
        "dots": series(points),
        "words": _phase_words(phases),
    }

    def build():
        x = alt.X(
            "x:Q",
            scale=alt.Scale(domain=[float(w[0]), float(w[-1])], nice=False, zero=False),
            axis=alt.Axis(title="weights' spread σ_w = √fan-in · Std(W)", grid=False),
        )
        y = alt.Y(
            "y:Q",
            scale=alt.Scale(domain=[float(b[0]), float(b[-1])], nice=False),
            axis=alt.Axis(title="biases' spread σ_b", grid=False),
        )
        image = (
            alt.Chart(alt.NamedData("map"))
            .mark_image(aspect=False)
            .encode(url="url:N", x=x, x2="x2:Q", y=y, y2="y2:Q")
        )
        line = (
            alt.Chart(alt.NamedData("line"))
            .mark_line(color="white", strokeWidth=2, clip=True)
            .encode(x=x, y=y, order="y:Q")
        )
        words = (
            alt.Chart(alt.NamedData("words"))
            .mark_text(
                color="white",
                fontSize=13,
                fontWeight="bold",
                clip=True,
                opacity=alt.ExprRef("plot_width < 320 ? 0 : 1"),  # no room for them on a phone
            )
            .encode(x=x, y=y, text="text:N")
        )
        dots = (
            alt.Chart(alt.NamedData("dots"))
            .mark_point(filled=True, fill="#EE6677", stroke="white", strokeWidth=2, opacity=1,
                        clip=True)
            .encode(x=x, y=y, size=alt.Size("size:Q", scale=None))
        )  # fmt: skip
        key = (
            alt.Chart(alt.NamedData("map"))
            .transform_calculate(depth="1")
            .mark_point(opacity=0)
            .encode(
                color=alt.Color(
                    "depth:Q",
                    scale=alt.Scale(scheme=theme.SEQUENTIAL, type="log", domain=[1, DEEPEST]),
                    legend=alt.Legend(
                        title="layers",
                        orient="right",
                        values=[1, 3, 10, 30, 100],
                        format="d",
                        gradientLength=PHASE_ROOM.height - 40,
                    ),
                )
            )
        )
        return alt.layer(image, line, words, dots, key).properties(
            width=PHASE_ROOM.width, height=PHASE_ROOM.height
        )

    return Figure(
        ("init-phase", float(w[0]), float(w[-1]), float(b[0]), float(b[-1])),
        build,
        data,
        alt="Phase map: layers that a gradient crosses over weights' and biases' spread, critical "
        "line in white",
        name="initialization-phase-map",
        room=PHASE_ROOM,
        table=lambda: tables.phase(phases),
    )


def _phase_words(phases: PhaseMap) -> dict:
    """Names of the two sides, where there is room for them."""
    words = []
    middle = len(phases.sigma_b) * 2 // 3
    row, w = phases.chi[middle], phases.sigma_w
    for name, inside in (("gradients vanish", row < 1), ("gradients explode", row > 1)):
        if inside.sum() > len(w) // 6:
            words.append(
                {
                    "x": float(w[inside].mean()),
                    "y": float(phases.sigma_b[middle]),
                    "text": name,
                }
            )
    return series(words)


# --- comparison ---------------------------------------------------------------------------------


def compare(views: Sequence[View], display: Display) -> Figure:
    """Histograms of several settings on shared bins, one outline each, for the first layers."""
    rows = display.rows[:3]
    layers = min(GRID_LAYERS, max(len(v.names) for v in views))
    data, signals = {}, {}
    for r, row in enumerate(rows):
        for c in range(layers):
            stats = [getattr(v.probe, row)[c] for v in views if c < len(getattr(v.probe, row))]
            spans = [span(s, display.robust) for s in stats if s.finite]
            low = min((a for a, _ in spans), default=0.0)
            high = max((b for _, b in spans), default=1.0)
            panels = []
            for i, v in enumerate(views):
                own = getattr(v.probe, row)
                if c < len(own) and own[c].finite:
                    counts = own[c].cut(low, high, BINS) / max(own[c].finite, 1) * 100
                    color = SETTINGS_COLORS[3 if i == len(views) - 1 else i]
                    if display.log:
                        counts = np.maximum(counts, 1e-3)
                    panels.append({"edges": (low, high), "counts": counts, "color": color})
            data[f"c{r}_{c}"] = histograms(panels)
            signals[f"d{r}_{c}"] = [low, high]
            signals[f"t{r}_{c}"] = f"Layer {2 * c}" if r == 0 else ""

    room = grid_room(layers, len(rows), row_gap=30)

    def build():
        grid_rows = []
        for r, row in enumerate(rows):
            panels = []
            for c in range(layers):
                x = alt.X(
                    "x:Q",
                    scale=alt.Scale(domain=alt.ExprRef(f"d{r}_{c}"), nice=False, zero=False),
                    axis=alt.Axis(
                        title=None,
                        tickCount=3,
                        grid=False,
                        labelFlush=True,
                        labelBound=12,
                    ),
                )
                scale = alt.Scale(type="log", domainMin=1e-3) if display.log else alt.Scale()
                y = alt.Y(
                    "y:Q",
                    scale=scale,
                    axis=alt.Axis(
                        title=f"{ROWS[row][0]} (%)" if c == 0 else None,
                        titleColor=ROWS[row][1],
                        titleFontWeight="bold",
                        tickCount=2,
                        minExtent=30,
                        maxExtent=30,
                    ),
                )
                chart = (
                    alt.Chart(alt.NamedData(f"c{r}_{c}"))
                    .mark_line(interpolate="step-after", strokeWidth=1.6)
                    .encode(x=x, y=y, color=alt.Color("color:N", scale=None))
                    .properties(title=alt.Title(text=alt.ExprRef(f"t{r}_{c}"), offset=4))
                )
                panels.append(chart)
            grid_rows += panels
        return room.concat(grid_rows)

    return Figure(
        ("init-compare", layers, rows, display.log),
        build,
        data,
        alt="Histograms on shared bins: " + "; ".join(v.settings.label for v in views),
        signals=signals,
        name="initialization-comparison",
        room=room,
        table=lambda: tables.compared(views, rows, range(layers)),
    )
