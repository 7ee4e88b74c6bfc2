"""Whether a file's content can be trusted: who can write or replace it.

A file that others can write could contain any command, any secret and any address to send it to. What the
user has confirmed is stored as a checksum of the content, so that changes are not confirmed.
"""

from __future__ import annotations

import grp
import hashlib
import json
import os
import pwd
import stat
from collections.abc import Callable
from pathlib import Path

from tui.core.lazy_dataclass import dataclass
from tui.store.files import read_file, write_atomically
from tui.store.lock import locked
from tui.texts import files
from tui.texts import runtime as texts

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_MOST_LINKS = 40
"""The system's limit for links in one path."""


@dataclass(frozen=True, slots=True)
class Distrust:
    """Why a file is not trusted."""

    reason: str
    """The end of a sentence."""
    command: str = ""
    """A command that removes the access of others, if one is sufficient."""

    @property
    def advice(self) -> str:
        """What to do, as a sentence: only the user can confirm the content."""
        ways = f"{self.command}, or {texts.TRUST}" if self.command else texts.TRUST
        return texts.REVIEW.format(ways=ways)

    @property
    def refusal(self) -> str:
        """Reason and advice, without the initial capital and the final full stop."""
        return f"{self.reason}. {self.advice}"


def distrust_of(path: Path, shown: Callable[[Path], str], *, mode: int | None, owner: int) -> Distrust | None:
    """Return why a file is not trusted, or ``None`` if it is.

    Args:
        shown: formats a path for display.
        mode: the permissions of the file that was read; ``None`` if it does not exist, so that only its
            folders are checked.
        owner: the user id of the file's owner.
    """
    if mode is not None:
        if not _is_own(owner):
            return Distrust(files.FOREIGN.format(path=shown(path)))
        if mode & _OTHERS_WRITE:
            return Distrust(files.WRITABLE.format(path=shown(path)), files.CLOSE.format(path=shown(path)))
    folders, links = _way_to(path)
    for link in links:
        if not _is_own(link.lstat().st_uid):
            return Distrust(files.FOREIGN_LINK.format(path=shown(link)))
    found = (_distrust_of_folder(folder, shown, holds_file=mode is not None) for folder in folders)
    return next(filter(None, found), None)


def _distrust_of_folder(folder: Path, shown: Callable[[Path], str], *, holds_file: bool) -> Distrust | None:
    try:
        status = folder.stat()
    except OSError:  # not made yet, and it will be private; or writing there fails, and says why
        return Distrust(files.UNSEEN_FOLDER.format(path=shown(folder))) if holds_file else None
    if not _is_own(status.st_uid):
        return Distrust(files.FOREIGN_FOLDER.format(path=shown(folder)))
    others = status.st_mode & _OTHERS_WRITE
    # In a sticky folder (/tmp), nobody can replace files of others.
    if not others or status.st_mode & stat.S_ISVTX:
        return None
    if others == stat.S_IWGRP and _is_private_group(status.st_gid):
        return None
    name = shown(folder)
    return Distrust(files.WRITABLE_FOLDER.format(path=name), files.CLOSE.format(path=name))


def _user() -> int:
    return os.geteuid()


def _is_own(owner: int) -> bool:
    """Return whether the owner is the user or root, who can do anything anyway."""
    return owner in (_user(), 0)


def _is_private_group(group: int) -> bool:
    """Return whether a group is the user's own, as created for each user by Red Hat and Debian."""
    user = _user()
    if user == 0:
        return False
    try:
        person, entry = pwd.getpwuid(user), grp.getgrgid(group)
    except KeyError:
        return False
    is_own = person.pw_gid == group and entry.gr_name == person.pw_name
    return is_own and set(entry.gr_mem) <= {person.pw_name}


def _way_to(path: Path) -> tuple[list[Path], list[Path]]:
    """Return all folders that determine where a path leads, nearest first, and the links on the way.

    For a path with too many links, only the beginning is returned: the file cannot be read either.
    """
    seen: dict[Path, None] = {}
    followed: list[Path] = []
    folder, left = Path("/"), list(Path(os.path.abspath(path)).parts[1:])  # noqa: PTH100 (no link is followed)
    while left and len(followed) <= _MOST_LINKS:
        part = left.pop(0)
        if part == "..":
            folder = folder.parent
            continue
        seen.setdefault(folder)
        step = folder / part
        try:
            target = step.readlink()
        except OSError:  # not a link, or it does not exist
            folder = step
            continue
        followed.append(step)
        parts = list(target.parts)
        if target.is_absolute():
            folder, parts = Path("/"), parts[1:]
        left = parts + left
    return list(reversed(seen)), followed


class TrustedFiles:
    """The files whose current content the user has confirmed; stored in the private state folder."""

    def __init__(self, file: Path, shown: Callable[[Path], str]) -> None:
        self._file = file
        self._shown = shown

    def is_trusted(self, path: Path, data: bytes) -> bool:
        """Return whether this content of a file was confirmed. Never raises."""
        return self._read().get(str(path)) == _checksum(data)

    def trust(self, path: Path, data: bytes) -> None:
        """Confirm this content of a file, replacing the previous one.

        Raises:
            LmdeckError: another process holds the lock.
            OSError: the disk refuses.
        """
        with locked(self._file) as check:
            known = {**self._read(), str(path): _checksum(data)}
            write_atomically(self._file, json.dumps(known, indent=1).encode(), before_replace=check)

    def _read(self) -> dict[str, str]:
        """Return what is confirmed; nothing if others could have written it."""
        try:
            content = read_file(self._file)
        except OSError:
            return {}
        if content is None:
            return {}
        if distrust_of(self._file, self._shown, mode=content.mode, owner=content.owner) is not None:
            return {}
        try:
            value = json.loads(content.data)
        except (ValueError, RecursionError):
            return {}
        known = value if isinstance(value, dict) else {}
        return {key: text for key, text in known.items() if isinstance(text, str)}


def _checksum(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
