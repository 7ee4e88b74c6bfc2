"""Path checks that never raise, and writes that may fail.

``Path.exists`` and similar methods raise if a parent folder is not accessible; these functions do not. Files
that lmdeck can do without (a log, a cache, what was learned) are written inside ``OptionalFiles.attempt``: a
failure affects only that file, and is reported in one sentence.
"""

from __future__ import annotations

import fnmatch
import os
import stat
import threading
from pathlib import Path
from types import TracebackType

from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.store.errors import reason_of
from tui.texts import store as texts


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known about a path: its status, an error, or neither if it does not exist."""

    status: os.stat_result | None = None
    refusal: OSError | None = None

    @property
    def exists(self) -> bool:
        """Whether it is known to exist."""
        return self.status is not None

    @property
    def is_file(self) -> bool:
        """Whether it is known to be a regular file."""
        return self.status is not None and stat.S_ISREG(self.status.st_mode)

    @property
    def is_folder(self) -> bool:
        """Whether it is known to be a folder."""
        return self.status is not None and stat.S_ISDIR(self.status.st_mode)

    @property
    def problem(self) -> str | None:
        """Why it cannot be determined, as the end of a sentence; ``None`` if it can."""
        return None if self.refusal is None else reason_of(self.refusal)


def look_at(path: Path, *, follows_links: bool = True) -> Sight:
    """Return what is known about a path. Never raises."""
    try:
        return Sight(status=path.stat() if follows_links else path.lstat())
    except (FileNotFoundError, NotADirectoryError):
        return Sight()
    except OSError as error:
        return Sight(refusal=error)


def paths_in(folder: Path, *patterns: str, recursive: bool = False) -> list[Path]:
    """Return the sorted paths in a folder whose names match one of the patterns; none if it is missing.

    Raises:
        OSError: the folder, or with ``recursive`` one below it, cannot be listed. (``Path.glob`` hides that.)
    """
    if look_at(folder) == Sight():
        return []
    found: list[Path] = []
    for name in sorted(os.listdir(folder)):  # noqa: PTH208 (a folder that vanishes or refuses must raise)
        path = folder / name
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
            found.append(path)
        if recursive and look_at(path, follows_links=False).is_folder:
            found += paths_in(path, *patterns, recursive=True)
    return found


class OptionalFiles:
    """Runs writes that may fail, and stores a sentence for each failure. Thread-safe."""

    def __init__(self) -> None:
        self._sentences: dict[str, str] = {}
        self._guard = threading.Lock()

    @property
    def notices(self) -> tuple[str, ...]:
        """What failed and its consequence, one or two sentences per file."""
        with self._guard:
            return tuple(self._sentences.values())

    def attempt(self, shown_path: str, consequence: str, *, is_read: bool = False) -> _Attempt:
        """Return a context manager for an optional operation: a failure is recorded, never raised.

        Args:
            shown_path: the file for display.
            consequence: a sentence on what happens without it.
            is_read: whether the file is only read.
        """
        return _Attempt(self, shown_path, consequence, is_read)

    def note(self, shown_path: str, reason: str, consequence: str, *, is_read: bool = False) -> None:
        """Record a sentence about an unusable file, replacing an earlier one."""
        text = texts.CANNOT_READ if is_read else texts.CANNOT_WRITE
        self.tell(shown_path, text.format(path=shown_path, reason=reason, consequence=consequence))

    def tell(self, shown_path: str, sentence: str) -> None:
        """Record this sentence about a file."""
        with self._guard:
            self._sentences[shown_path] = sentence


class _Attempt:
    """Suppresses errors of a disk or a lock."""

    def __init__(self, files: OptionalFiles, shown_path: str, consequence: str, is_read: bool) -> None:
        self._files = files
        self._shown = shown_path
        self._consequence = consequence
        self._is_read = is_read

    def __enter__(self) -> None:
        """Enter the context."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        """Record and suppress a disk error; let all others pass."""
        if isinstance(error, OSError):
            reason = reason_of(error, is_write=not self._is_read)
            self._files.note(self._shown, reason, self._consequence, is_read=self._is_read)
        elif isinstance(error, LmdeckError):  # its lock is held for long
            self._files.tell(self._shown, f"{error.failure.title} {self._consequence}")
        else:
            return False
        return True
