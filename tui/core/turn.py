"""One turn of a conversation: a prompt and everything that came back for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from tui.core.events import Progress
from tui.core.failure import Failure
from tui.core.timings import Timings
from tui.core.usage import Cost, ServerTimings, Usage


class TurnState(StrEnum):
    """How far a turn has come."""

    WAITING = "waiting"
    REASONING = "reasoning"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    """The person stopped it; the text that came is kept."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The program or the line died while it streamed; found so on reading."""

    @property
    def is_live(self) -> bool:
        """Whether text may still come."""
        return self in (TurnState.WAITING, TurnState.REASONING, TurnState.ANSWERING)


class TextBuffer:
    """A text that grows by pieces: appending is cheap however long it is, and it is kept once."""

    __slots__ = ("_length", "_pieces", "generation")

    def __init__(self, text: str = "") -> None:
        self._pieces: list[str] = [text] if text else []
        self._length = len(text)
        self.generation = 0
        """Grows when the text was replaced: offsets into the text before mean nothing then."""

    def append(self, piece: str) -> None:
        """Add a piece at the end."""
        self._pieces.append(piece)
        self._length += len(piece)

    def replace(self, text: str) -> None:
        """Put another text in place of the whole."""
        self._pieces = [text] if text else []
        self._length = len(text)
        self.generation += 1

    @property
    def text(self) -> str:
        """The whole text; joined on demand and then kept as one piece."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    def since(self, offset: int) -> str:
        """Return what was added after ``offset`` characters, looking at the newest pieces only."""
        wanted = self._length - offset
        tail: list[str] = []
        found = 0
        for piece in reversed(self._pieces):
            if found >= wanted:
                break
            tail.append(piece)
            found += len(piece)
        return "".join(reversed(tail))[max(0, found - wanted) :] if wanted > 0 else ""

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return self._length > 0


@dataclass(slots=True)
class ToolCall:
    """A tool call as far as it came: shown, never run."""

    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Turn:
    """A prompt and its reply. All texts are raw: pass them through ``safe_text`` to show them."""

    identity: str
    prompt: str
    provider: str = ""
    model: str = ""
    started_at: str = ""
    """ISO 8601 with zone."""
    state: TurnState = TurnState.WAITING
    reasoning: TextBuffer = field(default_factory=TextBuffer)
    answer: TextBuffer = field(default_factory=TextBuffer)
    tool_calls: dict[int, ToolCall] = field(default_factory=dict)
    usage: Usage | None = None
    cost: Cost | None = None
    timings: Timings = field(default_factory=Timings)
    server_timings: ServerTimings | None = None
    thinking_seconds: float | None = None
    finish_reason: str | None = None
    served_model: str | None = None
    system_fingerprint: str | None = None
    reasoning_source: str | None = None
    notes: list[str] = field(default_factory=list)
    malformed_events: int = 0
    failure: Failure | None = None
    progress: Progress | None = None
    """The last step of the request that was told: what the wait for the first token is for. Never stored."""
