"""Registries: entries with unique names, complete descriptions, and settings that are checked."""

import math

import pytest

from initopt_core import initializers, networks, optimizers, schedules, surfaces
from initopt_core.registry import Entry, Parameter, Registry, SettingError

ALL = [
    initializers.INITIALIZERS,
    networks.ACTIVATIONS,
    optimizers.OPTIMIZERS,
    surfaces.SURFACES,
    schedules.SCHEDULES,
]
ENTRIES = [pytest.param(entry, id=f"{r.what}-{entry.name}") for r in ALL for entry in r.values()]


@pytest.mark.parametrize("entry", ENTRIES)
def test_entry_is_complete_and_its_defaults_are_valid(entry):
    assert entry.label and entry.help and callable(entry.call)
    assert entry.settings() == {p.name: p.default for p in entry.parameters}
    for parameter in entry.parameters:
        assert parameter.label
        if parameter.scale == "log":
            assert parameter.low >= 0 and parameter.high > 0


@pytest.mark.parametrize("entry", ENTRIES)
def test_unknown_settings_are_refused(entry):
    with pytest.raises(SettingError, match="no setting 'nonsense'"):
        entry.settings({"nonsense": 1})


NUMBER = Parameter("std", "Deviation", 0.5, 0.0, 2.0)
COUNT = Parameter("n", "Count", 3, 1, 9)
CHOICE = Parameter("mode", "Mode", "a", choices=("a", "b"))
SWITCH = Parameter("on", "Switch", True)
SEVERAL = Parameter("some", "Some", (), choices=("a", "b", "c"))


@pytest.mark.parametrize(
    ("parameter", "given", "kept"),
    [
        (NUMBER, "1.5", 1.5),
        (NUMBER, 1, 1.0),
        (COUNT, "7", 7),
        (COUNT, 2.0, 2),
        (CHOICE, "b", "b"),
        (SWITCH, "false", False),
        (SWITCH, "True", True),
        (SEVERAL, "c, a", ("a", "c")),
        (SEVERAL, ["b", "b"], ("b",)),
        (SEVERAL, "", ()),
    ],
)
def test_values_become_the_parameters_type(parameter, given, kept):
    value = parameter.check(given)
    assert value == kept and type(value) is type(parameter.default)


@pytest.mark.parametrize(
    ("parameter", "given"),
    [(NUMBER, x) for x in ("abc", None, math.nan, math.inf, -1, 2.1)]
    + [(COUNT, x) for x in (2.5, "x", 0, 10, math.inf)]
    + [(CHOICE, "c"), (SEVERAL, "a,d"), (SEVERAL, ["d"])],
)
def test_unusable_values_say_what_is_wrong(parameter, given):
    with pytest.raises(SettingError, match=parameter.label):
        parameter.check(given)


def test_a_name_is_taken_once():
    registry = Registry("thing", [Entry("a", "A", abs)])
    with pytest.raises(ValueError, match="twice"):
        registry.add(Entry("a", "A", abs))


def test_an_unknown_name_lists_the_known():
    with pytest.raises(SettingError, match="choose one of a"):
        Registry("thing", [Entry("a", "A", abs)])["b"]
