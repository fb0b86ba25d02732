"""Figures of the loss-surface laboratory for files: paths over the surface, and loss curves."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
from PIL import Image

from ..descent import Trace
from ..flatness import RANGE, TwoMinima, price
from ..surfaces import Surface
from ..wording import number
from . import logs, theme
from .base import Figure, series

SIDE = 420
"""Pixels of the square surface."""
PIXELS = 280
STAR = {"color": "white", "stroke": "#222", "strokeWidth": 0.6, "clip": True}
STEEP = 1e4
"""Log colours: the lowest ten-thousandth of the range gets the first colour, as on the page."""

_DASHES = ([7, 3], [4, 2], [2, 2], [7, 2, 2, 2])


def looks(names: Sequence[str]) -> list[tuple[str, list[int], str]]:
    """Colour, dash and marker; the second and third of a kind are lighter, darker, reshaped."""
    shapes = ("triangle-up", "square", "circle", "diamond", "triangle-down", "cross", "wedge")
    out = []
    for i, name in enumerate(names):
        color, dash, shape = theme.optimizer_style(name)
        k = list(names[:i]).count(name)
        if k:
            color = _mixed(color, "#FFFFFF" if k % 2 else "#000000", 0.4 + 0.25 * ((k - 1) // 2))
            shape, dash = shapes[k % len(shapes)], _DASHES[k % len(_DASHES)]
        out.append((color, list(dash), shape))
    return out


def _mixed(color: str, other: str, share: float) -> str:
    a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)]) for c in (color, other))
    return "#" + "".join(f"{round(v):02X}" for v in a + (b - a) * share)


def unit(values: np.ndarray, color: str) -> np.ndarray:
    """Loss values as 0 to 1 along the colours; NaN stays NaN.

    Args:
        color: "linear", or "log" for surfaces whose interest lies near their lowest values.
    """
    finite = values[np.isfinite(values)]
    low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
    u = np.clip((values - low) / max(high - low, 1e-30), 0, 1)
    return np.log1p(STEEP * u) / np.log1p(STEEP) if color == "log" else u


def surface_png(
    surface: Surface, ranges: tuple[float, float, float, float], color: str, n: int = PIXELS
) -> bytes:
    """The surface as a picture of n x n pixels in viridis, w2 upwards; NaN is transparent."""
    u = unit(surface.values(ranges, n).numpy().astype(float), color)[::-1]
    alpha = np.where(np.isfinite(u), 255, 0)[..., None]
    return _png(np.concatenate([theme.viridis(u), alpha], axis=2))


def _png(pixels: np.ndarray) -> bytes:
    """A picture [height, width, 3 or 4] of numbers 0 to 255, the top row first."""
    out = io.BytesIO()
    Image.fromarray(np.round(pixels).astype(np.uint8)).save(out, "PNG", optimize=True)
    return out.getvalue()


def _picture(png: bytes, side: int) -> alt.Chart:
    """The picture as a square layer under marks with axes; part of the definition, not data."""
    url = "data:image/png;base64," + base64.b64encode(png).decode()
    return (
        alt.Chart(alt.Data(values=[{"url": url}]))
        .mark_image(width=side, height=side)
        .encode(x=alt.value(side / 2), y=alt.value(side / 2), url="url:N")
    )


def _weight(name: str, low: float, high: float) -> dict:
    """Title and scale of a weight's axis."""
    return {"title": f"weight {name}", "scale": alt.Scale(domain=[low, high], nice=False)}


def _channels(
    traces: Sequence[Trace], labels: list[str]
) -> tuple[alt.Color, alt.StrokeDash, alt.Shape]:
    """Colour, dash and shape of each label, as on the page."""
    parts = zip(*looks([t.run.optimizer for t in traces]), strict=True)
    colors, dashes, shapes = (alt.Scale(domain=labels, range=list(p)) for p in parts)
    return (
        alt.Color("optimizer:N", scale=colors, title=None),
        alt.StrokeDash("optimizer:N", scale=dashes, title=None),
        alt.Shape("optimizer:N", scale=shapes, title=None),
    )


