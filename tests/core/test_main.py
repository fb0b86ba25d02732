"""The command line, run as a user runs it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def command(*arguments, **environment):
    import os

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


def test_doctor_says_what_is_wrong_with_the_data(tmp_path):
    done = command("doctor", INITOPT_DATA=str(tmp_path))
    assert done.returncode == 0 and "train-images-idx3-ubyte.gz is missing" in done.stdout


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
        (("figures", "--only", "kaimng", "--out", "x"), "kaiming"),
        (("figures", "--theme", "drak", "--out", "x"), "dark"),
        (("figures", "--scale", "9", "--out", "x"), "from 1 to 4"),
        (("bench", "nothing"), "There is no benchmark 'nothing'"),
        (("--data", "/nowhere", "train", "--out", "x"), "is missing"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(arguments, words):
    done = command(*arguments)
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr
