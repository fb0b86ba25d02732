"""Files, links and command lines as people really bring them: kind, input, right value."""

from __future__ import annotations

import io
import json
import math
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
import torch
from torch import nn

from initopt_core.__main__ import main
from initopt_core.networks import BaseNetwork, check_sizes, make_activation, parse_sizes
from initopt_core.reading import number_text
from initopt_core.registry import Parameter, SettingError
from initopt_core.training import CheckpointError, Racer, TrainConfig, load_model
from initopt_core.training.checkpoints import check_results, parse_json
from initopt_core.training.config import parse_numbers
from initopt_core.training.events import check_event
from initopt_core.training.history import History
from initopt_core.training.runs import pretrained
from initopt_core.training.runs.store import RunStore
from initopt_core.training.runs.uploads import read_upload
from tests.support import programs
from tests.support.training import sample, tiny, without_times

ROOT = Path(__file__).resolve().parents[2]
RESULTS = {
    "test_acc": 0.5,
    "val_scores": [0.4, 0.3],
    "train_scores": [0.3, 0.35],
    "train_losses": [2.0, 1.0, 0.8, 0.5],
}
NETWORK = {"act_fn": "Tanh", "input_size": 784, "num_classes": 10, "hidden_sizes": [8, 4]}

# -- numbers -------------------------------------------------------------------------------------

TYPED = [
    # what is typed, what it means
    ("1,000", 1000),
    ("1 000", 1000),
    ("1\u202f000", 1000),
    ("1'000", 1000),
    ("1_000", 1000),
    ("12,345,678", 12345678),
    ("1,000.5", 1000.5),
    ("1.000,5", 1000.5),
    ("1.000", 1),
    ("1,5", 1.5),
    ("0,001", 0.001),
    ("1,00", 1),
    (".5", 0.5),
    ("−0.5", -0.5),
    ("1e-3", 0.001),
    ("1e−3", 0.001),
    ("10^-3", 0.001),
    ("10⁻³", 0.001),
    ("1·10⁻³", 0.001),
    ("1 x 10^-3", 0.001),
    ("2.5*10**4", 25000),
    *((text, None) for text in ("", "abc", "nan", "inf", "Infinity", "1e400", "0x10", "１２")),
    *((text, None) for text in ("1,234,56", "1,5,6", "1.5.2", "--5", "10 %", "42 43", "5²")),
]


@pytest.mark.parametrize(("text", "value"), TYPED)
def test_a_number_as_people_type_it(text, value):
    found = number_text(text)
    assert found == (value if value is None else pytest.approx(value, rel=1e-15))


RATE = Parameter("lr", "Rate", 0.1, 0.0, 10.0)
COUNT = Parameter("n", "Count", 3, 1, 9000)
SWITCH = Parameter("on", "Switch", False)
SEVERAL = Parameter("some", "Some", (), choices=("a", "b"))
WORDS = Parameter("text", "Words", "")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [(RATE, v) for v in (True, None, "", "nan", "inf", "1e400", math.nan, 10**400, [1], 1j)]
    + [(COUNT, v) for v in (True, 2.5, "2.5", 512.9, math.inf, "1e400", 10**400, "true", [3])]
    + [(SWITCH, v) for v in ("banana", "", None, 2, 0.0, [])]
    + [(SEVERAL, v) for v in (None, 5, [["a"]], ["a", True], {"a": 1})]
    + [(WORDS, v) for v in (None, 5, True, ["a"])],
)
def test_a_value_of_another_type_is_refused(parameter, value):
    with pytest.raises(SettingError, match=parameter.label):
        parameter.check(value)


def test_a_parameter_reads_what_is_typed():
    assert COUNT.check("1,000") == 1000 and type(COUNT.check("2e3")) is int
    assert RATE.check("1·10⁻³") == 0.001 and COUNT.check(2.0) == 2
    with pytest.raises(SettingError, match="did you mean 'b'"):
        SEVERAL.check("B")


# -- sizes and lists -----------------------------------------------------------------------------

SIZES = [
    ("4 x 256", (256,) * 4),
    ("4×256", (256,) * 4),
    ("4*256", (256,) * 4),
    ("512, 256", (512, 256)),
    ("512;256", (512, 256)),
    ("512 256", (512, 256)),
    ("512-256-256", (512, 256, 256)),
    ("512 – 256", (512, 256)),
    ("512 → 256", (512, 256)),
    ("[512, 256]", (512, 256)),
    ("2x256, 64", (256, 256, 64)),
    ("", ()),
]


@pytest.mark.parametrize(("text", "sizes"), SIZES)
def test_sizes_as_people_write_them(text, sizes):
    assert parse_sizes(text) == sizes


@pytest.mark.parametrize(
    "text", ["512.9", "1,024", "-512", "512--256", "x 4", "256 x 4", "9" * 5000]
)
def test_sizes_that_mean_nothing(text):
    with pytest.raises(SettingError, match="Hidden layers"):
        parse_sizes(text)


NO_LISTS = ["512", b"512", 512, None, {"512": 1}, {512}]
NO_WHOLE = [[512.9], [True], ["512"], [None], [math.nan], [math.inf], [[512]], [10**400]]


@pytest.mark.parametrize("value", NO_LISTS + NO_WHOLE)
def test_text_is_no_list_and_a_fraction_no_whole_number(value):
    with pytest.raises(SettingError, match="Hidden layers"):
        check_sizes(value)
    with pytest.raises(SettingError, match="Hidden layers"):
        TrainConfig(hidden_sizes=value)
    with pytest.raises(SettingError, match="Seeds"):
        TrainConfig(seeds=value)


@pytest.mark.parametrize(
    "changes",
    [
        {"hidden_sizes": "512"},
        {"seeds": "42"},
        {"epochs": True},
        {"epochs": 2.5},
        {"clip_norm": "nan"},
        {"racers": "SGD"},
        {"racers": [{"optimizer": "SGD", "settings": ["abc"]}]},
        {"racers": [{"optimizer": ["SGD"]}]},
        {"racers": [{"optimizer": "SGD", "settings": {"lr": True}}]},
        {"search_initializers": "kaiming"},
        {"activation": ["relu"]},
        {"activation_settings": "abc"},
        {"data": None},
    ],
)
def test_a_configuration_of_wrong_types_is_refused(changes):
    with pytest.raises(SettingError):
        TrainConfig.from_dict({**tiny().as_dict(), **changes})


def test_a_misspelt_name_is_recognized():
    with pytest.raises(SettingError, match="did you mean 'hidden_sizes'"):
        TrainConfig.from_dict({"hiden_sizes": [8]})
    with pytest.raises(SettingError, match="did you mean 'SGD'"):
        Racer("sgd")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_json_in_every_encoding(encoding):
    text = json.dumps(tiny().as_dict())
    assert TrainConfig.from_json(text.encode(encoding)) == tiny()
    upload = {n: c for n, c in model_files().items() if n.endswith(".tar")}
    upload["net.config"] = json.dumps(NETWORK).encode(encoding)
    upload["net_results.json"] = json.dumps(RESULTS).encode(encoding)
    assert read_upload(upload)["net"][1] == RESULTS


# -- models from elsewhere -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return BaseNetwork(make_activation("tanh"), hidden_sizes=(8, 4)).eval()


def packed(value) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def model_files(name="net", state=None, config=NETWORK, results=RESULTS) -> dict[str, bytes]:
    if state is None:
        torch.manual_seed(0)
        state = BaseNetwork(make_activation("tanh"), hidden_sizes=(8, 4)).state_dict()
    files = {f"{name}.tar": packed(state), f"{name}.config": json.dumps(config).encode()}
    if results is not None:
        files[f"{name}_results.json"] = json.dumps(results).encode()
    return files


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def renamed(change):
    return lambda state: {change(name): value for name, value in state.items()}


LAYOUTS = {
    "plain": dict,
    "DataParallel": renamed("module.{}".format),
    "compiled": renamed("_orig_mod.{}".format),
    "both": renamed("_orig_mod.module.{}".format),
    "wrapped": lambda s: {"state_dict": dict(s), "epoch": 3},
    "wrapped otherwise": lambda s: {"model_state_dict": dict(s), "optimizer_state_dict": {}},
    "Lightning": lambda s: {"state_dict": renamed("model.{}".format)(s)},
    "Sequential": renamed(lambda n: n.removeprefix("layers.")),
    "own names": renamed(lambda n: n.replace("layers.", "fc")),
    "float64": lambda s: {n: v.double() for n, v in s.items()},
}


@pytest.mark.parametrize("field", ["epochs", "seeds"])
def test_a_field_that_stands_there_twice_is_asked_about(field):
    with pytest.raises(SettingError, match=f"'{field}' stands there twice"):
        TrainConfig.from_json(f'{{"{field}": 1, "batch_size": 64, "{field}": 10}}')
    with pytest.raises(CheckpointError, match="'val_scores' stands there twice"):
        parse_json(b'{"val_scores": [0.1], "val_scores": [0.9]}', "a_results.json")


def test_a_cross_entropy_is_not_negative():
    wrong = {"train_scores": [0.5], "val_scores": [0.5], "train_losses": [1.0, -0.2]}
    with pytest.raises(CheckpointError, match=r"train_losses\[1\] is [-−]0\.2.*never negative"):
        check_results(wrong, "a")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_weights_are_opened_as_others_save_them(model, layout):
    files = model_files(state=LAYOUTS[layout](model.state_dict()))
    opened = read_upload(files)["net"][0]
    for a, b in zip(opened.parameters(), model.parameters(), strict=True):
        assert torch.equal(a, b)


def test_layers_without_biases_have_biases_of_zero(model):
    state = {n: v for n, v in model.state_dict().items() if n.endswith("weight")}
    opened = read_upload(model_files(state=state))["net"][0]
    assert not opened.layers[0].bias.any()
    assert torch.equal(opened.layers[0].weight, model.layers[0].weight)


def without(state, name):
    return {n: v for n, v in state.items() if n != name}


def spoilt(state, name, change):
    return {**state, name: change(state[name])}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: {**s, "norm.running_mean": torch.zeros(8)}, "running_mean.*Only linear layers"),
        (lambda s: {**s, "conv.weight": torch.zeros(8, 1, 3, 3)}, "conv.weight"),
        (lambda s: without(s, "layers.0.bias"), "not whole"),
        (lambda s: spoilt(s, "layers.0.weight", lambda w: w * math.nan), "not finite"),
        (lambda s: spoilt(s, "layers.0.weight", lambda w: w.to(torch.complex64)), "complex64"),
        (lambda s: spoilt(s, "layers.0.weight", lambda w: w.to_sparse()), "sparse"),
        (lambda s: spoilt(s, "layers.0.weight", lambda w: w.int()), "int32"),
        (lambda s: spoilt(s, "layers.0.weight", lambda w: w[:, :700]), "does not fit.*700 to 8"),
        (lambda s: {"epoch": 3}, "'epoch' is a int"),
        (lambda s: [s], "a list"),
        (lambda s: {}, "a dict"),
    ],
)
def test_what_is_in_the_way_of_weights_is_said(model, change, said):
    with pytest.raises(CheckpointError, match=said):
        read_upload(model_files(state=change(model.state_dict())))


@pytest.mark.parametrize(
    ("act_fn", "kind", "setting"),
    [
        ({"name": "Swish"}, nn.SiLU, {}),
        ({"name": "LeakyReLU", "alpha": 0.1}, nn.LeakyReLU, {"negative_slope": 0.1}),
        ({"name": "Tanh"}, nn.Tanh, {}),
        ({"name": "Sigmoid"}, nn.Sigmoid, {}),
        ({"name": "ReLU"}, nn.ReLU, {}),
        ({"name": "ELU"}, nn.ELU, {"alpha": 1.0}),
        ("ReLU", nn.ReLU, {}),
        ("nn.ReLU()", nn.ReLU, {}),
    ],
)
def test_the_activation_tutorials_files_open(tmp_path, act_fn, kind, setting):
    files = model_files("FashionMNIST_x", config={**NETWORK, "act_fn": act_fn}, results=None)
    models = read_upload(files)
    activation = models["FashionMNIST_x"][0].layers[1]
    assert type(activation) is kind
    assert all(getattr(activation, name) == value for name, value in setting.items())
    assert models["FashionMNIST_x"][1] is None
    store = RunStore(tmp_path)
    run_id = pretrained.open_models(store, models, sample())
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    assert not history.problem and history.curves["SGD"].test["accuracy"] > 0
    assert dict(store.info(run_id).config.activation_settings) == setting
    assert load_model(store.path(run_id), "SGD")[1] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"input_size": -784},
        {"input_size": 0},
        {"input_size": 10**11},
        {"input_size": "784"},
        {"input_size": True},
        {"input_size": None},
        {"num_classes": -1},
        {"num_classes": 10**11},
        {"num_classes": 10.5},
        {"hidden_sizes": "512"},
        {"hidden_sizes": [-8, 4]},
        {"hidden_sizes": [10**9]},
        {"hidden_sizes": [2048] * 64},
        {"hidden_sizes": [8] * 65},
        {"act_fn": None},
        {"act_fn": {}},
        {"act_fn": {"name": "Swish", "nonsense": 1}},
        {"act_fn": ["ReLU"]},
        {"act_fn_settings": 5},
    ],
)
def test_sizes_are_checked_before_memory_is_asked_for(monkeypatch, changes):
    def linear(*sizes):
        raise AssertionError(f"a layer of {sizes} was made")

    monkeypatch.setattr("initopt_core.networks.nn.Linear", linear)
    with pytest.raises(CheckpointError, match=r"net\.(config|tar)"):
        files = model_files(state={"0.weight": torch.zeros(2, 2)}, config={**NETWORK, **changes})
        read_upload(files)


@pytest.mark.parametrize(
    "changes",
    [
        {"val_scores": [None]},
        {"val_scores": [None, 0.3]},
        {"val_scores": [0.3, math.nan]},
        {"val_scores": [0.3, "0.4"]},
        {"val_scores": [0.3, True]},
        {"val_scores": [0.3, 89.1]},
        {"val_scores": [0.3]},
        {"val_scores": "0.3"},
        {"val_scores": {"0": 0.3}},
        {"train_scores": [0.3, 0.3, 0.3]},
        {"train_losses": [1.0]},
        {"train_losses": [1.0, math.inf]},
        {"train_losses": None},
        {"test_acc": math.nan},
        {"test_acc": "0.5"},
        {"test_acc": True},
        {"test_acc": -1},
    ],
)
def test_results_are_finite_numbers_of_agreeing_lengths(changes):
    with pytest.raises(CheckpointError, match=r"net_results\.json is not a result file"):
        read_upload(model_files(results={**RESULTS, **changes}))


def test_a_zip_from_a_mac_and_from_windows():
    files = {f"folder/{n}": c for n, c in model_files().items()}
    litter = {f"__MACOSX/folder/._{n}": b"\0\5\x16\7" for n in model_files()}
    litter |= {"folder/.DS_Store": b"\0", "folder/Thumbs.db": b"\0", "folder/._net.tar": b"\0"}
    assert list(read_upload({"a.zip": zipped(litter | files)})) == ["net"]
    back = {n.replace("/", "\\"): c for n, c in files.items()}
    assert list(read_upload({"a.zip": zipped(back)})) == ["net"]
    assert list(read_upload({n.upper(): c for n, c in model_files().items()})) == ["NET"]


def test_runs_of_equal_names_are_both_kept(tmp_path):
    other = BaseNetwork(make_activation("tanh"), hidden_sizes=(8, 4)).state_dict()
    first, second = model_files("SGD"), model_files("SGD", state=other)
    both = {f"x/lr1/{n}": c for n, c in first.items()}
    both |= {f"x/lr2/{n}": c for n, c in second.items()}
    for upload in ({"a.zip": zipped(both)}, {"lr1.zip": zipped(first), "lr2.zip": zipped(second)}):
        models = read_upload(upload)
        assert sorted(models) == ["lr1/SGD", "lr2/SGD"]
        assert torch.equal(models["lr2/SGD"][0].layers[0].weight, other["layers.0.weight"])
    store = RunStore(tmp_path)
    run_id = pretrained.open_models(store, models, sample())
    assert {"SGD_1.tar", "SGD_2.tar"} <= {p.name for p in store.path(run_id).iterdir()}
    with pytest.raises(CheckpointError, match="there twice"):
        read_upload([*first.items(), *second.items()])


def test_missing_partners_are_told_with_what_to_write(model):
    files = model_files()
    del files["net.config"]
    with pytest.raises(CheckpointError, match=r'"hidden_sizes": \[8, 4\]'):
        read_upload(files)


def test_claims_of_the_older_format_are_checked(model):
    buffer = io.BytesIO()
    torch.save(model.state_dict(), buffer, _use_new_zipfile_serialization=False)
    content = buffer.getvalue()
    assert read_upload({**model_files(), "net.tar": content})
    count = (8 * 784).to_bytes(2, "little")
    assert content.count(b"M" + count) >= 1  # the number of values of the first weight
    claimed = content.replace(b"M" + count, b"\x8a\x05" + (10**11).to_bytes(5, "little"))
    with pytest.raises(CheckpointError, match="claims 100,000,000,000 values"):
        read_upload({**model_files(), "net.tar": claimed})


def test_code_in_a_file_is_named(model):
    with pytest.raises(CheckpointError, match=r"holds a initopt_core.*state_dict\(\)"):
        read_upload(model_files(state={"model": model}))


# -- damaged runs --------------------------------------------------------------------------------


def stored(store: RunStore) -> str:
    network = BaseNetwork(make_activation("relu"), hidden_sizes=(16, 8))
    models = {"a_SGD": (network, check_results(dict(RESULTS), "a"))}
    return pretrained.open_models(store, models, sample(), "good")


def put(name: str, text: str):
    return lambda path: (path / name).write_text(text)


def change_json(file: str, /, **changes):
    def change(path: Path) -> None:
        plain = json.loads((path / file).read_text())
        (path / file).write_text(json.dumps({**plain, **changes}))

    return change


UNREADABLE = {
    "no config": lambda path: (path / "config.json").unlink(),
    "no status": lambda path: (path / "status.json").unlink(),
    "half config": put("config.json", '{"name": "x", "conf'),
    "half status": put("status.json", '{"sta'),
    "config is a list": put("config.json", "[]"),
    "status is null": put("status.json", "null"),
    "unknown state": change_json("status.json", state="flying"),
    "reason is a number": change_json("status.json", reason=5),
    "name is a list": change_json("config.json", name=[1]),
    "time is text": change_json("config.json", created="yesterday"),
    "time is NaN": change_json("config.json", created=math.nan),
    "time is far off": change_json("config.json", created=1e300),
    "settings are text": change_json("config.json", config="SGD"),
    "sizes are text": change_json("config.json", config={"hidden_sizes": "512"}),
    "binary": lambda path: (path / "config.json").write_bytes(b"\xff\xfe\x00"),
    "a folder": lambda path: ((path / "status.json").unlink(), (path / "status.json").mkdir()),
}


@pytest.mark.parametrize("how", UNREADABLE)
def test_an_unreadable_run_is_told_and_can_be_deleted(tmp_path, how):
    store = RunStore(tmp_path)
    good, bad = stored(store), stored(store)
    UNREADABLE[how](store.path(bad))
    assert [r.id for r in store.all()] == [good]
    (broken,) = store.broken()
    assert broken.id == bad and "cannot be read" in broken.problem
    store.adopt()
    store.delete(bad)
    assert store.broken() == [] and [r.id for r in store.all()] == [good]


def change_event(kind: str, /, **changes):
    def change(path: Path) -> None:
        log = path / "events.jsonl"
        events = [json.loads(line) for line in log.read_text().splitlines()]
        changed = [{**e, **changes} if e["kind"] == kind else e for e in events]
        log.write_text("".join(json.dumps(e) + "\n" for e in changed))

    return change


