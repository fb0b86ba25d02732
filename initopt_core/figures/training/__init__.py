"""Figures of the training laboratory."""

from .accuracy import CHECK_POINTS, RUNNING_POINTS, accuracy_figure, accuracy_span
from .distributions import evolution_figure, histogram_figure, rebin
from .layers import layers_figure
from .lines import (
    AXES,
    POINTS,
    Line,
    binned,
    curve_room,
    end_of,
    lines,
    panel_room,
    position,
    smooth,
)
from .loss import loss_figure
from .mistakes import mistakes_figure
from .results import CONFUSION_ROOM, classes_figure, confusion_figure
from .sensitivity import sensitivity_figure

__all__ = [
    "AXES",
    "CHECK_POINTS",
    "CONFUSION_ROOM",
    "POINTS",
    "RUNNING_POINTS",
    "Line",
    "accuracy_figure",
    "accuracy_span",
    "binned",
    "classes_figure",
    "confusion_figure",
    "curve_room",
    "end_of",
    "evolution_figure",
    "histogram_figure",
    "layers_figure",
    "lines",
    "loss_figure",
    "mistakes_figure",
    "panel_room",
    "position",
    "rebin",
    "sensitivity_figure",
    "smooth",
]
