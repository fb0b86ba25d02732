"""Pictures at addresses of their own: made once for all, small, and nothing else is given."""

from __future__ import annotations

import io
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image
from starlette.applications import Starlette

from initopt_core import data
from initopt_core.cache import Crowded, SharedResults
from initopt_core.figures import gallery as figures
from initopt_core.figures import shipped
from initopt_core.figures.export import THEMES
from initopt_core.ui.course import slide
from initopt_core.ui.server import dataset, gallery, startup
from tests.support import hall
from tests.support.asgi import ask
from tests.support.charts import smallest_letters

NAME = "26-sharp-and-flat"


@pytest.fixture
def app(monkeypatch):
    sample, results = data.load_sample(), SharedResults()
    monkeypatch.setattr(dataset, "get_dataset", lambda: sample)
    monkeypatch.setattr(gallery, "results", lambda: results)
    monkeypatch.setattr(gallery, "kept", lambda f, *a: results.kept(gallery.key_of(f, a, {})))
    monkeypatch.setattr(startup, "loaded", lambda: True)
    monkeypatch.setattr(shipped, "picture", lambda *_: None)
    return Starlette(routes=gallery.routes())


def test_a_picture_is_small_and_its_name_spares_sending_it_again(app):
    status, headers, body = ask(app, f"/below/gallery/{NAME}-dark.webp")
    assert status == 200 and headers["content-type"] == "image/webp"
    picture = Image.open(io.BytesIO(body))
    assert picture.size == (figures.WIDE, figures.HIGH) and len(body) < 60_000
    assert max(picture.convert("RGB").getpixel((2, 2))) < 40
    again, short, nothing = ask(
        app, f"/gallery/{NAME}-dark.webp", headers=[("If-None-Match", headers["etag"])]
    )
    assert (again, nothing) == (304, b"") and short["etag"] == headers["etag"]


def test_what_is_shipped_is_sent_without_drawing(app, monkeypatch):
    monkeypatch.setattr(shipped, "picture", lambda *of: repr(of).encode())
    monkeypatch.setattr(figures, "picture", lambda *_: pytest.fail("drawn"))
    status, headers, body = ask(app, f"/gallery/{NAME}-dark.webp")
    assert (status, body) == (200, repr((NAME, "dark")).encode()) and headers["etag"]
    assert ask(app, f"/gallery/{NAME}-dark.svg")[2] != body, "a large one is drawn"
    assert ask(app, "/gallery/27-nothing-dark.webp")[0] == 404


def test_the_large_one_is_a_drawing_with_its_words(app):
    _, headers, body = ask(app, f"/gallery/{NAME}-light.svg")
    assert headers["content-type"].startswith("image/svg+xml")
    assert "A sharp and a flat minimum" in body.decode()


@pytest.mark.parametrize("shape", gallery.SHAPES)
def test_one_for_a_window_has_its_shape_and_no_words_around_it(app, shape):
    status, headers, body = ask(app, f"/gallery/{NAME}-dark.{shape}.svg")
    assert status == 200 and headers["content-type"].startswith("image/svg+xml")
    wide, high, _ = gallery.SHAPES[shape]
    text = body.decode()
    assert f'viewBox="0 0 {wide} {high}"' in text and "A sharp and a flat minimum" not in text
    assert f'fill="{THEMES["dark"]["paper"]}"' not in text.partition(">")[2][:400]


KINDS = (1, 2, 3, 16, 17, 18, 20, 26)
"""Numbers of figures of which each is drawn in another way."""


@pytest.mark.parametrize(
    "number",
    [n if n in KINDS else pytest.param(n, marks=pytest.mark.long) for n in range(1, 27)],
)
def test_the_last_row_reads_every_letter_of_a_figure_that_fills_a_window(number):
    """A window has at least the picture's own size for it: tests/browser/test_slides.py."""
    sample = data.load_sample()
    (name,) = (one for one in figures.items(sample) if one.startswith(f"{number:02d}-"))
    numbered = figures.items(sample)[name].numbers is not tuple
    for shape in slide.NUMBERED if numbered else slide.ALONE:
        drawn = gallery.slide(name, "light", shape, sample).decode()
        assert smallest_letters(drawn) >= hall.LEAST - 0.1, shape


def test_letters_are_measured_as_they_are_seen():
    inner = '<g transform="translate(1,2) scale(0.5)"><text font-size="30px">a</text></g>'
    drawn = f'<svg xmlns="http://www.w3.org/2000/svg"><text font-size="16">b</text>{inner}</svg>'
    assert smallest_letters(drawn) == 15


def test_on_a_phone_many_panels_are_wider_than_it(app):
    _, _, body = ask(app, "/gallery/14-kaiming-relu-histograms-light.tall.svg")
    assert int(re.search(r'viewBox="0 0 (\d+) 460"', body.decode())[1]) > 500


@pytest.mark.parametrize(
    "file",
    [
        f"{NAME}-light.huge.svg",
        f"{NAME}-light.wide.webp",
        f"{NAME}-light..svg",
        "27-nothing-light.webp",
        f"{NAME}-print.webp",
        f"{NAME}-light.png",
        f"{NAME}.webp",
        "x",
        "..",
    ],
)
def test_what_is_not_there_is_refused(app, file):
    assert ask(app, f"/gallery/{file}")[0] == 404


def test_before_the_libraries_are_there_it_says_when_to_come_again(app, monkeypatch):
    monkeypatch.setattr(startup, "loaded", lambda: False)
    status, headers, _ = ask(app, f"/gallery/{NAME}-light.webp")
    assert status == 503 and headers["retry-after"]


def test_many_who_ask_wait_for_one_computation(app, monkeypatch):
    made, go = [], threading.Event()

    def counted(name, theme, dataset):
        made.append(name)
        go.wait(10)
        return b"picture"

    monkeypatch.setattr(figures, "picture", counted)

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, app, f"/gallery/{NAME}-light.webp") for _ in range(8)]
        while not made:
            time.sleep(0.01)
        go.set()
        answers = {one.result()[2] for one in asked}
    assert made == [NAME] and answers == {b"picture"}


def test_in_a_crowd_it_says_when_to_come_again(app, monkeypatch):
    def crowded(*_):
        raise Crowded("too many wait")

    monkeypatch.setattr(figures, "picture", crowded)
    status, headers, _ = ask(app, f"/gallery/{NAME}-light.webp")
    assert status == 503 and headers["retry-after"]
