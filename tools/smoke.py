"""Installs what is published on every Python that is here, and uses it: ``python tools/smoke.py [PYTHON …]``.

For each Python: the wheel with the locked, the lowest and the newest versions that are allowed, and the
source distribution with the locked ones. For a Python that is not here: whether the locked versions have
wheels for it, on Linux and macOS. Packages come from the index that pip uses. Prints one line each; exits
with 1 where one failed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "runtime.txt"
UV = str(ROOT / ".venv-lock" / "bin" / "uv")
"""Installed by ``make lock``."""
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
PLATFORMS = ("x86_64-manylinux_2_28", "aarch64-manylinux_2_28", "aarch64-apple-darwin", "x86_64-apple-darwin")
_PILOT = """
import asyncio, os
from tui.runtime.runtime import open_runtime
from tui.ui.app import LmdeckApp

async def use():
    app = LmdeckApp(open_runtime(os.environ), "providers", {})
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause(0.5)
        text = "\\n".join(strip.text for strip in app.screen._compositor.render_strips())
        assert "Providers" in text and "demo" in text, text

asyncio.run(use())
"""
_USES: tuple[tuple[str, ...], ...] = (
    ("lmdeck", "--version"),
    ("lmdeck", "ask", "hi", "-p", "demo"),
    ("lmdeck", "check", "demo"),
    ("lmdeck", "completion", "bash"),
    ("python", "-c", _PILOT),
)


def main() -> int:
    """Try every combination; return the exit code."""
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _run([sys.executable, "-m", "hatchling", "build", "-d", str(place / "dist")])
        (wheel,), (source,) = place.glob("dist/*.whl"), place.glob("dist/*.tar.gz")
        for python in sys.argv[1:] or [f"python{version}" for version in PYTHONS]:
            if not _runs(python):
                failed |= _lacks_wheels(python, place / "nothing")
                continue
            for name, package, versions in _installations(python, place, wheel, source):
                problem = _try(python, place / "venv", package, versions)
                failed |= bool(problem)
                print(f"{python:<12} {name:<16} {problem or 'works'}", flush=True)
    return int(failed)


def _runs(python: str) -> bool:
    found = shutil.which(python)
    if found is None:
        return False
    return subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0


def _lacks_wheels(python: str, target: Path) -> bool:
    """Print whether the locked versions have wheels for a Python that is not here; return whether not."""
    lacks = False
    for platform in PLATFORMS:
        command = [UV, "pip", "install", "--dry-run", "--quiet", "--only-binary", ":all:", "--require-hashes"]
        command += ["--target", str(target), "--python-platform", platform]
        command += ["--python-version", python.removeprefix("python"), "-r", str(LOCK)]
        problem = _run(command, stops=False)
        lacks |= bool(problem)
        print(f"{python:<12} {platform:<24} {problem or 'not here; the locked wheels exist'}", flush=True)
    return lacks


def _installations(
    python: str, place: Path, wheel: Path, source: Path
) -> Iterator[tuple[str, Path, Sequence[str]]]:
    lowest = place / f"lowest-{python}.txt"
    newest = place / f"newest-{python}.txt"
    for file, resolution in ((lowest, "lowest-direct"), (newest, "highest")):
        _run(
            [
                *(
                    str(ROOT / ".venv-lock" / "bin" / "uv"),
                    "pip",
                    "compile",
                    "--quiet",
                    "--no-annotate",
                    "--no-header",
                ),
                *(
                    "--python",
                    python,
                    "--resolution",
                    resolution,
                    "pyproject.toml",
                    "--output-file",
                    str(file),
                ),
            ]
        )
    yield "wheel, locked", wheel, ("--require-hashes", "-r", str(LOCK))
    yield "wheel, lowest", wheel, ("-r", str(lowest))
    yield "wheel, newest", wheel, ("-r", str(newest))
    yield "source, locked", source, ("--require-hashes", "-r", str(LOCK))


def _try(python: str, venv: Path, package: Path, versions: Sequence[str]) -> str:
    """Return what failed, an empty text where nothing did."""
    shutil.rmtree(venv, ignore_errors=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    home = venv / "home"
    environment = {"HOME": str(home), "PATH": f"{venv / 'bin'}:{os.environ['PATH']}", "LANG": "C.UTF-8"}
    steps = [[python, "-m", "venv", str(venv)], [*pip, *versions], [*pip, "--no-deps", str(package)]]
    for step in steps:
        if problem := _run(step, stops=False):
            return problem
    home.mkdir()
    for use in _USES:
        command = [str(venv / "bin" / use[0]), *use[1:]]
        if problem := _run(command, stops=False, environment=environment, folder=home):
            return f"{' '.join(use)[:40]}: {problem}"
    return ""


def _run(
    command: Sequence[str],
    *,
    stops: bool = True,
    environment: dict[str, str] | None = None,
    folder: Path = ROOT,
) -> str:
    """Run a command; return the last line that it wrote where it failed, or stop where that is wanted."""
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600, check=False
    )
    if done.returncode == 0:
        return ""
    problem = next(
        iter(reversed((done.stderr or done.stdout).strip().splitlines())), f"exit {done.returncode}"
    )
    if stops:
        raise SystemExit(problem)
    return problem


if __name__ == "__main__":
    sys.exit(main())
