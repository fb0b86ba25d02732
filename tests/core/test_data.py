"""Data: found, checked, split as the tutorial splits it, and honest about damage."""

import dataclasses
import gzip
import http.server
import threading

import pytest
import torch

from initopt_core import data
from initopt_core.registry import SettingError

SYSTEM = data.SYSTEM_FOLDERS[0]
needs_full_set = pytest.mark.skipif(
    not data._holds_files(SYSTEM), reason="the full Fashion-MNIST is not in the system's folder"
)


@pytest.fixture
def alone(monkeypatch, tmp_path):
    """A machine without the data set: no variable, no system folder, an empty cache."""
    monkeypatch.delenv("INITOPT_DATA", raising=False)
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(data, "SYSTEM_FOLDERS", ())


def test_the_sample_is_what_remains(alone):
    dataset = data.load()
    assert dataset.source == "sample"
    assert dataset.train_images.shape == (6000, 28, 28)
    assert dataset.train_images.dtype == torch.uint8
    assert len(dataset.train_index) == 5000 and len(dataset.val_index) == 1000
    assert len(dataset.test_labels) == 1000
    assert data.SAMPLE_FILE.stat().st_size < 4_000_000
    # every class is there, in about equal parts
    assert torch.bincount(dataset.train_labels, minlength=10).min() > 500


@needs_full_set
def test_sample_begins_with_the_tutorials_probe_batch():
    full, sample = data.load_folder(SYSTEM), data.load_sample()
    for mine, theirs in zip(data.probe_batch(sample), data.probe_batch(full), strict=True):
        assert torch.equal(mine, theirs)
    train = full.train_images[full.train_index[:5000]]
    assert torch.equal(sample.train_images[:5000], train)
    assert torch.equal(sample.test_images, full.test_images[:1000])


@needs_full_set
def test_split_is_that_of_torch_random_split():
    torch.manual_seed(42)
    train, val = torch.utils.data.random_split(range(60_000), [50_000, 10_000])
    full = data.load_folder(SYSTEM)
    assert full.train_index.tolist() == list(train.indices)
    assert full.val_index.tolist() == list(val.indices)


@needs_full_set
def test_pixels_have_the_published_mean_and_deviation():
    pixels = data.load_folder(SYSTEM).train_images.double() / 255
    assert pixels.mean().item() == pytest.approx(0.28604060411453247, abs=1e-6)
    assert pixels.std().item() == pytest.approx(0.3530242443084717, abs=1e-6)


def test_normalize_equals_torchvision():
    from torchvision.transforms import Compose, Normalize, ToTensor

    transform = Compose([ToTensor(), Normalize((0.2861,), (0.3530,))])
    images = data.load_sample().train_images[:50]
    theirs = torch.stack([transform(image.numpy()).reshape(-1) for image in images])
    assert torch.equal(data.normalize(images), theirs)


def test_normalize_leaves_the_images_alone():
    dataset = data.load_sample()
    before = dataset.train_images[:3].clone()
    data.normalize(dataset.train_images[:3])
    assert torch.equal(before, dataset.train_images[:3])


@pytest.mark.parametrize("n", [0, -1, 5001])
def test_probe_batch_refuses_impossible_sizes(n):
    with pytest.raises(SettingError, match="Batch size"):
        data.probe_batch(data.load_sample(), n)


def test_named_folder_without_files_says_what_belongs_there(tmp_path):
    with pytest.raises(data.DataError, match=r"train-images-idx3-ubyte\.gz is missing"):
        data.load(tmp_path)


