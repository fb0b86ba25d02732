"""The command line, run as a user runs it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from initopt_core.__main__ import choose_figures, main
from initopt_core.figures import export
from initopt_core.reading import SettingError

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "initopt_core", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
    )


def test_doctor_names_versions_device_and_data():
    done = command("doctor")
    assert done.returncode == 0, done.stderr
    for word in ("torch", "streamlit", "Device:", "GFLOP/s", "FashionMNIST("):
        assert word in done.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--format", "png", "pgn"], "Format: there is no 'pgn'; did you mean 'png'"),
        (["--format", "htm"], "did you mean 'html'; choose from png, svg, pdf, csv"),
        (["--theme", "drak"], "Theme: there is no 'drak'; did you mean 'dark'"),
        (["--clips", "mp5"], "Format: there is no 'mp5'; did you mean 'mp4'"),
        (["--text", "silde"], "Text size: there is no 'silde'; did you mean 'slide'"),
        (["--link", "x.org"], "Link: 'x.org' is not the app's address; it begins with https://"),
    ],
)
def test_a_choice_that_is_mistyped_is_one_line_and_names_what_was_meant(
    given, said, tmp_path, capsys
):
    assert main(["figures", "--out", str(tmp_path / "new"), *given]) == 2
    told = capsys.readouterr().err
    assert said in told and told.count("\n") == 1 and not (tmp_path / "new").exists()


def test_doctor_says_what_is_wrong_with_the_data(tmp_path):
    done = command("doctor", INITOPT_DATA=str(tmp_path))
    assert done.returncode == 1 and "train-images-idx3-ubyte.gz is missing" in done.stdout


def test_figures_are_written_in_every_format(tmp_path):
    done = command(
        "figures", "--out", tmp_path, "--only", "constant", "--format", "png", "svg", "pdf", "csv"
    )
    assert done.returncode == 0, done.stderr
    begins = {".png": b"\x89PNG", ".svg": b"<svg", ".pdf": b"%PDF", ".csv": b"setting,"}
    files = sorted(tmp_path.iterdir())
    assert [f.name for f in files] == [
        f"{name}{suffix}"
        for name in ("02-constant-histograms", "03-constant-depth")
        for suffix in sorted(begins)
    ] + ["manifest.json"]
    told = json.loads(files.pop().read_text())["figures"]
    first = told[0]["numbers"][0]
    assert told[0]["files"][0] == "02-constant-histograms.png"
    assert first["printed"] == 2.0582756996154785 and abs(first["deviation"]) < 1e-4
    for file in files:
        assert file.read_bytes().startswith(begins[file.suffix]) and file.stat().st_size > 500
    # the histogram file's activations hold every value of the batch: 1,024 images, 512 units
    assert any("512" in f.read_text() for f in files if f.suffix == ".svg")


def test_training_writes_the_tutorials_three_files(tmp_path):
    config = {
        "racers": [{"optimizer": "SGD", "settings": {"lr": 0.1}}],
        "hidden_sizes": [32],
        "epochs": 1,
        "data": "sample",
        "train_images": 1024,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    out = tmp_path / "out"
    done = command("train", "--config", tmp_path / "config.json", "--out", out)
    assert done.returncode == 0, done.stderr
    assert "test accuracy" in done.stdout
    for suffix in (".config", ".tar", "_results.json"):
        assert (out / f"SGD{suffix}").is_file()
    results = json.loads((out / "SGD_results.json").read_text())
    assert len(results["train_losses"]) == 4 and len(results["val_scores"]) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "--optimizers", "SDG", "--out", "x"), "There is no optimizer 'SDG'"),
        (("train", "--epochs", "0", "--out", "x"), "pochs"),
        (("figures", "--scale", "9", "--out", "x"), "from 1 to 4"),
        (("bench", "nothing"), "There is no benchmark 'nothing'"),
        (("--data", "/nowhere", "train", "--out", "x"), "is missing"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(arguments, words, capsys):
    assert main(list(arguments)) == 2
    assert words in capsys.readouterr().err


def test_nothing_but_a_line_is_said():
    done = command("figures", "--theme", "drak", "--out", "x")
    assert done.returncode == 2
    assert "dark" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("only", "words"),
    [("kaimng", "did you mean 'kaiming'"), ("pathologcal-orbit", "'pathological-orbit'")],
)
def test_an_unknown_figure_is_told_its_nearest_name(only, words):
    names = ["14-kaiming-relu-histograms", "21-pathological-losses", "pathological-orbit"]
    with pytest.raises(SettingError, match=words):
        choose_figures(names, only)
    assert choose_figures(names, "PATHO") == names[1:]


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["figures", "--only", "sharp", "--out", str(tmp_path / "file")]) == 2
    assert "lies in a file; name a folder" in capsys.readouterr().err
    assert main(["figures", "--only", "sharp", "--out", "/proc/none"]) == 2
    told = capsys.readouterr().err
    assert "cannot be written" in told and told.count("\n") == 1


@pytest.fixture
def full_disk():
    """No file of this process can become larger than 20 KB."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("more", [(), ("--clips", "mp4"), ("--clips", "gif")])
