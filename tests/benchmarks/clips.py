"""Clip of 100 updates at 1280x720, 30 frames a second, over the bare frames.

    python tests/benchmarks/clips.py [--rounds 3]

Bare frames: what Pillow (one paste of the plot at its size) and the encoder need for as many
frames of the same pictures, which are ready. Both in one process, in turn; the ratio counts, that
of the processor's time where others work on the machine.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from initopt_core.descent import Run, race
from initopt_core.figures import clips
from initopt_core.loss_surfaces.presets import RACES
from initopt_core.optimizers import OPTIMIZERS
from initopt_core.surfaces import SURFACES, Surface

NAME = "ravine"


def clip_of(name: str) -> clips.Clip:
    """The tutorial's race."""
    chosen = RACES[name]
    surface = Surface(chosen.surface)
    runs = [Run(o, tuple(s.items()), chosen.begin) for o, s in chosen.runs]
    facts = SURFACES[chosen.surface]
    labels = [OPTIMIZERS[o].label for o, _ in chosen.runs]
    return clips.paths_clip(surface, race(surface, runs, 100), labels, facts.ranges,
                            facts.color)  # fmt: skip


def seconds(clip: clips.Clip, path: Path, options: clips.ClipOptions) -> tuple[float, float]:
    """Of the clock on the wall, and of the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    clips.write_clip(clip, path, options)
    return time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    options = clips.ClipOptions(hold=0.0, seconds=100 / 30)
    moving = clip_of(NAME)
    ready = [frame.copy() for frame in moving.frames(options)]
    half = options.height

    def bare(_: clips.ClipOptions):
        for frame in ready:
            canvas = ready[0].copy()
            canvas.paste(frame.crop((0, 0, half, half)).resize((half, half)), (0, 0))
            yield frame

    plain = clips.Clip("bare", "", bare)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip.mp4"
        ratios = []
        for _ in range(rounds):
            whole, floor = seconds(moving, path, options), seconds(plain, path, options)
            ratios.append([a / b for a, b in zip(whole, floor, strict=True)])
            print(
                f"clip {whole[0]:.2f} s, bare frames {floor[0]:.2f} s, ratio {ratios[-1][0]:.2f}; "
                f"processor {whole[1]:.2f} s, {floor[1]:.2f} s, {ratios[-1][1]:.2f}",
                flush=True,
            )
        wall, cpu = (sorted(one)[rounds // 2] for one in zip(*ratios, strict=True))
        print(f"{len(ready)} frames, median ratio {wall:.2f}, processor {cpu:.2f} (aim: 1.5)")
        gif = clips.ClipOptions("gif", width=640, height=360, fps=15, seconds=5, hold=1)
        size = len(clips.clip_bytes(moving, gif)) / 1e6
        print(f"GIF, 5 s, 640x360, 15 frames a second: {size:.2f} MB (aim: 3)")


if __name__ == "__main__":
    main()
