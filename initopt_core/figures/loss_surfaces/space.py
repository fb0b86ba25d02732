"""A surface in three dimensions, drawn on the server as the page's canvas shows it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import altair as alt
import numpy as np
from PIL import Image, ImageDraw

from initopt_core.descent import Trace
from initopt_core.figures import theme
from initopt_core.figures.figure import Figure, series
from initopt_core.figures.images import png_url
from initopt_core.surfaces import Surface
from initopt_core.wording import number

from .paths import _path_rows, grid_rows, told
from .picture import _channels, color_bar, ends_of, near_zero, unit

SIZE, HEIGHT = 2.0, 1.1
"""Side of the ground and height of the highest loss, in the camera's units."""
EYE, TARGET, VIEW = (2.6, 2.35, 3.15), (0.0, 0.35, 0.0), 38.0
"""Where the camera is at first, what it looks at, and its angle of view in degrees.

`assets/web/surface_canvas/space.js` has the same numbers."""
MESH = 96
WIDE, HIGH = 560, 420
"""Pixels of the figure's plot."""
_SUN = np.array([-2.0, 4.0, 1.5]) / math.sqrt(4 + 16 + 2.25)


@dataclass(frozen=True)
class Camera:
    """A point of view.

    Args:
        turn: degrees by which the eye has gone round the surface.
        width, height: of the picture, in pixels.
    """

    turn: float = 0.0
    width: int = WIDE
    height: int = HIGH

    @cached_property
    def eye(self) -> np.ndarray:
        x, y, z = EYE
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
        focal = self.height / 2 / math.tan(math.radians(VIEW / 2))
        x = self.width / 2 + focal * right / depth
        return np.stack([x, self.height / 2 - focal * up / depth], axis=-1), depth


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
        low, high = ends_of(values)
        u = np.nan_to_num(unit(values, color), nan=1.0)
        side = (np.linspace(0, 1, mesh + 1) - 0.5) * SIZE
        points = np.stack(np.broadcast_arrays(side[None, :], u * HEIGHT, -side[:, None]), axis=-1)
        return cls(surface, ranges, color, points, _lit(points, u), low, high)

    def place(self, path: np.ndarray) -> np.ndarray:
        """Points [T, 3] of a path's (w1, w2, loss) rows, a little above the ground."""
        x0, x1, y0, y1 = self.ranges
        x = (np.clip((path[:, 0] - x0) / (x1 - x0), 0, 1) - 0.5) * SIZE
        z = -(np.clip((path[:, 1] - y0) / (y1 - y0), 0, 1) - 0.5) * SIZE
        losses = np.append(path[:, 2], [self.low, self.high])
        u = unit(np.clip(losses, self.low, self.high), self.color)[:-2]
        return np.stack([x, np.nan_to_num(u, nan=1.0) * HEIGHT + 0.012, z], axis=-1)

    def along(self, trace: Trace, parts: int = 6) -> np.ndarray:
        """A path's points, subdivided between steps so that it lies on the ground."""
        import torch

        good = len(trace.points) if trace.diverged is None else trace.diverged
        steps = trace.points[:good].astype(float)
        at = np.linspace(0, good - 1, (good - 1) * parts + 1)
        w1, w2 = (np.interp(at, np.arange(good), steps[:, i]) for i in (0, 1))
        losses = self.surface(torch.from_numpy(w1), torch.from_numpy(w2)).numpy()
        return self.place(np.stack([w1, w2, losses], axis=-1))

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


def frame(ground: Ground) -> tuple[np.ndarray, list[tuple[str, tuple[float, float, float]]]]:
    """The line along the axes [4, 3], and each text with its place."""
    a = SIZE / 2
    x0, x1, y0, y1 = ground.ranges
    low, high = (near_zero(v, ground.high - ground.low) for v in (ground.low, ground.high))
    line = np.array([[-a, 0, a], [a, 0, a], [a, 0, -a], [a, HEIGHT, -a]])
    words = [
        ("weight w1", (0, 0, a + 0.28)),
        (number(x0), (-a + 0.05, 0, a + 0.13)),
        (number(x1), (a - 0.05, 0, a + 0.13)),
        ("weight w2", (a + 0.36, 0, 0)),
        (number(y0), (a + 0.15, 0, a - 0.05)),
        (number(y1), (a + 0.15, 0, -a + 0.05)),
        ("loss", (a, HEIGHT + 0.2, -a)),
        (number(high), (a, HEIGHT + 0.08, -a)),
        (number(low), (a + 0.1, 0.1, -a - 0.05)),
    ]
    return line, words


