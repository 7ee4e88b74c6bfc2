"""Every command of the documentation works: each page's blocks marked ``sh`` run in order on the demo.

A chat is opened in a terminal, asked one question and left again. What sets up lmdeck itself (``make``,
``pipx``) is in plain blocks; tests/packaging shows these.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.prose import ROOT
from tests.support.terminal import TerminalProgram, private_environment, with_lmdeck
from tui.demo.server import DemoServer

BLOCKS = {
    page: re.findall(r"```sh\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}
WRITTEN_URL = "http://localhost:8000/v1"
WRITTEN_MODEL = "Qwen/Qwen3-8B"
QUESTION = "Why is the sky blue?"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A home of its own with ``lmdeck`` in the PATH, in a repository with a change."""
    found = with_lmdeck(private_environment(tmp_path / "home"), tmp_path / "bin")
    work = tmp_path / "work"
    work.mkdir()
    (work / "app.py").write_text("print(1)\n")
    for line in ("git init -q", "git add app.py", "git config user.name x", "git config user.email x@y"):
        subprocess.run(line.split(), cwd=work, env=found, check=True)
    (work / "app.py").write_text("print(2)\n")
    return found


@pytest.fixture
def demo_url() -> Iterator[str]:
    """The address of a running demo."""
    server = DemoServer(rate=2000)
    yield server.start()
    server.stop()


def test_the_readme_has_commands() -> None:
    assert len(BLOCKS[ROOT / "README.md"]) >= 5


@pytest.mark.slow
@pytest.mark.parametrize(
    "page", [page for page, blocks in BLOCKS.items() if blocks], ids=lambda page: page.stem
)
def test_every_command_works(page: Path, environment: dict[str, str], demo_url: str, tmp_path: Path) -> None:
    text = "".join(BLOCKS[page]).replace(WRITTEN_URL, demo_url).replace(WRITTEN_MODEL, "demo-plain")
    for line in text.splitlines():
        if line.startswith("lmdeck chat") and "--plain" not in line:
            chat(line, environment)
            continue
        done = subprocess.run(
            line,
            shell=True,
            cwd=tmp_path / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
        assert done.stdout, line


def chat(line: str, environment: dict[str, str]) -> None:
    """Open a chat, ask, and quit once the answer is complete."""
    arguments = [sys.executable, "-m", *line.split()]
    with TerminalProgram(arguments, environment) as terminal:
        terminal.wait_for("Enter to send")
        terminal.send(QUESTION)
        terminal.wait_for(QUESTION)
        terminal.send("enter")
        terminal.wait_for("TTFT")
        terminal.send("\x11")
        assert terminal.wait() == 0
