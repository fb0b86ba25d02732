"""Where the app shows a figure: a link, or words where its address is not known."""

import pytest

from initopt_core.figures import where
from initopt_core.reading import SettingError

ASKED = (("scheme", "kaiming"), ("pin", "a~b"))


def test_a_place_is_a_link_or_words():
    assert where.link("initialization", ASKED, "https://x.org/") == (
        "https://x.org/initialization?scheme=kaiming&pin=a~b"
    )
    assert where.link(where.HOME, (), "https://x.org") == "https://x.org/"
    assert where.in_words("loss_surfaces", ASKED) == (
        "In Initopt: Loss surfaces, scheme=kaiming, pin=a~b"
    )
    assert where.in_words("home", ()) == "In Initopt: Home"


def test_another_setting_of_the_same_page():
    for place in (where.link("training", ASKED, "https://x"), where.link("training", (), "")):
        assert where.moved(place, [("run", "r")]) == f"{place.partition('?')[0]}?run=r"
    words = where.in_words("training", ASKED)
    assert where.moved(words, [("run", "r")]) == "In Initopt: Training, run=r"


@pytest.mark.parametrize("base", ["", "https://x.org", "http://localhost:8501/course/"])
def test_an_address_is_taken_as_it_is(base):
    assert where.checked(base) == base


@pytest.mark.parametrize("base", ["x.org", "ftp://x.org", "https://", "https://x?a=1", "http://[x"])
def test_what_is_no_address_is_said(base):
    with pytest.raises(SettingError, match="begins with https://"):
        where.checked(base)
