"""The common fixtures: nothing of the user or the machine affects a test."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hypothesis import settings

from tui.net import discover as discovery
from tui.net.machine.processes import Process
from tui.net.machine.snapshot import Snapshot

pytest_plugins = ["tests.support.defects"]

_KEPT = frozenset(
    (
        "CI", "FUZZ_SECONDS", "LANG", "LMDECK_ASSURE", "LMDECK_FIGURES", "LMDECK_REQUIRE_ENGINE", "LOGNAME",
        "PATH", "PYTHON", "REQUESTS_CA_BUNDLE", "SHELL", "SSL_CERT_DIR", "SSL_CERT_FILE", "TEMP", "TMP",
        "TMPDIR", "USER", "VIRTUAL_ENV",
    )
)  # fmt: skip
"""Variables of the caller that tests and the tools they start may see."""
_KEPT_PREFIXES = (
    "COV_",
    "COVERAGE",
    "HYPOTHESIS_",
    "LC_",
    "PIP_",
    "PYTEST_",
    "PYTHON",
    "TEXTUAL_SNAPSHOT_",
    "UV_",
)


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a home of its own, before any module of the program is imported."""
    real_home = Path.home()
    home = Path(tempfile.mkdtemp(prefix="lmdeck-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    for name in list(os.environ):
        if name not in _KEPT and not name.startswith(_KEPT_PREFIXES):
            del os.environ[name]
    os.environ.update(HOME=str(home), TERM="xterm-256color")
    pip_settings = real_home / ".config" / "pip" / "pip.conf"
    if pip_settings.is_file():  # where packages come from is the machine's affair
        os.environ.setdefault("PIP_CONFIG_FILE", str(pip_settings))
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # nohup, or a job of a script: children inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)


settings.register_profile("lmdeck", deadline=None, print_blob=True)
settings.load_profile("lmdeck")


@pytest.fixture(scope="session", autouse=True)
def _no_servers_of_other_workers() -> Iterator[None]:
    """Let discovery ask no server of a test that runs at the same time: that one counts its requests."""
    candidates = discovery._candidates

    def of_this_worker(snapshot: Snapshot, more: Collection[int]) -> list[tuple[str, int]]:
        owners = tuple(owner for owner in snapshot.owners if not _is_of_other_worker(owner.process))
        return candidates(replace(snapshot, owners=owners), more)

    with pytest.MonkeyPatch.context() as patch:
        if "PYTEST_XDIST_WORKER" in os.environ:
            patch.setattr(discovery, "_candidates", of_this_worker)
        yield


def _is_of_other_worker(process: Process | None) -> bool:
    if process is None:
        return False
    try:
        line = {process.pid, *(parent.pid for parent in psutil.Process(process.pid).parents())}
    except psutil.Error:  # gone, or a process that a test has made up
        return False
    return os.getppid() in line and os.getpid() not in line
