"""How a turn is written to the journal while it streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

from tui.core.parts import FilePart, ImagePart
from tui.core.queued_prompt import QueuedPrompt
from tui.core.turn import Turn
from tui.core.usage import Price


class TurnJournal(Protocol):
    """The part of a journal that a session uses; no method blocks or raises."""

    @property
    def storage_error(self) -> str | None:
        """Why records are only in memory, for a banner; ``None`` if everything is written."""

    def watch_storage_error(self, changed: Callable[[], object] | None) -> None:
        """Call ``changed`` when ``storage_error`` changes, possibly from another thread."""

    def begin_turn(self, turn: Turn, attachments: Mapping[str, bytes] = ...) -> None:
        """Write the prompt and its attachments before anything is sent."""

    def read_attachments(self, parts: Iterable[ImagePart | FilePart]) -> tuple[dict[str, bytes], list[str]]:
        """Return the contents of parts, and a sentence about each that is lost; may be slow."""

    def note_sent(self, turn_identity: str, prompt_tokens: int, price: Price) -> None:
        """Write the estimated prompt tokens and the price, which remain if the program is killed."""

    def append(self, turn_identity: str, kind: str, text: str) -> None:
        """Write a piece of the ``reasoning`` or the ``answer``."""

    def reclassify(self, turn_identity: str, *, to_answer: bool) -> None:
        """Write that all text so far is of the other kind."""

    def end_turn(self, turn: Turn) -> None:
        """Write how the turn ended, with its figures."""

    def write_turn(self, turn: Turn, *, is_copy: bool = False) -> None:
        """Write a whole finished turn; a copy is not counted again in sums of costs."""

    def show_path(self, turn_identity: str) -> None:
        """Write that the branch ending with a turn is shown."""

    def keep_queue(self, prompts: Sequence[QueuedPrompt], attachments: Mapping[str, bytes] = ...) -> None:
        """Write the queued prompts and their attachments."""

    def set_title(self, title: str) -> None:
        """Write the conversation's name."""

    def close(self) -> bool:
        """Write what remains and release the file; return whether everything is written. May be slow."""
