"""A surface in three dimensions, drawn on the server as the page's canvas shows it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import altair as alt
import numpy as np
from PIL import Image, ImageDraw

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.images import png_url
from initopt_core.surfaces import Surface

from .frame import HEIGHT, LETTERS, SIZE, edges, written
from .marks import ARROW, Tag, farewells, mark_key, tag_layers, walked, walks
from .path_key import APART, path_key
from .paths import HALO, tables, told
from .picture import BESIDE_BAR, _channels, color_bar, ends_of, unit
from .sight import FAINT, THIN, in_sight, sign_seen
from .ways import cut, last_drawn, pieces

EYE, TARGET, ANGLE = (2.2, 3.25, 2.7), (0.0, 0.35, 0.0), 38.0
"""Where the camera is at first, what it looks at, and its angle of view in degrees: on every
surface and in every shape of a picture, high enough to look into wells and ravines.

`assets/web/surface_canvas/space.js` has the same numbers, and a test compares them."""
NEAREST = 2.0
"""How near to its target the camera may stand: no part of the surface is behind it."""
_HALO: dict[str, Any] = {"stroke": theme.PAPER, "strokeWidth": 4, "strokeJoin": "round"}
MESH, FINE = 96, 288
"""Cells on each side of the surface where paths are laid on it, and where a still picture is drawn:
there the walls of a well would have facets."""
WIDE, HIGH = 560, 420
"""Pixels of the figure's plot."""
_SUN = np.array([-2.0, 4.0, 1.5]) / math.sqrt(4 + 16 + 2.25)


@dataclass(frozen=True)
class Camera:
    """A point of view.

    Args:
        turn: degrees by which the eye has gone round the surface.
        width, height: of the picture, in pixels.
        begin: where the eye was before; it stands no nearer than `NEAREST`.
        zoom: how many times as large things are, about a place below the middle, since the axes'
            corner is nearer to the picture's edge than anything else; the eye stays where it is.
    """

    turn: float = 0.0
    width: int = WIDE
    height: int = HIGH
    begin: tuple[float, ...] = EYE
    zoom: float = 1.0

    @cached_property
    def eye(self) -> np.ndarray:
        way = np.subtract(self.begin, TARGET)
        x, y, z = TARGET + way * max(1.0, NEAREST / max(float(np.linalg.norm(way)), 1e-9))
        a = math.radians(self.turn)
        return np.array([x * math.cos(a) + z * math.sin(a), y, z * math.cos(a) - x * math.sin(a)])

    @cached_property
    def axes(self) -> np.ndarray:
        """Right, up and forward, as rows."""
        forward = np.array(TARGET) - self.eye
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, (0.0, 1.0, 0.0))
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(right, forward), forward])

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Pixels [..., 2] of points [..., 3], and their distances [...]."""
        right, up, depth = np.moveaxis((points - self.eye) @ self.axes.T, -1, 0)
        focal = self.zoom * self.height / 2 / math.tan(math.radians(ANGLE / 2))
        x = self.width / 2 + focal * right / depth
        middle = self.height * (0.5 + 0.3 * (1 - self.zoom))
        return np.stack([x, middle - focal * up / depth], axis=-1), depth


@dataclass(frozen=True, eq=False)
class Ground:
    """A surface as a mesh.

    Attributes:
        points: [n, n, 3] in the camera's units; rgb: [n-1, n-1, 3] of each face, lit.
        low, high: loss at the first and at the last colour.
    """

    surface: Surface
    ranges: tuple[float, float, float, float]
    color: str
    points: np.ndarray
    rgb: np.ndarray
    low: float
    high: float

    @classmethod
    def of(
        cls,
        surface: Surface,
        ranges: tuple[float, float, float, float],
        color: str,
        mesh: int = MESH,
    ) -> Ground:
        values = surface.values(ranges, mesh + 1).numpy().astype(float)
        low, high = ends_of(surface, ranges)
        u = np.nan_to_num(unit(values, color, (low, high)), nan=1.0)
        side = (np.linspace(0, 1, mesh + 1) - 0.5) * SIZE
        points = np.stack(np.broadcast_arrays(side[None, :], u * HEIGHT, -side[:, None]), axis=-1)
        return cls(surface, ranges, color, points, _lit(points, u), low, high)

    def place(self, path: np.ndarray) -> np.ndarray:
        """Points [T, 3] of a path's (w1, w2, loss) rows, a little above the ground."""
        x0, x1, y0, y1 = self.ranges
        x = (np.clip((path[:, 0] - x0) / (x1 - x0), 0, 1) - 0.5) * SIZE
        z = -(np.clip((path[:, 1] - y0) / (y1 - y0), 0, 1) - 0.5) * SIZE
        u = unit(path[:, 2], self.color, (self.low, self.high))
        return np.stack([x, np.nan_to_num(u, nan=1.0) * HEIGHT + 0.012, z], axis=-1)

    def along(self, trace: Trace, parts: int = 6) -> tuple[np.ndarray, np.ndarray]:
        """A path's points [T, 3], subdivided between steps so that it lies on the ground, and which
        of them [T] lie on it: a path that leaves the window ends at its edge."""
        import torch

        steps = walked(trace)
        good = len(steps)
        at = np.linspace(0, good - 1, (good - 1) * parts + 1)
        w = np.stack([np.interp(at, np.arange(good), steps[:, i]) for i in (0, 1)], axis=-1)
        w, inside = cut(w, self.ranges)
        losses = self.surface(*torch.from_numpy(w).unbind(-1)).numpy()
        return self.place(np.concatenate([w, losses[:, None]], axis=-1)), inside

    def draw(self, camera: Camera, fine: int = 3) -> Image.Image:
        """The mesh alone, RGBA, on nothing; drawn `fine` times as large and scaled down."""
        big = replace(camera, width=camera.width * fine, height=camera.height * fine)
        at, depth = big.project(self.points)
        corners = np.stack([at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]], axis=2)
        far = depth[:-1, :-1] + depth[1:, 1:]
        order = np.argsort(-far, axis=None)
        faces = corners.reshape(-1, 8)[order].tolist()
        colors = self.rgb.reshape(-1, 3)[order].tolist()
        image = Image.new("RGBA", (big.width, big.height))
        pen = ImageDraw.Draw(image)
        for face, rgb in zip(faces, colors, strict=True):
            pen.polygon(face, fill=(*rgb, 255), outline=(*rgb, 255))
        return image.reduce(fine)