def paths(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: tuple[float, float, float, float],
    color: str,
) -> Figure:
    """Every path over the surface, seen from above."""
    names = list(labels)
    color_of, dash_of, shape_of = _channels(traces, names)
    png = surface_png(surface, ranges, color)

    def build() -> alt.LayerChart:
        x = alt.X("w1:Q", **_weight("w1", *ranges[:2]))
        y = alt.Y("w2:Q", **_weight("w2", *ranges[2:]))
        picture = _picture(png, SIDE)
        lines = alt.Chart(alt.NamedData("paths")).encode(x, y, order="step:Q")
        halo = lines.mark_line(clip=True, color="white", strokeWidth=4, opacity=0.8).encode(
            detail="optimizer:N"
        )
        ink = lines.mark_line(clip=True, strokeWidth=2).encode(color=color_of, strokeDash=dash_of)
        ends = (
            alt.Chart(alt.NamedData("ends"))
            .mark_point(filled=True, size=110, opacity=1, stroke="white", clip=True)
            .encode(
                x,
                y,
                color=color_of,
                shape=shape_of,
            )
        )
        points = alt.Chart(alt.NamedData("minima")).encode(x, y)
        stars = points.mark_text(text="★", fontSize=17, **STAR)
        return (picture + halo + ink + stars + ends).properties(
            width=SIDE, height=SIDE, title=surface.label
        )

    rows, ends = [], []
    for label, trace in zip(names, traces, strict=True):
        good = len(trace.points) if trace.diverged is None else trace.diverged
        p = trace.points[:good].astype(float)
        rows.append(
            {
                "optimizer": label,
                "step": np.arange(good),
                "w1": p[:, 0],
                "w2": p[:, 1],
                "loss": p[:, 2],
            }
        )
        ends.append({"optimizer": label, "w1": p[-1, 0], "w2": p[-1, 1], "loss": p[-1, 2]})
    minima = surface.minima
    return Figure(
        ("surface-paths", tuple(names), surface, ranges, color),
        build,
        {
            "paths": series(rows, digits=7),
            "ends": series(ends, digits=7),
            "minima": series([{"w1": x, "w2": y} for x, y in minima]),
        },
        alt=f"Loss surface {surface.label} with the paths of {', '.join(names)}.",
        name="loss-surface-paths",
        table=lambda: _path_rows(traces, names),
    )


PATCHES = 12
"""More minima than these are named by a ramp of colours, not one by one."""


@dataclass(frozen=True)
class MapScale:
    """What the colours of a map without minima mean.

    Attributes:
        title: of the quantity.
        low, high: its values at the first colour and at the last.
        log: whether colours go by its logarithm.
        color: "log" lets the lowest ten-thousandth of a linear range show, as on the page.
    """

    title: str
    low: float
    high: float
    log: bool
    color: str = "linear"

    def unit(self, values: np.ndarray) -> np.ndarray:
        """Values as 0 to 1 along the colours; what is not finite is 1."""
        values = np.where(np.isfinite(values), values, self.high).astype(float)
        if self.log:
            span = np.log(self.high / self.low) or 1.0
            return np.clip(np.log(np.maximum(values, self.low) / self.low) / span, 0, 1)
        u = np.clip((values - self.low) / (self.high - self.low), 0, 1)
        return np.log1p(STEEP * u) / np.log1p(STEEP) if self.color == "log" else u

    def value(self, unit: np.ndarray) -> np.ndarray:
        """The values of `unit`, 0 to 1 along the colours."""
        if self.log:
            return self.low * (self.high / self.low) ** unit
        part = np.expm1(unit * np.log1p(STEEP)) / STEEP if self.color == "log" else unit
        return self.low + (self.high - self.low) * part

    def ends(self) -> tuple[str, str]:
        """The values at both ends of the colours, in words."""
        lower = " or less" if self.log else ""
        return number(self.low) + lower, number(self.high)

    def colors(self, n: int) -> list[str]:
        """`n` of its colours, evenly spaced, as #rrggbb."""
        rgb = theme.viridis(np.linspace(0, 1, n))
        return ["#" + "".join(f"{round(v):02X}" for v in c) for c in rgb]

    def message(self) -> dict[str, float | bool | str]:
        """For `assets/basin_map.js`: the value of each of the 256 shades."""
        values = self.value(np.arange(256) / 255)
        return {"title": self.title, "values": [float(f"{v:.3g}") for v in values]}


@dataclass(frozen=True)
class MapKey:
    """The legend of maps of basins: a scale, or a colour and a loss for each minimum."""

    scale: MapScale | None
    colors: tuple[str, ...]
    losses: tuple[float, ...]

    def chart(self, minima: Sequence[tuple[float, float]]) -> alt.Chart:
        """A bar of colours with its ends, or a patch with words for each minimum."""
        if self.scale is not None:
            rows = [{"at": k, "color": c} for k, c in enumerate(self.scale.colors(64))]
            low, high = self.scale.ends()
            title = f"{self.scale.title}: {low} (left) to {high} (right); hatched: diverged"
        else:
            rows = [{"at": k, "color": c} for k, c in enumerate((*self.colors, "#BBBBBB"))]
            names = [
                f"({number(x)}, {number(y)}) loss {number(z)}"
                for (x, y), z in zip(minima, self.losses, strict=True)
            ]
            many = len(names) > PATCHES
            told = f"{len(names)} minima, brighter the lower" if many else "; ".join(names)
            title = [
                f"colours from the left: {told}; grey: none reached",
                "darker: after more steps; hatched: diverged",
            ]
        return (
            alt.Chart(alt.Data(values=rows))
            .mark_rect()
            .encode(
                x=alt.X("at:O", axis=None),
                color=alt.Color("color:N", scale=None),
            )
            .properties(
                width=300,
                height=14,
                title=alt.TitleParams(title, anchor="start", fontSize=11, fontWeight="normal"),
            )
        )


