"""One turn of a conversation: a prompt and everything that was received for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from tui.core.api_key_search import MASK
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import Parts
from tui.core.phases import NOTHING_LEARNED, Learned, Phase
from tui.core.safe_text import NeutralisedCount, count_neutralised
from tui.core.timings import Timings
from tui.core.usage import Cost, ServerCost, ServerTimings, Usage, count_wide, tokens_of

if TYPE_CHECKING:
    from tui.core.events import Erased, Progress

UNTOLD = ""
"""The parent of a turn that only follows from its position in the record."""
_MOST_PIECES = 256
_BLOCK_CHARACTERS = 16_384


class TurnState(StrEnum):
    """The state of a turn."""

    WAITING = "waiting"
    REASONING = "reasoning"
    ANSWERING = "answering"
    DONE = "done"
    STOPPED = "stopped"
    """Stopped by the user; the received text is kept."""
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    """The program or the connection died while it streamed; detected when reading it."""

    @property
    def is_live(self) -> bool:
        """Whether more text may arrive."""
        return self in (TurnState.WAITING, TurnState.REASONING, TurnState.ANSWERING)


class TextBuffer:
    """A text that grows piece by piece: appending is cheap at any length, and the text is stored once.

    Its figures are counted in blocks as it grows, so they never require reading the whole text again.
    """

    __slots__ = ("_blocks", "_erased", "_length", "_neutralised", "_recent", "_starts", "_wide", "generation")

    def __init__(self, text: str = "") -> None:
        self.generation = -1
        """Increases when the text is replaced, which invalidates offsets into the earlier text."""
        self.replace(text)

    def append(self, piece: str, erased: Erased = ()) -> None:
        """Append a piece; ``erased`` lists what was masked in it, and where."""
        if erased:
            self._erased += ((self._length + offset, original) for offset, original in erased)
        self._recent.append(piece)
        self._length += len(piece)
        if len(self._recent) >= _MOST_PIECES or len(piece) >= _BLOCK_CHARACTERS:
            self._settle()

    def replace(self, text: str) -> None:
        """Replace the whole text."""
        self._blocks: list[str] = []
        self._starts: list[int] = []
        self._recent: list[str] = [text] if text else []
        self._length = len(text)
        self._erased: list[tuple[int, str]] = []
        self._wide = 0
        self._neutralised = NeutralisedCount()
        self.generation += 1

    def move_to(self, target: TextBuffer) -> None:
        """Append the whole text to another buffer, strip the result, and become empty.

        Only what is stripped is counted again.
        """
        before, text = target.text, self.text
        whole = before + text
        kept = whole.strip()
        start = len(whole) - len(whole.lstrip())
        wide = target._wide + self._wide
        neutralised = target.neutralised + self.neutralised
        if before[-1:] == "\r" and text[:1] == "\n":
            neutralised -= 1  # the two have become one line ending
        neutralised += count_neutralised(text[:1], before) - count_neutralised(text[:1])
        for removed in (whole[:start], whole[start + len(kept) :]):
            wide -= count_wide(removed)
            neutralised -= count_neutralised(removed)
        erased = [*target._erased, *((len(before) + offset, original) for offset, original in self._erased)]
        self.replace("")
        target.replace("")
        target._erased = [(offset - start, original) for offset, original in erased]
        target._length, target._wide = len(kept), wide
        target._neutralised = NeutralisedCount(neutralised, kept[-1:])
        if kept:
            target._blocks, target._starts = [kept], [0]

    @property
    def text(self) -> str:
        """The whole text; joined on demand, and then kept as one block."""
        self._settle()
        if len(self._blocks) > 1:
            self._blocks, self._starts = ["".join(self._blocks)], [0]
        return self._blocks[0] if self._blocks else ""

    @property
    def as_received(self) -> str:
        """Return the whole text as the model wrote it, including keys; only for requests."""
        text, read = self.text, 0
        pieces: list[str] = []
        for offset, original in self._erased:
            pieces += (text[read:offset], original)
            read = offset + len(MASK)
        return "".join((*pieces, text[read:])) if pieces else text

    @property
    def tokens(self) -> int:
        """Return ``estimate_tokens`` of the whole text; reads only what is new."""
        self._settle()
        return tokens_of(self._length - self._wide, self._wide)

    @property
    def neutralised(self) -> int:
        """Return ``count_neutralised`` of the whole text; reads only what is new."""
        self._settle()
        return self._neutralised.total

    def since(self, offset: int, limit: int | None = None) -> str:
        """Return what was added after ``offset`` characters, at most ``limit`` of them."""
        end = self._length if limit is None else min(self._length, offset + limit)
        if offset >= end:
            return ""
        self._settle()
        found: list[str] = []
        for index in range(bisect_right(self._starts, offset) - 1, len(self._blocks)):
            start = self._starts[index]
            if start >= end:
                break
            found.append(self._blocks[index][max(0, offset - start) : end - start])
        return "".join(found)

    def _settle(self) -> None:
        """Join the newest pieces to a block, and count it."""
        if not self._recent:
            return
        block = "".join(self._recent)
        self._recent.clear()
        self._wide += count_wide(block)
        self._neutralised.feed(block)
        if self._blocks and len(self._blocks[-1]) + len(block) <= _BLOCK_CHARACTERS:
            self._blocks[-1] += block
        elif block:
            self._starts.append(self._length - len(block))
            self._blocks.append(block)

    def __len__(self) -> int:
        return self._length

    def __bool__(self) -> bool:
        return self._length > 0


_MOST_OF_EMPTY, _LONGEST_EMPTY = 8, 64
"""The most pieces and characters of an empty object."""


class ToolCall:
    """The received part of a tool call; shown, never run. It grows as cheaply as a text."""

    __slots__ = ("_arguments", "_name", "_name_length", "identity")

    def __init__(self, name: str = "", arguments: str = "", identity: str = "") -> None:
        self.identity = identity
        """The server's ``id``; empty if it sent none."""
        self._name = [name]
        self._name_length = len(name)
        self._arguments = [arguments]

    @property
    def name(self) -> str:
        """The name so far."""
        return _joined(self._name)

    @property
    def arguments(self) -> str:
        """The arguments so far: JSON once complete."""
        return _joined(self._arguments)

    def add(self, name: str, arguments: str) -> None:
        """Add a piece.

        Some servers repeat the name with every piece, and some send an empty object before the arguments;
        neither is added.
        """
        if name and (len(name) != self._name_length or name != self.name):
            self._name.append(name)
            self._name_length += len(name)
        if arguments:
            if self._has_empty_object and arguments.lstrip().startswith("{"):
                self._arguments.clear()
            self._arguments.append(arguments)

    @property
    def _has_empty_object(self) -> bool:
        """Whether the arguments so far are an empty object; long ones are not joined for this."""
        if len(self._arguments) > _MOST_OF_EMPTY or sum(map(len, self._arguments)) > _LONGEST_EMPTY:
            return False
        return "".join("".join(self._arguments).split()) == "{}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ToolCall):
            return NotImplemented
        return (self.name, self.arguments) == (other.name, other.arguments)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"ToolCall({self.name!r}, {self.arguments!r})"


