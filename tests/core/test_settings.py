"""The server's settings: what is wrong is told before a server begins."""

from __future__ import annotations

import dataclasses
import socket

import pytest

from initopt_core import doctor, settings
from initopt_core.registry import SettingError
from initopt_core.settings import ServerSettings, misspelt, refuse_to_start, variable
from initopt_core.training.runs import store


def test_nothing_given_is_the_laptop():
    found = ServerSettings.read({})
    assert not found.hosted and found == ServerSettings()


def test_a_lecturers_token_makes_a_hosted_server_unless_told_otherwise():
    given = {"INITOPT_LECTURER_TOKEN": "x" * 16}
    assert ServerSettings.read(given).hosted
    assert not ServerSettings.read({**given, "INITOPT_HOSTED": "0"}).hosted


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HOSTED", "perhaps"),
        ("LECTURER_TOKEN", "short"),
        ("SECRET", "x" * 31),
        ("SECRET", "x\n" * 32),
        ("DEVICE", "tpu; rm"),
        ("LOG", "xml"),
        ("LOG_LEVEL", "info"),
        ("FRAME_ANCESTORS", "https://a.example; script-src *"),
        ("FRAME_ANCESTORS", "*\r\nX: y"),
        ("PROXIES", "6"),
        ("MAX_SESSIONS", "0"),
        ("VISITOR_BUDGET", "nan"),
        ("VISITOR_BUDGET", "9" * 400),
        ("KEEP_DAYS", "1.5"),
        ("DISK_MB", ""),
    ],
)
def test_what_cannot_be_used_names_its_variable_and_never_its_secret(name, value):
    with pytest.raises(SettingError, match=f"INITOPT_{name}: ") as told:
        ServerSettings.read({f"INITOPT_{name}": value})
    if name in ("LECTURER_TOKEN", "SECRET"):
        assert value not in str(told.value)


def test_numbers_and_sources_are_read():
    found = ServerSettings.read(
        {
            "INITOPT_FRAME_ANCESTORS": "'self' https://*.canvas.example:8443",
            "INITOPT_VISITOR_BUDGET": "1,000,000",
            "INITOPT_HOME": "~/x",
        }
    )
    assert found.frame_ancestors == ("'self'", "https://*.canvas.example:8443")
    assert found.visitor_budget == 1_000_000 and found.home.is_absolute()


def test_every_setting_is_told_and_secrets_are_not():
    made = ServerSettings(lecturer_token="t" * 20, secret="s" * 40)
    told = made.told()
    assert [name for name, _, _ in told] == [variable(f.name) for f in dataclasses.fields(made)]
    assert not any("tttt" in value or "ssss" in value for _, value, _ in told)
    assert all(meaning for _, _, meaning in told)


def test_a_misspelt_name_is_told_with_the_nearest():
    told = misspelt({"INITOPT_VISITOR_BUDGETS": "1", "INITOPT_HOME": "/x", "PATH": ""})
    assert told == [
        "There is no setting INITOPT_VISITOR_BUDGETS: it does nothing; did you mean "
        "'INITOPT_VISITOR_BUDGET'?"
    ]


def test_a_server_is_told_all_that_is_wrong_at_once(tmp_path):
    refuse_to_start({"INITOPT_HOME": str(tmp_path / "new"), "INITOPT_LONG": "1"})
    refuse_to_start({"INITOPT_OF_A_LATER_VERSION_ALTOGETHER": "1"})
    (tmp_path / "file").write_text("")
    wrong = {
        "INITOPT_HOSTD": "1",
        "INITOPT_HOME": str(tmp_path / "file"),
        "INITOPT_SECRET": "short",
    }
    with pytest.raises(SettingError) as told:
        refuse_to_start(wrong)
    assert "INITOPT_SECRET" in str(told.value) and "'INITOPT_HOSTED'?" in str(told.value)
    with pytest.raises(
        SettingError, match=r"'INITOPT_HOSTED'\?\nINITOPT_HOME: .* cannot be written"
    ):
        refuse_to_start({k: v for k, v in wrong.items() if k != "INITOPT_SECRET"})


