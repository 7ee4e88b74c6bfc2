"""How a reply that came to its end is to be judged: complete, empty, eaten by thinking, unfinished, cut."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.lazy_dataclass import dataclass
from tui.texts import answers

STOPPED = frozenset(
    {"stop", "eos", "eos_token", "stop_sequence", "end_turn", "stop_token", "complete", "completed", "normal"}
)
LENGTH = frozenset({"length", "max_tokens", "model_length", "max_output_tokens", "max_length"})
FILTERED = frozenset(
    {"content_filter", "content_filtered", "safety", "recitation", "blocklist", "prohibited_content", "spii"}
)
"""Also the words of Gemini, which some gateways pass on as they are."""
_BROKEN = {
    "error": answers.ENDED_WITH_ERROR,
    "abort": answers.ABORTED,
    "aborted": answers.ABORTED,
}
_OVERLOADED = "insufficient_system_resource"  # DeepSeek


@dataclass(slots=True)
class Outcome:
    """What is known of a reply when its bytes have ended."""

    finish_reason: str | None = None
    is_done: bool = False
    """``[DONE]``, or a whole JSON document, was there."""
    has_answer: bool = False
    has_reasoning: bool = False
    has_tool_calls: bool = False
    has_lost_text: bool = False
    """Something of the answer came that cannot be shown."""
    has_chunks: bool = False
    """Something that is a chunk of a chat came, if only one without text."""
    was_cut: bool = False
    """The bytes ended inside of an event."""
    error: dict[str, object] | None = None
    """An error object that stood inside of the choice."""
    counts_no_tokens: bool = False
    """The server says that it wrote nothing at all."""

    @property
    def is_complete(self) -> bool:
        """Whether the server said that the answer is complete."""
        return self.is_done or self.finish_reason is not None

    @property
    def answer_is_in_reasoning(self) -> bool:
        """Whether the whole answer came as reasoning: a parser that takes everything for reasoning
        until a closing tag does this to a model that did not think."""
        if self.has_answer or self.has_tool_calls or not self.has_reasoning:
            return False
        return self.is_complete and (self.finish_reason is None or self.finish_reason.lower() in STOPPED)


def judge(outcome: Outcome, transport: Failure | None) -> Failure | None:
    """Return the failure that a reply ended in, ``None`` where it is complete and has an answer.

    ``transport`` is why the bytes ended early. It does not matter once the server has said that
    the answer is complete: some close the connection rudely then.
    """
    reason = outcome.finish_reason
    word = (reason or "").lower()
    if word in _BROKEN:
        return explain("server-error", server_message=_BROKEN[word])
    if word == _OVERLOADED:
        return explain("overloaded")
    if not outcome.is_complete:
        return transport or _cut(outcome)
    if outcome.has_answer or outcome.has_tool_calls or outcome.answer_is_in_reasoning:
        return None
    if outcome.has_lost_text:
        return explain("text-lost")
    if word in FILTERED:
        return explain("empty-answer", finish_reason=reason, filtered=reason)
    if word in LENGTH and not outcome.counts_no_tokens:
        return explain("thinking-ate-budget")
    return explain("empty-answer", finish_reason=None if word in STOPPED else reason)


def _cut(outcome: Outcome) -> Failure:
    if outcome.was_cut:
        return explain("stream-truncated")
    if outcome.has_chunks:
        return explain("stream-unfinished")
    return explain("empty-answer")
