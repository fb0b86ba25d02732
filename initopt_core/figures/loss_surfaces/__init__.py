"""Figures of the loss-surface laboratory."""

from .basins import MapPicture, basin_maps, basin_pixels, in_row
from .losses import losses
from .map_key import PATCHES, MapKey, MapScale
from .minima import STEEP, two_minima
from .paths import STAR, paths
from .picture import PIXELS, SIDE, looks, surface_png, unit
from .space import Camera, Ground, space

__all__ = [
    "PATCHES",
    "PIXELS",
    "SIDE",
    "STAR",
    "STEEP",
    "Camera",
    "Ground",
    "MapKey",
    "MapPicture",
    "MapScale",
    "basin_maps",
    "basin_pixels",
    "in_row",
    "looks",
    "losses",
    "paths",
    "space",
    "surface_png",
    "two_minima",
    "unit",
]
