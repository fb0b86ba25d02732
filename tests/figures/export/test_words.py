"""The texts around an exported chart, in lines."""

import pytest

from initopt_core.figures.export import ExportOptions
from initopt_core.figures.export.words import bounded, high, shrunk, texts


def test_in_a_column_no_text_dwarfs_the_chart():
    told = {"title": "A title", "caption": "words", "source": "https://x.org"}
    slide = ExportOptions(text="slide", shape="column", **told)
    sizes = [text.size for text in texts(slide, 408, "column").values()]
    assert sizes[0] < 22 and sizes[0] > sizes[1] > sizes[2] >= 11
    assert [t.size for t in texts(slide, 1248).values()] > sizes
    page = ExportOptions(shape="column", **told)
    assert [t.size for t in texts(page, 408, "column").values()][1:] == [13, 11]


LONG = ExportOptions(
    title="What is seen here",
    caption="SGD: η 0.1, from (5, 5). " * 12,
    source="http://localhost:8501/loss_surfaces?experiment=ravine&run1_SGD_lr=0.1",
)


def test_letters_are_smaller_before_anything_is_cut():
    roomy, tight = (shrunk(LONG, 600, most) for most in (1000, 90))
    assert roomy == texts(LONG, 600)
    assert high(tight) < high(roomy) and all(t.size >= LONG.least for t in tight.values())
    assert {name: "".join(t.lines) for name, t in tight.items()}["source"] == LONG.source


@pytest.mark.parametrize("most", [0, 15, 30, 45, 60, 75, 90, 120, 1000])
def test_what_has_no_room_is_cut_the_caption_first_and_the_link_is_whole_or_not_there(most):
    told = shrunk(LONG, 500, most)
    kept = bounded(told, most)
    assert high(kept) <= most and list(kept) == [n for n in told if n in kept]
    if most == 1000:
        assert kept == told
    if "source" in kept:
        assert "".join(kept["source"].lines) == LONG.source and "title" in kept
    if "caption" in kept and kept["caption"] != told["caption"]:
        assert kept["caption"].lines[-1].endswith(" …") and "source" in kept
    assert ("title" in kept) == (most >= 30)