def test_doctor_tells_limits_storage_and_queue(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("INITOPT_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(settings, "server_settings", lambda: ServerSettings(hosted=True))
    for check in (doctor.limits, doctor.storage, doctor.queue, doctor.streamlit_config):
        print(*check(None), sep="\n")
    told = capsys.readouterr().out
    for word in ("INITOPT_DISK_MB = 2000", "64 layers", "MB free", "no runs", "LECTURER_TOKEN."):
        assert word in told


def test_doctor_tells_a_folder_that_cannot_be_written(tmp_path, monkeypatch):
    def refuse(**_):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    monkeypatch.setattr(doctor.tempfile, "TemporaryFile", refuse)
    (line,) = doctor.storage(None)
    assert line.startswith("!") and "No space left" in line and "INITOPT_HOME" in line


def test_doctor_tells_a_device_that_is_not_there(monkeypatch):
    monkeypatch.setattr(settings, "server_settings", lambda: ServerSettings(device="cuda:7"))
    assert any("INITOPT_DEVICE=cpu" in line for line in doctor.device(None))


def test_runs_lie_in_a_folder_or_in_a_store(tmp_path, monkeypatch):
    def told(address: str) -> list[str]:
        now = ServerSettings.read({"INITOPT_RUNS": address})
        monkeypatch.setattr(store, "server_settings", lambda: now)
        return list(doctor.storage(None))

    monkeypatch.setenv("INITOPT_HOME", str(tmp_path))
    assert f"{tmp_path / 'runs'}," in told("")[0] and store.shared_store() == ""
    assert "/x y," in told(f"file://{tmp_path}/x%20y")[0] and store.shared_store() == ""
    assert f"{tmp_path / 'runs'}," in told("memory://a/b")[0]
    assert told("memory://a/b")[-1] == "Shared with other servers: memory://a/b, 0 runs"
    assert told("nowhere://x")[-1].startswith("! INITOPT_RUNS: ")
    for wrong in ("s3:/x", "/x", "s3://a b", "://"):
        with pytest.raises(SettingError, match=r"INITOPT_RUNS: .*s3://BUCKET"):
            told(wrong)


def test_a_cluster_is_ours_to_name_or_rays(monkeypatch):
    read = ServerSettings.read
    assert read({}).ray == "" and read({"RAY_ADDRESS": "auto"}).ray == "auto"
    assert read({"RAY_ADDRESS": "auto", "INITOPT_RAY": "off"}).ray == ""
    assert read({"INITOPT_RAY": "ray://head:10001", "INITOPT_RAY_GPUS": "0.25"}).ray_gpus == 0.25
    with pytest.raises(SettingError, match=r"RAY_ADDRESS: .*off for none"):
        read({"RAY_ADDRESS": "http://head:8265"})
    for value in ("1.5", "nan", "9", "-1"):
        with pytest.raises(SettingError, match="INITOPT_RAY_GPUS"):
            read({"INITOPT_RAY_GPUS": value})


def test_doctor_tells_what_is_wrong_with_a_cluster(monkeypatch):
    def told(**given):
        monkeypatch.setattr(settings, "server_settings", lambda: ServerSettings(**given))
        return list(doctor.cluster(None))

    def missing(name):
        raise doctor.metadata.PackageNotFoundError(name)

    assert "off" in told()[0]
    with monkeypatch.context() as patch:
        patch.setattr(doctor.metadata, "version", missing)
        (line,) = told(ray="auto")
        assert line.startswith("!") and "pip install" in line and "INITOPT_RAY=off" in line
    monkeypatch.setattr(doctor.metadata, "version", lambda name: "2.40")
    assert told(ray="auto")[0].startswith("Ray 2.40: auto, up to 8 tasks of 1 cores")
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"ray://127.0.0.1:{server.getsockname()[1]}"
        assert len(told(ray=address)) == 1
    assert told(ray=address)[1].startswith("! Ray: nobody answers")


def test_all_that_is_wrong_is_told_at_once():
    wrong = {"INITOPT_LECTURER_TOKEN": "short", "INITOPT_KEEP_DAYS": "-3", "INITOPT_LOG": "json"}
    with pytest.raises(SettingError) as told:
        ServerSettings.read(wrong)
    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert all(any(line.startswith(name) for line in lines) for name in list(wrong)[:2])
