"""How an exported picture looks: what can be asked for."""

import pytest

from initopt_core.figures import export
from initopt_core.reading import SettingError


def test_letters_on_a_slide_are_at_least_18_pixels():
    assert export.TEXTS["slide"] * 11 >= 18


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ({"theme": "drak"}, "dark"),
        ({"scale": 5}, "from 1 to 4"),
        ({"scale": float("nan")}, "from 1 to 4"),
        ({"shape": "16:10"}, "16:9"),
        ({"text": "huge"}, "page, slide"),
        ({"title": "x" * 3000}, "2,000 characters"),
    ],
)
def test_what_cannot_be_is_refused(bad, words):
    with pytest.raises(SettingError, match=words):
        export.ExportOptions(**bad)


def test_too_many_pixels_are_refused_with_the_bound():
    with pytest.raises(SettingError, match="40,000,000"):
        export.ExportOptions(scale=4).check_pixels(2000, 2000)
