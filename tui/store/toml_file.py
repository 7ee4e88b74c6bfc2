"""A TOML file shared by several sessions and an editor, changed one step at a time.

A change is a function applied to the freshly read document under the file's lock: changing one record never
undoes another session's change to a different one.
"""

from __future__ import annotations

import errno
import re
import tomllib
from collections.abc import Callable
from dataclasses import field
from decimal import Decimal
from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.store.errors import disk_error, reason_of, usage_error
from tui.store.files import (
    SIZE_LIMIT,
    FileContent,
    FileStamp,
    backup_of,
    keep_aside,
    move_aside,
    read_file,
    remove_leftovers,
    write_atomically,
    write_backup,
)
from tui.store.lock import locked
from tui.store.paths import Paths
from tui.texts import files
from tui.texts import store as texts

Table = dict[str, object]

SCHEMA = 1
"""The schema of newly written files."""

_NO_USABLE_FILE = frozenset(
    (errno.EISDIR, errno.EINVAL, errno.ELOOP, errno.EFBIG, errno.ENXIO, errno.EACCES, errno.EPERM)
)
"""Errors after which a file with this name can never be read, unlike a temporarily missing disk."""


@dataclass(frozen=True, slots=True)
class TomlDocument:
    """A file as read. ``table`` is empty if the file is missing or unreadable."""

    table: Table = field(default_factory=dict)
    data: bytes = b""
    stamp: FileStamp | None = None
    mode: int = 0
    owner: int = 0
    problem: str | None = None
    """Why it is unusable, as the end of a sentence."""
    is_corrupt: bool = False
    """It exists, but is not TOML."""
    is_newer: bool = False
    """A newer version wrote it: it is read, never written."""
    is_unusable: bool = False
    """It is not a readable file: a folder, a FIFO, another user's, or far too large."""


