"""How each measured program is started, and what its prompt looks like."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.terminal import Program

ROOT = Path(__file__).resolve().parents[2]
_PEERS = Path(__file__).resolve().parent / "peers"
_SERVER = "from tui.demo.server import DemoServer; print(DemoServer().start(), flush=True); input()"
OURS, STREAM, CAT, EMPTY = "lmdeck", "MarkdownStream app", "cat", "empty Textual app"
LIST, LLM = "lmdeck, provider list", "llm"
"""``llm`` is measured where that command is installed (``uv tool install llm``)."""


def environment(home: Path) -> dict[str, str]:
    """Return a clean environment with a home of its own."""
    return {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_STATE_HOME": str(home / ".local/state"),
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
    }


@contextmanager
def server() -> Iterator[str]:
    """Run the scripted endpoint in a process of its own; yields its base URL."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.kill()
        process.wait()


@dataclass(frozen=True, slots=True)
class Setting:
    """Where a program runs."""

    base_url: str
    model: str
    home: Path
    conversation: str | None = None


def _lmdeck(setting: Setting) -> list[str]:
    command = [sys.executable, "-m", "tui.cli.main"]
    add = ["providers", "add", "bench", "--url", setting.base_url, "--model", setting.model, "--default"]
    subprocess.run([*command, *add], env=environment(setting.home), check=True, capture_output=True, cwd=ROOT)
    resume = ["--resume", setting.conversation] if setting.conversation else []
    return [*command, "chat", "bench", *resume]


def _provider_list(setting: Setting) -> list[str]:
    return _lmdeck(setting)[:-2]


def _llm(setting: Setting) -> list[str]:
    folder = setting.home / "llm"
    folder.mkdir(exist_ok=True)
    model = f'- model_id: {setting.model}\n  model_name: {setting.model}\n  api_base: "{setting.base_url}"\n'
    (folder / "extra-openai-models.yaml").write_text(model)
    return ["env", f"LLM_USER_PATH={folder}", "OPENAI_API_KEY=none", LLM, "chat", "-m", setting.model]


def _peer(name: str) -> Callable[[Setting], list[str]]:
    return lambda setting: [sys.executable, str(_PEERS / name), setting.base_url, setting.model]


COMMANDS: dict[str, Callable[[Setting], list[str]]] = {
    OURS: _lmdeck,
    LIST: _provider_list,
    LLM: _llm,
    STREAM: _peer("markdown_stream_app.py"),
    CAT: _peer("plain_client.py"),
    EMPTY: _peer("empty_app.py"),
}


@contextmanager
def running(
    name: str, base_url: str, model: str, prepare: Callable[[Path], str] | None = None
) -> Iterator[Program]:
    """Run a program with a home of its own; ``prepare`` may put a conversation there and names it."""
    with TemporaryDirectory(prefix="lmdeck-bench-") as folder:
        home = Path(folder)
        conversation = prepare(home) if prepare is not None else None
        setting = Setting(base_url, model, home, conversation)
        program = Program(COMMANDS[name](setting), environment(home), echo=name in (CAT, LLM))
        try:
            yield program
        finally:
            program.close()