def test_variable_names_the_folder(alone, monkeypatch, tmp_path):
    monkeypatch.setenv("INITOPT_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(data.DataError, match="nowhere"):
        data.load()


@needs_full_set
class TestDamage:
    """Each kind of damage is refused with the file's name and what it should be."""

    @pytest.fixture
    def folder(self, tmp_path):
        for name in SYSTEM.iterdir():
            (tmp_path / name.name).symlink_to(name)
        return tmp_path

    @pytest.fixture
    def labels(self, folder):
        path = folder / "train-labels-idx1-ubyte.gz"
        content = path.read_bytes()
        path.unlink()
        return path, content

    def refused(self, folder, *words):
        with pytest.raises(data.DataError) as error:
            data.load(folder)
        for word in words:
            assert word in str(error.value)

    def test_whole_folder_loads(self, folder):
        assert data.load(folder).source == "local"

    def test_unpacked_files_in_torchvisions_place_load(self, tmp_path):
        raw = tmp_path / "other" / "FashionMNIST" / "raw"
        raw.mkdir(parents=True)
        for name in SYSTEM.iterdir():
            (raw / name.stem).write_bytes(gzip.decompress(name.read_bytes()))
        assert len(data.load(tmp_path / "other").train_labels) == 60_000

    def test_truncated(self, labels, folder):
        path, content = labels
        path.write_bytes(content[:-100])
        self.refused(folder, path.name, "damaged", "60,008 bytes")

    def test_not_gzip(self, labels, folder):
        path, _ = labels
        path.write_bytes(b"<html>404</html>")
        self.refused(folder, path.name, "damaged")

    def test_wrong_size(self, labels, folder):
        path, content = labels
        path.write_bytes(gzip.compress(gzip.decompress(content)[:-1]))
        self.refused(folder, path.name, "60,007 bytes", "60,008 bytes")

    def test_too_large(self, labels, folder):
        path, content = labels
        path.write_bytes(gzip.compress(gzip.decompress(content) + bytes(10**7)))
        self.refused(folder, path.name, "more than 60,008")

    def test_one_label_changed(self, labels, folder):
        path, content = labels
        plain = bytearray(gzip.decompress(content))
        plain[100] ^= 1
        path.write_bytes(gzip.compress(bytes(plain)))
        self.refused(folder, path.name, "SHA-256", data.FILES["train_labels"].sha256[:16])


class TestDownload:
    """torchvision's download, from a server on this machine."""

    @pytest.fixture
    def source(self, alone, monkeypatch):
        """A server of the four files that fails for the first `failures` requests."""
        state = {"failures": 0, "requests": 0, "cut": None}

        class Handler(http.server.SimpleHTTPRequestHandler):
            def do_GET(self):
                state["requests"] += 1
                if state["requests"] <= state["failures"]:
                    return self.send_error(503)
                content = (SYSTEM / self.path.strip("/")).read_bytes()
                if state["cut"] and state["cut"] in self.path:
                    content = content[: len(content) // 2]
                self.send_response(200)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        from torchvision.datasets import FashionMNIST

        address = f"http://127.0.0.1:{server.server_address[1]}/"
        monkeypatch.setattr(FashionMNIST, "mirrors", [address])
        monkeypatch.setattr(data.time, "sleep", lambda seconds: None)
        yield state
        server.shutdown()

    @needs_full_set
    def test_downloads_with_retry_and_then_finds_its_copy(self, source):
        source["failures"] = 2
        seen = []
        data.download_files(progress=lambda done, total: seen.append((done, total)))
        assert seen[-1] == (data.DOWNLOAD_BYTES, data.DOWNLOAD_BYTES)
        dataset = data.load()
        assert dataset.source == "downloaded" and len(dataset.train_labels) == 60_000
        requests = source["requests"]
        assert requests > source["failures"]
        assert data.load(download=True).source == "downloaded"
        assert source["requests"] == requests  # nothing is fetched twice

    @needs_full_set
    def test_a_cut_file_leaves_nothing_behind(self, source):
        source["cut"] = "t10k-images"
        with pytest.raises(data.DataError, match="t10k-images"):
            data.download_files()
        assert not data.cache_folder().exists()
        assert list(data.cache_folder().parent.iterdir()) == []
        assert data.load().source == "sample"

    def test_nothing_to_be_had(self, source, monkeypatch):
        source["failures"] = 10**9
        with pytest.raises(data.DataError, match="INITOPT_DATA"):
            data.load(download=True)
        assert data.load().source == "sample"


def test_damaged_sample_is_named(tmp_path):
    path = tmp_path / "sample.npz"
    path.write_bytes(data.SAMPLE_FILE.read_bytes()[:10_000])
    with pytest.raises(data.DataError, match=r"sample\.npz"):
        data.load_sample(path)


def test_dataset_cannot_be_reassigned():
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.load_sample().source = "other"
