"""Clips are opened again, by PyAV and by Pillow; one that cannot be made leaves nothing."""

import errno
import io

import av
import pytest
from PIL import Image

from initopt_core.figures import clips
from initopt_core.figures.clips import encode
from initopt_core.reading import SettingError
from tests.support.clips import RANGES, SMALL, SURFACE


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


def test_five_seconds_of_gif_are_under_three_megabytes(traces):
    clip = clips.paths_clip(SURFACE, traces, ["Adam", "RMSprop"], RANGES, "linear")
    options = clips.ClipOptions("gif", width=640, height=360, fps=15, seconds=5, hold=1)
    assert len(clips.clip_bytes(clip, options)) < 3_000_000
