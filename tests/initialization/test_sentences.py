"""Every sentence of the initialization laboratory, read back and held to the network itself.

The numbers are computed anew here, by torch on the drawn network in float64; what the words mean
is written anew, too, so that neither can drift.
"""

import functools
import itertools
import math
import re
from typing import ClassVar

import numpy as np
import pytest
import torch
from scipy import integrate
from torch import nn
from torch.nn import functional

from initopt_core import data
from initopt_core.initialization import Settings, observe
from initopt_core.initialization.criteria import Course, phase
from initopt_core.initialization.explain import explain
from initopt_core.initialization.findings import finding
from initopt_core.initialization.observation import batch, build
from initopt_core.initialization.presets import PRESETS
from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import make_activation
from initopt_core.wording import number

RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
NUMBER = r"([−\d.,]+\d(?:·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?|\d|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+|\d·10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
LAYERS = r"layers? (\d+(?: to \d+|(?:, \d+)* and \d+)?)"


def read(text):
    """The number that a person reads."""
    text = text.replace(",", "").replace("−", "-")
    mantissa, _, exponent = text.rpartition("10") if "10" in text and "·" in text else ("", "", "")
    if "·" in text:
        return float(mantissa.rstrip("·")) * 10.0 ** int(exponent.translate(RAISED))
    if re.fullmatch(r"10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", text):
        return 10.0 ** int(text[2:].translate(RAISED))
    return float(text)


