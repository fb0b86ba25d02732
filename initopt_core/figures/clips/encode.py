"""From frames to a file, whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np
from PIL import Image

from initopt_core.figures.export.files import HELD, mine, whole
from initopt_core.reading import SettingError

from .clip import Clip
from .options import ClipOptions

Progress = Callable[[int, int], None]
QUALITY = 20
"""H.264's constant rate factor: text without visible ringing, about 100 KB a second."""


class Cancelled(SettingError):
    """The clip was cancelled; nothing was written."""


def write_clip(
    clip: Clip,
    path: Path,
    options: ClipOptions = ClipOptions(),  # noqa: B008
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> None:
    """Encode `clip` to `path`, with its own words where it has some.

    Args:
        progress: called with (frames done, all frames) after each frame.
        cancelled: asked before each frame.

    Raises:
        Cancelled: when it was; nothing is left at `path`.
        SettingError: when the folder cannot be written, or the disk is full.
    """
    frames = _watched(clip, clip.dressed(options), progress, cancelled)
    with whole(Path(path)) as part:
        _ENCODERS[options.format](frames, part, options)


def clip_bytes(
    clip: Clip,
    options: ClipOptions = ClipOptions(),  # noqa: B008
    progress: Progress | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> bytes:
    """The encoded clip, for a download; errors as `write_clip`."""
    with tempfile.TemporaryDirectory(prefix=mine(HELD)) as folder:
        path = Path(folder) / f"clip{options.suffix}"
        write_clip(clip, path, options, progress, cancelled)
        return path.read_bytes()


def _watched(
    clip: Clip,
    options: ClipOptions,
    progress: Progress | None,
    cancelled: Callable[[], bool] | None,
) -> Iterator[Image.Image]:
    """All frames, the hold included."""
    done, last = 0, None
    held = options.frames - options.moving

    def step(image: Image.Image) -> Image.Image:
        nonlocal done
        if cancelled is not None and cancelled():
            raise Cancelled("The clip was cancelled; nothing was written.")
        done += 1
        if progress is not None:
            progress(done, options.frames)
        return image

    for image in clip.frames(options):
        last = image
        yield step(image)
    if last is not None:
        for _ in range(held):
            yield step(last)


def _mp4(frames: Iterator[Image.Image], path: Path, options: ClipOptions) -> None:
    import av
    from av.error import FFmpegError

    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as out:
            stream = out.add_stream("libx264", rate=Fraction(options.fps))
            stream.width, stream.height, stream.pix_fmt = options.width, options.height, "yuv420p"
            stream.options = {"crf": str(QUALITY), "preset": "veryfast", "tune": "animation"}

            def encode(frame: av.VideoFrame | None = None) -> None:
                for packet in stream.encode(frame):
                    out.mux(packet)

            with ThreadPoolExecutor(1, "encoder") as beside:  # while the next one is drawn
                before = None
                for image in frames:
                    frame = av.VideoFrame.from_ndarray(np.asarray(image), "rgb24")  # a copy
                    if before is not None:
                        before.result()
                    before = beside.submit(encode, frame)
                if before is not None:
                    before.result()
            encode()
    except FFmpegError as problem:  # not all of them are OSErrors
        raise OSError(problem.errno, f"encoding: {problem.strerror}") from None


def _gif(frames: Iterator[Image.Image], path: Path, options: ClipOptions) -> None:
    """One palette for all frames, from the first one and the last two that move: what is pale until
    the end has its colours, too. Frames
    hold what has changed only: all else has the colour that the palette leaves free, which makes
    a file of paths a sixth as large."""
    kept = [image.copy() for image in frames]
    last = min(options.moving, len(kept)) - 1
    seen = [kept[0], kept[max(0, last - 1)], kept[last]]
    wide, high = kept[0].size
    colors = Image.new("RGB", (wide, high * len(seen)))
    for n, image in enumerate(seen):
        colors.paste(image, (0, high * n))
    palette = colors.quantize(255, Image.Quantize.FASTOCTREE)
    flat = [image.quantize(palette=palette, dither=Image.Dither.NONE) for image in kept]
    _animated(flat, path, options, "GIF", optimize=True, disposal=1)


def _webp(frames: Iterator[Image.Image], path: Path, options: ClipOptions) -> None:
    kept = [image.copy() for image in frames]
    _animated(kept, path, options, "WEBP", quality=82, method=2, minimize_size=False)


def _animated(
    kept: list[Image.Image], path: Path, options: ClipOptions, form: str, **look: object
) -> None:
    tick = 10 if form == "GIF" else 1
    each = max(2 if form == "GIF" else 1, round(1000 / options.fps / tick)) * tick
    again = {"loop": 0} if options.loop else ({} if form == "GIF" else {"loop": 1})
    kept[0].save(path, form, save_all=True, append_images=kept[1:], duration=each, **again, **look)


_ENCODERS: dict[str, Callable[[Iterator[Image.Image], Path, ClipOptions], None]] = {
    "mp4": _mp4,
    "gif": _gif,
    "webp": _webp,
}