BAD_EVENTS = {
    "no object": put("events.jsonl", "[]\n5\n"),
    "members": change_event("start", trials="SGD"),
    "steps of an epoch": change_event("start", steps=0),
    "losses": change_event("steps", losses=[["high"]]),
    "members of losses": change_event("steps", losses=[[1.0], [1.0]]),
    "scores of text": change_event("epoch", val=["high"]),
    "scores of NaN": change_event("epoch", val=[math.nan]),
    "scores of others": change_event("epoch", val=[0.1, 0.2, 0.3]),
    "accuracy": change_event("test", accuracy=None),
    "confusion": change_event("test", confusion=[[1]]),
    "mistakes": change_event("test", mistakes=[{"index": -1}]),
    "stranger": change_event("test", name="nobody"),
    "time": change_event("end", clock="late"),
}


@pytest.mark.parametrize("how", BAD_EVENTS)
def test_a_damaged_record_is_told(tmp_path, how):
    store = RunStore(tmp_path)
    run_id = stored(store)
    BAD_EVENTS[how](store.path(run_id))
    history = History(store.path(run_id) / "events.jsonl")
    history.poll()
    assert history.problem.startswith("events.jsonl is damaged")


def test_every_event_of_a_training_passes_the_check():
    from initopt_core.training import train

    events = []
    exploding = Racer("SGD", (("lr", 1e4),))
    train(tiny(racers=(exploding, Racer("Adam")), epochs=1), sample(), events.append, device="cpu")
    train(tiny(search_epochs=1, epochs=1), sample(), events.append, device="cpu")
    assert {"start", "steps", "epoch", "diverged", "rates", "test", "end"} <= {
        e["kind"] for e in events
    }
    for event in events:
        check_event(json.loads(json.dumps(event)))


# -- the command line ----------------------------------------------------------------------------


@pytest.fixture
def run(capsys):
    """The command line in this process: status, output, errors."""

    def call(*arguments) -> tuple[int, str, str]:
        try:
            status = main([str(a) for a in arguments])
        except SystemExit as ended:  # argparse's own way
            status = ended.code
        return status, *capsys.readouterr()

    return call


def refused(done: tuple[int, str, str], *words: str) -> None:
    status, _, errors = done
    assert status == 2, errors
    assert errors.count("\n") == 1
    for word in words:
        assert word in errors


def written(tmp_path: Path, **changes) -> Path:
    path = tmp_path / "wanted.json"
    path.write_text(json.dumps({**tiny().as_dict(), **changes}))
    return path


def test_a_folder_with_another_training_is_refused(tmp_path, run):
    out = tmp_path / "out"
    assert run("train", "--config", written(tmp_path, epochs=1), "--out", out)[0] == 0
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    refused(
        run("train", "--config", written(tmp_path, epochs=1, seeds=[7]), "--out", out),
        "holds another training (seeds [42], not [7])",
    )
    assert {p.name: p.read_bytes() for p in out.iterdir()} == before
    status, said, _ = run("train", "--config", written(tmp_path, epochs=1), "--out", out)
    assert status == 0 and "done before: epoch 1" in said
    kinds = [json.loads(x)["kind"] for x in (out / "events.jsonl").read_text().splitlines()]
    assert kinds.count("start") == kinds.count("end") == 1
    (out / "config.json").unlink()
    refused(run("train", "--epochs", 1, "--out", out), "unknown settings")


KILLED = """
import os, signal, sys
from pathlib import Path
from initopt_core import __main__
real, seen = os.replace, []
def replace(a, b):
    real(a, b)
    if Path(b).name == "last.ckpt":
        seen.append(b)
        if len(seen) == int(sys.argv[1]):
            os.kill(os.getpid(), signal.SIGKILL)
os.replace = replace
__main__.main(sys.argv[2:])
"""


