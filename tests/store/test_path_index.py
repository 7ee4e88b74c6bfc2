"""Suggested files: tracked by git first, none hidden or ignored, and never too many."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tui.core import path_search
from tui.store import path_index
from tui.store.path_index import PathIndex

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="there is no git here")


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"{name}\n")


def git(folder: Path, *arguments: str) -> None:
    settings = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


def scanned(folder: Path, environment: dict[str, str] | None = None) -> PathIndex:
    index = PathIndex(folder, {"PATH": os.environ["PATH"]} if environment is None else environment)
    assert index.begin()
    assert not index.begin(), "one scan at a time"
    index.scan()
    assert not index.is_scanning
    return index


@needs_git
def test_what_git_tracks_comes_first_then_what_it_does_not_ignore(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "z/tracked.py", "a/new.py", "out/ignored.log", ".hidden/x.py", ".env", "id_rsa")
    (tmp_path / ".gitignore").write_text("out/\n")
    git(tmp_path, "add", "z/tracked.py")
    index = scanned(tmp_path)
    assert index.found.paths == ("z/tracked.py", "a/new.py")
    assert not index.begin(), "it is fresh"
    assert scanned(tmp_path / "z").found.paths == ("tracked.py",), "paths begin at the folder"


@needs_git
def test_nothing_that_a_repository_names_is_run(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, "a.py")
    hook = tmp_path / "hook.sh"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    hook.chmod(0o700)
    git(tmp_path, "config", "core.fsmonitor", str(hook))
    assert "a.py" in scanned(tmp_path).found.paths
    assert not (tmp_path / "was-run").exists()


def test_without_git_the_folder_is_walked_what_is_near_first(tmp_path: Path) -> None:
    write(tmp_path, "b/c/deep.py", "b/near.py", "a.py", "node_modules/x.js", ".git-like/x", "with blank.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    index = scanned(tmp_path, {"PATH": "/nowhere"})
    assert index.found.paths == ("a.py", "with blank.txt", "b/near.py", "b/c/deep.py")
    assert not index.is_capped


def fake_git(folder: Path, script: str) -> dict[str, str]:
    """Return an environment in which git is this script."""
    program = folder / "bin" / "git"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\n{script}")
    program.chmod(0o700)
    return {"PATH": str(program.parent)}


def test_a_git_that_is_slow_or_fails_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "project"
    write(folder, "a.py", "b/c.py")
    monkeypatch.setattr(path_index, "GIT_SECONDS", 0.2)
    slow = fake_git(tmp_path, "import time; time.sleep(60)\n")
    index = PathIndex(folder, slow)
    told: list[tuple[str, ...]] = []
    assert index.begin()
    index.scan(lambda: told.append(index.found.paths))
    assert told[0] == ("a.py", "b/"), "at once, while git is waited for"
    assert index.found.paths == ("a.py", "b/c.py")


def test_where_git_knows_no_repository_the_folder_is_walked(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    write(folder, "a.py")
    assert scanned(folder, fake_git(tmp_path, "raise SystemExit(128)\n")).found.paths == ("a.py",)


def test_so_many_are_held_and_the_list_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(path_index, "MOST_PATHS", 700)
    names = "".join(f"a{number}.py\\0" for number in range(1000))
    index = scanned(tmp_path, fake_git(tmp_path, f"print('{names}', end='')\n"))
    assert len(index.found) == 700
    assert index.is_capped
    assert path_search.MOST_PATHS == 20_000


def test_the_first_ones_are_there_before_the_last(tmp_path: Path) -> None:
    write(tmp_path, "near.py")
    script = (
        "import sys, time\n"
        "sys.stdout.write(''.join(f'a{n}.py\\0' for n in range(2000))); sys.stdout.flush()\n"
        "import os\n"
        f"while not os.path.exists({str(tmp_path / 'go')!r}): time.sleep(0.01)\n"
        "sys.stdout.write('last.py\\0')\n"
    )
    index = PathIndex(tmp_path, fake_git(tmp_path, script))
    assert index.begin()
    thread = threading.Thread(target=index.scan)
    thread.start()
    wait_for(lambda: "a0.py" in index.found.paths)
    assert index.is_scanning
    assert "last.py" not in index.found.paths
    (tmp_path / "go").touch()
    thread.join(30)
    assert index.found.paths[-1] == "last.py"


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)
