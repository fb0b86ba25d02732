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

    csvs = {f"{figure.name}.csv"}  # two tables with the same bytes are one
    names, readme = packed(**{"race.py": lambda: "print()"})
    assert names == {*csvs, "race.py"} and "*.py" in readme
    assert readme.count("  program: python race.py") == 2
    names, readme = packed()
    assert names == csvs and "*.py" not in readme and readme.count("  program: none") == 2


def test_a_figure_of_paths_has_the_surface_in_a_second_table(course):
    kinds = ("pathological-surface-3d", "pathological-surface")
    kinds += ("pathological-paths",)
    chosen = [next(i for n, i in course.items() if n[3:] == kind) for kind in kinds]
    packed = export.bundle(chosen, formats=("csv", "settings"))
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        tables = {n: archive.read(n) for n in archive.namelist() if n.endswith(".csv")}
        told = archive.read(f"{chosen[2].name}.json").decode()
        readme = archive.read("README.txt").decode()
    assert set(tables) == {f"{chosen[0].name}.csv", f"{chosen[2].name}.csv"}
    assert tables[f"{chosen[0].name}.csv"].count(b"\n") == 1 + 101 * 101
    assert readme.count(f"files: {chosen[0].name}.csv") == 1 + 1, "the same surface, said again"
    assert '"-surface.csv": "the surface\'s loss on a grid' in told
    ways = chosen[2].make()
    assert export.further(ways)["-surface.csv"]() == tables[f"{chosen[0].name}.csv"]


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
