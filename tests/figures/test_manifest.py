"""The manifest: what is there stays told of, in the tutorial's order, and nothing else."""

import json

import pytest

from initopt_core.figures import manifest
from initopt_core.figures.tutorial import SEEDS, Item, Number
from initopt_core.reading import SettingError

ORDER = ["01-a", "02-b", "03-c"]


def told(*names, files=(".png", ".csv"), data="sample", ours=1.0):
    def numbers():
        return [Number("mean", 2.0, ours)]

    items = [Item(n, n, "", lambda: None, numbers) for n in names]  # pyright: ignore
    return manifest.manifest(items, {n: [n + f for f in files] for n in names}, data)


def names(made):
    return [(one["name"], one["files"]) for one in made["figures"]]


THERE = [f"{n}{s}" for n in ORDER for s in (".png", ".svg", ".csv", ".html")]


def test_numbers_and_files_are_told_formats_in_the_menus_order():
    made = told("01-a", files=(".html", ".vl.json", ".csv", ".png"))
    assert made["data"] == "sample" and made["seeds of the spread"] == SEEDS
    assert names(made) == [("01-a", ["01-a.png", "01-a.csv", "01-a.vl.json", "01-a.html"])]
    assert made["figures"][0]["numbers"][0]["deviation"] == -1.0


def test_each_value_of_a_row_is_explained_in_one_place():
    made = told("01-a")
    assert made["columns"].keys() == made["figures"][0]["numbers"][0].keys()
    assert f"over {SEEDS} draws" in made["columns"]["seed spread"]
    assert f"{SEEDS} seeds" in made["columns"]["seed factor"]


def test_others_are_kept_in_the_tutorials_order():
    whole, one = told(*ORDER), told("02-b", files=(".svg",), ours=3.0)
    made = manifest.joined(whole, one, ORDER, THERE)
    assert [n for n, _ in names(made)] == ORDER
    assert names(made)[1] == ("02-b", ["02-b.png", "02-b.svg", "02-b.csv"])
    assert made["figures"][1]["numbers"][0]["ours"] == 3.0
    assert manifest.joined(made, one, ORDER, THERE) == made
    late = manifest.joined(told("03-c"), told("01-a"), ORDER, THERE)
    assert [n for n, _ in names(late)] == ["01-a", "03-c"]


def test_what_is_gone_is_not_told_of():
    whole, one = told(*ORDER), told("02-b")
    made = manifest.joined(whole, one, ORDER[1:], ["01-a.png", "02-b.png", "03-c.csv"])
    assert names(made) == [("02-b", ["02-b.png", "02-b.csv"]), ("03-c", ["03-c.csv"])]
    assert names(manifest.joined(whole, one, ORDER, [])) == names(one)


@pytest.mark.parametrize("other", [{"data": "local"}, {"seeds of the spread": 2}])
def test_other_images_or_seeds_are_not_mixed_in(other):
    assert manifest.joined({**told(*ORDER), **other}, told("02-b"), ORDER, THERE) == told("02-b")


def test_a_folder_is_read(tmp_path):
    assert manifest.read(tmp_path) is None
    file = tmp_path / manifest.NAME
    file.write_text(json.dumps(told(*ORDER)))
    assert manifest.read(tmp_path) == told(*ORDER)


@pytest.mark.parametrize(
    "text", ["{", "3", "{}", '{"figures": [{"name": 1, "files": []}]}', '{"figures": [{}]}',
             '{"figures": [{"name": "01-a", "files": [2]}]}', "\xff"],
)  # fmt: skip
def test_a_file_that_is_not_ours_is_none(tmp_path, text):
    (tmp_path / manifest.NAME).write_text(text, encoding="latin-1")
    assert manifest.read(tmp_path) is None


def test_a_manifest_that_cannot_be_read_is_told(tmp_path):
    (tmp_path / manifest.NAME).mkdir()
    with pytest.raises(SettingError, match="cannot be read"):
        manifest.read(tmp_path)


def test_the_clips_that_are_there_are_named():
    there = ["race-loss.mp4", "race-loss.gif", "01-a.png", "manifest.json"]
    told = manifest.clips(["race-loss", "race-weights"], there)
    assert told == {"clips": {"race-loss": ["race-loss.gif", "race-loss.mp4"]}}
    assert manifest.clips(["race-weights"], there) == {}
