"""Small pictures for the page as <img>: what a laboratory shows, on the card that leads there; the
network. They hold SVG, which knows nothing of the page's colours: words are grey on light and dark.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Sequence

import numpy as np

from initopt_core.wording import count

from . import theme

GREY = "#7D8394"
"""Readable on the light and on the dark page."""
WIDE, HIGH = 320, 110
"""Size of a card's picture, in its own units."""


def _svg(body: str, says: str, wide: int = WIDE, high: int = HIGH) -> str:
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" '
        f'font-family="sans-serif">{body}</svg>'
    )
    address = "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
    look = f"width:100%;aspect-ratio:{wide}/{high};display:block"
    return f'<img src="{address}" alt="{html.escape(says)}" style="{look}">'


def histograms(panels: Sequence[tuple[np.ndarray, str]], says: str) -> str:
    """Histograms in a row.

    Args:
        panels: (counts [bins], colour) of each.
        says: what they show, for those who cannot see it.
    """
    gap = 10
    wide = (WIDE - gap * (len(panels) - 1)) / len(panels)
    parts = []
    for k, (counts, color) in enumerate(panels):
        left, top = k * (wide + gap), max(float(np.max(counts)), 1.0)
        x = left + np.arange(len(counts) + 1) * wide / len(counts)
        y = HIGH - 2 - np.append(counts, counts[-1]) / top * (HIGH - 8)
        steps = "".join(f"L{a:.1f} {v:.1f}H{b:.1f}" for a, b, v in zip(x, x[1:], y, strict=False))
        parts.append(f'<path d="M{left:.1f} {HIGH - 2}{steps}V{HIGH - 2}Z" fill="{color}"/>')
    return _svg("".join(parts), says)


def curves(lines: Sequence[tuple[np.ndarray, str]], says: str) -> str:
    """Curves over one another, on a log scale.

    Args:
        lines: (positive values [n], colour) of each.
    """
    logs = [np.log(values) for values, _ in lines]
    low, high = min(map(np.min, logs)), max(map(np.max, logs))
    parts = []
    for values, (_, color) in zip(logs, lines, strict=True):
        x = np.linspace(2, WIDE - 2, len(values))
        y = 4 + (high - values) / max(high - low, 1e-9) * (HIGH - 8)
        parts.append(_line(x, y, color))
    return _svg("".join(parts), says)


def paths(picture: str, lines: Sequence[tuple[np.ndarray, np.ndarray, str]], says: str) -> str:
    """Paths over a picture that fills the card.

    Args:
        picture: address of the picture, such as a data URL.
        lines: (x, y, colour) of each path, as shares of width and height, y downwards.
    """
    parts = [
        f'<image href="{picture}" width="{WIDE}" height="{HIGH}" preserveAspectRatio="none"/>',
        *(_line(x * WIDE, y * HIGH, "white", 4) for x, y, _ in lines),
        *(_line(x * WIDE, y * HIGH, color) for x, y, color in lines),
    ]
    return _svg("".join(parts), says)


def _line(x: np.ndarray, y: np.ndarray, color: str, wide: float = 2) -> str:
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in zip(x, y, strict=True))
    return (
        f'<polyline points="{points}" fill="none" stroke="{color}" stroke-width="{wide}" '
        'stroke-linejoin="round"/>'
    )


def network(sizes: Sequence[int], activation: str) -> str:
    """A network of fully connected layers: a bar for each layer of units, as high as its size is on
    a root scale, and between two of them the weights and biases that join them.

    Args:
        sizes: units of input, hidden layers and output.
        activation: label of what stands behind every layer but the last.
    """
    wide, high, base = 760, 210, 150
    step = (wide - 80) / (len(sizes) - 1)
    tall = [18 + 112 * (n / max(sizes)) ** 0.5 for n in sizes]
    parts = []
    for k, (n, h) in enumerate(zip(sizes, tall, strict=True)):
        x = 40 + k * step
        color = theme.ACTIVATIONS if 0 < k < len(sizes) - 1 else GREY
        name = "input" if not k else "output" if k == len(sizes) - 1 else activation
        parts.append(
            f'<rect x="{x - 11}" y="{base - h:.0f}" width="22" height="{h:.0f}" rx="4" '
            f'fill="{color}" fill-opacity="0.85"/>'
            + _word(x, base + 17, count(n), bold=True)
            + _word(x, base + 33, name)
        )
        if k:
            a, b = x - step + 14, x - 14
            before, after = tall[k - 1], h
            parts.append(
                f'<path d="M{a} {base - before:.0f}L{b} {base - after:.0f}V{base}H{a}Z" '
                f'fill="{theme.WEIGHTS}" fill-opacity="0.25"/>'
                + _word(x - step / 2, base + 50, f"{count(sizes[k - 1] * n + n)}")
            )
    says = f"Fully connected network with {', '.join(map(str, sizes))} units"
    return _svg("".join(parts), says, wide, high)


def _word(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle" font-size="13" fill="{GREY}"'
        f"{weight}>{html.escape(text)}</text>"
    )
