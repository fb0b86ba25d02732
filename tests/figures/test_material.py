"""Exports in every theme and shape are opened again; bundles, handouts, pages."""

import csv
import io
import json
import xml.etree.ElementTree as ET
import zipfile

import numpy as np
import pypdf
import pytest
from PIL import Image

from initopt_core import data
from initopt_core.figures import export, images, tutorial
from initopt_core.figures.export import page, restyle
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.reading import SettingError

WORDS = {"title": "A title", "caption": "settings in words " * 12, "source": "https://x.org/?a=1"}


@pytest.fixture(scope="module")
def course():
    return {item.name: item for item in tutorial.course(data.load_sample())}


@pytest.fixture(scope="module")
def figure(course):
    return course["15-kaiming-relu-depth" if "15-kaiming-relu-depth" in course else
                  "26-sharp-and-flat"].make()  # fmt: skip


@pytest.mark.parametrize("theme", export.THEMES)
@pytest.mark.parametrize("shape", export.SHAPES)
def test_every_theme_and_shape_has_its_size_and_paper(figure, theme, shape):
    options = export.ExportOptions(theme, 1, "slide", shape, **WORDS)
    picture = Image.open(io.BytesIO(export.to_png(figure, options))).convert("RGB")
    width, height = export.SHAPES[shape]
    assert width is None or picture.width == width
    assert height is None or picture.height == height
    paper = export.THEMES[theme]["paper"]
    assert picture.getpixel((1, 1)) == tuple(int(paper[i : i + 2], 16) for i in (1, 3, 5))
    root = ET.fromstring(export.to_svg(figure, options))
    said = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert "A title" in said and "https://x.org/?a=1" in said
    assert float(root.get("width")) == pytest.approx(picture.width, abs=1)
    box = pypdf.PdfReader(io.BytesIO(export.to_pdf(figure, options))).pages[0].mediabox
    assert float(box.width) == pytest.approx(picture.width, abs=1)


def test_letters_on_a_slide_are_at_least_18_pixels():
    assert export.TEXTS["slide"] * 11 >= 18


def test_printed_series_differ_in_grey():
    colours = [entry.look.color for entry in OPTIMIZERS.values()][:6]
    greys = [restyle.lightness(c) for c in restyle.apart_in_grey(colours)]
    assert min(np.diff(sorted(greys))) > 5 and max(greys) < 80
    assert restyle.lightness("#FFFFFF") == pytest.approx(100, abs=0.01)
    assert restyle.lightness("#777777") == pytest.approx(50.03, abs=0.1)


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


def test_settings_are_json(course):
    told = json.loads(export.export(course["21-pathological-losses"].make(), "settings"))
    assert told["figure"] == "loss-surface-losses"
    paths = json.loads(export.export(course["20-pathological-paths"].make(), "settings"))
    assert paths["settings"]["runs"][0]["settings"]["lr"] == 10.0


def test_a_surface_alone_gives_its_values(course):
    rows = export.to_csv(course["18-pathological-surface-3d"].make()).decode().splitlines()
    w1, w2, loss = map(float, rows[1234].split(","))
    assert loss == pytest.approx(
        np.tanh(w1) ** 2 + 0.01 * abs(w1) + 1 / (1 + np.exp(-w2)), rel=1e-5
    )


def test_pixels_agree_with_the_pictures(course):
    figure = images.image_grid(data.load_sample(), 2)
    assert export.to_csv(figure).count(b"\n") == 21
    numbers = {n.name: n for n in course["01-sample-images"].numbers()}
    assert numbers["maximum of a batch"].ours == 2.022
    assert numbers["maximum of a batch"].meaning.startswith("agrees")


def test_the_course_is_in_the_tutorials_order(course):
    names = [n[3:] for n in course]
    assert names[0] == "sample-images" and names[-1] == "sharp-and-flat"
    for before, after in (("constant-", "kaiming-"), ("kaiming-", "race-"), ("race-", "patholog"),
                          ("pathological-paths", "steep-optima-surface")):  # fmt: skip
        first = [i for i, n in enumerate(names) if n.startswith(before)]
        then = [i for i, n in enumerate(names) if n.startswith(after)]
        assert max(first) < min(then)


