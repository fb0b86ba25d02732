"""Several figures together: a zip, and a PDF to hand out."""

import io
import zipfile

import pypdf
import pytest

from initopt_core import data
from initopt_core.figures import export, loss_surfaces, tutorial
from initopt_core.loss_surfaces.flatness import TwoMinima


@pytest.fixture(scope="module")
def course():
    return {item.name: item for item in tutorial.course(data.load_sample())}


def test_what_goes_with_several_figures_is_in_the_zip_once():
    figure = loss_surfaces.two_minima(TwoMinima(), 0.1)
    look = export.ExportOptions(scale=1)

    def packed(**extra):
        both = [export.Shown(lambda: figure, lambda _: look, extra)] * 2
        made = zipfile.ZipFile(io.BytesIO(export.zipped(both, ("csv",))))
        return set(made.namelist()) - {"README.txt"}, made.read("README.txt").decode()

    csvs = {f"{figure.name}.csv", f"{figure.name}-2.csv"}
    names, readme = packed(**{"race.py": lambda: "print()"})
    assert names == {*csvs, "race.py"} and "*.py" in readme
    assert readme.count("  program: python race.py") == 2
    names, readme = packed()
    assert names == csvs and "*.py" not in readme and readme.count("  program: none") == 2


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
    feet = ["".join(page.extract_text().split()) for page in reader.pages]
    assert all(f"optimization·{n}/2" in foot for n, foot in enumerate(feet, 1))
    assert "standarddeviation" in feet[0] and "standarddeviation" not in feet[1]
    words = "".join(reader.pages[1].extract_text().split())
    accuracies = course["17-race-accuracy"].numbers()
    assert len(accuracies) == 3 and "89.09%" in words
    for one in accuracies:  # as they are written in the manifest
        assert f"{100 * one.printed:.2f}%" in words and f"{100 * one.ours:.2f}%" in words
