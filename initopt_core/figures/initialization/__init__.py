"""Figures of the initialization laboratory."""

from .compare import compare
from .depth import DEPTH_PANELS, DEPTH_ROOM, depth
from .display import (
    BINS,
    FEW,
    GRID_LAYERS,
    RED,
    ROWS,
    SETTINGS_COLORS,
    SETTINGS_DASHES,
    Display,
    density,
    remark,
    span,
)
from .grid import enlarged, grid, grid_room, place
from .phase import DEEPEST, PHASE_ROOM, phase
from .strips import marked, one_layer, strips

__all__ = [
    "BINS",
    "DEEPEST",
    "DEPTH_PANELS",
    "DEPTH_ROOM",
    "FEW",
    "GRID_LAYERS",
    "PHASE_ROOM",
    "RED",
    "ROWS",
    "SETTINGS_COLORS",
    "SETTINGS_DASHES",
    "Display",
    "compare",
    "density",
    "depth",
    "enlarged",
    "grid",
    "grid_room",
    "marked",
    "one_layer",
    "phase",
    "place",
    "remark",
    "span",
    "strips",
]