def _lit(points: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Colours of the faces, uint8: viridis, brighter towards the sun."""
    across = points[:-1, 1:] - points[:-1, :-1]
    along = points[1:, :-1] - points[:-1, :-1]
    normal = np.cross(across, along)
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-12)
    light = 0.72 + 0.33 * np.abs(normal @ _SUN)
    middle = (u[:-1, :-1] + u[:-1, 1:] + u[1:, :-1] + u[1:, 1:]) / 4
    return np.clip(theme.viridis(middle) * light[..., None], 0, 255).round().astype(np.uint8)


def space(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: tuple[float, float, float, float],
    color: str,
    eye: Sequence[float] | None = None,
) -> Figure:
    """The surface in three dimensions, with every path on it, faint where the surface hides it;
    without traces the surface alone.

    Heights follow the colours, so that a log surface is seen in its log shape.

    Args:
        eye: where the page's camera stands (x, height, z); where it is at first unless given.
    """
    names = list(labels)
    channels = _channels(traces, names)
    ground = Ground.of(surface, ranges, color)
    camera = Camera(begin=tuple(eye or EYE))

    def build() -> alt.TopLevelMixin:
        layers = _layers(ground, camera, channels if names else (), tags)
        layers += [path_key(traces, names, BESIDE_BAR)] if names else []
        layers += [mark_key(walks(end=arrived, left=departed), BESIDE_BAR)] if names else []
        return (
            alt.layer(*layers)
            .resolve_scale(**APART)
            .properties(width=camera.width, height=camera.height, title=surface.label)
        )

    rows, behind, ends, left, tags = [], [], [], [], []
    told_of = farewells(surface, traces, names, ranges)
    for label, trace, words in zip(names, traces, told_of, strict=True):
        points, inside = ground.along(trace)
        at, _ = camera.project(points)
        for n, piece in enumerate(in_sight(ground, points, pieces(inside), camera.eye)):
            x, y = camera.project(piece.points)[0].T
            told_apart = {"optimizer": label, "piece": n}
            (rows if piece.seen else behind).append(told_apart | {"k": piece.at, "x": x, "y": y})
        end = last_drawn(inside)
        x, y = at[end].tolist()
        ink = 1 if sign_seen(ground, points[end], camera.eye) else FAINT
        sign = {"optimizer": label, "x": x, "y": y, "ink": ink}
        if inside[-1]:
            ends.append(sign)
        else:
            left.append(sign | {"angle": _heading(at[: end + 1])})
        tags += [Tag(words, x, y)] if words else []
    departed, arrived = len(left) > 0, len(ends) > 0
    about = camera.begin, departed, arrived, tuple(tags)
    return Figure(
        ("surface-space", tuple(names), surface, ranges, color, *about),
        build,
        {
            "paths": series(rows, digits=6),
            "behind": series(behind, digits=6),
            "ends": series(ends, digits=6),
            "left": series(left, digits=6),
        },
        alt=f"Loss surface {surface.label} in three dimensions"
        + (f" with the paths of {', '.join(names)}." if names else "."),
        name="loss-surface-3d",
        **tables(surface, traces, names, ranges),
        settings=told(surface, traces, ranges, color) | {"camera": list(camera.begin)},
    )


def _heading(way: np.ndarray) -> float:
    """Where a path [T, 2] in pixels goes at its end, in degrees from the right, downwards."""
    x, y = (way[-1] - way[max(0, len(way) - 2)]).tolist()
    return math.degrees(math.atan2(y, x))


def _layers(ground: Ground, camera: Camera, channels: Sequence, tags: Sequence[Tag]) -> list[Any]:
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, camera.width]), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[camera.height, 0]), axis=None)
    layers: list[Any] = [_mesh(ground, camera), *_frame(ground, camera, x, y)]
    if channels:
        color_of, dash_of, shape_of = channels
        lines = alt.Chart(alt.NamedData("paths")).encode(x, y, order="k:Q")
        hidden = alt.Chart(alt.NamedData("behind")).encode(x, y, order="k:Q")
        layers += [
            hidden.mark_line(strokeWidth=THIN, opacity=FAINT, clip=True).encode(
                color=color_of, strokeDash=dash_of, detail="piece:N"
            ),
            lines.mark_line(**HALO).encode(detail=["optimizer:N", "piece:N"]),
            lines.mark_line(strokeWidth=2, clip=True).encode(
                color=color_of, strokeDash=dash_of, detail="piece:N"
            ),
            alt.Chart(alt.NamedData("ends"))
            .mark_point(filled=True, size=110, stroke="white", clip=True)
            .encode(x, y, color=color_of, shape=shape_of, opacity=alt.Opacity("ink:Q", scale=None)),
            alt.Chart(alt.NamedData("left"))
            .mark_point(filled=True, shape=ARROW, size=256, stroke="white", clip=True)
            .encode(
                x,
                y,
                color=color_of,
                angle=alt.Angle("angle:Q", scale=None),
                opacity=alt.Opacity("ink:Q", scale=None),
            ),
            *tag_layers(tags, camera.width, camera.height),
        ]
    bar = color_bar(ground.low, ground.high, ground.color, camera.width + 18, camera.height - 60)
    return [*layers, bar]


def _mesh(ground: Ground, camera: Camera) -> alt.Chart:
    twice = replace(camera, width=2 * camera.width, height=2 * camera.height)
    smooth = Ground.of(ground.surface, ground.ranges, ground.color, FINE)
    url = png_url(np.asarray(smooth.draw(twice, 2)))
    return (
        alt.Chart(alt.Data(values=[{"url": url}]))
        .mark_image(width=camera.width, height=camera.height)
        .encode(x=alt.value(camera.width / 2), y=alt.value(camera.height / 2), url="url:N")
    )


def _growing(ground: Ground, camera: Camera) -> Iterator[tuple[str, alt.ExprRef, alt.ExprRef]]:
    """Words along the axes, and their places, which move outwards where the letters grow."""
    usual, large = (written(ground, camera, k) for k in (1.0, theme.LARGEST))
    for one, other in zip(usual, large, strict=True):
        if one is not None:
            (x, y), (far_x, far_y) = one[1:], (other or one)[1:]
            yield one[0], theme.growing(x, far_x), theme.growing(y, far_y)


def _frame(ground: Ground, camera: Camera, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Axes with their names and ends, in ink."""
    at, _ = camera.project(edges(ground, camera.eye.tolist())[0])
    line = alt.Chart(
        alt.Data(values=[{"k": k, "x": px, "y": py} for k, (px, py) in enumerate(at.tolist())])
    ).encode(x, y, order="k:Q")
    return [
        line.mark_line(color=theme.INK, strokeWidth=1, clip=True),
        *(
            alt.Chart(alt.Data(values=[{}]))
            .mark_text(
                text=text, baseline="middle", fontSize=theme.sized(LETTERS), color=color, **halo
            )
            .encode(x=alt.value(px), y=alt.value(py))
            for text, px, py in _growing(ground, camera)
            for color, halo in ((theme.PAPER, _HALO), (theme.INK, {}))
        ),
    ]
