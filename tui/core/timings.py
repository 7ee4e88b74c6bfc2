"""The published metrics: one definition each, in milliseconds, ``None`` where not defined.

TTFB: headers − request. TTFT: first non-empty reasoning or answer text − request. TTFA: first
answer text − request. TPOT: (last text − first text) / (completion tokens − 1), of which one that came
without text is none: the token that ends an answer. E2E: end − request.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

_FEWEST_MOMENTS = 5
"""Text that came together tells less: with fewer moments than these, the rate is that of the network."""


@dataclass(slots=True)
class Timings:
    """Time stamps of one exchange, in seconds on one monotonic clock."""

    started: float | None = None
    """The request was sent (or its connection was begun)."""
    headers: float | None = None
    first_text: float | None = None
    first_answer: float | None = None
    last_text: float | None = None
    ended: float | None = None
    text_events: int = 0
    gaps: list[float] = field(default_factory=list)
    """Seconds between text-bearing events (chunk gaps, not token latencies); the first 10,000."""

    def saw_text(self, at: float, *, is_answer: bool) -> None:
        """Record one text-bearing event."""
        if self.last_text is not None and len(self.gaps) < 10_000:
            self.gaps.append(at - self.last_text)
        if self.first_text is None:
            self.first_text = at
        if is_answer and self.first_answer is None:
            self.first_answer = at
        self.last_text = at
        self.text_events += 1

    @property
    def ttfb_ms(self) -> float | None:
        """Time to the response headers."""
        return self._since_start(self.headers)

    @property
    def ttft_ms(self) -> float | None:
        """Time to the first text, reasoning or answer."""
        return self._since_start(self.first_text)

    @property
    def ttfa_ms(self) -> float | None:
        """Time to the first text of the answer."""
        return self._since_start(self.first_answer)

    @property
    def total_ms(self) -> float | None:
        """Time to the end of the stream (E2E)."""
        return self._since_start(self.ended)

    @property
    def thinking_ms(self) -> float | None:
        """From the first reasoning text to the first answer text, or to the last text where none came."""
        if self.first_text is None or self.first_text == self.first_answer:
            return None
        end = self.first_answer if self.first_answer is not None else self.last_text
        return None if end is None else (end - self.first_text) * 1000

    def tpot_ms(self, completion_tokens: int | None) -> float | None:
        """Time per output token without the first one; needs two tokens and two text events.

        Pieces that came at once count as one: text in a few bursts tells nothing of a token's time.

        Servers count the token that ends an answer (llama.cpp, vLLM, SGLang, TGI), and nothing comes for
        it. Where one token more is counted than pieces of text came, it is that one.
        """
        if completion_tokens is None or completion_tokens < 2 or self.text_events < 2:
            return None
        if self.first_text is None or self.last_text is None or self.last_text <= self.first_text:
            return None
        if self._came_in_bursts:
            return None
        with_text = completion_tokens - (completion_tokens == self.text_events + 1)
        return (self.last_text - self.first_text) * 1000 / (with_text - 1)

    def decode_rate(self, completion_tokens: int | None) -> float | None:
        """Tokens per second after the first token: 1000 / TPOT."""
        tpot = self.tpot_ms(completion_tokens)
        return None if not tpot else 1000 / tpot

    @property
    def _came_in_bursts(self) -> bool:
        needed = min(self.text_events, _FEWEST_MOMENTS) - 1
        apart = (gap for gap in self.gaps if gap > 0)
        return bool(self.gaps) and sum(1 for _ in islice(apart, needed)) < needed

    def _since_start(self, moment: float | None) -> float | None:
        if moment is None or self.started is None:
            return None
        return (moment - self.started) * 1000
