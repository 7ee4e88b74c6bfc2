"""A conversation being written.

``Journal`` writes to disk, ``MemoryJournal`` is for a conversation that is not saved. Neither blocks nor
raises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from tui.core.failure import Failure
from tui.core.parts import NO_ATTACHMENTS, FilePart, ImagePart
from tui.core.queued_prompt import QueuedPrompt
from tui.core.secret import Redactor
from tui.core.titles import title_of
from tui.core.turn import Turn
from tui.core.usage import Price
from tui.store.blobs import BlobStore, without_keys
from tui.store.files import FileContent
from tui.store.journal_file import JournalFile
from tui.store.journal_writer import JournalWriter
from tui.store.lease import Lease
from tui.store.record_values import Record
from tui.store.records import (
    end_record,
    path_record,
    pin_record,
    queue_record,
    reclassify_record,
    sent_record,
    title_record,
    turn_record,
)


class Journal:
    """The journal of a saved conversation; its file is created with its first record."""

    def __init__(
        self,
        path: Path,
        *,
        redactor: Redactor,
        blobs: BlobStore,
        shown: Callable[[Path], str],
        title: str = "",
        header: Record | None = None,
        lease: Lease | None = None,
        content: FileContent | None = None,
    ) -> None:
        """Create a journal.

        Args:
            header: begins a new file.
            content: the content of an existing file, if it was already read.
        """
        self.title = title
        self.is_saved = True
        self.is_closed = False
        self._header = header
        self._redactor = redactor
        self._blobs = blobs
        file = JournalFile(path, is_new=header is not None, content=content)
        self._writer = JournalWriter(file, redactor=redactor, blobs=blobs, shown=shown, lease=lease)

    @property
    def path(self) -> Path:
        """The file; it changes if another program removes it."""
        return self._writer.path

    @property
    def identity(self) -> str:
        """The name of the file, which is the conversation's id."""
        return self._writer.path.stem

    @property
    def notices(self) -> tuple[str, ...]:
        """What other programs did to the file and where the conversation continues, for a banner."""
        return self._writer.notices

    @property
    def storage_error(self) -> str | None:
        """Why records are only in memory, for a banner; ``None`` if the disk accepts them."""
        failure = self._writer.failure
        return None if failure is None else f"{failure.title} {failure.advice}"

    @property
    def failure(self) -> Failure | None:
        """``storage_error`` as a failure of the catalogue."""
        return self._writer.failure

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Set the callback for ``storage_error`` and ``notices``, called from the writer thread."""
        self._writer.on_storage_error_changed = changed

    def watch_moves(self, moved: Callable[[str, str], object] | None) -> None:
        """Set the callback for a new id and the newest notice, called from the writer thread."""
        self._writer.on_moved = None if moved is None else lambda text: moved(self.identity, text)

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        """Write a prompt, after its attachments; it names a conversation without a title."""
        if not self.title:
            self.set_title(title_of(turn.prompt.text))
        prompt, blobs = without_keys(turn.prompt, attachments, self._redactor.redact)
        self._put(turn_record(replace(turn, prompt=prompt)), blobs)

    def _put(self, record: Record, blobs: Mapping[str, bytes]) -> None:
        header, self._header = self._header, None
        self._writer.put(*([] if header is None else [header]), record, blobs=blobs)

    def keep_queue(
        self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = NO_ATTACHMENTS
    ) -> None:
        """Write the queued prompts, after their attachments."""
        kept: dict[str, bytes] = {}
        waiting = []
        for prompt in prompts:
            content, blobs = without_keys(prompt.content, attachments, self._redactor.redact)
            waiting.append(replace(prompt, content=content))
            kept |= blobs
        self._put(queue_record(waiting), kept)

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return the contents of parts, and a sentence about each that is lost; may be slow."""
        return self._blobs.read(parts)

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Write the figures of a sent turn that remain if the program is killed."""
        self._writer.put(sent_record(turn_identity, prompt_tokens, price))

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write a piece of the ``reasoning`` or the ``answer``, within a quarter of a second."""
        if text:
            self._writer.put_text(turn_identity, kind, text)

    def end_turn(self, turn: Turn) -> None:
        """Write how a turn ended, and sync it to the disk."""
        self._writer.put(end_record(turn))

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Write a whole finished turn. A copy is not counted again in sums of costs."""
        self.begin_turn(turn)
        self.append(turn.identity, "reasoning", turn.reasoning.text)
        self.append(turn.identity, "answer", turn.answer.text)
        self._writer.put(end_record(turn, is_copy=is_copy))

    def add(self, records: Iterable[Record]) -> None:
        """Write imported records."""
        self._writer.put(*records)

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Write that all text of a turn so far is of the other kind."""
        self._writer.put(reclassify_record(turn_identity, to_answer=to_answer))

    def show_path(self, turn_identity: str) -> None:
        """Write that the branch ending with a turn is shown."""
        self._writer.put(path_record(turn_identity))

    def set_title(self, title: str) -> None:
        """Write the conversation's name. This does not create the file of a conversation without turns."""
        self.title = title
        if self._header is not None:
            self._header["title"] = title
        else:
            self._writer.put(title_record(title))

    def set_pinned(self, is_pinned: bool) -> None:
        """Write whether the conversation is pinned."""
        self._writer.put(pin_record(is_pinned=is_pinned))

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until everything is on disk; return whether it is."""
        return self._writer.flush(timeout_seconds)

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """Write what remains and release the file; return whether everything is on disk."""
        self.is_closed = True
        return self._writer.close(timeout_seconds)


class MemoryJournal:
    """The journal of a conversation that is not saved; stores nothing."""

    def __init__(self, identity: str = "", title: str = "") -> None:
        self.identity = identity
        self.title = title
        self.is_saved = False
        self.storage_error: str | None = None
        self.notices: tuple[str, ...] = ()
        self.failure: Failure | None = None

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Do nothing, since there are never storage errors."""

    def watch_moves(self, moved: Callable[[str, str], object] | None) -> None:
        """Do nothing, since there is no file."""

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        """Name a conversation without a title after its first prompt."""
        self.title = self.title or title_of(turn.prompt.text)

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return nothing."""
        return {}, []

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Do nothing."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Do nothing."""

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Do nothing."""

    def end_turn(self, turn: Turn) -> None:
        """Do nothing."""

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Do nothing."""

    def show_path(self, turn_identity: str) -> None:
        """Do nothing."""

    def keep_queue(
        self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = NO_ATTACHMENTS
    ) -> None:
        """Do nothing."""

    def set_title(self, title: str) -> None:
        """Set the name in memory."""
        self.title = title

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Return ``True``, since there is nothing to wait for."""
        return True

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """Return ``True``, since there is nothing to write."""
        return True
