"""The published metrics, each defined once: in milliseconds, ``None`` if undefined.

TTFB: headers − request. TTFT: first non-empty reasoning or answer text − request. TTFA: first answer text −
request. The request is the moment before its first byte is written, on new and on reused connections. TPOT:
(last token − first text) / (completion tokens − 1); the last token is that of the last text, or a later chunk
without text that arrives at the pace of tokens, since servers also send and count tokens that have no text.
E2E: end − start, including the connection.
"""

from __future__ import annotations

from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Usage

_FEWEST_MOMENTS = 5
"""With fewer distinct arrival times, the rate would be that of the network."""
_TOKENS_WITHOUT_TEXT = 2
"""The most tokens without text in a short answer: those that begin and end it."""
_LATEST = 4
"""In average gaps: a chunk without text that arrives later was delayed, and is not a token."""
_FASTEST_MS = 0.1
"""No server sends 10,000 tokens a second in one stream: faster text was buffered."""


@dataclass(slots=True)
class Timings:
    """Timestamps of one exchange, in seconds on one monotonic clock."""

    started: float | None = None
    """The exchange began, before its connection."""
    sending: float | None = None
    """Just before the first byte of the request was written; of the last request, if there were several."""
    headers: float | None = None
    first_text: float | None = None
    first_answer: float | None = None
    last_text: float | None = None
    last_chunk: float | None = None
    """The last chunk of the answer with text, or a chunk without text that arrived at the pace of tokens."""
    ended: float | None = None
    text_events: int = 0
    moments: int | None = None
    """Text events, counting those that arrived together as one; ``None`` if unknown."""
    gaps: list[float] = field(default_factory=list)
    """Seconds between text events (chunk gaps, not token latencies); the first 10,000."""
    connecting: float | None = None
    """When the last request's connection was begun; ``None`` for a reused connection."""
    behind: int = field(default=0, compare=False)
    """Chunks without text since the last text."""
    requests: int = field(default=1, compare=False)
    """The number of requests, including the last one."""
    first_call: float | None = None
    last_call: float | None = None
    """The first and last piece of a tool call."""

    def saw_text(self, at: float, *, is_answer: bool) -> None:
        """Record a text event."""
        if self.last_text is None or at > self.last_text:
            self.moments = (self.moments or 0) + 1
        if self.last_text is not None and len(self.gaps) < 10_000:
            self.gaps.append(at - self.last_text)
        if self.first_text is None:
            self.first_text = at
        if is_answer and self.first_answer is None:
            self.first_answer = at
        self.last_text = self.last_chunk = at
        self.behind = 0
        self.text_events += 1

    def saw_call(self, at: float) -> None:
        """Record a piece of a tool call."""
        if self.first_call is None:
            self.first_call = at
        self.last_call = self.last_chunk = at

    def saw_chunk(self, at: float) -> None:
        """Record a chunk of the answer without text."""
        self.behind += 1
        if self.last_text is None or at - self.last_text <= _LATEST * self.behind * self._usual_gap:
            self.last_chunk = at

    @property
    def ttfb_ms(self) -> float | None:
        """Time to the response headers."""
        return self._since_request(self.headers)

    @property
    def ttft_ms(self) -> float | None:
        """Time to the first text, reasoning or answer."""
        return self._since_request(self.first_text)

    @property
    def ttfa_ms(self) -> float | None:
        """Time to the first text of the answer."""
        return self._since_request(self.first_answer)

    @property
    def total_ms(self) -> float | None:
        """Time from the start, including the connection, to the end of the stream (E2E)."""
        return _milliseconds(self.started, self.ended)

    @property
    def thinking_ms(self) -> float | None:
        """From the first reasoning text to the first answer text, or without an answer to the last text."""
        if self.first_text is None or self.first_text == self.first_answer:
            return None
        end = self.first_answer if self.first_answer is not None else self.last_text
        return None if end is None else (end - self.first_text) * 1000

    def streamed_tokens(self, usage: Usage | None) -> int | None:
        """The completion tokens generated between the first and last text.

        Reasoning whose text was not sent was generated before.
        """
        if usage is None or usage.completion_tokens is None:
            return None
        is_hidden = self.first_text is not None and self.first_text == self.first_answer
        hidden = usage.reasoning_tokens or 0 if is_hidden else 0
        return max(0, usage.completion_tokens - hidden)

    def tpot_ms(self, completion_tokens: int | None) -> float | None:
        """Time per output token without the first one; needs two tokens and two text events.

        Undefined for text that arrived in bursts: pieces that arrive together count as one, and each of two
        must be a token of its own. Faster than ``_FASTEST_MS`` per token is a burst, too.
        """
        if completion_tokens is None or completion_tokens < 2 or self.text_events < 2:
            return None
        if self.first_text is None or self.last_text is None or self.last_text <= self.first_text:
            return None
        if self._came_in_bursts(completion_tokens):
            return None
        end, tokens = self.last_text, completion_tokens - 1
        if self._end_took_time:
            end = self.last_chunk or end
        elif completion_tokens == self.text_events + 1:
            tokens -= 1  # the end token was counted, but not waited for
        tpot = (end - self.first_text) * 1000 / tokens
        return tpot if tpot >= _FASTEST_MS else None

    @property
    def _end_took_time(self) -> bool:
        """Whether chunks without text followed the last text at the pace of tokens."""
        if self.last_text is None or self.last_chunk is None:
            return False
        return self.last_chunk - self.last_text > self._usual_gap / 4

    @property
    def _usual_gap(self) -> float:
        """The average gap between two pieces of text, in seconds."""
        if self.first_text is None or self.last_text is None:
            return 0.0
        return (self.last_text - self.first_text) / max(1, self.text_events - 1)

    def decode_rate(self, completion_tokens: int | None) -> float | None:
        """Tokens per second after the first token: 1000 / TPOT."""
        tpot = self.tpot_ms(completion_tokens)
        return None if not tpot else 1000 / tpot

    def _came_in_bursts(self, completion_tokens: int) -> bool:
        if self.moments is None:
            return False
        if self.moments <= 2 and completion_tokens > self.text_events + _TOKENS_WITHOUT_TEXT:
            return True
        return self.moments < min(self.text_events, _FEWEST_MOMENTS)

    def _since_request(self, moment: float | None) -> float | None:
        return _milliseconds(self.started if self.sending is None else self.sending, moment)


def _milliseconds(start: float | None, end: float | None) -> float | None:
    return None if start is None or end is None else (end - start) * 1000
