"""The files below a folder, for suggestions: tracked by git, then not ignored; without git, all files.

``scan`` blocks, for a few seconds at most, and runs in a thread; partial results are available meanwhile.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tui.core.path_search import MOST_PATHS, PathList, is_suggested

GIT_SECONDS = 5.0
WALK_SECONDS = 5.0
FRESH_SECONDS = 5.0
"""How long a scan is valid."""
_FIRST_PATHS = 500
"""Until the list is first shown; from then on, whenever it has doubled."""
_DRAWN_SECONDS = 0.03
"""A pause after the first list so that it can be drawn: both share the interpreter."""
_READ = 65_536
_SKIPPED = frozenset(("node_modules", "__pycache__"))
_GIT = ("git", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "ls-files", "-z")
"""Nothing configured by a repository is run."""
_PASSED_ON = ("PATH", "HOME", "LANG", "XDG_CONFIG_HOME", "TMPDIR")


class PathIndex:
    """The result of a scan. Scans replace it as a whole, so that any thread may read it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._environment = {name: environment[name] for name in _PASSED_ON if name in environment}
        self._scanned_at: float | None = None
        self._seen: dict[str, None] = {}
        self._told = 0
        self._tell: Callable[[], object] = lambda: None
        self.found = PathList()
        self.is_scanning = False
        self.is_capped = False
        """Whether there are more paths than the limit."""

    def begin(self) -> bool:
        """Return whether a scan is due, which the caller then does."""
        is_fresh = self._scanned_at is not None and time.monotonic() - self._scanned_at < FRESH_SECONDS
        if self.is_scanning or is_fresh:
            return False
        self.is_scanning = True
        return True

    def scan(self, tell: Callable[[], object] = lambda: None) -> None:
        """Find the files; ``tell`` is called whenever there are many more, and at the end. Never raises."""
        self._tell, self._seen, self._told = tell, {}, 0
        is_first = not len(self.found)
        top = list(_entries(self._folder, ""))
        if is_first:
            self.found = PathList(path for path in top if is_suggested(path))
            tell()
            time.sleep(_DRAWN_SECONDS)
        self.is_capped = False
        self._take_all()
        self.found = PathList(self._seen)
        self._scanned_at = time.monotonic()
        self.is_scanning = False
        tell()

    def _take_all(self) -> None:
        deadline = time.monotonic() + GIT_SECONDS
        if self._take_from_git((), deadline):
            self._take_from_git(("--others", "--exclude-standard"), deadline)
        elif not self.is_capped:
            self._walk(time.monotonic() + WALK_SECONDS)

    def _take(self, path: str) -> bool:
        """Add a path; return whether there is room for more."""
        if is_suggested(path):
            if len(self._seen) >= MOST_PATHS:
                self.is_capped = True
                return False
            self._seen[path] = None
            if len(self._seen) >= max(_FIRST_PATHS, 2 * self._told) and len(self._seen) > len(self.found):
                self._told = len(self._seen)
                self.found = PathList(self._seen)
                self._tell()
        return True

    # ── git ─────────────────────────────────────────────────────────────────────────────────

    def _take_from_git(self, options: tuple[str, ...], deadline: float) -> bool:
        """Add the files that git lists; return whether the folder is in a repository."""
        try:
            child = subprocess.Popen(  # noqa: S603 (no shell, and nothing of the user in it)
                (*_GIT, *options),
                cwd=self._folder,
                env={**self._environment, "GIT_OPTIONAL_LOCKS": "0"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:  # git is not installed
            return False
        try:
            is_whole = all(self._take(os.fsdecode(name)) for name in _names(child, deadline))
            return is_whole and child.poll() == 0
        finally:
            if child.poll() is None:
                child.kill()
                child.wait()
            if child.stdout is not None:
                child.stdout.close()

    # ── Without git ─────────────────────────────────────────────────────────────────────────

    def _walk(self, deadline: float) -> None:
        """Add the files in the folder and below, nearest first."""
        folders = deque([""])
        while folders and time.monotonic() < deadline:
            for path in _entries(self._folder, folders.popleft()):
                if path.endswith("/"):
                    folders.append(path)
                elif not self._take(path):
                    return
        self.is_capped |= bool(folders)


def _entries(root: Path, below: str) -> Iterator[str]:
    """Yield the names in a folder; those of folders end with a slash. Links to folders are skipped."""
    try:
        with os.scandir(root / below) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError:  # not accessible, or gone
        return
    for entry in found:
        if entry.name.startswith(".") or entry.name in _SKIPPED:
            continue
        try:
            if entry.is_dir(follow_symlinks=False):
                yield f"{below}{entry.name}/"
            elif entry.is_file():
                yield f"{below}{entry.name}"
        except OSError:  # it is gone
            continue


def _names(child: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
    """Yield the NUL-terminated names from a child process, until it ends or the deadline passes."""
    if child.stdout is None:
        return
    descriptor, rest = child.stdout.fileno(), b""
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0 and selector.select(left):
            piece = os.read(descriptor, _READ)
            if not piece:
                child.wait()
                return
            *names, rest = (rest + piece).split(b"\0")
            yield from names
