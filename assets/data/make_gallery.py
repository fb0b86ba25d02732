"""Draw the small pictures of Course figures that come with the program: a minute or two.

    python assets/data/make_gallery.py

To be made anew when anything changes that they are drawn from; a test says so. The full data set is
needed beside the sample, to see that both give the same: it is found as by the app, else fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    from initopt_core import data
    from initopt_core.figures import gallery, shipped

    sample, full = data.load_sample(), data.load(download=True)
    made: dict[Path, bytes] = {}
    for name in gallery.items(sample):
        print(name, flush=True)
        for theme in ("light", "dark"):
            made[shipped.FOLDER / f"{name}-{theme}.webp"] = gallery.picture(name, theme, sample)
        if gallery.picture(name, "dark", full) != made[shipped.FOLDER / f"{name}-dark.webp"]:
            raise SystemExit(f"{name}: the full data set gives another picture than the sample.")
    shipped.FOLDER.mkdir(exist_ok=True)
    for file in set(shipped.FOLDER.glob("*.webp")) - set(made):
        file.unlink()
    for file, drawn in made.items():
        file.write_bytes(drawn)
    text = shipped.drawn_from()
    (shipped.FOLDER / shipped.LIST).write_text(text, encoding="utf-8", newline="\n")
    print(f"{len(made)} pictures, {sum(map(len, made.values())) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
