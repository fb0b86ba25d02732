"""Model files: the published ones load and score as published; bad ones are refused in words."""

from __future__ import annotations

import io
import json
import os
import pickle
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from initopt_core import data as fashion
from initopt_core.networks import BaseNetwork
from initopt_core.training import CheckpointError, evaluate, load_model, save_model
from initopt_core.training import checkpoints as files
from initopt_core.training.runs import uploads

ROOT = Path(__file__).resolve().parents[2]
PRETRAINED = Path(os.environ.get("INITOPT_PRETRAINED") or ROOT.parent / "shared" / "pretrained")
PUBLISHED = {"FashionMNIST_SGD": 0.8909, "FashionMNIST_SGDMom": 0.8883, "FashionMNIST_Adam": 0.8946}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return BaseNetwork(nn.Tanh(), hidden_sizes=(8, 4))


@pytest.fixture
def saved(model, tmp_path):
    save_model(model, tmp_path, "net")
    files.write_json(
        tmp_path / "net_results.json",
        {"test_acc": 0.5, "val_scores": [0.4], "train_scores": [0.3], "train_losses": [2.3]},
    )
    return tmp_path


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_checkpoints_score_as_published(name):
    if not (PRETRAINED / f"{name}.tar").is_file():
        pytest.skip("the tutorial's published checkpoints are not here")
    dataset = fashion.load()
    if dataset.source == "sample":
        pytest.skip("needs the full Fashion-MNIST")
    model, results = load_model(PRETRAINED, name)
    assert results["test_acc"] == PUBLISHED[name]
    assert evaluate(model, dataset.test_images, dataset.test_labels) == results["test_acc"]
    val = dataset.val_index
    score = evaluate(model, dataset.train_images[val], dataset.train_labels[val])
    assert score == max(results["val_scores"])
    assert name in files.published_names(PRETRAINED)


def test_round_trip(model, saved):
    again, results = load_model(saved, "net")
    assert results["test_acc"] == 0.5
    assert again.config == model.config
    for a, b in zip(model.parameters(), again.parameters(), strict=True):
        assert torch.equal(a, b)
    # The plain format: torch and json alone can read it.
    state = torch.load(saved / "net.tar", weights_only=True)
    assert list(state) == [f"layers.{i}.{part}" for i in (0, 2, 4) for part in ("weight", "bias")]
    assert json.loads((saved / "net.config").read_text())["act_fn"] == "Tanh"


def test_pickled_code_is_not_run(saved, tmp_path):
    class Evil:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "owned"),)

    (saved / "net.tar").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(CheckpointError, match="code in them are refused"):
        load_model(saved, "net")
    torch.save(Evil(), saved / "net.tar")
    with pytest.raises(CheckpointError, match="code in them are refused"):
        load_model(saved, "net")
    with pytest.raises(CheckpointError, match="code in them are refused"):
        uploads.read_upload({p.name: p.read_bytes() for p in saved.glob("net*")})
    assert not (tmp_path / "owned").exists()


def spoil(folder: Path, how: str) -> None:
    if how == "cut":
        path = folder / "net.tar"
        path.write_bytes(path.read_bytes()[:900])
    elif how == "no tar":
        (folder / "net.tar").unlink()
    elif how == "no config":
        (folder / "net.config").unlink()
    elif how == "not json":
        (folder / "net.config").write_text("{")
    elif how == "list":
        (folder / "net.config").write_text("[1]")
    elif how == "unknown activation":
        (folder / "net.config").write_text('{"act_fn": "os.system"}')
    elif how == "huge":
        (folder / "net.config").write_text('{"act_fn": "ReLU", "hidden_sizes": [10000000]}')
    elif how == "other sizes":
        (folder / "net.config").write_text('{"act_fn": "Tanh", "hidden_sizes": [8, 5]}')
    elif how == "tensor list":
        torch.save([torch.zeros(2)], folder / "net.tar")
    elif how == "wrong results":
        (folder / "net_results.json").write_text('{"test_acc": "high"}')