def test_bundle_and_handout(course):
    chosen = [course["26-sharp-and-flat"], course["17-race-accuracy"]]
    packed = export.bundle(chosen, export.ExportOptions(scale=1), base="https://x.org")
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
        readme = archive.read("README.txt").decode()
        compile(archive.read("17-race-accuracy.py"), "program", "exec")
    assert all(name in readme for name in names if name != "README.txt")
    assert "https://x.org/loss_surfaces" in readme
    assert packed == export.bundle(chosen, export.ExportOptions(scale=1), base="https://x.org")
    reader = pypdf.PdfReader(io.BytesIO(export.handout(chosen)))
    assert len(reader.pages) == 2
    text = "".join(reader.pages[1].extract_text().split())
    assert "printed89.1%" in text


def test_a_page_is_one_file_without_addresses(figure):
    made = page.chart_page(figure, export.ExportOptions(title="</script><b>", theme="dark"))
    text = made.decode()
    assert len(made) < 1_500_000 and "default-src 'none'" in text
    assert "&lt;/script&gt;" in text and text.count("</script>") == 3
    assert "<link" not in text and " src=" not in text.split("<script>")[0]


def test_a_file_that_cannot_be_written_leaves_nothing(tmp_path):
    with pytest.raises(SettingError, match="cannot be written"):
        export.write(tmp_path / "no" / "a.png", b"1")
    export.write(tmp_path / "a.png", b"1")
    assert [p.name for p in tmp_path.iterdir()] == ["a.png"]


QUICK = {"light": "15-kaiming-relu-depth", "dark": "19-pathological-surface",
         "print": "21-pathological-losses"}  # fmt: skip


def opened_again(item, theme):
    """The item's figure in every format, each read by another program than wrote it."""
    figure = item.make()
    options = export.dressed(item, export.ExportOptions(theme, 1), "https://x.org")
    made = {kind: export.export(figure, kind, options) for kind in export.FORMATS}
    image = Image.open(io.BytesIO(made["png"])).convert("RGB")
    paper = export.THEMES[theme]["paper"]
    assert image.getpixel((1, 1)) == tuple(int(paper[i : i + 2], 16) for i in (1, 3, 5))
    assert len(image.getcolors(1 << 24)) > 20
    root = ET.fromstring(made["svg"])
    said = " ".join(e.text or "" for e in root.iter("{http://www.w3.org/2000/svg}text"))
    assert float(root.get("width")) == pytest.approx(image.width, abs=1)
    assert all(word in said for word in item.title.split())
    (page,) = pypdf.PdfReader(io.BytesIO(made["pdf"]), strict=True).pages
    letters = "".join(page.extract_text().split())
    assert "".join(item.title.split()) in letters
    assert float(page.mediabox.height) == pytest.approx(image.height, abs=1)
    rows = list(csv.DictReader(io.StringIO(made["csv"].decode())))
    table = list(figure.table() if figure.table else export.formats._all_rows(figure))
    assert len(rows) == len(table)
    for row, true in zip(rows, table, strict=True):
        for name, value in true.items():
            if isinstance(value, float) and np.isfinite(value):
                assert float(row[name]) == value
    told = json.loads(made["settings"])
    assert told["link"] == item.link("https://x.org") and told["export"]["theme"] == theme
    assert json.loads(made["json"])["$schema"].endswith(".json")


@pytest.mark.parametrize("theme", export.THEMES)
def test_a_figure_in_every_format_is_opened_again(course, theme):
    opened_again(course[QUICK[theme]], theme)


@pytest.mark.long
@pytest.mark.parametrize("theme", export.THEMES)
def test_every_figure_in_every_format_is_opened_again(course, theme):
    for item in course.values():
        opened_again(item, theme)


@pytest.mark.long
def test_every_clip_is_opened_again(tmp_path):
    import av

    from initopt_core.figures import clips

    options = clips.ClipOptions(width=320, height=180, fps=5, seconds=1, hold=0)
    for name, make in tutorial.clips(data.load_sample()).items():
        with av.open(io.BytesIO(clips.clip_bytes(make(), options))) as film:
            assert sum(1 for _ in film.decode(video=0)) == 5, name
