"""The published metrics: one definition each, in milliseconds, ``None`` where not defined.

TTFB: headers − request. TTFT: first non-empty reasoning or answer text − request. TTFA: first answer text −
request. The request is the moment before its first byte is written, on new and on reused connections. TPOT:
(last token − first text) / (completion tokens − 1): the last token is that of the last text, or a later chunk
without text that arrives at the pace of tokens, since servers send and count tokens that have no text. E2E:
end − start, including the connection.
"""

from __future__ import annotations

from dataclasses import field

from tui.core.lazy_dataclass import dataclass
from tui.core.usage import Usage

_FEWEST_MOMENTS = 5
"""Text that arrived together says less: with fewer moments than these, the rate is that of the network."""
_TOKENS_WITHOUT_TEXT = 2
"""Tokens that a short answer may count beside its pieces of text: those that begin and end it."""
_LATEST = 4
"""Usual gaps that a chunk without text may take: what is later was held back, and is no token."""
_FASTEST_MS = 0.1
"""No server writes 10,000 tokens a second into one stream: what looks so was held back."""


@dataclass(slots=True)
class Timings:
    """Time stamps of one exchange, in seconds on one monotonic clock."""

    started: float | None = None
    """The exchange began: its connection was looked for."""
    sending: float | None = None
    """The first byte of the request was about to be written; of the last try where there were several."""
    headers: float | None = None
    first_text: float | None = None
    first_answer: float | None = None
    last_text: float | None = None
    last_chunk: float | None = None
    """The last chunk of the answer with text, or without where it came no later than tokens do."""
    ended: float | None = None
    text_events: int = 0
    moments: int | None = None
    """Text-bearing events that did not come together with the one before; ``None``: unknown."""
    gaps: list[float] = field(default_factory=list)
    """Seconds between text-bearing events (chunk gaps, not token latencies); the first 10,000."""
    connecting: float | None = None
    """A connection was begun for the last try; ``None``: it went over a kept one."""
    behind: int = field(default=0, compare=False)
    """Chunks without text since the last text."""
    requests: int = field(default=1, compare=False)
    """How many requests it took, the last one among them."""
    first_call: float | None = None
    last_call: float | None = None
    """The first and the last piece of a tool call."""

    def saw_text(self, at: float, *, is_answer: bool) -> None:
        """Record one text-bearing event."""
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
        """Record a chunk of the answer that brought no text."""
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
        """Time from the start, connection included, to the end of the stream (E2E)."""
        return _milliseconds(self.started, self.ended)

    @property
    def thinking_ms(self) -> float | None:
        """From the first reasoning text to the first answer text, or to the last text where none came."""
        if self.first_text is None or self.first_text == self.first_answer:
            return None
        end = self.first_answer if self.first_answer is not None else self.last_text
        return None if end is None else (end - self.first_text) * 1000

    def streamed_tokens(self, usage: Usage | None) -> int | None:
        """The completion tokens that were waited for between the first text and the last: reasoning whose
        text was not sent was written before."""
        if usage is None or usage.completion_tokens is None:
            return None
        is_hidden = self.first_text is not None and self.first_text == self.first_answer
        hidden = usage.reasoning_tokens or 0 if is_hidden else 0
        return max(0, usage.completion_tokens - hidden)

    def tpot_ms(self, completion_tokens: int | None) -> float | None:
        """Time per output token without the first one; needs two tokens and two text events.

        Not defined for text that came in bursts: pieces that came at once count as one, and each of two
        has to be a token of its own. Faster than ``_FASTEST_MS`` a token is a burst, too.
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
            tokens -= 1  # the token that ends an answer was counted, but not waited for
        tpot = (end - self.first_text) * 1000 / tokens
        return tpot if tpot >= _FASTEST_MS else None

    @property
    def _end_took_time(self) -> bool:
        """Whether chunks without text came behind the last text, as late as tokens come."""
        if self.last_text is None or self.last_chunk is None:
            return False
        return self.last_chunk - self.last_text > self._usual_gap / 4

    @property
    def _usual_gap(self) -> float:
        """Seconds between two pieces of text, on average."""
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
