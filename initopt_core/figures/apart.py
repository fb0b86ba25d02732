"""Colours and dashes that every eye tells apart, for several lines in one figure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from . import theme

MORE = ("#7766DD", "#888888", "#DD9922", "#22AA88", "#DD4477", "#5599EE", "#99772E", "#66AA33")
"""Nobody's own colours; each reads on white and on dark ground."""
DASHES: tuple[list[int], ...] = (
    [1, 0], [7, 3], [2, 2], [9, 3, 2, 3], [1, 4], [14, 3], [4, 4], [9, 3, 2, 3, 2, 3],
)  # fmt: skip
"""Pixels drawn and left out, in the order in which lines get them that have no own."""
_SIGHTS = np.array(
    [
        np.eye(3),
        [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
        [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    ]
)
"""Linear red, green and blue as they are, without green cones and without red ones (Machado et al.
2009, severity 1)."""
_XYZ = np.array([[0.4339, 0.3762, 0.1899], [0.2127, 0.7152, 0.0722], [0.0178, 0.1095, 0.8727]])
"""X, Y and Z over those of white, of linear red, green and blue."""


@lru_cache(maxsize=256)
def _seen(color: str) -> np.ndarray:
    """CIE L*a*b* [3 sights, 3] of #rrggbb."""
    c = np.array(theme.rgb(color)) / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(_SIGHTS @ linear, 0, 1) @ _XYZ.T
    x, y, z = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116).T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)


def distance(a: str, b: str) -> float:
    """How far apart two colours #rrggbb are in CIE L*a*b*, for the eye that tells them worst."""
    return float(np.linalg.norm(_seen(a) - _seen(b), axis=1).min())


def another(taken: Sequence[str]) -> str:
    """The colour of `MORE` that is told best from these, #rrggbb."""
    return max(MORE, key=lambda one: min((distance(one, t) for t in taken), default=0.0))


def dashes(own: Sequence[Sequence[int]]) -> list[list[int]]:
    """A dash for each line of a figure: its own one, or where a line before it has that, the first
    that is free. So a line keeps its dash when another one is added.

    Args:
        own: dash (pixels drawn, left out, ...) of each line when it is alone.
    """
    out: list[list[int]] = []
    for dash in map(list, own):
        free = (d for d in (dash, *DASHES) if d not in out)
        out.append(list(next(free, dash)))
    return out
