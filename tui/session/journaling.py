"""How a turn is written to the journal while it streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from tui.core.parts import FilePart, ImagePart
from tui.core.queued_prompt import QueuedPrompt
from tui.core.turn import Turn
from tui.core.usage import Price


class TurnJournal(Protocol):
    """What a session needs of a journal; no method blocks or raises."""

    @property
    def storage_error(self) -> str | None:
        """Why records wait in memory, in words for a banner; ``None`` when all is written."""

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Call ``changed`` when ``storage_error`` changes, perhaps from another thread."""

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = ...) -> None:
        """Write down the prompt and its attachments before anything is sent."""

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return what is kept for parts of prompts, and a sentence on each that is lost; may take time."""

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Write down what the prompt is estimated at, and its price: all that a killed program leaves of
        the figures."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write down a piece of the ``reasoning`` or the ``answer``."""

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Write down that all text so far was the other kind."""

    def end_turn(self, turn: Turn) -> None:
        """Write down how the turn ended, with its figures."""

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Write down a whole turn that has ended; a copy is not counted again in sums of costs."""

    def show_path(self, turn_identity: str) -> None:
        """Write down that the branch is shown that ends with a turn."""

    def keep_queue(self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = ...) -> None:
        """Write down which prompts wait, and their attachments."""

    def set_title(self, title: str) -> None:
        """Write down the conversation's name."""

    def close(self) -> bool:
        """Write what is left and give up the file, which may take a moment; return whether all is written."""
