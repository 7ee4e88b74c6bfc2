"""The trash: deleted conversations stay there until they are restored or purged."""

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
        """Move a conversation to the trash and return the token to restore it.

        Raises:
            LmdeckError: the disk refuses.
        """
        return self._move(path, self._folder)

    def restore(self, token: str) -> str:
        """Restore a deleted conversation and return its id.

        Raises:
            LmdeckError: it is no longer in the trash, or the disk refuses.
        """
        source = conversation_path(self._folder, token)
        if not is_there(source, self._paths.shown):
            raise usage_error("conversation-unknown", name=token)
        return self._move(source, self._paths.conversations_dir)

    def _move(self, source: Path, folder: Path) -> str:
        """Move a conversation, with a new id if another version of it exists there."""
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
        """Return a summary of every conversation in the trash, the last deleted first.

        The id of each is the token to restore it.

        Raises:
            LmdeckError: the trash cannot be read.
        """
        try:
            paths = paths_in(self._folder, "*.jsonl")
        except OSError as error:
            raise disk_error(error, self._paths.shown(self._folder)) from error
        return [self._summary_of(path) for path in sorted(paths, key=_changed_at, reverse=True)]

    def purge(self, older_than_days: float = TRASH_DAYS) -> int:
        """Permanently delete old conversations in the trash; return their number."""
        limit = time.time() - older_than_days * 86_400
        removed = 0
        with self._optional.attempt(self._paths.shown(self._folder), texts.TRASH_STAYS, is_read=True):
            doomed = [path for path in paths_in(self._folder, "*.jsonl") if _is_before(path, limit)]
            if doomed:
                with self._blobs.held():
                    # Attachments first: if the program is interrupted now, the rest is done next time.
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
    """Return whether a file was moved to the trash before a given time.

    Uses the change time, since moving does not affect the modification time.
    """
    status = look_at(path, follows_links=False).status
    return status is not None and status.st_ctime <= moment
