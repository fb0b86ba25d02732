"""The QR code holds the link, as the standard says, not as its library does."""

import pytest

from initopt_core.lecture import qr
from initopt_core.reading import SettingError
from tests.support import qr as reader


@pytest.mark.parametrize(
    "link",
    ["http://a.org/", "https://a.org/training?axis=s", "http://h.org/loss_surfaces?view=Bas"],
)
def test_a_scanner_reads_the_link(link):
    assert reader.read(qr.svg(link)) == link


def test_a_long_link_fits():
    assert qr.svg("https://a.org/?" + "x" * (qr.MAX_LINK - 15)).startswith("<svg")


@pytest.mark.parametrize(
    ("link", "said"),
    [
        ("", "no link"),
        ("javascript:alert(1)", "no link"),
        ("https:///x", "no link"),
        ("https://a.org/\n", "no link"),
        ("https://a.org/" + "x" * qr.MAX_LINK, "holds 2300"),
    ],
)
def test_what_is_no_link_is_refused_with_a_reason(link, said):
    with pytest.raises(SettingError, match=said):
        qr.svg(link)