@pytest.mark.parametrize("search_epochs", [0, 1])
def test_a_killed_training_goes_on_to_the_same_numbers(tmp_path, run, search_epochs):
    config = written(tmp_path, epochs=3, search_epochs=search_epochs)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert run("train", "--config", config, "--out", whole)[0] == 0
    for count in (1, 2)[: 2 - search_epochs]:  # the search is killed once, the race twice
        ended = subprocess.run(
            [
                sys.executable,
                "-c",
                KILLED,
                str(count),
                "train",
                "--config",
                config,
                "--out",
                killed,
            ],
            cwd=ROOT,
            env=programs.adding_up_as_here(),
            capture_output=True,
        )
        assert ended.returncode == -signal.SIGKILL
        with open(killed / "events.jsonl", "a") as log:
            log.write('{"kind": "steps", "first"')  # what a kill leaves half written
    status, said, errors = run("train", "--config", config, "--out", killed)
    assert status == 0, errors
    assert "done before" in said
    for name in ("SGD", "Adam"):
        a, b = (load_model(folder, name) for folder in (whole, killed))
        assert {k: v for k, v in a[1].items() if k != "seconds"} == {
            k: v for k, v in b[1].items() if k != "seconds"
        }
        assert torch.equal(a[0].layers[0].weight, b[0].layers[0].weight)
    told = [
        [
            without_times(e)
            for e in map(json.loads, (folder / "events.jsonl").read_text().splitlines())
            if e["kind"] not in ("steps", "progress")  # how many come together is a matter of time
        ]
        for folder in (whole, killed)
    ]
    assert told[0] == told[1]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("train", "--config", "{}/none.json", "--out", "{}/o"), ["none.json", "No such file"]),
        (("train", "--config", "{}", "--out", "{}/o"), ["directory"]),
        (("train", "--config", "{}/binary", "--out", "{}/o"), ["binary", "not JSON"]),
        (("train", "--config", "{}/list", "--out", "{}/o"), ["not a JSON object"]),
        (("train", "--config", "{}/ok", "--epochs", "3", "--out", "{}/o"), ["leave out --epochs"]),
        (("train", "--epochs", "1", "--out", "{}/list"), ["--out", "name a folder"]),
        (("train", "--epochs", "1", "--out", "{}/list/in"), ["--out", "name a folder"]),
        (("train", "--epochs", "1", "--out", "/proc/none"), ["--out", "cannot be written"]),
        (("figures", "--out", "{}/list"), ["--out", "name a folder"]),
        (("figures", "--only", "kaimng", "--out", "{}/o"), ["No figure", "did you mean 'kaiming'"]),
        (("train", "--optimizers", "adma", "--out", "{}/o"), ["did you mean 'Adam'"]),
        (("bench", "trainin"), ["did you mean 'training'"]),
        (("train", "--out", "{}/o", "--data", "/nowhere"), ["is missing"]),
        (("--data", "/nowhere", "figures", "--out", "{}/o"), ["is missing"]),
    ],
)  # fmt: skip
def test_what_the_command_line_cannot_do_is_one_line(tmp_path, run, arguments, words):
    (tmp_path / "binary").write_bytes(b"\x80\x81\x82")
    (tmp_path / "list").write_text("[]")
    (tmp_path / "ok").write_text("{}")
    if "/proc/none" in arguments and not Path("/proc").is_dir():
        pytest.skip("no place here that even root cannot write to")
    refused(run(*(a.format(tmp_path) for a in arguments)), *words)
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize(
    ("plain", "said"),
    [
        ({"racers": [{"optimizer": "SGD", "lr": 0.5}]}, 'stand under "settings"'),
        ({"racers": "SGD"}, "give a list such as"),
        ({"racers": ["SGD"]}, "names no optimizer"),
        ({"racers": [{"optimizer": "SGD", "settings": [1]}]}, "give an object of settings"),
        ({"schedule_settings": "x"}, "schedule_settings: give an object"),
    ],
)
def test_a_setting_in_the_wrong_place_is_not_dropped(plain, said):
    with pytest.raises(SettingError, match=said):
        TrainConfig.from_dict(plain)


def test_a_line_that_may_be_one_number_or_several_is_asked_about():
    with pytest.raises(SettingError, match="one number or several"):
        parse_numbers("1,000", "Seeds")
    assert parse_numbers("1, 000", "Seeds") == (1, 0)


def test_a_whole_number_beyond_all_floats_is_no_score():
    with pytest.raises(CheckpointError, match="leave out what follows"):
        check_results({"train_scores": [0.5], "val_scores": [10**400], "train_losses": [1.0]}, "a")
