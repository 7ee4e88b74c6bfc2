"""The verdict on a finished reply: complete, empty, only reasoning, unfinished, or cut off."""

from __future__ import annotations

from tui.core.causes import explain
from tui.core.failure import Failure
from tui.core.finish_reasons import Ending, ending_of, failure_words
from tui.core.lazy_dataclass import dataclass


@dataclass(slots=True)
class Outcome:
    """What is known about a reply at the end of its bytes."""

    finish_reason: str | None = None
    is_done: bool = False
    """``[DONE]`` or a complete JSON document was received."""
    has_answer: bool = False
    """More than white space."""
    has_white_space: bool = False
    """White space was received instead of an answer."""
    has_reasoning: bool = False
    has_tool_calls: bool = False
    has_lost_text: bool = False
    """Part of the answer cannot be shown."""
    has_chunks: bool = False
    """At least one chunk of a chat was received, even without text."""
    was_cut: bool = False
    """The bytes ended in the middle of an event."""
    error: dict[str, object] | None = None
    """An error object inside the choice."""
    counts_no_tokens: bool = False
    """The server reports that it generated nothing."""

    @property
    def is_complete(self) -> bool:
        """Whether the server marked the answer as complete."""
        return self.is_done or self.finish_reason is not None

    @property
    def answer_is_in_reasoning(self) -> bool:
        """Whether the whole answer arrived as reasoning.

        This happens if a parser treats everything as reasoning until a closing tag, and the model does not
        think.
        """
        if self.has_answer or self.has_tool_calls or not self.has_reasoning:
            return False
        return self.is_complete and ending_of(self.finish_reason) is Ending.COMPLETE


def judge(outcome: Outcome, transport: Failure | None) -> Failure | None:
    """Return the failure of a reply; ``None`` if it is complete and has an answer.

    ``transport`` is the reason why the bytes ended early. It is ignored if the server has marked the answer
    as complete: some close the connection abruptly then.
    """
    reason = outcome.finish_reason
    ending = ending_of(reason)
    if ending is Ending.FAILED:
        return explain("server-error", server_message=failure_words(reason))
    if ending is Ending.OVERLOADED:
        return explain("overloaded")
    if not outcome.is_complete:
        return transport or _cut(outcome)
    if outcome.has_answer or outcome.has_tool_calls or outcome.answer_is_in_reasoning:
        return None
    if outcome.has_lost_text:
        return explain("text-lost")
    if ending is Ending.FILTERED:
        return explain("empty-answer", finish_reason=reason, filtered=reason)
    if ending is Ending.STOPPED:
        return explain("empty-answer", finish_reason=reason, stopped=reason)
    wrote_blanks_only = outcome.has_white_space and not outcome.has_reasoning
    if ending is Ending.CUT and not outcome.counts_no_tokens and not wrote_blanks_only:
        return explain("thinking-ate-budget")
    return explain("empty-answer", finish_reason=None if ending is Ending.COMPLETE else reason)


def _cut(outcome: Outcome) -> Failure:
    if outcome.was_cut:
        return explain("stream-truncated")
    if outcome.has_chunks:
        return explain("stream-unfinished")
    return explain("empty-answer")
