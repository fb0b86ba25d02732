"""The derivations, with the numbers of the view that is on the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch

from initopt_core.initializers import INITIALIZERS
from initopt_core.networks import ACTIVATIONS, make_activation
from initopt_core.wording import count, latex, number

from . import theory
from .criteria import DEEPEST, phase
from .observation import Observation


@dataclass(frozen=True)
class Section:
    """One step: a heading and Markdown with LaTeX."""

    title: str
    text: str

    def __post_init__(self) -> None:
        # A formula on several lines of the source is one line for Markdown.
        pieces = self.text.split("$$")
        for i in range(1, len(pieces), 2):
            pieces[i] = "\n" + " ".join(pieces[i].split()) + "\n"
        object.__setattr__(self, "text", "$$".join(pieces))


def explain(seen: Observation, layer: int | None = None) -> list[Section]:
    """The steps for one Linear layer of `seen` (default: the second, which has a non-linearity in
    front of it)."""
    settings, probe = seen.settings, seen.probe
    index = min(1 if layer is None else layer, len(seen.names) - 1)
    name = seen.names[index]
    entry, activation = INITIALIZERS[settings.scheme], ACTIVATIONS[settings.activation]
    weights, out = probe.weights[index], probe.activations[index]
    d_x, d_y = weights.fan_in, weights.fan_out
    square = weights.variance + weights.mean**2
    before = probe.activations[index - 1] if index else None
    sections = [
        Section(
            "One unit adds up many small products",
            rf"""A unit of {name.lower()} computes $z_i = \sum_j w_{{ij}}\,x_j + b_i$ over
$d_x = {d_x}$ inputs. For independent $w$ and $x$,

$$\mathrm{{Var}}(w\,x) = \mathbb{{E}}[w^2]\,\mathbb{{E}}[x^2]
- \mathbb{{E}}[w]^2\,\mathbb{{E}}[x]^2,$$

and with $\mathbb{{E}}[w] = 0$ only $\mathrm{{Var}}(w)\,\mathbb{{E}}[x^2]$ is left: what counts of
the input is its mean *square*, not its variance. The $d_x$ products are uncorrelated, so their
variances add:

$$\mathrm{{Var}}(z) = d_x\,\mathrm{{Var}}(w)\,\mathbb{{E}}[x^2] + \mathrm{{Var}}(b).$$""",
        )
    ]
    x2 = _input_square(seen, index)
    biases = seen.bias_variance[index]
    predicted = d_x * square * x2 + biases
    sections.append(
        Section(
            f"Now with {name.lower()}'s numbers",
            rf"""$$\mathrm{{Var}}(z) \approx \underbrace{{{d_x}}}_{{d_x}} \cdot
\underbrace{{{latex(square)}}}_{{\mathbb{{E}}[w^2]}} \cdot
\underbrace{{{latex(x2)}}}_{{\mathbb{{E}}[x^2]}} + {latex(biases)}
= {latex(predicted)}, \qquad \text{{measured: }} {latex(out.variance)}.$$

"""
            + (
                "The weights are not random, so the products are not independent and the formula "
                "does not hold: the measured number shows by how much."
                if not entry.random
                else "The rest is chance: the layer has "
                f"{count(d_y)} units, and the mean over them is not exactly zero."
            ),
        )
    )
    sections.append(
        Section(
            "Forward asks for $1/d_x$, backward for $1/d_y$",
            rf"""For $\mathrm{{Var}}(z)$ to equal $\mathbb{{E}}[x^2]$ the weights need
$\mathrm{{Var}}(w) = 1/d_x = {latex(1 / d_x)}$. On the way back the same matrix is used transposed,
$\delta_x = W^\top \delta_z$, and each input collects from $d_y = {d_y}$ units, so errors keep
their size for $\mathrm{{Var}}(w) = 1/d_y = {latex(1 / d_y)}$. Both cannot hold unless
$d_x = d_y$; Glorot and Bengio (2010) took the harmonic mean of the two,

$$\mathrm{{Var}}(w) = \frac{{2}}{{d_x + d_y}} = {latex(2 / (d_x + d_y))}
\qquad \text{{here: }} \mathbb{{E}}[w^2] = {latex(square)}.$$""",
        )
    )
    share = theory.variance_gain(settings.activation, **dict(settings.activation_settings))
    usual = theory.gain(settings.activation, **dict(settings.activation_settings))
    kept = 1 / share**2
    relu = (
        r"ReLU sets the negative half of a symmetric $z$ to zero, so exactly half of the mean "
        r"square is left, $\mathbb{E}[\phi(z)^2] = \tfrac12\mathrm{Var}(z)$, and the weights need "
        r"twice the variance, $2/d_x$: He et al. (2015)."
        if settings.activation == "relu"
        else ""
    )
    before_text = (
        rf"Measured behind {seen.names[index - 1].lower()}: "
        rf"$\mathbb{{E}}[\phi(z)^2] = {latex(x2)}$ of "
        rf"$\mathbb{{E}}[z^2] = {latex(before.variance + before.mean**2)}$."
        if before is not None
        else ""
    )
    sections.append(
        Section(
            f"What {activation.label} leaves of it",
            rf"""$$ {activation.formula} $$