@dataclass(frozen=True)
class MapPicture:
    """A map of basins as the page colours it.

    Attributes:
        label: whose map it is, with its settings.
        pixels: [n, n, 3], 0 to 255, row i the i-th w2 from low to high.
        summary: what it shows, in a few words.
    """

    label: str
    pixels: np.ndarray
    summary: str


def basin_pixels(
    reached: np.ndarray, shade: np.ndarray, colors: Sequence[str], nowhere: int, gone: int
) -> np.ndarray:
    """Colours [n, n, 3] of a map, exactly as `assets/basin_map.js` draws them.

    Args:
        reached: uint8 [n, n], index into `colors`, `nowhere` or `gone`.
        shade: uint8 [n, n]: where a minimum was reached, how late; without minima, the value.
        colors: one of each minimum; empty where there are none and viridis shows the shade.
    """
    part = shade[..., None] / 255
    if colors:
        ink = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colors], float)
        out = ink[np.minimum(reached, len(ink) - 1)] * (1 - 0.72 * part)
        out[reached == nowhere] = 187
    else:
        out = theme.viridis(shade / 255)
    j, i = np.indices(reached.shape)
    out[reached == gone] = 30
    out[(reached == gone) & ((i + j) % 4 == 0)] = 190
    return out


def basin_maps(
    surface: Surface,
    maps: Sequence[MapPicture],
    minima: Sequence[tuple[float, float]],
    ranges: tuple[float, float, float, float],
    key: MapKey,
) -> Figure:
    """Maps of basins side by side, at most four in a row, and below them what colours mean."""
    side = 300

    def build() -> alt.VConcatChart:
        charts = []
        for one in maps:
            stars = (
                alt.Chart(alt.NamedData("minima"))
                .mark_text(text="★", fontSize=17 if len(minima) < 13 else 8, **STAR)
                .encode(
                    alt.X("w1:Q", **_weight("w1 at the start", *ranges[:2])),
                    alt.Y("w2:Q", **_weight("w2 at the start", *ranges[2:])),
                )
            )
            title = alt.TitleParams(one.label, subtitle=one.summary)
            charts.append(
                (_picture(_png(one.pixels[::-1]), side) + stars).properties(
                    width=side, height=side, title=title
                )
            )
        return alt.vconcat(alt.concat(*charts, columns=4), key.chart(minima))

    labels = [one.label for one in maps]
    print_of = hashlib.blake2b(b"".join(m.pixels.tobytes() for m in maps), digest_size=8)
    return Figure(
        ("basin-maps", surface, tuple(labels), ranges, print_of.hexdigest(), key),
        build,
        {"minima": series([{"w1": x, "w2": y} for x, y in minima], digits=7)},
        alt=f"Basins of attraction of {', '.join(labels)} on {surface.label}.",
        name="basins",
        table=lambda: _basin_rows(surface, maps, minima),
    )


def two_minima(curve: TwoMinima, shift: float) -> Figure:
    """A training loss with a sharp and a flat minimum, and the test loss moved sideways."""
    kinds = ["training loss", f"test loss, shifted by {number(shift)}"]
    w = np.linspace(*RANGE, 601)

    def build() -> alt.LayerChart:
        color = alt.Color(
            "curve:N",
            scale=alt.Scale(domain=kinds, range=[theme.WEIGHTS, theme.GRADIENTS]),
            title=None,
        )
        x = alt.X("w:Q", title="weight w")
        lines = alt.Chart(alt.NamedData("curves")).encode(x, alt.Y("loss:Q", title="loss"))
        dash = alt.StrokeDash(
            "curve:N", scale=alt.Scale(domain=kinds, range=[[1, 0], [7, 4]]), title=None
        )
        prices = alt.Chart(alt.NamedData("minima")).encode(x)
        gap = prices.mark_rule(color=theme.INK).encode(y="training:Q", y2="test:Q")
        return (lines.mark_line().encode(color=color, strokeDash=dash) + gap).properties(
            width=620, height=320
        )

    paid = [price(curve, which, shift) for which in ("flat", "sharp")]
    return Figure(
        ("two-minima", tuple(kinds)),
        build,
        {
            "curves": series(
                [
                    {"curve": kinds[0], "w": w, "loss": curve.loss(w)},
                    {"curve": kinds[1], "w": w, "loss": curve.loss(w - shift)},
                ],
                digits=7,
            ),
            "minima": series(
                [
                    {
                        "minimum": p.which,
                        "w": p.weight,
                        "training": p.train,
                        "test": p.test,
                        "pays": p.gap,
                        "curvature": p.curvature,
                        "predicted": p.predicted,
                    }
                    for p in paid
                ],
                digits=7,
            ),
        },
        alt="Training loss with a sharp and a flat minimum, and the same curve shifted.",
        name="sharp-and-flat",
        table=lambda: _two_minima_rows(curve, shift, w, paid),
    )


