"""Clips are opened again: by PyAV and by Pillow."""

import errno
import io

import av
import numpy as np
import pytest
from PIL import Image

from initopt_core.descent import Run, race
from initopt_core.figures import clips
from initopt_core.figures.clips import encode
from initopt_core.reading import SettingError
from initopt_core.surfaces import Surface

SMALL = {"width": 320, "height": 240, "fps": 10, "seconds": 1.0, "hold": 0.5}
RANGES = (-2.0, 2.0, -2.0, 2.0)
SURFACE = Surface("steep_optima")


@pytest.fixture(scope="module")
def traces():
    runs = [Run("Adam", (("lr", 0.2),), (0, 0)), Run("RMSprop", (("lr", 0.05),), (0, 0))]
    return race(SURFACE, runs, 20)


@pytest.fixture(scope="module")
def paths(traces):
    return clips.paths_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")


@pytest.mark.parametrize("format", clips.CLIP_FORMATS)
def test_a_clip_has_its_frames_its_size_and_its_length(paths, format):
    options = clips.ClipOptions(format=format, **SMALL)
    made = clips.clip_bytes(paths, options)
    if format == "mp4":
        with av.open(io.BytesIO(made)) as film:
            stream = film.streams.video[0]
            assert (stream.codec_context.name, stream.width, stream.height) == ("h264", 320, 240)
            assert sum(1 for _ in film.decode(video=0)) == 15
            assert float(stream.duration * stream.time_base) == pytest.approx(1.5, abs=0.05)
        return
    image = Image.open(io.BytesIO(made))
    length = 0.0
    for k in range(image.n_frames):
        image.seek(k)
        image.load()
        length += image.info["duration"]
    assert image.size == (320, 240)
    assert length == pytest.approx(1500, abs=30)  # equal frames are kept as one, shown longer
    assert image.info["loop"] == 0


def test_trails_grow_and_end_where_the_race_ended(paths, traces):
    options = clips.ClipOptions(**SMALL)
    frames = [np.asarray(f).astype(int) for f in paths.frames(options)]
    assert len(frames) == 10
    changed = [int((abs(f - frames[0]).sum(2) > 60).sum()) for f in frames]
    assert changed[-1] > changed[3] > 0
    # the heads' colour, around the place where Adam ended
    from initopt_core.figures.clips.clip import stage
    from initopt_core.figures.loss_surfaces import SIDE
    from initopt_core.figures.loss_surfaces.paths import paths as figure

    still = stage(figure(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear"), options)
    w1, w2 = traces[0].points[-1][:2]
    x, y, *_ = still.box((w1 + 2) / 4 * SIDE, (2 - w2) / 4 * SIDE, 0, 0)
    near = frames[-1][y - 5 : y + 6, x - 5 : x + 6].reshape(-1, 3)
    inks = np.array([(0xAA, 0x33, 0x77), (0x22, 0x88, 0x33)])
    assert abs(near[:, None] - inks).sum(2).min() < 30


def test_the_dashes_of_a_path_are_its_own_length():
    from initopt_core.figures.clips.clip import dashed

    line = np.array([[0.0, 0], [6, 0], [6, 8], [20, 8]])
    strokes = dashed(line, [3, 2])
    lengths = [float(np.hypot(*np.diff(s, axis=0).T).sum()) for s in strokes]
    assert lengths == pytest.approx([3, 3, 3, 3, 3, 3], abs=1e-9)
    assert strokes[1][0] == pytest.approx([5, 0])


@pytest.mark.parametrize("kind", ["orbit", "basins", "curves", "epochs", "morph"])
def test_every_other_kind_moves(kind, traces):
    options = clips.ClipOptions(**{**SMALL, "fps": 4}, theme="dark", text="slide")
    frames = [f.copy() for f in _make(kind, traces).frames(options)]
    assert len(frames) == 4 and {f.size for f in frames} == {(320, 240)}
    assert len({f.tobytes() for f in frames}) >= 3
    assert frames[0].getpixel((1, 1)) == (14, 17, 23)


def _make(kind, traces):
    if kind == "orbit":
        return clips.orbit_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
    if kind == "basins":
        run = Run("Adam", (("lr", 0.2),))
        return clips.basins_clip(SURFACE, run, RANGES, "linear", updates=20, n=40)
    if kind == "morph":
        from initopt_core import data
        from initopt_core.initialization.observation import observe
        from initopt_core.initialization.settings import Settings

        both = (
            Settings.make(scheme=scheme, hidden=(32,), batch=64) for scheme in ("xavier", "kaiming")
        )
        return clips.morph_clip(*(observe(s, data.load_sample()) for s in both))
    from initopt_core.figures import training
    from initopt_core.training.history import History
    from initopt_core.training.runs.recorded import recorded_race

    history = History(recorded_race())
    history.poll()
    if kind == "epochs":
        return clips.epochs_clip(next(iter(history.curves.values())))
    return clips.curves_clip(training.loss_figure(training.lines([("", history)]), "epochs"))


def test_progress_is_told_and_a_cancelled_clip_leaves_nothing(paths, tmp_path):
    told = []
    options = clips.ClipOptions(**SMALL)
    with pytest.raises(clips.Cancelled, match="nothing was written"):
        clips.write_clip(
            paths, tmp_path / "a.mp4", options, lambda *p: told.append(p), lambda: len(told) >= 4
        )
    assert told == [(k, 15) for k in range(1, 5)]
    assert not list(tmp_path.iterdir())


def test_a_full_disk_is_one_line_and_no_half_file(paths, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setitem(encode._ENCODERS, "gif", full)
    with pytest.raises(SettingError, match=r"a\.gif cannot be written \(No space left"):
        clips.write_clip(paths, tmp_path / "a.gif", clips.ClipOptions("gif", **SMALL))
    assert not list(tmp_path.iterdir())


def test_a_missing_folder_is_one_line(paths, tmp_path):
    with pytest.raises(SettingError, match="cannot be written"):
        clips.write_clip(paths, tmp_path / "no" / "a.mp4", clips.ClipOptions(**SMALL))


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"format": "mpg"}, "did you mean|choose of mp4, gif, webp"),
        ({"width": 321}, "even"),
        ({"fps": 0}, "from 1 to 60"),
        ({"seconds": float("nan")}, "from 0.2 to 120"),
        ({"seconds": 100, "width": 3840, "height": 2160}, "1,000,000,000"),
        ({"format": "webp", "seconds": 20}, "150,000,000"),
        ({"theme": "drak"}, "dark"),
    ],
)
def test_what_cannot_be_made_is_refused_with_the_bound(bad, words):
    with pytest.raises(SettingError, match=words):
        clips.ClipOptions(**bad)


def test_five_seconds_of_gif_are_under_three_megabytes(traces):
    clip = clips.paths_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
    options = clips.ClipOptions("gif", width=640, height=360, fps=15, seconds=5, hold=1)
    assert len(clips.clip_bytes(clip, options)) < 3_000_000