For $z \sim \mathcal{{N}}(0, 1)$ the mean square behind it is
$\mathbb{{E}}[\phi(z)^2] = {latex(kept)}$. {relu} To make up for it the standard deviation is
multiplied by a gain $g = 1/\sqrt{{{latex(kept)}}} = {latex(share)}$
{_convention(usual, share)}. {before_text}""",
        )
    )
    sections.append(
        Section(
            "Many layers: one number decides",
            _depth_text(seen),
        )
    )
    return sections


def _convention(usual: float, computed: float) -> str:
    if math.isclose(usual, computed, rel_tol=1e-4):
        return "(also PyTorch's `calculate_gain`, where it has one)"
    return f"(PyTorch's `calculate_gain` says {number(usual)} by convention)"


def _input_square(seen: Observation, index: int) -> float:
    """E[x^2] of a layer's input: pixels, or what the non-linearity made of the layer before."""
    if index == 0:
        return seen.input_square
    s = seen.probe.activations[index - 1]
    if not s.finite:
        return math.nan
    settings = seen.settings
    module = make_activation(settings.activation, **dict(settings.activation_settings))
    width = (s.edges[-1] - s.edges[0]) / len(s.fine)
    middles = s.edges[0] + width * (np.arange(len(s.fine)) + 0.5)
    values = module(torch.from_numpy(middles)).numpy()
    return float((values**2 * s.fine).sum() / s.fine.sum())


# --- over depth -----------------------------------------------------------------------------------

PHASES = {
    "ordered": "below 1, so errors die out with depth",
    "critical": f"so close to 1 that {DEEPEST} layers change errors by less than a factor e",
    "chaotic": "above 1, so errors grow with depth",
}


def _depth_text(seen: Observation) -> str:
    text = r"""Going back through one layer multiplies the mean squared error by

$$d_y\,\mathrm{Var}(w)\,\mathbb{E}[\phi'(z)^2]
= \frac{d_y}{d_x} \cdot \underbrace{d_x\,\mathrm{Var}(w)\,\mathbb{E}[\phi'(z)^2]}_{\chi}.$$

The first factor is the network's shape: in a layer that narrows, fewer units send errors back than
it has inputs. The second, $\chi$, depends on the weights' spread, $\sigma_w =
\sqrt{d_x}\,\mathrm{Std}(w)$, and on the activation.

"""
    p = seen.prediction
    if p is None:
        return text + (
            "Weights that are all equal have no such law: the units of a layer move together."
            if seen.probe.broken_at is None
            else "Where numbers overflow, nothing is left to multiply."
        )
    # The step from the ten logits is not like the others, so it is left out.
    steps = len(p.chi) - 2
    if steps < 1:
        return text + "With fewer than two hidden layers there is no depth to multiply over."
    sizes = seen.settings.sizes
    shape = sizes[steps + 1] / sizes[1]
    both = math.prod(p.chi[:steps])
    own = both / shape
    a_layer = own ** (1 / steps)
    return text + _depth_numbers(seen, steps, shape, a_layer, own, both) + _phase_text(seen)


def _depth_numbers(
    seen: Observation, steps: int, shape: float, a_layer: float, own: float, both: float
) -> str:
    sizes, names = seen.settings.sizes, seen.names
    times_over = f" a layer, ${latex(own)}$ over all {steps}" if steps > 1 else ""
    return rf"""From {names[steps].lower()} back to {names[0].lower()} the shape makes
${sizes[steps + 1]} / {sizes[1]} = {latex(shape)}$ of it, and $\chi$, with these layers' own
variances, is ${latex(a_layer)}${times_over}. Together that is ${latex(both)}$. A weight's gradient
is such an error times an input, so its variance follows both.

"""


def _phase_text(seen: Observation) -> str:
    """The phase, which belongs to scheme and activation alone: the phase map's answer."""
    found = _limits(seen)
    words = sorted({phase(chi) for chi in found})
    low, high = latex(min(found)), latex(max(found))
    value = rf"$\chi_1 = {low}$" if low == high else rf"$\chi_1$ is ${low}$ to ${high}$"
    said = f"**{words[0]}**, {PHASES[words[0]]}" if len(words) == 1 else (
        f"the layers differ, **{'** and **'.join(words)}**"
    )  # fmt: skip
    return (
        f"In wide layers, once the variance has settled, {value}: {said} (the phase map; Poole et "
        "al. 2016; Schoenholz et al. 2017)."
    )


def _limits(seen: Observation) -> list[float]:
    """chi_1 of every hidden layer that follows another, were all layers like it."""
    settings = seen.settings
    module = make_activation(settings.activation, **dict(settings.activation_settings))
    places = set(zip(seen.sigma_w[1:-1], seen.sigma_b[1:-1], seen.bias[1:-1], strict=True))
    return [theory.fixed_point(module, *place)[1] for place in sorted(places)]
