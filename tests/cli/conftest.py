"""Fixtures for tests of commands: a private home, and the program in this process or a separate one."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from tests.support.commands import Call, Done, run_command
from tests.support.terminal import private_environment
from tui.cli.main import main
from tui.store.conversations import ConversationStore
from tui.store.paths import resolve_paths


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An environment of its own for commands called in this process."""
    environment = private_environment(tmp_path / "home")
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return tmp_path / "home"


@pytest.fixture
def call(home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call a command in this process, nothing on its stdin: fast, for many cases."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        captured = capsys.readouterr()
        return Done(code, captured.out, captured.err)

    return run


@pytest.fixture
def store(home: Path) -> ConversationStore:
    """The saved conversations of the commands called in this process."""
    assert home.is_dir()
    return ConversationStore(resolve_paths(os.environ))


@pytest.fixture
def program(tmp_path: Path) -> Call:
    """Run a command as a process of its own, as a person or a script does."""
    environment = private_environment(tmp_path / "home")

    def run(*arguments: str, stdin: bytes | None = None, **extra: str) -> Done:
        return run_command(*arguments, environment={**environment, **extra}, stdin=stdin)

    return run
