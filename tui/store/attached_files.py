"""Files that a user attaches: found by pattern, read whole, never changed."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from glob import has_magic, iglob
from itertools import islice
from pathlib import Path

from tui.core.attachment import IMAGE_LIMIT, MOST_FILES, too_large
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.store.errors import reason_of
from tui.store.files import read_file
from tui.store.optional import look_at

_MOST_LOOKED_AT = 100_000


def is_there(path: Path) -> bool:
    """Return whether a path exists."""
    return look_at(path).exists


def is_file(path: Path) -> bool:
    """Return whether a path is a regular file."""
    return look_at(path).is_file


def outside_target(path: Path, folder: Path) -> Path | None:
    """Return the target of a path below a folder, if a link leads outside; otherwise ``None``."""
    if ".." in path.parts or not path.absolute().is_relative_to(folder.absolute()):
        return None
    try:
        target, root = path.resolve(), folder.resolve()
    except (OSError, RuntimeError):  # a cycle of links
        return None
    return None if target.is_relative_to(root) else target


def target_of(path: Path) -> str:
    """Return the path with all links resolved."""
    try:
        return str(path.resolve())
    except (OSError, RuntimeError):  # a cycle of links
        return str(path)


def read_named(path: Path, name: str) -> bytes | None:
    """Return the content of a file given by the user; ``None`` if it does not exist.

    Raises:
        UsageError: it cannot be read, or is too large for any attachment.
    """
    sight = look_at(path)
    if sight.is_folder:
        raise UsageError(
            explain(
                "attachment-unreadable",
                path=name,
                reason=reason_of(IsADirectoryError(errno.EISDIR, "")),
                pattern=f"{name.rstrip('/')}/**/*.py",
            )
        )
    try:
        content = read_file(path, IMAGE_LIMIT)
    except OSError as error:
        if sight.status is not None and sight.status.st_size > IMAGE_LIMIT:
            raise too_large(name, sight.status.st_size) from None
        raise UsageError(explain("attachment-unreadable", path=name, reason=reason_of(error))) from None
    return None if content is None else content.data


def is_pattern(name: str) -> bool:
    """Return whether a name contains wildcards."""
    return has_magic(name)


def files_matching(pattern: str, folder: Path) -> list[str]:
    """Return the sorted names of the files that match a pattern, at most one more than can be attached."""
    return sorted(islice(_matching(pattern, folder), MOST_FILES + 1))


def _matching(pattern: str, folder: Path) -> Iterator[str]:
    found = iglob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207 (a path hides no hidden files)
    for name in islice(found, _MOST_LOOKED_AT):
        if is_file(folder / name):
            yield name
