"""Fashion-MNIST: where it is found, how it is checked, and the tutorial's split of it.

The data set (Xiao, Rasul & Vollgraf 2017, MIT licence) is 60,000 training and 10,000 test
images of clothes, 28 x 28 pixels, ten classes. Images stay uint8; `normalize` turns a batch
into floats on whatever device it lies.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from initopt_core.paths import ASSETS
from initopt_core.registry import SettingError
from initopt_core.wording import count

CLASSES = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
MEAN, STD = 0.2861, 0.3530  # of the training pixels on [0, 1]
SPLIT_SEED, TRAIN_SIZE = 42, 50_000
SAMPLE_FILE = ASSETS / "data" / "fashion_mnist_sample.npz"
SYSTEM_FOLDERS = (Path("/usr/share/datasets/fashion-mnist"),)


@dataclass(frozen=True)
class _File:
    """One IDX file: its name, the shape of its array, and the SHA-256 of its unpacked bytes
    (two packings of the same data differ, so the content is what is checked)."""

    name: str
    shape: tuple[int, ...]
    sha256: str

    @property
    def header(self) -> bytes:
        sizes = b"".join(size.to_bytes(4, "big") for size in self.shape)
        return bytes((0, 0, 8, len(self.shape))) + sizes

    @property
    def size(self) -> int:
        return len(self.header) + int(np.prod(self.shape))


FILES = {
    "train_images": _File(
        "train-images-idx3-ubyte",
        (60_000, 28, 28),
        "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    ),
    "train_labels": _File(
        "train-labels-idx1-ubyte",
        (60_000,),
        "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    ),
    "test_images": _File(
        "t10k-images-idx3-ubyte",
        (10_000, 28, 28),
        "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    ),
    "test_labels": _File(
        "t10k-labels-idx1-ubyte",
        (10_000,),
        "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
    ),
}
DOWNLOAD_BYTES = 30_878_645  # the four packed files together


class DataError(Exception):
    """Data that is missing, damaged or wrong; the text names the file and what to do."""


@dataclass(frozen=True, eq=False, repr=False)  # one object, compared by identity
class FashionMNIST:
    """The data set in memory, to be shared and never written to.

    Attributes:
        train_images, test_images: uint8 [N, 28, 28].
        train_labels, test_labels: int64 [N], 0 to 9.
        train_index, val_index: int64 indices into the training arrays.
        source: "sample", "local" or "downloaded".
        classes: the ten names, by label.
        folder: where it was read, for the user's eyes.
    """

    train_images: Tensor
    train_labels: Tensor
    test_images: Tensor
    test_labels: Tensor
    train_index: Tensor
    val_index: Tensor
    source: str
    classes: tuple[str, ...] = CLASSES
    folder: str = ""

    def __repr__(self) -> str:
        return (
            f"FashionMNIST({self.source}: {count(len(self.train_index))} training, "
            f"{count(len(self.val_index))} validation, {count(len(self.test_labels))} test images)"
        )


def normalize(images: Tensor) -> Tensor:
    """uint8 images [N, 28, 28] or [N, 784] -> float32 [N, 784], mean 0 and variance 1 over the
    training set's pixels: (x / 255 - 0.2861) / 0.3530, on the images' device."""
    return images.reshape(len(images), -1).float().div_(255).sub_(MEAN).div_(STD)


def probe_batch(dataset: FashionMNIST, n: int = 1024) -> tuple[Tensor, Tensor]:
    """The first `n` images of the training split: (float32 [n, 784], int64 [n]).

    Raises:
        SettingError: if the split does not hold that many, or `n` is below 1.
    """
    if not 1 <= n <= len(dataset.train_index):
        raise SettingError(
            f"Batch size: {n} is outside 1 to {count(len(dataset.train_index))}, "
            "the size of the training split."
        )
    index = dataset.train_index[:n]
    return normalize(dataset.train_images[index]), dataset.train_labels[index]


def split(count: int = 60_000, train: int = TRAIN_SIZE) -> tuple[Tensor, Tensor]:
    """The tutorial's random split: a permutation under seed 42, cut after `train` indices."""
    order = torch.randperm(count, generator=torch.Generator().manual_seed(SPLIT_SEED))
    return order[:train], order[train:]


def cache_folder() -> Path:
    """Where a downloaded copy is kept: INITOPT_HOME/data, or the user's cache folder."""
    if home := os.environ.get("INITOPT_HOME"):
        return Path(home) / "data"
    from platformdirs import user_cache_dir  # so that importing this module needs torch only

    return Path(user_cache_dir("initopt", appauthor=False)) / "fashion-mnist"


def load(root: str | os.PathLike | None = None, *, download: bool = False) -> FashionMNIST:
    """Fashion-MNIST from the best place that has it.

    In this order: `root` or the folder named by INITOPT_DATA (which must then be whole), the
    system's folder, the cache, a download into the cache if `download`, the bundled sample of
    5,000 + 1,000 + 1,000 images, whose first 1,024 training images are those of the full split.

    Raises:
        DataError: a named folder without the files, or a damaged or wrong file anywhere.
    """
    named = root or os.environ.get("INITOPT_DATA")
    if named:
        return load_folder(Path(named).expanduser(), "local")
    for folder in SYSTEM_FOLDERS:
        if _holds_files(folder):
            return load_folder(folder, "local")
    if _holds_files(cache_folder()):
        return load_folder(cache_folder(), "downloaded")
    if download:
        return load_folder(download_files(), "downloaded")
    return load_sample()


