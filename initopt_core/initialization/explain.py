"""The derivations, with the numbers of the view that is on the screen."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .. import theory
from ..initializers import INITIALIZERS
from ..networks import ACTIVATIONS
from .findings import number
from .view import View


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


def latex(value: float) -> str:
    """A number inside a formula: 1.2 x 10^{-5}."""
    text = number(value)
    if "e" in text:
        mantissa, exponent = text.split("e")
        return rf"{mantissa} \cdot 10^{{{int(exponent)}}}"
    return text.replace("∞", r"\infty").replace("–", r"\text{?}")


def explain(view: View, layer: int | None = None) -> list[Section]:
    """The steps for one Linear layer of `view` (default: the second, which has a non-linearity in
    front of it)."""
    settings, probe = view.settings, view.probe
    index = min(1 if layer is None else layer, len(view.names) - 1)
    name = view.names[index]
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
    x2 = _input_square(view, index)
    predicted = d_x * square * x2 + view.sigma_b[index] ** 2
    sections.append(
        Section(
            f"Now with {name.lower()}'s numbers",
            rf"""$$\mathrm{{Var}}(z) \approx \underbrace{{{d_x}}}_{{d_x}} \cdot
\underbrace{{{latex(square)}}}_{{\mathbb{{E}}[w^2]}} \cdot
\underbrace{{{latex(x2)}}}_{{\mathbb{{E}}[x^2]}} + {latex(view.sigma_b[index] ** 2)}
= {latex(predicted)}, \qquad \text{{measured: }} {latex(out.variance)}.$$

"""
            + (
                "The weights are not random, so the products are not independent and the formula "
                "does not hold: the measured number shows by how much."
                if not entry.extra.get("random", True)
                else "The rest is chance: the layer has only "
                f"{d_y} units, and the mean over them is not exactly zero."
            ),
        )
    )
    sections.append(
        Section(
            "Forward asks for 1 / d_x, backward for 1 / d_y",
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
        rf"Measured behind {view.names[index - 1].lower()}: "
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
            _depth_text(view),
        )
    )
    return sections


def _convention(usual: float, computed: float) -> str:
    if math.isclose(usual, computed, rel_tol=1e-4):
        return "(also PyTorch's `calculate_gain`, where it has one)"
    return f"(PyTorch's `calculate_gain` says {number(usual)} by convention)"


def _input_square(view: View, index: int) -> float:
    """E[x^2] of a layer's input: pixels, or what the non-linearity made of the layer before."""
    if index == 0:
        p = view.prediction
        scale = view.sigma_w[0] ** 2
        if p is not None and scale > 0:
            return (p.variance[0] - view.sigma_b[0] ** 2) / scale
        return 1.0
    settings = view.settings
    from ..networks import make_activation

    s = view.probe.activations[index - 1]
    if not s.finite:
        return math.nan
    import torch

    module = make_activation(settings.activation, **dict(settings.activation_settings))
    middles = (s.edges[0] + (s.edges[-1] - s.edges[0]) * (_middles(len(s.fine)))).tolist()
    values = module(torch.tensor(middles, dtype=torch.float64))
    counts = torch.from_numpy(s.fine).double()
    return float((values**2 * counts).sum() / counts.sum())


def _middles(count: int):
    import numpy as np

    return (np.arange(count) + 0.5) / count


def _depth_text(view: View) -> str:
    settings = view.settings
    p = view.prediction
    text = r"""Going back through one layer multiplies the mean squared error by

$$\chi = d_y\,\mathrm{Var}(w)\,\mathbb{E}[\phi'(z)^2].$$

"""
    # The step from the ten logits is not like the others, so it is left out.
    hidden = [c for c in p.chi[:-2] if c == c] if p is not None else []
    if p is not None and not hidden:
        return text + "With fewer than two hidden layers there is no depth to multiply over."
    if not hidden:
        return text + (
            "Weights that are all equal have no such law: the units of a layer move together."
        )
    mean = math.exp(sum(math.log(max(c, 1e-300)) for c in hidden) / len(hidden))
    steps = len(hidden)
    if mean < 0.9:
        word = "below 1, so errors die out: the *ordered* phase"
    elif mean > 1.1:
        word = "above 1, so errors grow: the *chaotic* phase"
    else:
        word = "close to 1: the *critical* line, where depth does no harm"
    total = mean**steps
    return (
        text
        + rf"""Here it is ${latex(mean)}$ a layer (geometric mean over {steps}), {word}. Over all of
them that makes ${latex(mean)}^{{{steps}}} = {latex(total)}$; the gradients' standard deviation
changes by its root, ${latex(math.sqrt(total))}$. The phase map shows where
{ACTIVATIONS[settings.activation].label} has $\chi = 1$ (Poole et al. 2016; Schoenholz et al.
2017)."""
    )
