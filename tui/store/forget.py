"""``lmdeck forget``: deletes keys, conversations, caches or the ledger; only lmdeck's own files."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable
from dataclasses import field
from pathlib import Path

from tui.core.failure import LmdeckError
from tui.core.lazy_dataclass import dataclass
from tui.store import disk
from tui.store.blobs import BlobStore
from tui.store.errors import reason_of, usage_error
from tui.store.files import create_private, stamp_of
from tui.store.journal_lease import LEASE_STALE_SECONDS, lease_path
from tui.store.lease import LeaseHeldError, acquire_lease, holder_of
from tui.store.ledger_file import PAST_FILE, SENT_SUFFIX
from tui.store.optional import look_at, paths_in
from tui.store.owner import Owner, holder_words
from tui.store.paths import Paths
from tui.texts import store as texts

_CONVERSATION = ".jsonl"
_EMPTY = (".lock", ".lease", ".break", ".interrupted")
"""Auxiliary files of lmdeck without user data: not counted, and harmless if they remain."""


@dataclass(slots=True)
class Forgotten:
    """What was deleted, and what was not."""

    files: int = 0
    """The number of files with content; locks and the like are removed with them and not counted."""
    conversations: int = 0
    kept: list[str] = field(default_factory=list)
    """What remains, and why: one or two sentences each."""


def forget(paths: Paths, what: str, forgotten: Forgotten | None = None) -> Forgotten:
    """Permanently delete ``keys``, ``conversations``, ``caches`` or ``ledger``, as far as possible.

    ``forgotten`` is updated meanwhile, for callers that may be interrupted. Open conversations are kept, and
    so are references to stored keys in the providers.

    Raises:
        UsageError: unknown word.
    """
    remover = _Remover(paths, forgotten or Forgotten())
    kinds: dict[str, Callable[[], None]] = {
        "keys": remover.remove_keys,
        "conversations": remover.remove_conversations,
        "caches": remover.remove_caches,
        "ledger": remover.remove_ledger,
    }
    if what not in kinds:
        raise usage_error("usage", reason=texts.UNKNOWN_KIND.format(what=what, kinds=", ".join(kinds)))
    kinds[what]()
    return remover.forgotten


class _Remover:
    """Removes files one by one, and records the result of each."""

    def __init__(self, paths: Paths, forgotten: Forgotten) -> None:
        self._paths = paths
        self.forgotten = forgotten

    def remove_keys(self) -> None:
        """Remove the file (the target of a link), and the copies next to it."""
        file = self._paths.credentials_file
        for path in self._matching(file.parent, f"{file.name}.*", f".{file.name}.*"):
            self._unlink(path)
        # The target of a link is removed, but not a device or a folder, which are not lmdeck's.
        sight = look_at(file)
        if sight.is_file:
            self._unlink(Path(os.path.realpath(file)))
        elif look_at(file, follows_links=False).exists and not sight.is_folder:
            self._unlink(file)

    def remove_conversations(self) -> None:
        """Remove all conversations that are not open, the trash, their caches, and copied text."""
        paths = self._paths
        for path in self._matching(paths.conversations_dir, f"*{_CONVERSATION}"):
            self._remove_conversation(path)
        for path in self._matching(paths.conversations_dir, "*.lease"):
            if holder_of(path, LEASE_STALE_SECONDS) is None:
                self._unlink(path)
        for path in self._matching(paths.conversations_dir, ".*.tmp", ".*.break", "*.interrupted"):
            self._unlink(path)
        for path in self._matching(paths.trash_dir, f"*{_CONVERSATION}"):
            self._unlink(path)
        self._remove_attachments()
        for path in self._matching(paths.cache_dir, paths.conversation_index_file.name):
            self._unlink(path)
        for folder in (paths.search_texts_dir, paths.drafts_dir):
            for path in self._matching(folder, "*"):
                self._unlink(path)
        for path in self._matching(paths.state_dir, paths.copied_file.name):
            self._unlink(path)

    def _remove_attachments(self) -> None:
        """Remove the attachments that no remaining conversation uses."""
        folder = self._paths.attachments_dir
        if not self._matching(folder, "*"):
            return
        blobs = BlobStore(folder)
        try:
            with blobs.held():
                for path in blobs.unnamed((self._paths.conversations_dir, self._paths.trash_dir)):
                    self._unlink(path)
        except OSError as error:
            self._keep_attachments(f"{reason_of(error)}.")
        except LmdeckError as error:
            self._keep_attachments(error.failure.title)

    def _keep_attachments(self, reason: str) -> None:
        shown = self._paths.shown(self._paths.attachments_dir)
        self.forgotten.kept.append(texts.ATTACHMENTS_STAY.format(path=shown, reason=reason))

    def remove_caches(self) -> None:
        """Remove what was learned about endpoints, logs and caches."""
        paths = self._paths
        for path in self._matching(paths.cache_dir, "*", recursive=True):
            self._unlink(path)
        for path in self._matching(paths.state_dir, "*.json", "*.json.*", ".*.json.*", "*.log", "*.log.*"):
            self._unlink(path)

    def remove_ledger(self) -> None:
        """Remove the ledger; chats are not read again to rebuild it."""
        folder = self._paths.ledger_dir
        found = self._matching(folder, "*.jsonl", f"*{SENT_SUFFIX}", ".*.tmp")
        if any(stamp is not None and stamp.size for stamp in map(stamp_of, found)):
            for path in found:
                self._unlink(path)
            with contextlib.suppress(OSError):  # where nothing can be written, nothing was removed either
                create_private(folder / PAST_FILE, b"")

    def _remove_conversation(self, path: Path) -> None:
        """Remove a conversation that is not open, and prevent it from being opened meanwhile."""
        lease_file = lease_path(path)
        try:
            lease = acquire_lease(lease_file, LEASE_STALE_SECONDS)
        except LeaseHeldError as error:
            self._keep_open(path, error.owner)
        except OSError:  # a full disk that has no room for a lease may still remove a file
            holder = holder_of(lease_file, LEASE_STALE_SECONDS)
            if holder is None:
                self._unlink(path)
            else:
                self._keep_open(path, holder)
        else:
            self._unlink(path)
            lease.release()

    def _keep_open(self, path: Path, holder: Owner | None) -> None:
        self.forgotten.kept.append(
            texts.STILL_OPEN.format(path=self._paths.shown(path), holder=holder_words(holder))
        )

    def _unlink(self, path: Path) -> None:
        """Remove a file, or record why it remains."""
        try:
            disk.unlink(path)
        except FileNotFoundError:
            return
        except OSError as error:
            if path.suffix not in _EMPTY:
                text = texts.STILL_THERE.format(path=self._paths.shown(path), reason=reason_of(error))
                self.forgotten.kept.append(text)
            return
        self.forgotten.files += path.suffix not in _EMPTY
        self.forgotten.conversations += path.suffix == _CONVERSATION

    def _matching(self, folder: Path, *patterns: str, recursive: bool = False) -> list[Path]:
        """Return everything that is not a folder; report a folder that cannot be listed."""
        sight = look_at(folder)
        if not sight.is_folder and (sight.refusal is None or sight.refusal.errno == errno.ELOOP):
            return []  # it is not a folder, so it contains nothing
        try:
            found = paths_in(folder, *patterns, recursive=recursive)
        except OSError as error:
            sentence = texts.FOLDER_STAYS.format(path=self._paths.shown(folder), reason=reason_of(error))
            if sentence not in self.forgotten.kept:
                self.forgotten.kept.append(sentence)
            return []
        return [path for path in found if not look_at(path, follows_links=False).is_folder]
