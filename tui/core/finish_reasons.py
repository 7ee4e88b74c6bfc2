"""The meaning of finish reasons, for all servers.

OpenAI, vLLM (``repetition``: the model repeats itself), SGLang, TGI (``eos_token``), TensorRT-LLM
(``timeout``, ``cancelled``), Mistral (``model_length``), DeepSeek (``insufficient_system_resource``), Zhipu
(``sensitive``, ``network_error``, ``model_context_window_exceeded``), GigaChat (``blacklist``), and those
that gateways pass on unchanged from Anthropic (``refusal``, ``pause_turn``, ``compaction``), Bedrock
(``guardrail_intervened``, ``malformed_tool_use``), Cohere (``ERROR_TOXIC``) and Gemini, whose own compatible
API joins two words: ``content_filter: PROHIBITED_CONTENT``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from tui.texts import answers


class Ending(StrEnum):
    """How an answer ended."""

    COMPLETE = "complete"
    CALL = "call"
    CUT = "cut"
    """The token limit was reached."""
    STOPPED = "stopped"
    """The server stopped early, for a reason other than the limit or a filter."""
    FILTERED = "filtered"
    FAILED = "failed"
    OVERLOADED = "overloaded"
    UNKNOWN = "unknown"


_ENDINGS: Mapping[str, Ending] = {
    **dict.fromkeys(
        (
            "stop", "eos", "eos_token", "end_turn", "stop_sequence", "stop_token", "complete", "completed",
            "normal",
        ),
        Ending.COMPLETE,
    ),
    **dict.fromkeys(("tool_calls", "tool_call", "tool_use", "function_call"), Ending.CALL),
    **dict.fromkeys(
        (
            "length", "max_tokens", "model_length", "max_output_tokens", "max_length", "error_limit",
            "model_context_window_exceeded",
        ),
        Ending.CUT,
    ),
    **dict.fromkeys(
        (
            "content_filter", "content_filtered", "sensitive", "refusal", "guardrail_intervened",
            "blacklist", "error_toxic", "safety", "recitation", "blocklist", "prohibited_content", "spii",
            "model_armor", "image_safety", "image_prohibited_content", "image_recitation",
        ),
        Ending.FILTERED,
    ),
    **dict.fromkeys(("repetition", "pause_turn", "compaction"), Ending.STOPPED),
    "insufficient_system_resource": Ending.OVERLOADED,
}  # fmt: skip
FAILURES: Mapping[str, str] = {
    "error": answers.ENDED_WITH_ERROR,
    "abort": answers.ABORTED,
    "aborted": answers.ABORTED,
    "cancelled": answers.ABORTED,
    "canceled": answers.ABORTED,
    "user_cancel": answers.ABORTED,
    "timeout": answers.ENDED_BY_TIMEOUT,
    "network_error": answers.ENDED_BY_NETWORK,
    "malformed_function_call": answers.CALL_MALFORMED,
    "malformed_tool_use": answers.CALL_MALFORMED,
    "unexpected_tool_call": answers.CALL_MALFORMED,
    "too_many_tool_calls": answers.CALL_MALFORMED,
    "malformed_model_output": answers.OUTPUT_MALFORMED,
    "malformed_response": answers.OUTPUT_MALFORMED,
}
"""Finish reasons for a failure of the server, with their descriptions."""
UNFINISHED = (Ending.CUT, Ending.STOPPED)
"""The endings of incomplete answers."""
_SAYINGS = {
    Ending.CALL: answers.TOOL_CALL,
    Ending.CUT: answers.CUT_OFF,
    Ending.STOPPED: answers.STOPPED_EARLY,
    Ending.FILTERED: answers.FILTERED,
}
_OWN_SAYINGS = {"repetition": answers.REPEATED_ITSELF}


def ending_of(reason: str | None) -> Ending:
    """Return the meaning of a finish reason; a missing one counts as a normal end."""
    if reason is None:
        return Ending.COMPLETE
    for word in _words_of(reason):
        if word in FAILURES:
            return Ending.FAILED
        if word in _ENDINGS:
            return _ENDINGS[word]
    return Ending.UNKNOWN


def failure_words(reason: str | None) -> str:
    """Return the description of a server failure; empty for any other finish reason."""
    return next((FAILURES[word] for word in _words_of(reason or "") if word in FAILURES), "")


def ending_words(reason: str | None) -> str:
    """Return a phrase to follow "The answer was"; empty for a normal end."""
    own = next((_OWN_SAYINGS[word] for word in _words_of(reason or "") if word in _OWN_SAYINGS), "")
    return own or _SAYINGS.get(ending_of(reason), "")


def _words_of(reason: str) -> list[str]:
    """Split a finish reason such as ``function_call_filter: MALFORMED_FUNCTION_CALL``.

    Its first word may be unknown.
    """
    words = reason.lower().replace("-", "_").split(":")
    return [word.strip().replace(" ", "_") for word in words]
