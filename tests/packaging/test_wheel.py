"""The packages are complete: the wheel contains every file and runs alone."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from tui import __version__

ROOT = Path(__file__).parents[2]


def package_files() -> set[str]:
    """Return the files of the package that git would carry."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "tui"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build wheel and source distribution as ``make wheel`` does; nothing is fetched."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


def test_the_wheel_has_every_file_of_the_package(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = package_files() - names
    assert missing == set()
    assert {"tui/py.typed", "lmdeck.py"} <= names
    assert {name for name in package_files() if name.endswith(".tcss")} <= names
    assert not [name for name in names if name.startswith(("tests/", "tools/", "requirements/"))]


def test_the_wheel_brings_completions_and_the_man_page(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = {name.partition(".data/data/")[2] for name in zipfile.ZipFile(wheel).namelist()} - {""}
    assert names == {
        "share/man/man1/lmdeck.1",
        "share/bash-completion/completions/lmdeck",
        "share/zsh/site-functions/_lmdeck",
        "share/fish/vendor_completions.d/lmdeck.fish",
    }


def test_the_wheel_tells_its_licence_and_what_it_needs(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        information = f"lmdeck-{__version__}.dist-info"
        metadata = archive.read(f"{information}/METADATA").decode()
        entry_points = archive.read(f"{information}/entry_points.txt").decode()
        licence = archive.read(f"{information}/licenses/LICENSE").decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "Requires-Python: >=3.11" in metadata
    assert "lmdeck = lmdeck:main" in entry_points
    assert "Apache License" in licence


def test_the_source_distribution_can_make_the_wheel_again(built: Path) -> None:
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        names = {name.partition("/")[2] for name in source.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "lmdeck.py", "tui/py.typed"} <= names
    assert package_files() - names == set()
    assert not [name for name in names if name.startswith(("tests/", "requirements/"))]


def test_the_installed_wheel_runs(built: Path, tmp_path: Path) -> None:
    (wheel,) = built.glob("*.whl")
    home = tmp_path / "venv"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "-qq",
        "--no-deps",
        "--no-index",
    ]
    subprocess.run([*install, "--disable-pip-version-check", str(wheel)], check=True)
    lend_dependencies(home)

    version = subprocess.run(
        [home / "bin" / "lmdeck", "--version"], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    assert version.stdout.strip() == f"lmdeck {__version__}"
    imported = subprocess.run(
        [python, "-I", "-c", "import tui; print(tui.__file__)"], capture_output=True, text=True, check=True
    )
    assert imported.stdout.startswith(str(home))


def lend_dependencies(home: Path) -> None:
    """Let an environment see the packages of this one, so that nothing has to be fetched."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    lent = home / "lib" / version / "site-packages" / "lent.pth"
    lent.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
