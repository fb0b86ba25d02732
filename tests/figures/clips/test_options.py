"""Size, speed and length of a clip."""

import pytest

from initopt_core.figures import clips
from initopt_core.reading import SettingError


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"format": "mpg"}, "did you mean|choose from mp4, gif, webp"),
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


def test_frames_are_counted_with_the_hold():
    options = clips.ClipOptions(fps=10, seconds=1.0, hold=0.5)
    assert (options.moving, options.frames) == (10, 15)
    assert clips.ClipOptions(fps=1, seconds=0.2).moving == 2  # fewer do not move


def test_a_clip_says_what_a_still_says():
    words = {"title": "A title", "caption": "settings", "source": "https://x.org"}
    worn = clips.ClipOptions(**words).export
    assert {part: getattr(worn, part) for part in words} == words
    with pytest.raises(SettingError, match="Caption"):
        clips.ClipOptions(caption="x" * 5000)


@pytest.mark.parametrize(
    ("height", "zoom"), [(360, 1.0), (480, 12 / 11), (720, 18 / 11), (1080, 18 / 11)]
)
def test_a_slides_letters_leave_a_small_frame_to_the_plot(height, zoom):
    options = clips.ClipOptions(width=640, height=height)
    assert options.text == "slide" and options.export.zoom == pytest.approx(zoom)
    assert clips.ClipOptions(width=640, height=height, text="page").export.zoom == 1


@pytest.mark.parametrize(
    ("height", "text", "letters"),
    [(360, "slide", 11), (720, "slide", 18), (1080, "slide", 27), (720, "page", 11)],
)
def test_letters_take_the_same_share_of_every_frame_and_none_is_too_small(height, text, letters):
    look = clips.ClipOptions(width=640, height=height, text=text).export
    assert 11 * look.letters == pytest.approx(letters) == look.least