@pytest.mark.parametrize(
    "how, said",
    [
        ("cut", "net.tar is not a file of tensors, or it is damaged"),
        ("no tar", "net.tar is missing"),
        ("no config", "net.config is missing"),
        ("not json", "net.config is not readable JSON"),
        ("list", "net.config cannot be used"),
        ("unknown activation", "net.config cannot be used"),
        ("huge", "net.config cannot be used"),
        ("other sizes", "net.tar does not fit net.config"),
        ("tensor list", "net.tar does not hold a network's weights"),
        ("wrong results", "net_results.json is not a result file"),
    ],
)
def test_damaged_files_are_refused_in_words(saved, how, said):
    spoil(saved, how)
    with pytest.raises(CheckpointError, match=said):
        load_model(saved, "net")


@pytest.mark.parametrize("rows", [200_000, 200_000_000])
def test_tensors_that_show_one_number_many_times_are_refused_unread(saved, rows):
    stretched = io.BytesIO()  # a kilobyte that would take gigabytes
    torch.save({"layers.0.weight": torch.zeros(1).expand(rows, 5000)}, stretched)
    with pytest.raises(CheckpointError, match=r"net.tar shows stored numbers more than once"):
        uploads.read_upload(uploaded(saved) | {"net.tar": stretched.getvalue()})
    both = torch.zeros(100)
    twice = io.BytesIO()
    torch.save({"a": {"w": both}, "b": [both.view(10, 10)]}, twice)
    with pytest.raises(CheckpointError, match="more than once"):
        files.load_tensors(io.BytesIO(twice.getvalue()), "two.tar")


def uploaded(folder: Path) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in folder.glob("net*")}


def test_upload_plain_and_zipped(saved, model):
    plain = uploaded(saved)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in plain.items():
            archive.writestr(f"../../some/folder/{name}", content)
    for upload in (plain, {"all.ZIP": buffer.getvalue()}):
        found = uploads.read_upload(upload)
        assert list(found) == ["net"]
        loaded, results = found["net"]
        assert results["val_scores"] == [0.4]
        assert torch.equal(loaded.layers[0].weight, model.layers[0].weight)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda f: f.pop("net.config"), "came without its net.config"),
        (lambda f: f.pop("net.tar"), "no NAME.tar"),
        (lambda f: f.update({"net.config": b"\xff\xfe"}), "not readable JSON"),
        (lambda f: f.update({"net.config": b"[" * 100_000}), "not readable JSON"),
        (lambda f: f.update({"x.zip": b"PK not a zip"}), "x.zip is not a readable zip"),
        (lambda f: f.update({"net.tar": bytes(uploads.MAX_UPLOAD_BYTES + 1)}), "at most 64 MB"),
    ],
)
def test_wrong_uploads_are_refused_in_words(saved, change, said):
    upload = uploaded(saved)
    change(upload)
    with pytest.raises(CheckpointError, match=said):
        uploads.read_upload(upload)


def test_zip_bombs_are_refused_before_they_are_unpacked(saved):
    bomb = io.BytesIO()
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("net.tar", "w", force_zip64=True) as stream,
    ):
        for _ in range(130):
            stream.write(bytes(2**20))
    assert len(bomb.getvalue()) < 2**20
    for upload in ({"b.zip": bomb.getvalue()}, {**uploaded(saved), "net.tar": bomb.getvalue()}):
        with pytest.raises(CheckpointError, match="would unpack to more than 128 MB"):
            uploads.read_upload(upload)


def test_a_kill_within_a_write_leaves_the_old_file_whole(saved):
    code = (
        "import os, signal\n"
        "from pathlib import Path\n"
        "from initopt_core.training import checkpoints\n"
        "os.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"checkpoints.write_json(Path({str(saved / 'net_results.json')!r}), {{'new': 1}})\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT)
    assert ended.returncode == -signal.SIGKILL
    assert load_model(saved, "net")[1]["test_acc"] == 0.5


def test_a_failed_write_leaves_no_rest(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "replace", lambda *a: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError):
        files.write_atomic(tmp_path / "x", b"1")
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_json_cannot_hold(tmp_path):
    files.write_json(tmp_path / "x", {"a": [float("nan"), float("inf"), 1.5], "b": (1,)})
    assert files.read_json(tmp_path / "x") == {"a": [None, None, 1.5], "b": [1]}
