"""Clips are made in their turn, told how far they are, and cancelled at any frame."""

from __future__ import annotations

import io
import threading

import av
import pytest
from PIL import Image

from initopt_core.figures.clips.clip import Clip
from initopt_core.figures.clips.options import ClipOptions
from initopt_core.reading import SettingError
from initopt_core.ui.server import clips

SMALL = ClipOptions(width=160, height=120, fps=5, seconds=1, hold=0)


def ended(job: clips.Job) -> clips.Job:
    clips._pool.submit(lambda: None).result(60)  # it is behind the job in the same queue
    return job


def grey(gate: threading.Event | None = None, begun: threading.Event | None = None):
    def frames(options):
        for i in range(options.moving):
            if gate is not None and i == 2:
                begun.set()
                gate.wait(30)
            yield Image.new("RGB", (options.width, options.height), (40 * i,) * 3)

    return lambda: Clip("grey", "getting lighter", frames)


def test_a_clip_is_made_and_counted():
    job = ended(clips.begin(grey(), SMALL))
    assert not job.running and (job.done, job.all, job.share) == (5, 5, 1.0)
    with av.open(io.BytesIO(job.data)) as film:
        assert sum(1 for _ in film.decode(video=0)) == 5


def test_one_that_is_cancelled_ends_at_the_next_frame_and_keeps_nothing():
    gate, begun = threading.Event(), threading.Event()
    job = clips.begin(grey(gate, begun), SMALL)
    assert begun.wait(30) and job.running and 0 < job.share < 1
    job.cancel()
    gate.set()
    assert ended(job).data is None and "Cancelled" in job.problem and job.done < 5


def test_one_that_waits_can_be_cancelled_before_it_begins():
    gate, begun = threading.Event(), threading.Event()
    first, second = clips.begin(grey(gate, begun), SMALL), clips.begin(grey(), SMALL)
    second.cancel()
    gate.set()
    assert ended(first).data and second.data is None and second.all == 0


def test_too_many_are_refused_in_words(monkeypatch):
    monkeypatch.setattr(clips, "MOST_WAITING", 1)
    gate, begun = threading.Event(), threading.Event()
    job = clips.begin(grey(gate, begun), SMALL)
    with pytest.raises(SettingError, match="try again"):
        clips.begin(grey(), SMALL)
    gate.set()
    ended(job)
    assert ended(clips.begin(grey(), SMALL)).data


@pytest.mark.parametrize(
    ("error", "said"), [(SettingError("take fewer"), "take fewer"), (ValueError("x"), "error ")]
)
def test_what_goes_wrong_is_a_sentence(error, said):
    def fail():
        raise error

    job = ended(clips.begin(fail, SMALL))
    assert not job.running and said in job.problem and "Traceback" not in job.problem
