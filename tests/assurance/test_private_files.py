"""All files and folders are private from the start, including temporary ones, with any umask."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.assurance.kit import by_length, publish
from tests.support.terminal import TerminalProgram, lmdeck
from tui.demo.engine_files import find_engine
from tui.demo.server import DemoServer

REPOSITORY = Path(__file__).parents[2]
UMASKS = by_length((0o000,), (0o000, 0o022, 0o077))
CRASH = textwrap.dedent(
    """
    import sys
    from tui.cli import paths
    from tui.cli.main import main

    def crash(arguments, output):
        raise RuntimeError("it broke")

    paths.run = crash
    sys.exit(main(["paths"]))
    """
)


class Watcher:
    """Repeatedly checks everything below a folder, and records what others could read."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self.rounds = 0
        self.seen: set[str] = set()
        self.open_to_others: dict[str, str] = {}

    def __enter__(self) -> Watcher:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()
        self._look(str(self._folder))

    def _watch(self) -> None:
        while not self._is_over.wait(0.002):
            self._look(str(self._folder))
            self.rounds += 1

    def _look(self, folder: str) -> None:
        try:
            entries = list(os.scandir(folder))
        except OSError:  # gone since it was listed
            return
        for entry in entries:
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            self.seen.add(entry.path)
            is_folder = stat.S_ISDIR(status.st_mode)
            mode = stat.S_IMODE(status.st_mode)
            if mode & 0o077 or (not is_folder and mode != 0o600):
                self.open_to_others.setdefault(entry.path, oct(mode))
            if is_folder:
                self._look(entry.path)


@pytest.fixture(scope="module")
def demo() -> Iterator[DemoServer]:
    server = DemoServer(rate=2000)
    server.start()
    yield server
    server.stop()


def run(environment: dict[str, str], umask: int, arguments: list[str], given: bytes = b"") -> int:
    """Run a command under a umask and return its exit code."""
    done = subprocess.run(
        arguments, env=environment, umask=umask, input=given, capture_output=True, cwd=REPOSITORY, check=False
    )
    return done.returncode


def everything(environment: dict[str, str], umask: int, url: str, home: Path) -> None:
    """Let the program make every kind of file that it makes."""
    assert run(environment, umask, [sys.executable, "-c", CRASH]) == 1
    add = lmdeck(
        "providers", "add", "main", "--url", url, "--model", "demo-plain", "--key-stdin", "--default"
    )
    assert run(environment, umask, add, b"sk-0123456789abcdef\n") == 0
    second = lmdeck("providers", "add", "second", "--url", url, "--model", "gone", "--key-env", "NO_SUCH")
    assert run(environment, umask, second) in (0, 2)
    assert run(environment, umask, lmdeck("ask", "hello")) == 0
    assert run(environment, umask, lmdeck("check", "main")) == 0
    assert run(environment, umask, lmdeck("providers", "default", "main")) == 0
    with TerminalProgram(lmdeck("chat"), environment, umask=umask) as terminal:
        terminal.wait_for("Enter to send")
        for prompt in ("first", "second"):
            terminal.send(prompt, "enter")
            terminal.wait_for(f"(?s)You wrote {prompt}.*price is zero.*TTFT [0-9]")
        terminal.send("ctrl+q")
        assert terminal.wait() == 0
    assert run(environment, umask, lmdeck("history", "search", "first")) == 0
    if find_engine() is not None:
        with TerminalProgram(lmdeck("chat", "smollm2"), environment, umask=umask) as terminal:
            terminal.wait_for("Enter to send")
            terminal.send("Say hello.", "enter")
            terminal.wait_for("TTFT [0-9]")
            terminal.send("ctrl+q")
            terminal.wait()
    deck = next(home.rglob("providers.toml"))
    deck.write_bytes(b"broken [")
    run(environment, umask, lmdeck("providers", "list"))
    run(environment, umask, add, b"sk-0123456789abcdef\n")
    assert run(environment, umask, lmdeck("forget", "conversations", "caches", "--yes")) == 0


@pytest.mark.usefixtures("defects")
@pytest.mark.parametrize("umask", UMASKS, ids=lambda umask: f"umask {umask:03o}")
def test_no_file_is_ever_open_to_others(tmp_path: Path, demo: DemoServer, umask: int) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    environment = {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "XDG_CONFIG_DIRS": str(home / "site"),
        "TMPDIR": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    with Watcher(home) as watcher:
        everything(environment, umask, demo.base_url, home)
    assert watcher.open_to_others == {}
    names = {Path(path).name for path in watcher.seen}
    assert {"providers.toml", "credentials.toml", "crash.log", "conversations"} <= names
    assert any(name.endswith(".jsonl") for name in names)
    assert any(Path(path).parent.name == "texts" for path in watcher.seen)
    assert any("tmp" in name for name in names), "no temporary file was seen: the watcher is too slow"
    publish(
        "private",
        f"umask {umask:03o}: {len(watcher.seen)} files and folders, {watcher.rounds:,} looks: 100 % private",
    )
