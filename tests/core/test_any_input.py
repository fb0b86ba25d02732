"""Whatever people, links and files say: it comes back as it was, or one error says what to do."""

from __future__ import annotations

import io
import json
import math
import zipfile

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from initopt_core import initializers, networks, optimizers, reading, schedules, surfaces
from initopt_core.initialization import Settings
from initopt_core.registry import SettingError
from initopt_core.surfaces.formula import parse_formula, python_of
from initopt_core.surfaces.notation import CONSTANTS, FUNCTIONS, PAIRS
from initopt_core.training import CheckpointError, Racer, TrainConfig
from initopt_core.training.runs.uploads import read_upload

settings.register_profile(
    "house",
    deadline=None,
    max_examples=60,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("house")

REGISTRIES = (
    initializers.INITIALIZERS, networks.ACTIVATIONS, optimizers.OPTIMIZERS,
    schedules.SCHEDULES, surfaces.SURFACES,
)  # fmt: skip
PARAMETERS = [p for r in REGISTRIES for e in r.values() for p in e.parameters]
PIECES = (
    "1 0,5 1e-3 10⁻³ −2 nan inf 1e999 true [ ] { } ~ - . , 12x256 → 512 w1 w2 x y ^ ** ( ) | pi "
    "sin max + * / kaiming relu gain layers seed classes images match act_ \x00 \u0301 😀 ٣ ²"
)
WORDS = st.sampled_from(tuple(PIECES.split(" ")))
TEXT = st.one_of(st.text(max_size=40), st.lists(WORDS, max_size=12).map("".join))
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def values_of(parameter):
    """Every value that a parameter takes."""
    if parameter.choices and isinstance(parameter.default, tuple):
        return st.sets(st.sampled_from(parameter.choices)).map(
            lambda chosen: tuple(c for c in parameter.choices if c in chosen)
        )
    if parameter.choices:
        return st.sampled_from(parameter.choices)
    if isinstance(parameter.default, bool):
        return st.booleans()
    if isinstance(parameter.default, int):
        return st.integers(parameter.low, parameter.high)
    if isinstance(parameter.default, float):
        return st.floats(parameter.low, parameter.high, allow_nan=False, allow_infinity=False)
    return st.text(max_size=20)


def settings_of(entry):
    return st.fixed_dictionaries({p.name: values_of(p) for p in entry.parameters})


def taken(read, given_value, refusal: type[Exception] = SettingError):
    """What `read` makes of it, or None where it says what is wrong; any other error goes on."""
    try:
        return read(given_value)
    except refusal as problem:
        assert str(problem).strip()
        return None


# --- numbers and parameters ----------------------------------------------------------------------


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**300), 10**300))
def test_numbers_that_a_program_writes_are_read_back(value):
    assert reading.number(repr(value)) == value


@given(TEXT | PLAIN)
def test_what_is_no_number_is_refused(value):
    found = taken(reading.number, value)
    assert found is None or math.isfinite(found)


@given(st.data())
def test_a_parameter_reads_back_what_a_link_holds(data):
    parameter = data.draw(st.sampled_from(PARAMETERS))
    value = data.draw(values_of(parameter))
    assert parameter.check(value) == value
    text = value if isinstance(value, str) else repr(value)
    if isinstance(value, tuple):
        text = ",".join(value)
    assert parameter.check(text) == value


@given(st.sampled_from(PARAMETERS), TEXT | PLAIN)
def test_a_parameter_holds_its_type_and_range(parameter, value):
    found = taken(parameter.check, value)
    if found is not None:
        assert type(found) is type(parameter.default)
        assert parameter.check(found) == found


@given(st.lists(st.integers(1, 2048), max_size=64))
def test_hidden_sizes_are_read_back(sizes):
    assert networks.parse_sizes(", ".join(map(str, sizes))) == tuple(sizes)
    assert networks.parse_sizes(repr(sizes)) == tuple(sizes)


@given(TEXT)
def test_hidden_sizes_refuse_the_rest(text):
    found = taken(networks.parse_sizes, text)
    assert found is None or all(1 <= size <= 2048 for size in found)


@given(TEXT | PLAIN)
def test_an_activation_is_known_or_refused(name):
    taken(networks.make_activation, name)


# --- settings and links --------------------------------------------------------------------------


@given(st.data())
def test_initialization_settings_are_read_back_from_link_and_file(data):
    scheme = data.draw(st.sampled_from(list(initializers.INITIALIZERS)))
    activation = data.draw(st.sampled_from(list(networks.ACTIVATIONS)))
    held = Settings.make(
        scheme,
        data.draw(settings_of(initializers.INITIALIZERS[scheme])),
        activation,
        data.draw(settings_of(networks.ACTIVATIONS[activation])),
        hidden=data.draw(st.lists(st.integers(1, 300), max_size=5)),
        batch=data.draw(st.integers(1, 1024)),
        classes=data.draw(st.sets(st.integers(0, 9))),
        seed=data.draw(st.integers(0, 10_000)),
    )
    assert Settings.from_text(held.to_text()) == held
    assert Settings.from_json(held.to_json()) == held


