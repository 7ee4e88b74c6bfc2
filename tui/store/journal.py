"""A conversation being written: it stores what a session passes to it.

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
    """The journal of a saved conversation; its file is made with its first record."""

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
        """``header`` begins a new file; ``content`` is what an old one holds, where it has been read."""
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
        """The file. It is another one after another program took it away."""
        return self._writer.path

    @property
    def identity(self) -> str:
        """The name of the file, which is the conversation's."""
        return self._writer.path.stem

    @property
    def notices(self) -> tuple[str, ...]:
        """What other programs did to the file and where the conversation continues, in words for a banner."""
        return self._writer.notices

    @property
    def storage_error(self) -> str | None:
        """Why records wait in memory, in words for a banner; ``None`` when the disk takes them."""
        failure = self._writer.failure
        return None if failure is None else f"{failure.title} {failure.advice}"

    @property
    def failure(self) -> Failure | None:
        """``storage_error`` as a failure of the catalogue."""
        return self._writer.failure

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Set the callback for ``storage_error`` and ``notices``, called from the writer's thread."""
        self._writer.on_storage_error_changed = changed

    def watch_moves(self, moved: Callable[[str, str], object] | None) -> None:
        """Set the callback for a new identity and the newest notice, called from the writer's thread."""
        self._writer.on_moved = None if moved is None else lambda text: moved(self.identity, text)

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        """Write down the prompt, and its attachments before it. It names a conversation without a title."""
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
        """Write down which prompts wait, and their attachments before them."""
        kept: dict[str, bytes] = {}
        waiting = []
        for prompt in prompts:
            content, blobs = without_keys(prompt.content, attachments, self._redactor.redact)
            waiting.append(replace(prompt, content=content))
            kept |= blobs
        self._put(queue_record(waiting), kept)

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return what is kept for parts of prompts, and a sentence on each that is lost; may take time."""
        return self._blobs.read(parts)

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Write down what a killed program leaves of the figures of a turn that is with its server."""
        self._writer.put(sent_record(turn_identity, prompt_tokens, price))

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write down a piece of the ``reasoning`` or the ``answer``, within a quarter of a second."""
        if text:
            self._writer.put_text(turn_identity, kind, text)

    def end_turn(self, turn: Turn) -> None:
        """Write down how the turn ended and see it to the disk."""
        self._writer.put(end_record(turn))

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Write down a whole turn that has ended. A copy is not counted again in sums of costs."""
        self.begin_turn(turn)
        self.append(turn.identity, "reasoning", turn.reasoning.text)
        self.append(turn.identity, "answer", turn.answer.text)
        self._writer.put(end_record(turn, is_copy=is_copy))

    def add(self, records: Iterable[Record]) -> None:
        """Write down records of an import."""
        self._writer.put(*records)

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Write down that all text of a turn so far was the other kind."""
        self._writer.put(reclassify_record(turn_identity, to_answer=to_answer))

    def show_path(self, turn_identity: str) -> None:
        """Write down that the branch is shown that ends with a turn."""
        self._writer.put(path_record(turn_identity))

    def set_title(self, title: str) -> None:
        """Write down the conversation's name. One that has no turn yet is not made for its name."""
        self.title = title
        if self._header is not None:
            self._header["title"] = title
        else:
            self._writer.put(title_record(title))

    def set_pinned(self, is_pinned: bool) -> None:
        """Write down whether the conversation stays at the top of the list."""
        self._writer.put(pin_record(is_pinned=is_pinned))

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """Wait until everything is on disk; return whether it is."""
        return self._writer.flush(timeout_seconds)

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """Write what is left and let others write; return whether everything is on disk."""
        self.is_closed = True
        return self._writer.close(timeout_seconds)


class MemoryJournal:
    """The journal of a conversation that is not saved: keeps nothing."""

    def __init__(self, identity: str = "", title: str = "") -> None:
        self.identity = identity
        self.title = title
        self.is_saved = False
        self.storage_error: str | None = None
        self.notices: tuple[str, ...] = ()
        self.failure: Failure | None = None

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """There is never any trouble."""

    def watch_moves(self, moved: Callable[[str, str], object] | None) -> None:
        """There is no file."""

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = NO_ATTACHMENTS) -> None:
        """Name a conversation without a title after its first prompt."""
        self.title = self.title or title_of(turn.prompt.text)

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Nothing is kept."""
        return {}, []

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Keep nothing."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Keep nothing."""

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Keep nothing."""

    def end_turn(self, turn: Turn) -> None:
        """Keep nothing."""

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Keep nothing."""

    def show_path(self, turn_identity: str) -> None:
        """Keep nothing."""

    def keep_queue(
        self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = NO_ATTACHMENTS
    ) -> None:
        """Keep nothing."""

    def set_title(self, title: str) -> None:
        """Keep the name for this session."""
        self.title = title

    def flush(self, timeout_seconds: float = 5.0) -> bool:
        """There is nothing to wait for."""
        return True

    def close(self, timeout_seconds: float = 5.0) -> bool:
        """There is nothing to write."""
        return True
