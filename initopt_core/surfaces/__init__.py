"""Functions of two weights, the registry of them, their derivatives, and typed formulas."""

from .calculus import Point, critical_points, gradient, hessian
from .catalogue import SURFACES, SurfaceEntry, unbounded
from .formula import parse_formula, python_of
from .functions import (
    ackley,
    beale,
    himmelblau,
    monkey_saddle,
    pathological_curve_loss,
    plateau,
    quadratic_bowl,
    rastrigin,
    rosenbrock,
    saddle,
    steep_optima_loss,
    styblinski_tang,
)
from .surface import FORMULA, Surface

__all__ = [
    "FORMULA",
    "SURFACES",
    "Point",
    "Surface",
    "SurfaceEntry",
    "ackley",
    "beale",
    "critical_points",
    "gradient",
    "hessian",
    "himmelblau",
    "monkey_saddle",
    "parse_formula",
    "pathological_curve_loss",
    "plateau",
    "python_of",
    "quadratic_bowl",
    "rastrigin",
    "rosenbrock",
    "saddle",
    "steep_optima_loss",
    "styblinski_tang",
    "unbounded",
]