@given(TEXT)
def test_initialization_settings_refuse_the_rest(text):
    taken(Settings.from_text, text)
    taken(Settings.from_json, text)


@given(st.dictionaries(st.sampled_from([*Settings().to_dict(), "other"]), PLAIN, max_size=3))
def test_initialization_settings_refuse_wrong_values(changes):
    taken(Settings.from_json, json.dumps({**Settings().to_dict(), **changes}))


@given(st.data())
def test_training_configurations_are_read_back(data):
    names = data.draw(
        st.lists(st.sampled_from(list(optimizers.OPTIMIZERS)), min_size=1, max_size=3)
    )
    racers = tuple(
        Racer(name, tuple(data.draw(settings_of(optimizers.OPTIMIZERS[name])).items()))
        for name in names
    )
    config = TrainConfig(racers=racers, epochs=data.draw(st.integers(1, 500)))
    text = json.dumps(config.as_dict())
    assert TrainConfig.from_json(text) == config
    assert TrainConfig.from_json(text).fingerprint() == config.fingerprint()


@given(st.dictionaries(st.sampled_from([*TrainConfig().as_dict(), "other"]), PLAIN, max_size=3))
def test_training_configurations_refuse_wrong_values(changes):
    taken(TrainConfig.from_json, json.dumps({**TrainConfig().as_dict(), **changes}))


@given(TEXT | st.binary(max_size=40))
def test_training_configurations_refuse_what_is_none(text):
    taken(TrainConfig.from_json, text)


# --- formulas ------------------------------------------------------------------------------------

FORMULA = st.recursive(
    st.sampled_from(["w1", "w2", *CONSTANTS]) | st.floats(0, 100).map("{:.6f}".format),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda a: f"-({a})"),
        inner.map(lambda a: f"({a})**2"),
        st.tuples(st.sampled_from(list(FUNCTIONS)), inner).map(lambda t: f"{t[0]}({t[1]})"),
        st.tuples(st.sampled_from(list(PAIRS)), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
    ),
    max_leaves=6,
)


@given(FORMULA)
def test_a_formulas_own_text_is_the_same_function(text):
    w1, w2 = torch.tensor([0.3, -1.2, 2.0]).double(), torch.tensor([-0.7, 0.4, 1.5]).double()
    first = taken(parse_formula, text)
    if first is not None:
        again = parse_formula(python_of(text))
        torch.testing.assert_close(again(w1, w2), first(w1, w2), equal_nan=True)


@given(TEXT)
def test_what_is_no_formula_is_refused(text):
    curve = taken(parse_formula, text)
    if curve is not None:
        assert curve(torch.ones(2), torch.zeros(2)).shape == (2,)


# --- uploads -------------------------------------------------------------------------------------

NAMES = st.sampled_from(["a.tar", "a.config", "a_results.json", "b.TAR", "a.zip", "x/a.tar", "a"])


def zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def saved(value) -> bytes:
    out = io.BytesIO()
    torch.save(value, out)
    return out.getvalue()


CONTENT = st.one_of(
    st.binary(max_size=60),
    PLAIN.map(lambda value: json.dumps(value).encode()),
    st.sampled_from([saved({}), saved({"layers.0.weight": torch.zeros(2, 3)}), saved([1]), b""]),
)
UPLOAD = st.dictionaries(NAMES, CONTENT | st.dictionaries(NAMES, CONTENT).map(zipped), max_size=3)


@given(UPLOAD)
def test_uploads_are_models_or_refused(files):
    taken(read_upload, files, CheckpointError)


def test_the_reader_of_this_file_notices_other_errors():
    """`taken` lets nothing pass but the one error."""
    with pytest.raises(ZeroDivisionError):
        taken(lambda value: 1 / value, 0)
    with pytest.raises(ValueError, match="plain"):
        taken(lambda value: (_ for _ in ()).throw(ValueError("plain")), 0)


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("kaiming-depht", "2-kaiming-depth"),
        ("KAIMING", "2-kaiming-depth"),
        ("paths", "3-paths"),
        ("xyz", ""),
        ("", ""),
        ("--", ""),
    ],
)
def test_the_nearest_name_is_alike_or_made_of_the_same_words(name, found):
    names = ["1-kaiming-histograms", "2-kaiming-depth", "3-paths"]
    assert reading.nearest(name, names) == found
