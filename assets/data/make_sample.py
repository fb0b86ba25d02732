"""Make the bundled sample of Fashion-MNIST from the full set.

    python assets/make_sample.py [FOLDER WITH THE FULL SET]

The training part begins with the first 5,000 images of the seed-42 training split, in its order
(so that the first 1,024 are the tutorial's probe batch), followed by the first 1,000 images of
its validation split; the test part is the first 1,000 test images.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from initopt_core import data

TRAIN, VALIDATION, TEST = 5000, 1000, 1000


def main(folder: str | None = None) -> None:
    full = data.load(folder)
    if full.source == "sample":
        raise SystemExit("The full set is needed; name its folder.")
    index = np.concatenate([full.train_index[:TRAIN], full.val_index[:VALIDATION]])
    arrays = {
        "train_images": full.train_images.numpy()[index],
        "train_labels": full.train_labels.numpy()[index].astype(np.uint8),
        "test_images": full.test_images.numpy()[:TEST],
        "test_labels": full.test_labels.numpy()[:TEST].astype(np.uint8),
    }
    # Written by hand rather than by np.savez_compressed: fixed dates and the highest compression
    # level give the same small file at every run.
    with zipfile.ZipFile(data.SAMPLE_FILE, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", (2017, 8, 25, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(entry, "w") as stream:
                np.lib.format.write_array(stream, array, allow_pickle=False)
    print(f"{data.SAMPLE_FILE}: {data.SAMPLE_FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