def layers_of(text):
    """Indices into the Linear layers."""
    if " to " in text:
        first, last = map(int, text.split(" to "))
        return list(range(first // 2, last // 2 + 1))
    return [int(n) // 2 for n in re.findall(r"\d+", text)]


@pytest.mark.parametrize("value", [0.0153, 12345.6, 1e-7, 2.5e-9, 10.0, 4.0, 0.1, 3e22])
def test_what_is_written_can_be_read_back(value):
    assert re.fullmatch(NUMBER, number(value))
    assert read(number(value)) == pytest.approx(value, rel=5e-3)


# --- the network itself --------------------------------------------------------------------------


class Truth:
    """Variances, slopes and gradients of a drawn network, by torch in float64."""

    def __init__(self, settings, dataset):
        images, labels = batch(dataset, settings.batch, settings.classes)
        self.settings, self.images, self.labels = settings, images.double(), labels
        self.model = build(settings, images).double()
        z, x = [], self.images
        for layer in self.model.layers:
            x = layer(x)
            if isinstance(layer, nn.Linear):
                x.retain_grad()
                z.append(x)
        functional.cross_entropy(x, labels).backward()
        linears = self.model.linears()
        self.activations = [float(v.detach().var(correction=0)) for v in z]
        self.gradients = [float(m.weight.grad.var(correction=0)) for m in linears]
        self.grads = [m.weight.grad for m in linears]
        self.biases = [float(m.bias.detach().var(correction=0)) for m in linears]
        self.errors = [float(v.grad.square().mean()) for v in z]
        self.z = [v.detach() for v in z]
        values = dict(settings.activation_settings)
        self.slopes = [self.slope(make_activation(settings.activation, **values), v) for v in z]
        self.steepest = steepest(settings.activation, settings.activation_settings)

    @staticmethod
    def slope(activation, z):
        z = z.detach().clone().requires_grad_()
        return torch.autograd.grad(activation(z).sum(), z)[0].abs()


@functools.cache
def steepest(activation, settings):
    module = make_activation(activation, **dict(settings))
    return float(Truth.slope(module, torch.linspace(-40, 40, 80_001, dtype=torch.float64)).max())


@pytest.fixture(scope="module")
def dataset():
    return data.load_sample()


@pytest.fixture(scope="module")
def looked(dataset):
    made = {}

    def get(**settings):
        asked = Settings.make(**settings)
        if asked not in made:
            made[asked] = observe(asked, dataset), Truth(asked, dataset)
        return made[asked]

    return get


# --- what the words mean, once more --------------------------------------------------------------


def word_of(quantity, values):
    span, ends = max(values) / min(values), values[-1] / values[0]
    far = max(ends, 1 / ends)
    if span <= (4 if quantity == "Activations" else 9):
        return "level"
    if math.log(far) < 0.8 * math.log(span):
        return "vary"
    if far >= 100 or (far >= 30 and far ** (1 / (len(values) - 1)) >= 2):
        return "vanish" if ends < 1 else "explode"
    return "shrink" if ends < 1 else "grow"


def close(text, value):
    """Three digits."""
    return read(text) == pytest.approx(value, rel=6e-3)


class Checker:
    """Takes one sentence after the other off a text, and fails where one is not so."""

    def __init__(self, truth):
        self.truth, self.said = truth, []
        depth = len(truth.activations) - 1
        self.values = {
            "Activations": truth.activations[:depth],
            "Gradients": truth.gradients[:depth][::-1],
        }

    def level(self, what, first, last, back, within):
        values = self.values[what]
        assert word_of(what, values) == "level"
        assert close(first, values[0]) and close(last, values[-1])
        assert close(within or "1", max(values) / min(values))
        assert bool(back) == (what == "Gradients")

    def moves(self, what, word, first, last, back, far, less, a_layer):
        values = self.values[what]
        ends = values[-1] / values[0]
        assert word_of(what, values) == word
        assert close(first, values[0]) and close(last, values[-1])
        assert close(far, max(ends, 1 / ends)) and (less == "less") == (ends < 1)
        # Whoever divides the two numbers that are printed beside it finds the same.
        printed = read(last) / read(first)
        assert read(far) == pytest.approx(max(printed, 1 / printed), rel=0.02)
        if a_layer:
            steps = [max(b / a, a / b) for a, b in itertools.pairwise(values)]
            assert len({b > a for a, b in itertools.pairwise(values)}) == 1 or read(a_layer) < 1.25
            assert all(s <= 1.26 * read(a_layer) for s in steps)
            assert all(s >= read(a_layer) / 1.26 for s in steps)
        assert bool(back) == (what == "Gradients")

    def varies(self, what, low, least, far, high, most):
        values = self.values[what][:: 1 if what == "Activations" else -1]
        assert word_of(what, self.values[what]) == "vary"
        assert close(low, values[int(least) // 2]) and close(high, values[int(most) // 2])
        assert close(low, min(values)) and close(far, max(values) / min(values))

    def constant(self, what, layers):
        values = self.values[what][:: 1 if what == "Activations" else -1]
        assert [i for i, v in enumerate(values) if v < 1e-30] == layers_of(layers)

    def biases(self, since, own):
        shares = [b / a for b, a in zip(self.truth.biases, self.truth.activations, strict=True)]
        first = int(since) // 2
        assert all(s > 0.5 for s in shares[first:-1]) and (first == 0 or shares[first - 1] <= 0.5)
        if own:  # the scheme's, from which a draw differs
            drawn = self.truth.model.linears()[first].bias.numel()
            assert read(own) == pytest.approx(self.truth.biases[first], rel=5 * (2 / drawn) ** 0.5)

    def dead(self, share, layer):
        flat = self.truth.slopes[int(layer) // 2] < 0.001 * self.truth.steepest
        assert flat.all(0).double().mean() == pytest.approx(read(share) / 100, rel=6e-3)
        assert read(share) >= 20

    def saturated(self, share, layer):
        flat = self.truth.slopes[int(layer) // 2] < 0.05 * self.truth.steepest
        assert flat.double().mean() == pytest.approx(read(share) / 100, rel=0.01)
        assert read(share) >= 20

    def unreached(self, layers):
        zero = [i for i, g in enumerate(self.truth.grads) if float(g.abs().max()) < 1e-37]
        assert zero == layers_of(layers)

    def copies(self):
        for grad in self.truth.grads[:-1]:
            assert torch.allclose(grad, grad[:1].expand_as(grad), rtol=1e-6, atol=1e-18)

    def one_number(self, layers):
        # The errors of all classes sum to 0, up to rounding.
        alike = [float(g.std()) < max(1e-5 * float(g.abs().max()), 1e-12) for g in self.truth.grads]
        assert all(alike[i] for i in layers_of(layers))

    def nothing_moves(self):
        assert all(float(g.abs().max()) == 0 for g in self.truth.grads)

    def no_image(self, layers):
        for z in self.truth.z:
            assert torch.equal(z, z[:1].expand_as(z))
        self.unreached(layers)

    def shallow(self, layers, variance, loss):
        hidden = self.truth.settings.hidden
        assert len(hidden) == {"no hidden layer": 0, "one hidden layer": 1}[layers]
        assert close(variance, self.truth.activations[-1])
        got = functional.cross_entropy(self.truth.z[-1], self.truth.labels)
        assert close(loss, float(got))

    def harmless(self):
        grad = self.truth.grads[0]
        assert not self.truth.settings.hidden and not torch.allclose(grad[0], grad[1])

    SENTENCES: ClassVar = {
        r"(Gradients|Activations) stay level over the hidden layers: "
        rf"variance {NUMBER} → {NUMBER}( on their way back)?, "
        rf"(?:within {NUMBER}×|alike to three digits)\.": level,
        rf"(Gradients|Activations) (vanish|explode|shrink|grow): variance {NUMBER} → {NUMBER}"
        rf"( on their way back)?, {NUMBER}× (less|more)(?:, {NUMBER}× a layer)?\.": moves,
        rf"(Gradients|Activations) vary, up and down over the layers: variance {NUMBER} in layer "
        rf"(\d+), {NUMBER}× as much, {NUMBER}, in layer (\d+)\.": varies,
        rf"(Gradients|Activations) are one constant in {LAYERS}\.": constant,
        rf"(?:From|In) layer (\d+)(?: on)?, most of the variance is the biases' own"
        rf"(?: \(Var\(b\) = {NUMBER}\))?\.": biases,
        rf"{NUMBER} % of layer (\d+)'s units are dead for every image\.": dead,
        rf"(?:> )?{NUMBER} % of layer (\d+)'s values are saturated\.": saturated,
        rf"No gradient reaches {LAYERS}: each is exactly 0 there, so no step of any size moves "
        r"these weights\.": unreached,
        r"All units of a hidden layer are copies of each other: equal weights get equal gradients "
        r"and stay equal, as if each hidden layer had one unit\.": copies,
        rf"In {LAYERS} a single number is the gradient of all weights\.": one_number,
        r"Nothing moves: every weight's gradient is zero, so no step of any size changes the "
        r"weights\.": nothing_moves,
        r"No image gets through: with weights of zero each unit says its bias, whatever it is "
        rf"shown, and no gradient reaches {LAYERS}\.": no_image,
        r"With (no hidden layer|one hidden layer) there is no depth for a signal to get lost in\. "
        rf"The logits have variance {NUMBER}, the loss is {NUMBER}\.": shallow,
        r"Equal weights do no harm here: without a hidden layer, the ten units get gradients of "
        r"their own and part at the first step\.": harmless,
    }

    def check(self, text):
        """All of `text` must be sentences that are known, and so."""
        rest = text.replace("**", "")
        while rest:
            for pattern, test in self.SENTENCES.items():
                if found := re.match(pattern + r"\s*", rest):
                    self.said.append(test.__name__)
                    test(self, *found.groups())
                    rest = rest[found.end() :]
                    break
            else:
                pytest.fail(f"nothing checks this: {rest}")
        return self.said


def grid():
    schemes = [
        ("kaiming", {}), ("kaiming", {"gain": 1.0}), ("kaiming", {"gain": 2.2}),
        ("kaiming", {"mode": "fan_out"}), ("kaiming", {"bias_std": 1.0}), ("xavier", {}),
        ("xavier", {"gain": 1.7}), ("equal_variance", {}), ("pytorch", {}), ("orthogonal", {}),
        ("lsuv", {}), ("constant_variance", {"std": 0.01}), ("constant_variance", {"std": 0.2}),
        ("zeros", {}), ("zeros", {"bias_std": 0.3}), ("constant", {}), ("constant", {"fill": -1.0}),
    ]  # fmt: skip
    shapes = ("", "40", "90, 30", "120, 60, 60, 30", "14 x 40", "40, 6, 80")
    activations = ("identity", "tanh", "relu", "sigmoid", "gelu")
    pairs = enumerate(itertools.product(schemes, shapes))
    cases = [(*pair, activations[(i + k) % 5]) for i, pair in pairs for k in (0, 2)]
    return [
        dict(scheme=s, scheme_settings=v, hidden=h, activation=a, seed=i, batch=96)
        for i, ((s, v), h, a) in enumerate(cases)
    ]


KINDS = {
    "level": {"good"}, "vanish": {"vanishing"}, "explode": {"exploding"},
    "shrink": {"drifting"}, "grow": {"drifting"}, "vary": {"drifting"},
}  # fmt: skip


def test_every_sentence_holds_over_a_grid(looked):
    said = {}
    for settings in grid():
        seen, truth = looked(**settings)
        if not all(map(math.isfinite, truth.activations + truth.gradients)):
            continue
        found = finding(seen)
        if found.kind == "broken":
            continue
        try:
            for name in Checker(truth).check(found.text):
                said[name] = said.get(name, 0) + 1
        except (AssertionError, pytest.fail.Exception) as problem:
            raise AssertionError(f"{settings}: {found.text}") from problem
        told = re.match(r"\*\*(Gradients|Activations) (?:stay )?(\w+):", found.text)
        if told and found.kind not in ("dead", "saturated"):
            assert found.kind in KINDS[told[2]], found
        if found.kind in ("dead", "saturated"):  # the sign before it is that of its headline
            assert found.kind in found.text.split("**")[1], found
        if found.fix is not None:
            # Another scheme is named; of the one that is chosen already, what has to change.
            label = f"**{INITIALIZERS[found.fix.scheme].label}"
            already = found.fix.scheme == seen.settings.scheme
            assert (label in found.remedy) != already, (settings, found.remedy)
            assert ("instead of" in found.remedy) >= already, (settings, found.remedy)
            assert found.fix != seen.settings
    # The grid says everything that can be said, most of it often.
    assert set(said) >= {
        "level", "moves", "varies", "biases", "dead", "saturated", "copies", "one_number",
        "nothing_moves", "no_image", "shallow", "harmless",
    }, said  # fmt: skip


@pytest.mark.parametrize("name", PRESETS)
@pytest.mark.parametrize("seed", [42, 7, 300])
def test_sentences_hold_on_the_tutorials_experiments(looked, name, seed):
    settings = PRESETS[name].settings.replace(seed=seed).to_dict()
    seen, truth = looked(**settings)
    Checker(truth).check(finding(seen).text)


@pytest.mark.parametrize(
    ("quantity", "values", "word"),
    [
        ("activations", (1.48, 0.7, 0.1, 0.0153), "vanish"),  # once "keep their size"
        ("activations", (1.2, 0.55, 0.28, 0.232), "shrink"),
        ("activations", (76.0, 40.0, 16.0, 8.1), "shrink"),
        ("activations", (1.03, 1.2, 0.9, 1.14), "level"),
        ("gradients", (1.09e-4, 4.7e-5, 3.8e-5, 3.41e-5), "level"),
        ("gradients", (1.0, 0.2, 0.12, 1 / 10.9), "shrink"),  # 3.3 in size, once "level"
        ("gradients", (1.0, 0.2, 0.12, 1 / 12.3), "shrink"),  # 3.5 in size, once "slower"
        ("activations", (1.0, 50.0, 1.1), "vary"),
        ("activations", (1.0, 6.0, 40.0), "explode"),
        ("gradients", (1e-300, 1e10), "explode"),
    ],
)
def test_words(quantity, values, word):
    assert Course(quantity, values).word == word


def test_a_small_step_never_turns_a_word_into_its_opposite():
    """Between level and vanish lies shrink, for every depth."""
    order = ("level", "shrink", "vanish")
    for steps, quantity in itertools.product((1, 2, 3, 8, 40), ("activations", "gradients")):
        words = []
        for total in np.geomspace(1, 1000, 400):
            values = tuple(float(total ** (-i / steps)) for i in range(steps + 1))
            words.append(order.index(Course(quantity, values).word))
        assert words == sorted(words) and set(words) == {0, 1, 2}


def test_the_biases_are_named_where_they_are_all_that_is_left(looked):
    small = PRESETS["small-variance"].settings.to_dict()
    seen, truth = looked(**small)
    assert (
        "In layer 6, most of the variance is the biases' own (Var(b) = 10⁻⁴)." in finding(seen).text
    )
    assert truth.biases[3] > 0.8 * truth.activations[3]
    deep, _ = looked(scheme="pytorch", hidden="30 x 128", batch=96)
    text = finding(deep).text
    assert "the biases' own (Var(b) = 0.0026)." in text
    assert "a layer" not in text.partition("Activations")[2]  # once "fade 1.12x a layer"


@pytest.mark.parametrize(
    ("settings", "back"),
    [
        ({"scheme": "constant_variance", "scheme_settings": {"std": 10.0}, "hidden": "30 x 256"},
         False),
        ({"scheme": "constant_variance", "scheme_settings": {"std": 4.0}, "hidden": "24 x 256"},
         False),
        ({"scheme": "constant_variance", "scheme_settings": {"std": 10.0}, "hidden": "19 x 256",
          "activation": "identity"}, True),
    ],
)  # fmt: skip
def test_overflow_is_told_as_it_is(dataset, settings, back):
    seen = observe(Settings.make(batch=32, **settings), dataset)
    text = finding(seen).text
    if back and seen.probe.broken_at is None:
        pytest.skip("nothing overflows on this machine")
    found = re.search(
        r"First in (the gradient of )?layer (\d+): ([\d,]+) of ([\d,]+) values are (.*?), so "
        r"(no layer|layers? [\d, toand]+) gets? (a|no) usable gradient\.", text,
    )  # fmt: skip
    assert found, text
    lists = seen.probe.gradients if found[1] else seen.probe.activations
    stats = lists[int(found[2]) // 2]
    assert int(found[3].replace(",", "")) == stats.size - stats.finite
    assert int(found[4].replace(",", "")) == stats.size
    before = lists[: int(found[2]) // 2] if not found[1] else lists[int(found[2]) // 2 + 1 :]
    assert all(s.finite == s.size for s in before)
    assert ("infinite" in found[5]) == (stats.infinities > 0)
    assert ("not a number" in found[5]) == (stats.nans > 0)
    lost = [i for i, s in enumerate(seen.probe.gradients) if s.finite < s.size]
    if found[6] == "no layer":
        assert len(lost) == len(seen.probe.gradients)
    else:
        assert lost == layers_of(found[6].split(" ", 1)[1])


# --- one question, one answer --------------------------------------------------------------------


def depth_section(seen):
    return explain(seen)[-1].text


def unlatex(text):
    text = text.replace("{,}", "")
    if "10^" in text:
        mantissa, _, exponent = text.partition("10^")
        return float(mantissa.replace(r" \cdot ", "") or 1) * 10.0 ** int(exponent.strip("{}"))
    return float(text)


def test_the_default_setting_has_one_answer(looked):
    seen, _ = looked()
    assert finding(seen).kind == "good"
    text = depth_section(seen)
    assert "**critical**" in text and "ordered" not in text
    assert r"$128 / 512 = 0.25$" in text and r"$\chi_1 = 1$" in text


@pytest.mark.parametrize(
    ("gain", "activation", "chi"),
    [
        (1.0, "relu", 0.5),
        (math.sqrt(2), "relu", 1.0),
        (1.6, "relu", 1.28),
        (0.9, "identity", 0.81),
        (1.0, "identity", 1.0),
        (1.1, "identity", 1.21),
        (2.0, "tanh", None),
        (0.7, "tanh", 0.49),
    ],
)
def test_the_phase_is_that_of_the_limit(looked, gain, activation, chi):
    """Whatever the network's shape; chi_1 in closed form, for tanh by quadrature."""
    if chi is None:

        def mean(f, q):
            return integrate.quad(
                lambda x: f(math.sqrt(q) * x) * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
                -12, 12, limit=200,
            )[0]  # fmt: skip

        q = 1.0
        for _ in range(200):
            q = gain**2 * mean(lambda z: math.tanh(z) ** 2, q)
        chi = gain**2 * mean(lambda z: (1 - math.tanh(z) ** 2) ** 2, q)
    right = "critical" if abs(math.log(chi)) < 1 / 64 else "ordered" if chi < 1 else "chaotic"
    assert phase(chi) == right
    for hidden in ("64, 64, 64", "128, 64, 32", "32, 64, 128"):
        seen, _ = looked(
            scheme="equal_variance", scheme_settings={"gain": gain}, activation=activation,
            hidden=hidden, batch=96,
        )  # fmt: skip
        text = depth_section(seen)
        assert f"**{right}**" in text, text
        assert unlatex(re.search(r"\\chi_1 = ([^$]+)\$", text)[1]) == pytest.approx(chi, rel=0.01)


@pytest.mark.parametrize(
    ("scheme", "activation"), [("kaiming", "relu"), ("xavier", "tanh"), ("xavier", "identity")]
)
@pytest.mark.parametrize("hidden", ["300, 150, 75", "75, 150, 300"])
def test_shape_and_chi_make_the_errors_that_are_measured(dataset, scheme, activation, hidden):
    """What "together" says, against the mean squared errors of 12 drawn networks."""
    said, measured = [], []
    for seed in range(12):
        settings = Settings.make(
            scheme, activation=activation, hidden=hidden, batch=64, seed=seed
        )  # fmt: skip
        text = depth_section(observe(settings, dataset))
        shape = re.search(r"\$(\d+) / (\d+) = ([^$]+)\$", text)
        assert unlatex(shape[3]) == pytest.approx(int(shape[1]) / int(shape[2]), rel=6e-3)
        whole = unlatex(re.search(r"over all \d+. Together that is \$([^$]+)\$", text)[1])
        own = unlatex(re.search(r"a layer, \$([^$]+)\$ over all", text)[1])
        assert whole == pytest.approx(unlatex(shape[3]) * own, rel=0.02)
        said.append(whole)
        errors = Truth(settings, dataset).errors
        measured.append(errors[0] / errors[len(errors) - 2])
    spread = np.std(measured, ddof=1) / math.sqrt(len(measured))
    assert np.mean(measured) == pytest.approx(np.mean(said), rel=0.08, abs=4 * spread)


@pytest.mark.parametrize(
    ("scheme", "activation"),
    [("kaiming", "relu"), ("xavier", "tanh"), ("pytorch", "gelu"), ("orthogonal", "relu")],
)
def test_the_formula_gives_the_variance_that_is_measured(dataset, scheme, activation):
    """Explain's second step, over 10 draws: what is left is chance."""
    off = []
    for seed in range(10):
        settings = Settings.make(
            scheme, activation=activation, hidden="200, 150, 100", batch=128, seed=seed
        )
        seen, row = observe(settings, dataset), []
        for layer in (0, 1, 2):
            text = explain(seen, layer)[1].text
            found = re.search(r"= ([^=]+?), \\qquad \\text\{measured: \} ([^$]+?)\.\s*\$\$", text)
            row.append(math.log(unlatex(found[2]) / unlatex(found[1])))
        off.append(row)
    spread = np.std(off, axis=0, ddof=1) / math.sqrt(len(off))
    assert (np.abs(np.mean(off, axis=0)) < 4 * spread + 0.02).all(), off


def test_lessons_agree_with_the_printed_numbers():
    small = PRESETS["small-variance"]
    first = [a / b for a, b in itertools.pairwise(small.activations)]
    assert "nearly twentyfold from layer 0 to 2 and from 2 to 4" in small.lesson
    assert all(17 < f < 20 for f in first[:2]) and all(f < 2 for f in first[2:])
    assert all(1e-4 / v > 0.5 for v in small.activations[3:])
    tanh = PRESETS["xavier-tanh"]
    assert "settles near a quarter" in tanh.lesson
    assert all(abs(v - 0.25) < 0.05 for v in tanh.activations[2:])
    large = PRESETS["large-variance"]
    assert list(large.activations) == sorted(large.activations) and "grows" in large.lesson
