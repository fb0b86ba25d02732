"""The home page: what it says of the data that is here."""

import pytest

from initopt_core import data
from tests.support.app import render
from tests.support.pages import html_of


@pytest.fixture(autouse=True)
def _alone(fresh):
    """Caches of these tests are nobody else's."""


def test_damaged_data_is_said_and_the_sample_is_used(monkeypatch, tmp_path):
    (tmp_path / "train-images-idx3-ubyte.gz").write_bytes(b"not what it says")
    monkeypatch.setenv("INITOPT_DATA", str(tmp_path))
    test = render("home.py")
    assert "train-images-idx3-ubyte.gz is damaged" in test.warning[0].value
    assert any("bundled sample" in caption.value for caption in test.caption)


def test_the_sample_offers_the_download_and_cards_lead_to_every_laboratory(monkeypatch):
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())
    test = render("home.py")
    assert "Download the full set (30.9 MB)" in [b.label for b in test.button]
    links = [one.proto.page for one in test.get("page_link")]
    assert links == ["initialization", "training", "loss_surfaces", "course"]
    pictures = html_of(test)
    assert pictures.count("<img") >= 10 + 3 + 1 and 'alt=""' not in pictures
    assert pictures.count('alt="Four images of the class') == 10
