"""Drawing only what changes gives the same pixels as drawing everything."""

from functools import partial

import numpy as np
from PIL import Image, ImageDraw

from initopt_core.figures.clips.clip import FINE, marker, stroke
from initopt_core.figures.clips.trails import TILE, Canvas, Look, Trail

BOX = (7, 5, 7 + TILE + 9, 5 + TILE + 21)
STEPS = 12


def wandering(seed: int) -> list[tuple[float, np.ndarray]]:
    """Strokes that cross one another and themselves, and leave the picture."""
    line = np.random.default_rng(seed).uniform(-60, 190, (2 * STEPS + 1, 2))
    return [((i + 1) / 2, line[i : i + 2]) for i in range(2 * STEPS)]


def test_a_frame_that_draws_what_changed_is_the_frame_that_draws_everything():
    noise = np.random.default_rng(1).integers(0, 255, (130, 140, 3), dtype=np.uint8)
    shown, plain = Image.fromarray(noise), Image.fromarray(noise)
    ways = [wandering(2), wandering(3)]
    looks = [Look("#AA3377", 3, 7), Look("#228833", 4, 9)]
    canvas = Canvas(shown, BOX)
    trails = [Trail(canvas, way, look) for way, look in zip(ways, looks, strict=True)]
    size = (FINE * (BOX[2] - BOX[0]), FINE * (BOX[3] - BOX[1]))
    large = plain.crop(BOX).resize(size, Image.Resampling.NEAREST)
    pen, done = ImageDraw.Draw(large), [0, 0]
    for t in (0, 0.6, 1, 4, 4, 4.5, 9, 9.5, STEPS):
        heads, copied = [], []
        for i, (way, look) in enumerate(zip(ways, looks, strict=True)):
            own = t if i else min(t, 4)  # the first one stops early
            ready = [points for end, points in way if end <= own]
            for points in ready[done[i] :]:
                stroke(pen, points, "white", look.halo)
            for points in ready if len(ready) > done[i] else ():
                stroke(pen, points, look.color, look.width)
            done[i] = len(ready)
            trails[i].grow(own, trails)
            at = (13.0 * t, 40 + 9.0 * t)
            head = partial(marker, at=at, shape="diamond", color=look.color, radius=8)
            heads.append((canvas.tiles(np.array([at]), 12), head))
            copied.append(head)
        canvas.show(heads)
        whole = large.copy()
        for head in copied:
            head(ImageDraw.Draw(whole))
        plain.paste(whole.reduce(FINE), BOX[:2])
        assert np.array_equal(np.asarray(shown), np.asarray(plain)), t
