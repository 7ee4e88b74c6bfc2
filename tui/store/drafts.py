"""The unsent message of each chat, in a private file that survives a killed program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tui.store import disk
from tui.store.conversation_files import conversation_path
from tui.store.files import ensure_private_directory, read_file, stamp_of, write_atomically
from tui.store.optional import OptionalFiles, look_at, paths_in
from tui.store.owner import Owner, decode_owner, new_owner
from tui.store.paths import Paths
from tui.texts import store as texts

_SUFFIX = ".txt"
_ENCODING = "utf-8", "surrogatepass"


class Drafts:
    """The folder of unsent messages, each with its process. Nothing here raises."""

    def __init__(self, paths: Paths, redact: Callable[[str], str], optional: OptionalFiles) -> None:
        self._folder = paths.drafts_dir
        self._chats = paths.conversations_dir
        self._shown = paths.shown(paths.drafts_dir)
        self._redact = redact
        self._optional = optional
        self._owner = new_owner().encode()

    def keep(self, identity: str, text: str) -> None:
        """Store the draft of a chat; an empty one is removed."""
        path = self._path(identity)
        with self._optional.attempt(self._shown, texts.NO_DRAFTS):
            if text.strip():
                ensure_private_directory(self._folder)
                write_atomically(path, self._owner + b"\n" + self._redact(text).encode(*_ENCODING))
            elif look_at(path).exists:
                disk.unlink(path)

    def read(self, identity: str) -> str:
        """Return the draft of a chat."""
        return self._read(self._path(identity))[1]

    def take_lost(self) -> str:
        """Return and remove the newest draft of a chat without messages whose process has died."""
        with self._optional.attempt(self._shown, texts.NO_DRAFTS, is_read=True):
            found = [
                (stamp.modified_ns, path) for path in self._all() if (stamp := stamp_of(path)) is not None
            ]
            for _, path in sorted(found, reverse=True):
                owner, text = self._read(path)
                is_saved = look_at(conversation_path(self._chats, path.stem)).exists
                if not is_saved and (owner is None or owner.is_dead):
                    disk.unlink(path)
                    return text
        return ""

    def _all(self) -> list[Path]:
        return list(paths_in(self._folder, f"*{_SUFFIX}"))

    def _path(self, identity: str) -> Path:
        return conversation_path(self._folder, identity).with_suffix(_SUFFIX)

    def _read(self, path: Path) -> tuple[Owner | None, str]:
        with self._optional.attempt(self._shown, texts.NO_DRAFTS, is_read=True):
            content = read_file(path)
            if content is not None:
                head, _, text = content.data.partition(b"\n")
                return decode_owner(head), text.decode("utf-8", "replace")
        return None, ""
