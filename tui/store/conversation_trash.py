"""The trash of conversations: deleted ones stay there until they are restored or removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.store import disk
from tui.store.blobs import BlobStore
from tui.store.conversation_files import conversation_path, is_there
from tui.store.errors import disk_error, usage_error
from tui.store.files import ensure_private_directory, remove_quietly, write_atomically
from tui.store.journal_file import under_identity
from tui.store.journal_writer import new_identity
from tui.store.optional import OptionalFiles, look_at, paths_in
from tui.store.paths import Paths
from tui.texts import store as texts

if TYPE_CHECKING:
    from tui.store.summaries import ConversationSummary

TRASH_DAYS = 30


class ConversationTrash:
    """The folder of deleted conversations. All calls block briefly."""

    def __init__(
        self,
        paths: Paths,
        blobs: BlobStore,
        optional: OptionalFiles,
        summary_of: Callable[[Path], ConversationSummary],
    ) -> None:
        self._paths = paths
        self._folder = paths.trash_dir
        self._blobs = blobs
        self._optional = optional
        self._summary_of = summary_of

    def put(self, path: Path) -> str:
        """Move a conversation here and return the token that brings it back.

        Raises:
            LmdeckError: the disk refuses.
        """
        return self._move(path, self._folder)

    def restore(self, token: str) -> str:
        """Bring a deleted conversation back and return its identity.

        Raises:
            LmdeckError: it is not in the trash any more, or the disk refuses.
        """
        source = conversation_path(self._folder, token)
        if not is_there(source, self._paths.shown):
            raise usage_error("conversation-unknown", name=token)
        return self._move(source, self._paths.conversations_dir)

    def _move(self, source: Path, folder: Path) -> str:
        """Move a conversation; where another version of it is there already, under an identity of its own."""
        target = folder / source.name
        try:
            ensure_private_directory(folder)
            if is_there(target, self._paths.shown):
                target = target.with_stem(new_identity())
                write_atomically(target, under_identity(source.read_bytes(), target.stem))
                disk.unlink(source)
            else:
                disk.replace(source, target)
        except OSError as error:
            raise disk_error(error, self._paths.shown(target)) from error
        return target.stem

    def deleted(self) -> Sequence[ConversationSummary]:
        """Return a summary of every conversation in the trash, the one deleted last first.

        Its identity is the token that brings it back.

        Raises:
            LmdeckError: the trash cannot be read.
        """
        try:
            paths = paths_in(self._folder, "*.jsonl")
        except OSError as error:
            raise disk_error(error, self._paths.shown(self._folder)) from error
        return [self._summary_of(path) for path in sorted(paths, key=_changed_at, reverse=True)]

    def purge(self, older_than_days: float = TRASH_DAYS) -> int:
        """Remove for good what was deleted long ago; return how many conversations that were."""
        limit = time.time() - older_than_days * 86_400
        removed = 0
        with self._optional.attempt(self._paths.shown(self._folder), texts.TRASH_STAYS, is_read=True):
            doomed = [path for path in paths_in(self._folder, "*.jsonl") if _is_before(path, limit)]
            if doomed:
                with self._blobs.held():
                    # Their attachments go first: whatever ends the program now, the rest is done next time.
                    folders = (self._paths.conversations_dir, self._folder)
                    for path in self._blobs.unnamed(folders, set(doomed)):
                        remove_quietly(path)
                    for path in doomed:
                        remove_quietly(path)
                        removed += 1
        return removed


def _changed_at(path: Path) -> float:
    """Return when a file was moved to the trash; see ``_is_before``."""
    status = look_at(path, follows_links=False).status
    return 0.0 if status is None else status.st_ctime


def _is_before(path: Path, moment: float) -> bool:
    """Return whether a file was moved to the trash before a moment.

    Its change time says so: moving it leaves its modification time as it was.
    """
    status = look_at(path, follows_links=False).status
    return status is not None and status.st_ctime <= moment