def load_folder(folder: Path, source: str = "local") -> FashionMNIST:
    """The full set from the four IDX files in `folder`, packed (.gz) or not; torchvision's
    FashionMNIST/raw below it is found too.

    Raises:
        DataError: naming the file and the size or checksum that it should have.
    """
    folder = next((f for f in _nested(folder) if _holds_files(f, any_file=True)), folder)
    arrays = {key: _read(folder, file) for key, file in FILES.items()}
    train_index, val_index = split()
    return FashionMNIST(
        train_images=torch.from_numpy(arrays["train_images"]),
        train_labels=torch.from_numpy(arrays["train_labels"]).long(),
        test_images=torch.from_numpy(arrays["test_images"]),
        test_labels=torch.from_numpy(arrays["test_labels"]).long(),
        train_index=train_index,
        val_index=val_index,
        source=source,
        folder=str(folder),
    )


def load_sample(path: Path = SAMPLE_FILE) -> FashionMNIST:
    """The bundled sample: 5,000 training, 1,000 validation and 1,000 test images.

    Raises:
        DataError: if the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {key: torch.from_numpy(archive[key]) for key in archive.files}
        count = len(arrays["train_labels"])
        validation = 1000
        return FashionMNIST(
            train_images=arrays["train_images"],
            train_labels=arrays["train_labels"].long(),
            test_images=arrays["test_images"],
            test_labels=arrays["test_labels"].long(),
            train_index=torch.arange(count - validation),
            val_index=torch.arange(count - validation, count),
            source="sample",
            folder=str(path),
        )
    except (OSError, ValueError, KeyError, EOFError, zlib.error, zipfile.BadZipFile) as problem:
        raise DataError(
            f"The bundled sample {path} cannot be read ({problem}). Restore it from the "
            "repository, or name a folder with the full set in INITOPT_DATA."
        ) from problem


def download_files(
    folder: Path | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
    tries: int = 3,
) -> Path:
    """Fetch the four files with torchvision into `folder` (the cache unless named).

    Everything goes into a temporary neighbour first and is moved in one rename when all four
    are whole, so a download that is killed leaves nothing that a later start would take for
    data. `progress(bytes so far, bytes in all)` is called about five times a second.

    Raises:
        DataError: after `tries` failed attempts, with the last reason and what to do.
    """
    from torchvision.datasets import FashionMNIST as Source
    from torchvision.datasets.utils import download_url

    folder = Path(folder or cache_folder())
    folder.parent.mkdir(parents=True, exist_ok=True)
    _remove_leftovers(folder)
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    done = threading.Event()

    def report() -> None:
        while not done.wait(0.2):
            progress(sum(f.stat().st_size for f in part.glob("*") if f.is_file()), DOWNLOAD_BYTES)

    reporter = threading.Thread(target=report, daemon=True)
    reporter.start()
    try:
        for file in FILES.values():
            packed = file.name + ".gz"
            for attempt in range(1, tries + 1):
                try:
                    download_url(Source.mirrors[0] + packed, str(part), packed)
                    _read(part, file)
                    break
                except (OSError, RuntimeError, DataError) as problem:
                    (part / packed).unlink(missing_ok=True)
                    if attempt == tries:
                        raise DataError(
                            f"Fashion-MNIST could not be downloaded ({packed}: {problem}). "
                            "Check the connection and try again, or put the four files in a "
                            "folder and name it in INITOPT_DATA."
                        ) from problem
                    time.sleep(0.5 * 2**attempt)
        if folder.exists():
            shutil.rmtree(folder)
        os.replace(part, folder)
        progress(DOWNLOAD_BYTES, DOWNLOAD_BYTES)
    finally:
        done.set()
        reporter.join()
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _remove_leftovers(folder: Path, older_than_s: float = 3600) -> None:
    """Throw away what a download killed an hour ago or more left beside `folder`."""
    for leftover in folder.parent.glob(f".{folder.name}-*"):
        if time.time() - leftover.stat().st_mtime > older_than_s:
            shutil.rmtree(leftover, ignore_errors=True)


def _nested(folder: Path) -> tuple[Path, ...]:
    return folder, folder / "FashionMNIST" / "raw", folder / "raw"


def _holds_files(folder: Path, any_file: bool = False) -> bool:
    present = [
        (folder / file.name).is_file() or (folder / f"{file.name}.gz").is_file()
        for file in FILES.values()
    ]
    return any(present) if any_file else all(present)


def _read(folder: Path, file: _File) -> np.ndarray:
    """One file's array, its size and checksum proven first."""
    plain, packed = folder / file.name, folder / f"{file.name}.gz"
    path = plain if plain.is_file() else packed
    wanted = f"{count(file.size)} bytes unpacked, SHA-256 {file.sha256[:16]}…"
    if not path.is_file():
        raise DataError(
            f"{packed} is missing. A folder with Fashion-MNIST holds "
            + ", ".join(f"{f.name}.gz" for f in FILES.values())
            + f"; {file.name} has {wanted}."
        )
    try:
        if path is plain:
            content = path.read_bytes()
        else:
            with gzip.open(path) as stream:
                content = stream.read(file.size + 1)  # a wrong file may unpack to anything
    except (OSError, EOFError, zlib.error) as problem:
        raise DataError(
            f"{path} is damaged ({problem}); it should have {wanted}. Replace it with a whole copy."
        ) from problem
    if len(content) != file.size:
        size = count(min(len(content), file.size))
        size = f"more than {size}" if len(content) > file.size else size
        raise DataError(
            f"{path} has {size} bytes unpacked; it should have {wanted}. "
            "Replace it with a whole copy."
        )
    digest = hashlib.sha256(content).hexdigest()
    if digest != file.sha256:
        raise DataError(
            f"{path} has SHA-256 {digest[:16]}…; it should have {wanted}. "
            "Replace it with a whole copy of Fashion-MNIST (not MNIST, whose files have the "
            "same names)."
        )
    array = np.frombuffer(content, np.uint8, offset=len(file.header))
    return array.reshape(file.shape).copy()
