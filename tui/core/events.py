"""What a reply is made of, in the order in which it arrives.

``wire.reply`` makes these values from bytes, ``net.chat`` stamps and yields them in batches, ``session``
folds them into a turn. Their texts are raw: pass them through ``core.safe_text`` before showing them.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import field

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import Learned
from tui.core.usage import ServerCost, ServerTimings, Usage

Erased = tuple[tuple[int, str], ...]
"""The position of a mask in a text, and the model's text there. For its own history in this run, never for a
screen or a file."""


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of the model's reasoning; empty only where all of it is held as part of a key."""

    text: str
    erased: Erased = field(default=(), repr=False, compare=False)
    was_held: bool = False
    """It came earlier, with an event of its own: only its text is new."""


@dataclass(frozen=True, slots=True)
class AnswerDelta:
    """The next piece of the final answer; empty only where all of it is held as part of a key."""

    text: str
    erased: Erased = field(default=(), repr=False, compare=False)
    was_held: bool = False
    """It came earlier, with an event of its own: only its text is new."""


@dataclass(frozen=True, slots=True)
class Reclassified:
    """The text so far was the other kind: move all of it, stripped of surrounding white space.

    To the reasoning when a closing tag turns up whose opening tag stood in the prompt; to the
    answer when the stream ends properly with all of its text in the reasoning.
    """

    to_answer: bool
    """True: all reasoning so far was the answer. False: all answer text so far was reasoning."""


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call: shown to the user, never run."""

    index: int
    """Which call of the reply, counted from 0 in the order in which they began."""
    name: str
    arguments: str
    identity: str = ""
    """The call's ``id``, with the first piece that has it."""
    was_held: bool = False
    """It came earlier, with an event of its own: only its text is new."""


@dataclass(frozen=True, slots=True)
class ChunkSeen:
    """A chunk without text arrived: an invisible token, or the end of the answer."""


@dataclass(frozen=True, slots=True)
class LostText:
    """A part of the answer arrived that cannot be shown."""

    what: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Token counts by the server: cumulative, so the last one replaces earlier ones."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class ServerCostReport:
    """The cost of the exchange according to the server; the last one counts."""

    cost: ServerCost


@dataclass(frozen=True, slots=True)
class TimingsReport:
    """The server's own speed figures (llama.cpp ``timings``, vLLM ``metrics``)."""

    timings: ServerTimings


@dataclass(frozen=True, slots=True)
class PartsLearned:
    """Something was learned about where the time went, outside the reply."""

    learned: Learned


@dataclass(frozen=True, slots=True)
class FiguresFollow:
    """More will be known about where the time went shortly after the end of the reply."""

    read: Callable[[], Awaitable[Learned]]
    """To be called once, when the reply has ended."""


@dataclass(frozen=True, slots=True)
class Identified:
    """What the reply says about its origin: sent when first seen, at most once per field."""

    model: str | None = None
    system_fingerprint: str | None = None
    reasoning_source: str | None = None
    """Where the reasoning stood: ``reasoning_content``, ``reasoning``, ``<think>``…"""


@dataclass(frozen=True, slots=True)
class ResponseStarted:
    """Status and headers are here; the wait for the first token begins."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Lower-case names; values of secret-bearing headers are never in it."""


KEEP_ALIVE = "keep-alive"
"""The stage of ``Progress`` at which a server shows without text that it is alive."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The request moved on without text.

    ``starting`` (a built-in endpoint), ``connecting``, ``connected``, ``sent``, ``waiting``, ``keep-alive``
    or ``retrying``; while waiting for a server, ``server-starting`` or ``server-loading`` with the whole
    sentence as ``detail``.
    """

    stage: str
    detail: str = ""
    seconds: float = 0.0
    """For ``retrying``: seconds until the next try; while a server is waited for: those since the first."""
    request: int = field(default=0, compare=False)
    """The number of the request within the exchange, from 1; 0: requests are not counted."""


@dataclass(frozen=True, slots=True)
class Note:
    """A decision of lmdeck that the user should know, such as ``retried without stream_options``."""

    text: str


@dataclass(frozen=True, slots=True)
class MalformedEvent:
    """An event that could not be read: skipped, counted, shown in the details."""

    position: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is complete. Exactly one of ``Finished`` and ``StreamFailed`` ends every stream."""

    reason: str | None
    """``stop``, ``length``, ``tool_calls``, ``content_filter`` or the server's own word."""


@dataclass(frozen=True, slots=True)
class StreamFailed:
    """The reply ended in a failure; whatever text came before stays valid."""

    failure: Failure
    finish_reason: str | None = None
    """The finish reason, where the server gave one before (``thinking-ate-budget``: ``length``)."""


StreamEvent = (
    ReasoningDelta
    | AnswerDelta
    | Reclassified
    | ToolCallDelta
    | ChunkSeen
    | LostText
    | UsageReport
    | ServerCostReport
    | TimingsReport
    | PartsLearned
    | FiguresFollow
    | Identified
    | ResponseStarted
    | Progress
    | Note
    | MalformedEvent
    | Finished
    | StreamFailed
)


@dataclass(frozen=True, slots=True)
class EventBatch:
    """All events from one read of the socket, with one time stamp."""

    at: float
    """Seconds on the monotonic clock (``time.perf_counter``)."""
    events: tuple[StreamEvent, ...]
