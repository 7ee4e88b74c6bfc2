"""The events of a reply, in the order in which they arrive.

``wire.reply`` creates them from bytes, ``net.chat`` timestamps them and yields them in batches, ``session``
folds them into a turn. Their texts are unsanitised: pass them through ``core.safe_text`` before display.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import field

from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.core.phases import Learned
from tui.core.usage import ServerCost, ServerTimings, Usage

Erased = tuple[tuple[int, str], ...]
"""Masks and what they replaced: the position in a text, and the model's original text. For the history of a
running chat only, never for a screen or a file."""


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    """The next piece of the model's reasoning; empty only if all of it is held back as part of a key."""

    text: str
    erased: Erased = field(default=(), repr=False, compare=False)
    was_held: bool = False
    """It was announced earlier by an event of its own; only its text is new."""


@dataclass(frozen=True, slots=True)
class AnswerDelta:
    """The next piece of the answer; empty only if all of it is held back as part of a key."""

    text: str
    erased: Erased = field(default=(), repr=False, compare=False)
    was_held: bool = False
    """It was announced earlier by an event of its own; only its text is new."""


@dataclass(frozen=True, slots=True)
class Reclassified:
    """The text so far was misclassified: move all of it, stripped of surrounding white space.

    It was reasoning if a closing tag arrives whose opening tag was in the prompt; it was the answer if the
    stream ends normally with all text in the reasoning.
    """

    to_answer: bool
    """True: all reasoning so far is the answer. False: all answer text so far is reasoning."""


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call; tool calls are shown, never run."""

    index: int
    """The index of the call in the reply, from 0 in the order in which they began."""
    name: str
    arguments: str
    identity: str = ""
    """The call's ``id``, sent with the first piece that contains it."""
    was_held: bool = False
    """It was announced earlier by an event of its own; only its text is new."""


@dataclass(frozen=True, slots=True)
class ChunkSeen:
    """A chunk without text: an invisible token, or the end of the answer."""


@dataclass(frozen=True, slots=True)
class LostText:
    """A part of the answer that cannot be shown."""

    what: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class UsageReport:
    """Token counts from the server: cumulative, so each one replaces earlier ones."""

    usage: Usage


@dataclass(frozen=True, slots=True)
class ServerCostReport:
    """The cost of the exchange according to the server; the last one is valid."""

    cost: ServerCost


@dataclass(frozen=True, slots=True)
class TimingsReport:
    """The server's own speed metrics (llama.cpp ``timings``, vLLM ``metrics``)."""

    timings: ServerTimings


@dataclass(frozen=True, slots=True)
class PartsLearned:
    """New information about where the time went, from outside the reply."""

    learned: Learned


@dataclass(frozen=True, slots=True)
class FiguresFollow:
    """More information about where the time went is available shortly after the end of the reply."""

    read: Callable[[], Awaitable[Learned]]
    """To be called once, after the end of the reply."""


@dataclass(frozen=True, slots=True)
class Identified:
    """The reply's information about its origin; each field is sent at most once, when first seen."""

    model: str | None = None
    system_fingerprint: str | None = None
    reasoning_source: str | None = None
    """The source of the reasoning: ``reasoning_content``, ``reasoning``, ``<think>``…"""


@dataclass(frozen=True, slots=True)
class ResponseStarted:
    """Status and headers have arrived; the wait for the first token begins."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    """Lower-case names; secret headers are not included."""


KEEP_ALIVE = "keep-alive"
"""The stage of ``Progress`` for a sign of life without text."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The request made progress without text.

    ``starting`` (a built-in endpoint), ``connecting``, ``connected``, ``sent``, ``waiting``, ``keep-alive``
    or ``retrying``; while waiting for a server, ``server-starting`` or ``server-loading`` with a sentence as
    ``detail``.
    """

    stage: str
    detail: str = ""
    seconds: float = 0.0
    """For ``retrying``, the delay before the next attempt; while waiting for a server, the time since the
    first attempt."""
    request: int = field(default=0, compare=False)
    """The number of the request within the exchange, from 1; 0 if not counted."""


@dataclass(frozen=True, slots=True)
class Note:
    """A decision by lmdeck that the user should know about, such as ``retried without stream_options``."""

    text: str


@dataclass(frozen=True, slots=True)
class MalformedEvent:
    """An unreadable event: skipped, counted, and shown in the details."""

    position: int
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The reply is complete. Every stream ends with exactly one of ``Finished`` and ``StreamFailed``."""

    reason: str | None
    """``stop``, ``length``, ``tool_calls``, ``content_filter`` or the server's own word."""


@dataclass(frozen=True, slots=True)
class StreamFailed:
    """The reply ended with a failure; text received before remains valid."""

    failure: Failure
    finish_reason: str | None = None
    """The finish reason, if the server sent one before the failure (``thinking-ate-budget``: ``length``)."""


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
    """All events from one read of the socket, with one timestamp."""

    at: float
    """Seconds on the monotonic clock (``time.perf_counter``)."""
    events: tuple[StreamEvent, ...]
