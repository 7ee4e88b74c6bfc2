"""How a turn is written down while it streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from tui.core.events import AnswerDelta, EventBatch, ReasoningDelta, Reclassified, StreamEvent
from tui.core.fold import apply
from tui.core.parts import FilePart, ImagePart
from tui.core.redaction import ReplyRedactor
from tui.core.turn import Turn


class TurnJournal(Protocol):
    """What a session needs of a journal: nothing of it blocks or raises."""

    @property
    def storage_error(self) -> str | None:
        """Why records wait in memory, in words for a banner; ``None`` when all is written."""

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Call ``changed`` when ``storage_error`` changes, perhaps from another thread."""

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = ...) -> None:
        """Write down the prompt and its attachments before anything is sent."""

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return what is kept for parts of prompts, and a sentence on each that is lost; may take time."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write down a piece of the ``reasoning`` or the ``answer``."""

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Write down that all text so far was the other kind."""

    def end_turn(self, turn: Turn) -> None:
        """Write down how the turn ended, with its figures."""

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Write down a whole turn that has ended; a copy is not counted again in sums of costs."""

    def drop_turn(self, turn_identity: str) -> None:
        """Write down that a turn makes room for the one that begins next."""

    def set_title(self, title: str) -> None:
        """Write down the conversation's name."""

    def close(self) -> bool:
        """Write what is left and give up the file, which may take a moment; return whether all is written."""


class TurnRecorder:
    """Folds the events of one turn, and writes them into the journal; keys are erased before both."""

    def __init__(
        self, journal: TurnJournal, turn: Turn, redactor: ReplyRedactor, attachments: Mapping[str, bytes]
    ) -> None:
        self._journal = journal
        self._turn = turn
        self._redactor = redactor
        journal.begin_turn(turn, attachments)

    def fold(self, batch: EventBatch) -> None:
        """Take over what one read of the socket brought."""
        for event in self._redactor.clean(batch.events):
            self._take(event, batch.at)

    def fold_rest(self, at: float) -> None:
        """Take over what was held back while it could have become a key."""
        for event in self._redactor.flush():
            self._take(event, at)

    def end(self) -> None:
        """Write down the end."""
        self._journal.end_turn(self._turn)

    def _take(self, event: StreamEvent, at: float) -> None:
        apply(self._turn, event, at)
        if isinstance(event, AnswerDelta):
            self._journal.append(self._turn.identity, "answer", event.text)
        elif isinstance(event, ReasoningDelta):
            self._journal.append(self._turn.identity, "reasoning", event.text)
        elif isinstance(event, Reclassified):
            self._journal.reclassify(self._turn.identity, to_answer=event.to_answer)
