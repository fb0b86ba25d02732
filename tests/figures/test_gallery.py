"""The tutorial's figures by name: small pictures, large drawings, numbers."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import gallery, tutorial

NAME = "26-sharp-and-flat"


@pytest.fixture(scope="module")
def sample():
    return data.load_sample()


def test_names_are_the_courses_in_its_order(sample):
    assert list(gallery.items(sample)) == [item.name for item in tutorial.course(sample)]


@pytest.mark.parametrize(("theme", "dark"), [("light", False), ("dark", True)])
def test_a_picture_has_the_theme_and_the_size_of_its_place(sample, theme, dark):
    picture = Image.open(io.BytesIO(gallery.picture(NAME, theme, sample)))
    assert picture.format == "WEBP" and picture.size == (gallery.WIDE, gallery.HIGH)
    corner = picture.convert("L").getpixel((2, 2))
    assert (corner < 60) is dark and (corner > 230) is not dark


def test_a_large_one_has_the_words_of_its_item(sample):
    item = gallery.items(sample)[NAME]
    root = ET.fromstring(gallery.large(NAME, "light", sample))
    said = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert all(word in said for word in f"{item.title} {item.caption}".split())


def test_numbers_are_what_the_tutorial_printed(sample):
    printed = {one.printed for one in gallery.numbers("01-sample-images", sample)}
    assert printed >= {0.009, 1.012, 2.022, -0.81}