def losses(traces: Sequence[Trace], labels: Sequence[str]) -> Figure:
    """Loss against step; on a log axis, without its zeros, where no loss is negative."""
    names = list(labels)
    color_of, dash_of, _ = _channels(traces, names)
    all_losses = np.concatenate([t.points[:, 2] for t in traces]).astype(float)
    finite = all_losses[np.isfinite(all_losses)]
    log = bool(finite.size and finite.min() >= 0 and finite.max() >= logs.SMALLEST)
    good = [len(t.points) if t.diverged is None else t.diverged for t in traces]
    raw = [t.points[:n, 2].astype(float) for t, n in zip(traces, good, strict=True)]
    gone = logs.left_out(v for r in raw for v in r) if log else ""
    narrow = logs.is_narrow(v for r in raw for v in r)

    def build() -> alt.Chart:
        scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=False)
        axis = alt.Axis(title="loss")
        if log:
            axis = theme.log_axis("loss", labelExpr=logs.labels("narrow"))
        lines = (
            alt.Chart(alt.NamedData("losses"))
            .mark_line()
            .encode(
                x=alt.X("step:Q", title="step"),
                y=alt.Y("loss:Q", scale=scale, axis=axis),
                color=color_of,
                strokeDash=dash_of,
            )
        )
        return alt.layer(lines, logs.note("left_out")).properties(width=520, height=300)

    rows = [
        {"optimizer": label, "step": np.arange(len(r)), "loss": logs.drawable(r) if log else r}
        for label, r in zip(names, raw, strict=True)
    ]
    return Figure(
        ("surface-losses", tuple(names), log),
        build,
        {"losses": series(rows, digits=7), "left_out": series(logs.note_data(gone))},
        alt=f"Loss against step for {', '.join(names)}." + (f" {gone}." if gone else ""),
        signals={"narrow": narrow},
        name="loss-surface-losses",
        table=lambda: _path_rows(traces, names),
    )


def _path_rows(traces: Sequence[Trace], names: Sequence[str]) -> Iterator[dict]:
    """Every step of every path, as far as there are numbers."""
    for name, trace in zip(names, traces, strict=True):
        good = len(trace.points) if trace.diverged is None else trace.diverged
        for step, (w1, w2, loss) in enumerate(trace.points[:good].tolist()):
            yield {
                "optimizer": name,
                "step": step,
                "weight w1 (no unit)": w1,
                "weight w2 (no unit)": w2,
                "loss (no unit)": loss,
            }


def _basin_rows(surface: Surface, maps: Sequence[MapPicture], minima) -> Iterator[dict]:
    """What each map shows, and every minimum of the surface."""
    for one in maps:
        yield {"surface": surface.label, "map": one.label, "summary": one.summary}
    for x, y in minima:
        yield {
            "surface": surface.label,
            "map": "minimum",
            "weight w1 (no unit)": x,
            "weight w2 (no unit)": y,
        }


def _two_minima_rows(curve: TwoMinima, shift: float, w: np.ndarray, paid) -> Iterator[dict]:
    """Both curves, then what each minimum pays for the shift."""
    for at, train, test in zip(w, curve.loss(w), curve.loss(w - shift), strict=True):
        yield {
            "point": "curve",
            "weight w (no unit)": float(at),
            "training loss (no unit)": float(train),
            "test loss (no unit)": float(test),
        }
    for p in paid:
        yield {
            "point": f"{p.which} minimum",
            "weight w (no unit)": p.weight,
            "training loss (no unit)": p.train,
            "test loss (no unit)": p.test,
            "curvature (loss / weight squared)": p.curvature,
            "test loss above training loss": p.gap,
            "the same, predicted from the curvature": p.predicted,
        }
