"""Judges replies that are not proper answers: the ability is not supported, or something else is wrong.

A verdict requires an error that names the ability: a temporary failure (loading, rate limit, wrong key,
timeout) is inconclusive.
"""

from __future__ import annotations

import re

from tui.core.abilities import Finding
from tui.core.counted import Counted
from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern
from tui.core.safe_text import safe_line
from tui.core.secret import Redactor
from tui.texts import abilities as texts
from tui.wire.abilities.reply import Reply, broken, not_finished, not_tried, refused
from tui.wire.error_body import ErrorBody
from tui.wire.errors import classify_error, read_refusal_object

_REFUSING = frozenset({200, 400, 404, 405, 415, 422, 501})
"""HTTP statuses of refusals; 200 for an error object instead of an answer. 500 only with known messages."""
_WORDS_LENGTH = 160
_PASSING = frozenset(
    {
        "auth", "quota", "rate-limited", "overloaded", "loading", "load-failed", "no-model-loaded",
        "model-not-found", "deployment-not-found", "maintenance", "context-too-long",
        "max-tokens-too-small", "max-tokens-too-large", "body-too-large", "forbidden", "model-forbidden",
        "content-filter", "gateway-timeout", "bad-gateway", "backend-crashed", "upstream-auth",
        "upstream-paused",
    }
)  # fmt: skip
"""Causes that are inconclusive, even if a model's name resembles that of an ability."""
_OF_THE_MODEL = frozenset({"json_validate_failed", "tool_use_failed", "output_parse_failed"})
"""Groq's codes for model output that the server could not use: another attempt may succeed."""
_UNSUPPORTED = lazy_pattern(r"\b(?:not|n't) support|\bunsupported\b")
"""Phrases for an unsupported ability, also in errors about the parameter ``model``."""


def judge_error(
    reply: Reply, names: re.Pattern[str], known: re.Pattern[str] | None = None, *, is_route: bool = False
) -> Finding:
    """Judge a reply that is not an answer.

    Args:
        reply: the reply; its ``is_ok`` is false.
        names: how servers name the ability, also as a rejected field.
        known: messages of servers that respond with 500 if the ability is missing.
        is_route: the request was sent to a separate route, so that a 404 that names no model means it is
            missing, and so does a 501.
    """
    if reply.status is None:
        title = "" if reply.failure is None else reply.failure.title
        return not_tried(texts.NO_REPLY.format(title=title))
    error = reply.error
    wording = " ".join((error.message, error.parameter or "", error.location or "")).lower()
    is_named = names.search(wording) is not None
    is_said = is_named and _UNSUPPORTED.search(wording) is not None
    failure = failure_of(reply)
    if error.words & _OF_THE_MODEL or "failed_generation" in error.fields:
        return not_tried(_said(reply, error))
    if not is_said and failure is not None and failure.cause in _PASSING:
        return not_tried(_said(reply, error))
    is_own_fault = failure is not None and failure.cause == "server-error" and reply.status != 200
    if reply.status in _REFUSING and is_named and not is_own_fault:
        return _refused(reply, error)
    if is_route and reply.status in (404, 405, 501) and not _names_model(error):
        return _refused(reply, error)
    if reply.status == 500 and known is not None and known.search(wording):
        return _refused(reply, error)
    return not_tried(_said(reply, error))


def judge_chat(reply: Reply, names: re.Pattern[str], known: re.Pattern[str] | None = None) -> Finding | None:
    """Judge a reply that is not a chat completion with content; ``None`` if the content decides."""
    if not reply.is_ok:
        return judge_error(reply, names, known)
    if reply.value is None and not reply.chunks:
        return broken(texts.NO_JSON)
    if not reply.choices and not reply.chunks:
        return broken(texts.NO_CHOICES)
    return not_tried(reply.fault) if reply.fault else None


def failure_of(reply: Reply, redactor: Redactor | None = None) -> Failure | None:
    """Return the failure of a reply; ``None`` for a complete answer."""
    if reply.status is None:
        return reply.failure
    if reply.is_ok:
        return reply.turn.failure if reply.turn is not None and (reply.fault or reply.broke_off) else None
    if reply.status < 300 and reply.error_object is not None:
        return read_refusal_object(reply.status, reply.headers, reply.error_object, redactor).failure()
    return classify_error(reply.status, reply.headers, reply.body, redactor)


def judge_empty(reply: Reply) -> Finding | None:
    """Judge an answer without text; ``None`` if there is some.

    Generated tokens that did not arrive were lost in a parser of the server.
    """
    if reply.content.strip():
        return None
    if reply.is_cut:
        return not_finished()
    if reply.completion_tokens and not reply.reasoning.strip():
        return broken(texts.NOTHING_SHOWN.format(tokens=Counted(reply.completion_tokens)))
    return broken(texts.NO_TEXT)


def _names_model(error: ErrorBody) -> bool:
    return "model" in error.message.lower()


def _refused(reply: Reply, error: ErrorBody) -> Finding:
    words = _words(error)
    evidence = (
        texts.REFUSED.format(words=words) if words else texts.REFUSED_STATUS.format(status=reply.status)
    )
    return refused(evidence)


def _said(reply: Reply, error: ErrorBody) -> str:
    words = _words(error)
    if not words:
        return texts.STATUS.format(status=reply.status)
    return texts.STATUS_SAID.format(status=reply.status, words=words)


def _words(error: ErrorBody) -> str:
    return "" if error.is_html else safe_line(" ".join(error.message.split()), _WORDS_LENGTH)
