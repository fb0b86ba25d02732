"""`.deploy/` is held to the project: every file, port, path and setting it names is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import fields

import pytest

from initopt_core.paths import ROOT
from initopt_core.settings import ServerSettings, variable
from initopt_core.ui.server import web
from tests.support.server import free_port

DEPLOY = ROOT / ".deploy"
FILES = (
    "Containerfile",
    "compose.yaml",
    "haproxy.cfg",
    "initopt.service",
    "README.md",
    "requirements-ray.txt",
)
TEXTS = {name: (DEPLOY / name).read_text() for name in FILES}


@pytest.mark.parametrize("name", FILES)
def test_every_setting_named_is_one(name):
    known = {variable(f.name) for f in fields(ServerSettings)}
    named = set(re.findall(r"\bINITOPT_[A-Z_]+\b", TEXTS[name]))
    assert named <= known, named - known


@pytest.mark.parametrize("name", FILES)
def test_every_path_of_the_web_server_named_is_served(name):
    named = set(re.findall(r"(?<![\w.])/(?:\w+z|metrics|lecturer)\b", TEXTS[name]))
    assert named <= set(web._PATHS)


def test_the_image_copies_what_is_there_and_all_that_the_app_needs():
    copied = [
        source
        for line in re.findall(r"^COPY (.+)$", TEXTS["Containerfile"], re.M)
        for source in line.split()[:-1]
    ]
    assert all((ROOT / source).exists() for source in copied)
    assert {"app.py", "pages", "initopt_core", "assets", ".streamlit"} <= set(copied)
    assert "whl/cpu" in TEXTS["Containerfile"]


def test_ports_agree():
    (port,) = re.findall(r"^EXPOSE (\d+)$", TEXTS["Containerfile"], re.M)
    assert f"--server.port={port}" in TEXTS["Containerfile"].replace('", "', " ")
    assert f"127.0.0.1:{port}/healthz" in TEXTS["Containerfile"]
    assert set(re.findall(r"APP\d: app\d:(\d+)", TEXTS["compose.yaml"])) == {port}
    (public,) = re.findall(r'- "(\d+):\d+"', TEXTS["compose.yaml"])
    assert f'PORT: "{public}"' in TEXTS["compose.yaml"] and f"port {public}" in TEXTS["README.md"]
    assert f"--server.port={port}" in TEXTS["initopt.service"]


def test_files_and_services_named_are_there():
    compose = TEXTS["compose.yaml"]
    assert (ROOT / re.search(r"dockerfile: (\S+)", compose)[1]).is_file()
    assert (DEPLOY / re.search(r"- \./(\S+?):", compose)[1]).is_file()
    services = re.findall(r"^  (\w+):", compose.split("\nvolumes:")[0], re.M)
    for used in re.findall(r"^      - (app\d)$", compose, re.M):
        assert used in services
    for named in re.findall(r"`(\.deploy/[\w.]+)`", TEXTS["README.md"]):
        assert (ROOT / named).is_file()


def test_every_option_of_streamlit_named_is_one():
    from streamlit import config

    config.get_option("server.port")
    for text in TEXTS.values():
        for option in re.findall(r"--([a-z]+\.[A-Za-z]+)", text):
            assert option in config._config_options_template, option


def test_a_stopping_server_has_longer_than_its_grace():
    from initopt_core.ui.server import startup

    for name, pattern in (
        ("compose.yaml", r"stop_grace_period: (\d+)s"),
        ("initopt.service", r"TimeoutStopSec=(\d+)"),
    ):
        assert int(re.search(pattern, TEXTS[name])[1]) > startup.GRACE_SECONDS + 5


def test_haproxy_takes_its_configuration():
    program = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        assert os.environ.get("CI") != "true", "haproxy is missing; .ci/run installs it"
        pytest.skip("haproxy is not installed")
    told = subprocess.run(
        [program, "-c", "-f", str(DEPLOY / "haproxy.cfg")],
        env={
            "BIND": "127.0.0.1",
            "PORT": str(free_port()),
            "APP1": "127.0.0.1:1",
            "APP2": "127.0.0.1:2",
        },
        capture_output=True,
        text=True,
    )
    assert told.returncode == 0, told.stderr
