"""Clips as small as they can be, and what is asked of all that move."""

from initopt_core.figures import clips, theme
from initopt_core.surfaces import Surface

SMALL = {"width": 320, "height": 240, "fps": 10, "seconds": 1.0, "hold": 0.5}
RANGES = (-2.0, 2.0, -2.0, 2.0)
SURFACE = Surface("steep_optima")


def moves(clip: clips.Clip) -> None:
    """A clip has its frames, its size and its paper, and its picture changes."""
    options = clips.ClipOptions(**{**SMALL, "fps": 4}, theme="dark", text="slide")
    frames = [f.copy() for f in clip.frames(options)]
    assert len(frames) == 4 and {f.size for f in frames} == {(320, 240)}
    assert len({f.tobytes() for f in frames}) >= 3
    assert frames[0].getpixel((1, 1)) == theme.rgb(theme.DARK["paper"])