def space(
    surface: Surface,
    traces: Sequence[Trace],
    labels: Sequence[str],
    ranges: tuple[float, float, float, float],
    color: str,
    turn: float = 0.0,
) -> Figure:
    """The surface in three dimensions, with every path on it; without traces the surface alone.

    Heights follow the colours, so that a log surface is seen in its log shape.

    Args:
        turn: degrees by which the eye has gone round, from where the page's camera is at first.
    """
    names = list(labels)
    channels = _channels(traces, names, offset=78)
    ground = Ground.of(surface, ranges, color)
    camera = Camera(turn)

    def build() -> alt.TopLevelMixin:
        return _chart(ground, camera, channels if names else ())

    rows, ends = [], []
    for label, trace in zip(names, traces, strict=True):
        at, _ = camera.project(ground.along(trace))
        rows.append({"optimizer": label, "k": np.arange(len(at)), "x": at[:, 0], "y": at[:, 1]})
        ends.append({"optimizer": label, "x": at[-1, 0], "y": at[-1, 1]})
    return Figure(
        ("surface-space", tuple(names), surface, ranges, color, turn),
        build,
        {"paths": series(rows, digits=6), "ends": series(ends, digits=6)},
        alt=f"Loss surface {surface.label} in three dimensions"
        + (f" with the paths of {', '.join(names)}." if names else "."),
        name="loss-surface-3d",
        table=lambda: _path_rows(traces, names) if names else grid_rows(surface, ranges),
        settings=told(surface, traces, ranges, color) | {"turn (degrees)": turn},
    )


def _chart(ground: Ground, camera: Camera, channels: Sequence) -> alt.TopLevelMixin:
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, camera.width]), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[camera.height, 0]), axis=None)
    layers = [_mesh(ground, camera), *_frame(ground, camera, x, y)]
    if channels:
        color_of, dash_of, shape_of = channels
        lines = alt.Chart(alt.NamedData("paths")).encode(x, y, order="k:Q")
        layers += [
            lines.mark_line(color="white", strokeWidth=4, opacity=0.8).encode(detail="optimizer:N"),
            lines.mark_line(strokeWidth=2).encode(color=color_of, strokeDash=dash_of),
            alt.Chart(alt.NamedData("ends"))
            .mark_point(filled=True, size=110, opacity=1, stroke="white")
            .encode(x, y, color=color_of, shape=shape_of),
        ]
    bar = color_bar(ground.low, ground.high, ground.color, camera.width + 18, camera.height - 60)
    return alt.layer(*layers, bar).properties(
        width=camera.width, height=camera.height, title=ground.surface.label
    )


def _mesh(ground: Ground, camera: Camera) -> alt.Chart:
    twice = replace(camera, width=2 * camera.width, height=2 * camera.height)
    url = png_url(np.asarray(ground.draw(twice, 2)))
    return (
        alt.Chart(alt.Data(values=[{"url": url}]))
        .mark_image(width=camera.width, height=camera.height)
        .encode(x=alt.value(camera.width / 2), y=alt.value(camera.height / 2), url="url:N")
    )


def _frame(ground: Ground, camera: Camera, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Axes with their names and ends, in ink."""
    line, words = frame(ground)
    at, _ = camera.project(line)
    edges = [{"k": k, "x": px, "y": py} for k, (px, py) in enumerate(at.tolist())]
    places, _ = camera.project(np.array([place for _, place in words]))
    texts = [
        {"text": text, "x": px, "y": py}
        for (text, _), (px, py) in zip(words, places.tolist(), strict=True)
    ]
    return [
        alt.Chart(alt.Data(values=edges)).mark_line(color=theme.INK, strokeWidth=1).encode(
            x, y, order="k:Q"
        ),
        alt.Chart(alt.Data(values=texts)).mark_text(color=theme.INK, fontSize=12).encode(
            x, y, text="text:N"
        ),
    ]  # fmt: skip
