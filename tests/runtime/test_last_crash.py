"""Crash reports of a command contain no keys, used or not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import tomli_w

from tests.assurance.kit import crash_reports
from tests.support.terminal import private_environment
from tui.core.secret import Secret
from tui.store.credentials import CredentialStore
from tui.store.paths import resolve_paths

USED, STORED, SET, SENT = (
    "sk-used/0123456789ab",
    "sk-stored-0123456789",
    "Zq81mVx0Rt7LkPw9",
    "hdr-0123-456789ab",
)
PROGRAM = """
import sys
import tui.cli.ask as command
from tui.runtime.endpoints import Endpoints

known = Endpoints._known

def breaks(self, *arguments):
    known(self, *arguments)
    raise RuntimeError("it broke near " + sys.argv[1])

Endpoints._known = breaks
from tui.cli.main import main
raise SystemExit(main(["ask", "hi"]))
"""
"""A run that has fetched its key and breaks."""


@pytest.mark.usefixtures("defects")
@pytest.mark.parametrize("secret", [USED, STORED, SET, SENT])
def test_the_last_report_of_a_command_has_no_key(tmp_path: Path, secret: str) -> None:
    environment = private_environment(tmp_path, PLAIN_NAME=USED, SOME_API_KEY=SET)
    CredentialStore(resolve_paths(environment)).put("other", Secret(STORED))
    record = {
        "provider_url": "http://127.0.0.1:9/v1",
        "compatible_provider": "m",
        "api_key": "env:PLAIN_NAME",
        "extra_headers": {"X-Auth": f"Token {SENT}"},
    }
    deck = {"schema": 1, "defaults": {"Model": "main"}, "providers": {"main": record}}
    (tmp_path / "config" / "lmdeck" / "providers.toml").write_text(tomli_w.dumps(deck))
    said = f"{secret} {json.dumps(secret)} {secret.replace('/', '%2f')}"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, said], env=environment, capture_output=True, timeout=60, check=False
    )
    reports = crash_reports(tmp_path)
    assert done.returncode == 1
    assert "lmdeck crashed: RuntimeError: it broke near •••" in done.stderr.decode()
    assert len(reports) == 1
    for text in (done.stdout.decode() + done.stderr.decode(), *reports):
        assert secret not in text
        assert secret.replace("/", "%2f") not in text