def _joined(pieces: list[str]) -> str:
    if len(pieces) > 1:
        pieces[:] = ["".join(pieces)]
    return pieces[0]


@dataclass(slots=True)
class Turn:
    """A prompt and its reply. All texts are unsanitised: pass them through ``safe_text`` for display."""

    identity: str
    prompt: Parts
    provider: str = ""
    model: str = ""
    started_at: str = ""
    """ISO 8601 with time zone."""
    state: TurnState = TurnState.WAITING
    reasoning: TextBuffer = field(default_factory=TextBuffer)
    answer: TextBuffer = field(default_factory=TextBuffer)
    tool_calls: dict[int, ToolCall] = field(default_factory=dict)
    usage: Usage | None = None
    cost: Cost | None = None
    server_cost: ServerCost | None = None
    """The cost according to the server."""
    timings: Timings = field(default_factory=Timings)
    server_timings: ServerTimings | None = None
    thinking_seconds: float | None = None
    finish_reason: str | None = None
    served_model: str | None = None
    system_fingerprint: str | None = None
    reasoning_source: str | None = None
    notes: list[str] = field(default_factory=list)
    malformed_events: int = 0
    lost: list[str] = field(default_factory=list)
    """Received content that cannot be shown, one sentence each; stored among the notes."""
    failure: Failure | None = None
    parent: str | None = UNTOLD
    """The preceding turn when it was asked; ``None`` for the first."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """The chat's own settings, which override those of its provider: JSON, as in the journal."""
    phases: tuple[Phase, ...] = ()
    """Where the time went, in order; empty if not measured."""
    learned: Learned = NOTHING_LEARNED
    """Information about its time from outside the reply. Not stored, unlike ``phases``."""
    unknown: Mapping[str, Mapping[str, object]] = field(default_factory=dict, repr=False)
    """What a newer version wrote about it, by kind of line; preserved when it is written again."""
    is_copy: bool = False
    """Copied from another conversation, where it was paid for."""
    variants: list[Turn] = field(default_factory=list, compare=False, repr=False)
    """All answers to this prompt, oldest first, including this one; empty if it is the only one."""
    progress: Progress | None = None
    """The last reported step of the request: why the first token has not arrived. Not stored."""

    def move_text(self, *, to_answer: bool) -> None:
        """Move all text of one kind to the other, and reset what was measured of the answer."""
        self.thinking_seconds = None
        if to_answer:
            self.answer.replace("")
            self.reasoning.move_to(self.answer)
            self.reasoning_source = None
            self.timings.first_answer = self.timings.first_text
            self.state = TurnState.ANSWERING
        else:
            self.answer.move_to(self.reasoning)
            self.timings.first_answer = None
            self.state = TurnState.REASONING
