"""The command starts, or reports that another package replaced it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder of installed packages, with the starter and a ``tui`` that is not lmdeck's."""
    shutil.copy(ROOT / "lmdeck.py", tmp_path)
    (tmp_path / "tui").mkdir()
    return tmp_path


def start(site: Path) -> subprocess.CompletedProcess[str]:
    """Start lmdeck from a folder of packages alone."""
    program = f"import sys; sys.path.insert(0, {str(site)!r}); import lmdeck; sys.exit(lmdeck.main())"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, timeout=60
    )


def own(site: Path, name: str) -> None:
    """Let a distribution own the package ``tui``."""
    information = site / f"{name}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    (information / "top_level.txt").write_text("tui\n")


@pytest.mark.parametrize("text", ['print "Python 2"\n', "__all__ = []\n"])
def test_another_package_of_the_name_is_explained(site: Path, text: str) -> None:
    (site / "tui" / "__init__.py").write_text(text)
    own(site, "tui")
    own(site, "lmdeck")
    done = start(site)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the installed package tui also" in done.stderr
    assert "pipx install lmdeck" in done.stderr
    assert "Traceback" not in done.stderr


def test_files_that_went_with_the_other_package_are_explained(site: Path) -> None:
    """As after ``pip uninstall tui``: its files were those of lmdeck."""
    (site / "tui" / "cli").mkdir()
    own(site, "lmdeck")
    done = start(site)
    assert (done.returncode, done.stdout) == (2, "")
    first, second = done.stderr.splitlines()
    assert "some of its files are missing" in first
    assert second == "Reinstall it: pip install --force-reinstall lmdeck"


def test_it_is_installed_again_from_where_it_came(site: Path) -> None:
    own(site, "lmdeck")
    information = site / "lmdeck-1.0.dist-info"
    (information / "direct_url.json").write_text('{"url": "file:///srv/lmdeck", "dir_info": {}}')
    assert "pip install --force-reinstall /srv/lmdeck\n" in start(site).stderr
    own(site, "tui")
    assert "pipx install /srv/lmdeck, or uv tool" in start(site).stderr


def test_a_fault_of_its_own_is_not_blamed_on_others(site: Path) -> None:
    (site / "tui" / "__init__.py").write_text("import no_such_module\n")
    own(site, "lmdeck")
    done = start(site)
    assert done.returncode == 1
    assert "no_such_module" in done.stderr


def test_python_can_start_it_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lmdeck", "--version"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.startswith("lmdeck ")