def test_a_full_disk_is_one_line_and_no_half_file(tmp_path, capsys, full_disk, more):
    only = "race-loss" if more else "26-sharp"
    format_ = "settings" if more else "png"
    out = tmp_path / "out"
    code = main(["figures", "--only", only, "--format", format_, "--out", str(out), *more])
    told = capsys.readouterr().err
    assert code == 2 and told.count("\n") == 1 and "cannot be written" in told
    assert not [f.name for f in out.iterdir() if f.suffix in (".png", ".mp4", ".gif", ".part")]
    assert not list(out.glob(".*"))


def test_parts_of_a_killed_program_are_removed_by_the_next(tmp_path):
    old, fresh = tmp_path / ".initopt-a.part.mp4", tmp_path / ".initopt-b.part.mp4"
    for part in (old, fresh):
        part.write_bytes(b"x")
    os.utime(old, (1, 1))
    export.sweep(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == [fresh.name]


def test_ended_from_outside_it_leaves_whole_files_alone(tmp_path):
    asked = ["figures", "--only", "race-loss", "--format", "csv", "--clips", "--out", tmp_path]
    running = subprocess.Popen(
        [sys.executable, "-m", "initopt_core", *map(str, asked)],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until = time.monotonic() + 60
    while not list(tmp_path.glob(".initopt-*.mp4")) and time.monotonic() < until:
        time.sleep(0.02)
    running.terminate()
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130 and told == "Stopped; every file that is there is whole.\n"
    assert {p.name for p in tmp_path.iterdir()} == {"16-race-loss.csv", "manifest.json"}


def test_one_figure_again_keeps_what_is_told_of_the_others(tmp_path, capsys):
    def run(*more):
        assert main(["figures", "--out", str(tmp_path), "--format", *more]) == 0
        return {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    both = run("csv", "settings", "--only", "constant")
    again = run("csv", "html", "--only", "constant-depth")
    figures = json.loads(again["manifest.json"])["figures"]
    assert [one["name"] for one in figures] == ["02-constant-histograms", "03-constant-depth"]
    assert [p.rpartition("-")[2] for p in figures[1]["files"]] == [
        "depth.csv", "depth.json", "depth.html"
    ]  # fmt: skip
    assert again.pop("03-constant-depth.html").startswith(b"<!doctype html>")
    assert figures[0] == json.loads(both["manifest.json"])["figures"][0]
    (tmp_path / "03-constant-depth.html").unlink()
    assert run("csv", "--only", "constant-depth") == both


def test_a_figures_clips_come_with_it_and_where_nothing_moves_that_is_said(
    tmp_path, capsys, monkeypatch
):
    made, worn = [], []
    monkeypatch.setattr(
        "initopt_core.__main__.write_clips",
        lambda clip, name, _, films: (made.append(name), worn.extend(films)),
    )
    figures = ["figures", "--format", "csv", "--clips", "gif", "--out", str(tmp_path)]
    assert main([*figures, "--only", "22"]) == 0 and made == ["steep-optima-orbit"]
    assert worn[0].title and worn[0].caption and worn[0].text == "slide"
    assert worn[0].source.startswith("In Initopt: Loss surfaces, experiment=steep, ")
    more = ["--link", "https://x.org/app", "--text", "page"]
    assert main([*figures, *more, "--only", "22"]) == 0 and made.pop() == "steep-optima-orbit"
    assert worn[1].source.startswith("https://x.org/app/loss_surfaces?experiment=steep&")
    assert worn[1].text == "page"
    assert main([*figures, "--only", "23"]) == 0 and made == ["steep-optima-orbit"]
    assert "None of these moves; clips are pathological-paths" in capsys.readouterr().err


def test_clips_are_those_whose_name_is_asked_for_else_those_of_the_figures(
    tmp_path, capsys, monkeypatch
):
    """`--only paths` made basins, too, and that nothing moves was said when all was written."""
    made = []

    def write(clip, name, folder, films):
        made.append(name)
        (folder / f"{name}.gif").write_bytes(b"moves")

    monkeypatch.setattr("initopt_core.__main__.write_clips", write)
    figures = ["figures", "--format", "csv", "--clips", "gif", "--out", str(tmp_path)]
    assert main([*figures, "--only", "paths"]) == 0
    assert made == ["pathological-paths", "steep-optima-paths"]
    told = json.loads((tmp_path / "manifest.json").read_text())
    assert told["clips"] == {name: [f"{name}.gif"] for name in made}
    assert main([*figures, "--only", "24"]) == 0
    assert made[2:] == ["steep-optima-paths", "steep-optima-basins"]


def test_ended_while_it_loads_it_says_so_in_a_line(monkeypatch, capsys):
    def loading(options) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("initopt_core.__main__._run", loading)
    assert main(["doctor"]) == 130
    assert capsys.readouterr().err.count("\n") == 1