class TomlFile:
    """One TOML file with its schema version, lock, backup and notices."""

    def __init__(
        self,
        paths: Paths,
        path: Path,
        *,
        keep_backup: bool,
        replaces_unusable: bool = False,
        size_limit: int = SIZE_LIMIT,
    ) -> None:
        """Create a file; with ``replaces_unusable``, a change moves something unreadable aside."""
        self.path = path
        self.shown = paths.shown(path)
        self._keep_backup = keep_backup
        self._replaces_unusable = replaces_unusable
        self._size_limit = size_limit

    def read(self) -> TomlDocument:
        """Read the file. Never raises: problems are in the document."""
        return self._read(self.path)

    def read_backup(self) -> TomlDocument:
        """Read the previous version."""
        return self._read(backup_of(self.path))

    def change(
        self,
        edit: Callable[[Table], None],
        *,
        base: Table | None = None,
        guard: Callable[[TomlDocument], None] = lambda document: None,
        on_written: Callable[[bytes], None] = lambda data: None,
    ) -> str | None:
        """Apply an edit to the current file, and write it.

        Args:
            base: what to edit if the file is unreadable; the unreadable one is set aside.
            guard: called with the current file under the lock; raises if it must not be changed.
            on_written: called with the new content, still under the lock.

        Returns:
            A sentence for the user, if something was set aside.

        Raises:
            LmdeckError: the file cannot be written, or a newer version wrote it. ``edit`` may raise as well;
                then nothing is written.
        """
        try:
            with locked(self.path) as check:
                remove_leftovers(self.path)
                return self._change(edit, base, check, guard, on_written)
        except OSError as error:
            raise disk_error(error, self.shown) from error

    def _change(
        self,
        edit: Callable[[Table], None],
        base: Table | None,
        check: Callable[[], None],
        guard: Callable[[TomlDocument], None],
        on_written: Callable[[bytes], None],
    ) -> str | None:
        document = self.read()
        guard(document)
        self._refuse_newer(document)
        notice, table, text = None, document.table, ""
        is_broken = document.problem is not None
        if is_broken:
            copy = keep_aside(self.path, document.data) if document.is_corrupt else move_aside(self.path)
            notice = texts.SET_ASIDE.format(path=self.shown, reason=document.problem, copy=copy.name)
            table = base or {}
        elif document.data:
            text = document.data.decode("utf-8")
        changed = _copy(table)
        edit(changed)
        if not text or "schema" in table:  # not added to a hand-written file
            changed = {"schema": SCHEMA, **{key: value for key, value in changed.items() if key != "schema"}}
        if is_broken or changed != _raw_table(document.data):
            if self._keep_backup and not is_broken:  # a broken one never replaces a good backup
                notice = self._try_backup()
            data = render(text, changed)
            if len(data) > self._size_limit:  # it could not be read again
                raise LmdeckError(
                    explain("store-failed", path=self.shown, reason=_too_large(self._size_limit))
                )
            write_atomically(self.path, data, before_replace=check)
            on_written(data)
        return notice

    def _try_backup(self) -> str | None:
        """Keep the previous version; if that fails the change continues, and a sentence is returned."""
        try:
            write_backup(self.path)
        except OSError as error:
            return texts.NO_BACKUP.format(path=self.shown, reason=reason_of(error))
        return None

    def _refuse_newer(self, document: TomlDocument) -> None:
        if document.is_newer:
            raise usage_error("config-newer", path=self.shown)
        is_replaced = document.is_corrupt or (document.is_unusable and self._replaces_unusable)
        if document.problem is not None and not is_replaced:
            raise LmdeckError(explain("store-failed", path=self.shown, reason=document.problem))

    def _read(self, path: Path) -> TomlDocument:
        try:
            content = read_file(path, self._size_limit)
        except OSError as error:
            return TomlDocument(problem=reason_of(error), is_unusable=error.errno in _NO_USABLE_FILE)
        return TomlDocument() if content is None else self._parse(content)

    def _parse(self, content: FileContent) -> TomlDocument:
        try:
            table = parse_toml(content.data)
        except ValueError as error:
            return _document(content, problem=str(error), is_corrupt=True)
        version = table.get("schema", SCHEMA)  # missing in a hand-written file
        if isinstance(version, bool) or not isinstance(version, int) or version < 1:
            return _document(content, problem=files.NO_SCHEMA, is_corrupt=True)
        if version > SCHEMA:
            return _document(content, table=table, is_newer=True)
        return _document(content, table=table)


def parse_toml(data: bytes) -> Table:
    """Parse TOML with exact decimals.

    Raises:
        ValueError: it is not TOML; the message contains the position, but nothing of the content.
    """
    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(files.NOT_UTF8_LINE.format(line=line)) from None
    except RecursionError:
        raise ValueError(files.TABLES_DEEP) from None
    except ArithmeticError:
        raise ValueError(files.ODD_NUMBER) from None
    except ValueError as error:  # a TOMLDecodeError, or an integer with too many digits
        # The message may quote the file, which may contain a key: only the position is reported.
        place = re.search(r"line (\d+)", str(error))
        line = int(place[1]) if place else data.rstrip().count(b"\n") + 1  # at the end of the document
        raise ValueError(files.NOT_TOML.format(line=line)) from None


def render(text: str, table: Table) -> bytes:
    """Return the new content of the file: the old text, edited if possible, to preserve comments."""
    from tui.store.toml_edit import edit_text

    return edit_text(text, table).encode("utf-8", "replace")


def _too_large(limit: int) -> str:
    return files.WOULD_BE_LARGER.format(size=limit // 1024 // 1024)


def _raw_table(data: bytes) -> Table | None:
    try:
        return parse_toml(data) if data else None
    except ValueError:
        return None


def _document(
    content: FileContent,
    *,
    table: Table | None = None,
    problem: str | None = None,
    is_corrupt: bool = False,
    is_newer: bool = False,
) -> TomlDocument:
    return TomlDocument(
        table or {}, content.data, content.stamp, content.mode, content.owner, problem, is_corrupt, is_newer
    )


def _copy(table: Table) -> Table:
    return {key: _copy(value) if isinstance(value, dict) else value for key, value in table.items()}
