"""The built-in lecture: the tutorial's story, from a network that cannot learn to flat minima.

No title answers its own question, and nothing that is shown answers that of a later scene.
"""

from __future__ import annotations

from .scenes import Lecture, Scene

at = Scene.at

TUTORIAL = Lecture(
    "tutorial",
    "Initialization and optimization",
    (
        at(
            "/initialization?scheme=constant&activation=identity",
            "All weights equal",
            question="Every weight is 0.005. What do the gradients inside one layer look like?",
            notes="Needles: one value for all weights of a middle layer. Units that start equal "
            "stay equal, so the layer is one unit wide for ever. Ask what breaks the symmetry.",
            hides=True,
        ),
        at(
            "/initialization?scheme=constant_variance&activation=identity&figure=depth",
            "Random, σ = 0.01",
            question="Normal weights with σ = 0.01. How does the variance go from layer to layer?",
            notes="It falls about twentyfold in the first two layers: 784 × 10⁻⁴ is 0.08, then "
            "512 × 10⁻⁴. What is left at the end is the variance of the biases.",
            hides=True,
        ),
        at(
            "/initialization?scheme=constant_variance&constant_variance_std=0.1"
            "&activation=identity&figure=depth",
            "Random, σ = 0.1",
            question="Ten times the spread. Up or down, and how fast?",
            notes="Each layer multiplies the variance by fan-in × 0.01, between 8 and 1.3. Point "
            "at the axis: it counts in powers of ten.",
            hides=True,
        ),
        at(
            "/initialization?scheme=equal_variance&activation=identity&figure=depth",
            "The same variance in every layer",
            question="Weights of variance 1 / inputs: what do both ways through the network do?",
            notes="Var y = d Var w Var x for independent weights of mean 0. So Var w = 1/d. "
            "Forwards it is level; look at the gradients, which would like 1/d of the outputs.",
            hides=True,
        ),
        at(
            "/initialization?scheme=xavier&activation=identity&figure=depth",
            "Xavier, for both ways",
            question="Forwards wants the inputs, backwards the outputs: 2 / (both). Who pays?",
            notes="2 / (inputs + outputs), the harmonic mean of both wishes. The last layer has "
            "ten outputs and so stands out.",
            hides=True,
        ),
        at(
            "/initialization?scheme=xavier&activation=tanh",
            "With tanh",
            question="What does tanh do to values far from zero, and so to the histograms?",
            notes="It pulls them in; the variance settles near a quarter, and gradients keep "
            "their size. Hover a histogram to read a bin.",
            hides=True,
        ),
        at(
            "/initialization?scheme=xavier&layers=30+x+256&figure=depth",
            "With ReLU, thirty layers deep",
            question="ReLU sets half of the values to zero. What becomes of Xavier's signal?",
            notes="A half in each layer: 2⁻³⁰ is about 10⁻⁹. The dashed line is the theory.",
            hides=True,
        ),
        at(
            "/initialization?layers=30+x+256&figure=depth",
            "Kaiming, for ReLU",
            question="Twice the variance makes up for ReLU's half. What do thirty layers do then?",
            notes="σ² = 2/d keeps the signal on average. The band says how far single draws stray: "
            "at this width the product of thirty layers is a matter of luck, too.",
            hides=True,
        ),
        at(
            "/initialization?activation=tanh&part=Phase+map&figure=part",
            "A map of all spreads",
            question="Where on this map can a deep network be trained?",
            notes="Along the white line, where a small difference neither dies out nor grows. "
            "Click beside it to draw the weights there.",
            hides=True,
        ),
        at(
            "/training?run=recorded",
            "Three optimizers, one race",
            question="Same weights, same batches: who is ahead after 40 epochs?",
            notes="Hardly anybody: the test accuracies lie within a point. With a good start and "
            "tuned rates the optimizer matters less than its fame. The dips of SGD are real.",
            hides=True,
        ),
        at(
            "/loss_surfaces",
            "A ravine",
            question="Steep across, flat along. Which way does each optimizer take from its start?",
            notes="Let them draw all three paths before revealing. Then play it slowly: SGD is "
            "thrown from wall to wall, momentum averages that away, Adam scales it away.",
            hides=True,
        ),
        at(
            "/loss_surfaces?solid=true",
            "The ravine as a landscape",
            question="What would a marble do here, and which optimizer is the marble?",
            notes="Turn it with the mouse. Momentum is the marble, with friction 1 − β.",
        ),
        at(
            "/loss_surfaces?experiment=edge",
            "The edge of stability",
            question="Curvature 20, three rates, one a hair above 2/20. What does each loss do?",
            notes="Each step multiplies w by 1 − rate × 20: beyond 2/20 that is below −1. Watch "
            "the plot of rate times curvature at 2.",
            hides=True,
        ),
        at(
            "/loss_surfaces?experiment=steep",
            "Steep wells on a plain",
            question="Far away nothing happens, in the well everything at once. Who stays in?",
            notes="SGD creeps, touches the well and is thrown out. Momentum remembers the blow. "
            "Adam divides it away.",
            hides=True,
        ),
        at(
            "/loss_surfaces?view=Sharp+and+flat",
            "Sharp and flat minima",
            question="The test loss is the training loss, shifted. Which minimum pays more?",
            notes="Drag the dashed curve. The price is about half the curvature times the shift "
            "squared. Say the caution, too: rescaling weights changes sharpness, not the network.",
            hides=True,
        ),
    ),
)
BUILT_IN = {TUTORIAL.name: TUTORIAL}
"""Lectures that come with the program, by name."""
