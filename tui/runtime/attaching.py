"""Attachments of a message: files are named, found and read, and become parts of the message."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from tui.core.attachment import Attached, Attachment, attached, is_url, read_attachment, split_lines
from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.mentions import mentions, unquoted
from tui.core.parts import FilePart, ImagePart
from tui.core.safe_text import safe_line
from tui.core.secret_files import is_secret_name
from tui.store.attached_files import (
    files_matching,
    is_file,
    is_pattern,
    is_there,
    outside_target,
    read_named,
    target_of,
)
from tui.store.files import FileStamp, stamp_of
from tui.store.path_index import PathIndex
from tui.texts import attachments as texts

NO_ENVIRONMENT: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known about the mentions in a message."""

    only_words: Collection[str] = frozenset()
    """Mentions that are meant as text."""
    chosen: frozenset[str] = frozenset()
    """Files selected from a list."""
    words: str = ""
    """The text before an edit."""
    kept: Sequence[ImagePart | FilePart] = ()
    """The attachments before an edit."""
    named: Sequence[str] = ()
    """Files attached without a mention."""


NO_DRAFT = Draft()


class Files:
    """Resolves names to files, relative to the folder in which the program was started."""

    def __init__(self, folder: Path | None = None, environment: Mapping[str, str] = NO_ENVIRONMENT) -> None:
        self._folder = Path() if folder is None else folder
        self._environment = environment
        self._seen: dict[str, tuple[FileStamp | None, ImagePart | FilePart]] = {}
        """What was announced about files that are not sent yet."""
        self._secret: dict[str, bool] = {}
        """Files whose names suggest that they contain keys, and whether they may be sent."""

    @cached_property
    def index(self) -> PathIndex:
        """The files below the folder, for suggestions."""
        return PathIndex(self._folder, self._environment)

    def read_all(self, references: Iterable[str]) -> list[Attachment]:
        """Read the files of references: ``PATH``, ``PATH:40-90`` or patterns such as ``src/**/*.py``.

        Raises:
            UsageError: one of them cannot be attached.
        """
        return [self.read(name) for reference in references for name in self.names(reference)]

    def asked_for(self, typed: str) -> list[str]:
        """Return the files given to ``/attach``, possibly in shell quotes.

        Raises:
            UsageError: no file matches.
        """
        return self.names(typed if self._is_there(typed) else unquoted(typed))

    def names(self, reference: str) -> list[str]:
        """Return a reference, or the files that match a pattern.

        Raises:
            UsageError: no file matches.
        """
        if is_url(reference) or not is_pattern(reference) or self._is_there(reference):
            return [reference]
        found = files_matching(_expanded(reference), self._folder)
        if not found:
            raise UsageError(explain("attachment-none", pattern=reference, folder=self._shown_folder))
        return found

    def read(self, reference: str) -> Attachment:
        """Read one file, or a range of its lines.

        Raises:
            UsageError: it cannot be attached.
        """
        if is_url(reference):
            raise UsageError(explain("attachment-url", url=reference))
        path, lines = self._place(reference)
        data = read_named(self._path(path), path)
        if data is None:
            raise UsageError(explain("attachment-missing", path=path, folder=self._shown_folder))
        file = read_attachment(path, data, lines)
        if is_secret_name(path) or is_secret_name(target_of(self._path(path))):
            self._secret.setdefault(file.part.name, False)
        return file

    def secrets(self, parts: Iterable[ImagePart | FilePart]) -> list[str]:
        """Return the files in a message that probably contain keys, and were not confirmed yet."""
        return [
            name for name in dict.fromkeys(part.name for part in parts) if self._secret.get(name) is False
        ]

    def allow(self, names: Iterable[str]) -> None:
        """Allow sending these files without another confirmation."""
        self._secret.update(dict.fromkeys(names, True))

    def is_attachable(self, reference: str) -> bool:
        """Return whether a reference means a regular file."""
        path = self._place(reference)[0]
        return not is_url(path) and is_file(self._path(path))

    def mentioned(self, words: str, draft: Draft = NO_DRAFT) -> Attached:
        """Return the files that a message names or mentions, and those of the message being edited.

        Raises:
            UsageError: one cannot be attached; files selected from a list must exist.
        """
        kept = {part.text[1:-1]: part for part in draft.kept}
        in_words = {mention.reference for mention in mentions(draft.words)} if draft.kept else set()
        files = self.read_all(draft.named)
        changed: list[str] = []
        parts = [part for name, part in kept.items() if name not in in_words]
        for mention in mentions(words):
            if mention.reference in draft.only_words:
                continue
            readings = list(mention.readings)
            known = next((kept[reading] for reading in readings if reading in kept), None)
            if known is not None:
                parts.append(known)
            elif (meant := self._meant(readings, draft.chosen)) is not None:
                files.append(self.read(meant))
                changed += [files[-1].part.name] if self._has_changed(meant, files[-1]) else []
        self._seen.clear()
        return replace(attached(files, parts), changed=tuple(changed))

    def preview(self, words: str, draft: Draft = NO_DRAFT) -> Attached:
        """Return the same without the contents, for a draft; what cannot be attached is skipped."""
        parts: list[ImagePart | FilePart] = []
        for mention in mentions(words):
            meant = self._meant([] if mention.reference in draft.only_words else list(mention.readings), ())
            part = None if meant is None else self._part(meant)
            parts += () if part is None else (part,)
        return Attached(tuple(parts))

    def _part(self, reference: str) -> ImagePart | FilePart | None:
        """Return a file as a part; it is read only if it has changed."""
        stamp = stamp_of(self._path(self._place(reference)[0]))
        known = self._seen.get(reference)
        if known is not None and known[0] == stamp:
            return known[1]
        try:
            part = self.read(reference).part
        except UsageError:
            return None
        path = self._place(reference)[0]
        if (target := outside_target(self._path(path), self._folder)) is not None:
            part = replace(part, name=texts.LEADS_TO.format(name=path, target=safe_line(str(target))))
        self._seen[reference] = stamp, part
        return part

    def _has_changed(self, reference: str, file: Attachment) -> bool:
        known = self._seen.get(reference)
        return known is not None and known[1].sha256 != file.part.sha256

    def _meant(self, readings: Sequence[str], chosen: Collection[str]) -> str | None:
        """Return the reading of a mention that is a file; otherwise it may be an error."""
        if readings and is_url(readings[0]):
            return readings[0]
        if any(reading in chosen for reading in readings):
            return readings[0]
        return next(filter(self.is_attachable, readings), None)

    def _place(self, reference: str) -> tuple[str, tuple[int, int] | None]:
        """Return the path and the lines; a file name may look as if it had a line range."""
        with_lines = split_lines(reference)
        return (reference, None) if with_lines is None or self._is_there(reference) else with_lines

    def _is_there(self, name: str) -> bool:
        return is_there(self._path(name))

    def _path(self, name: str) -> Path:
        """Return the path of a name; an invalid path leads nowhere."""
        return self._folder / _expanded(name.replace("\0", "\N{SYMBOL FOR NULL}"))

    @property
    def _shown_folder(self) -> str:
        try:
            return str(self._folder.absolute())
        except OSError:  # the current folder no longer exists
            return ""


def _expanded(name: str) -> str:
    return os.path.expanduser(name)  # noqa: PTH111 (a path raises where there is no such user)
