"""What the page's exports take along beside the figure: its setting, and what moves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from initopt_core.initialization import Observation, Settings, observe
from initopt_core.ui.server.dataset import get_dataset

if TYPE_CHECKING:
    from initopt_core.figures.clips.clip import Clip
    from initopt_core.ui.clip_menu import Clips

MENUS = ("init-main", "init-depth")
"""Those that are always there."""
ROWS = ("activations", "gradients", "weights")
"""What can turn into another's."""


def turning(first: Observation | None, last: Observation) -> Clips:
    """Clips of one setting's histograms turning into those of `last`.

    Args:
        first: where they begin; without it with the usual setting of such a network, or with equal
            weights where that is what is shown. Networks of other depths have no clip.
    """
    hidden = last.settings.hidden
    if first is None:
        usual = Settings.make(hidden=hidden)
        begin = usual if usual != last.settings else Settings.make("constant", hidden=hidden)
    else:
        begin = first.settings
    if len(begin.hidden) != len(hidden):
        return {}

    def clip(row: str) -> Clip:
        from initopt_core.figures.clips.morph import morph_clip  # with encoders, when asked for

        return morph_clip(first or observe(begin, get_dataset()), last, row)

    words = f"from {begin.title} to {last.settings.title}"
    return {f"{row.capitalize()}, {words}": partial(clip, row) for row in ROWS}
