"""Clips: figures that move, as MP4, GIF or animated WebP.

=================================  ===============================================================
`paths_clip(surface, traces, ..)`  optimizer paths over a surface, seen from above
`orbit_clip(surface, traces, ..)`  the same in three dimensions while the eye swings
`basins_clip(surface, run, ..)`    basins of attraction growing with the steps
`curves_clip(figure, axis)`        any chart of curves, drawn from left to right
`epochs_clip(curve, what)`         each layer's histogram over the epochs of a training
`morph_clip(first, second)`        histograms of one initialization turning into another's
`write_clip(clip, path, options)`  encodes it; `progress` and `cancelled` are called at each frame
`clip_bytes(clip, options)`        the same, for a download
=================================  ===============================================================

Axes and texts are drawn once by the chart renderer (`export.picture`); what moves is drawn by
Pillow at `FINE` times the resolution and scaled down.
"""

from .basins import basins_clip
from .clip import Clip
from .curves import curves_clip
from .encode import Cancelled, clip_bytes, write_clip
from .epochs import epochs_clip
from .morph import morph_clip
from .options import CLIP_FORMATS, ClipOptions
from .orbit import orbit_clip
from .paths import paths_clip

__all__ = [
    "CLIP_FORMATS",
    "Cancelled",
    "Clip",
    "ClipOptions",
    "basins_clip",
    "clip_bytes",
    "curves_clip",
    "epochs_clip",
    "morph_clip",
    "orbit_clip",
    "paths_clip",
    "write_clip",
]
