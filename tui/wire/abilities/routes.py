"""Text APIs besides chat: the expected format of a short answer.

Source: OpenAI's API references of ``/completions`` and ``/responses`` (with a minimum limit of 16 tokens),
Anthropic's of ``/v1/messages``.
"""

from __future__ import annotations

import re

from tui.core.abilities import Finding
from tui.core.safe_text import safe_line
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_error
from tui.wire.abilities.reply import Reply, broken, ignored, not_tried, shown, yes
from tui.wire.numbers import read_count
from tui.wire.surrogates import mend

COMPLETION_TOKENS = 1
RESPONSE_TOKENS, LEAST_RESPONSE_TOKENS = 1, 16
"""The second is for servers that refuse so low a limit."""
MESSAGE_TOKENS = 1
ANTHROPIC_HEADERS = {"anthropic-version": "2023-06-01"}
_MOST_FIELDS = 100


def completion_body(model: str) -> dict[str, object]:
    """Return the request body for ``/completions``."""
    return {"model": model, "prompt": prompts.CAPITAL_IS, "max_tokens": COMPLETION_TOKENS}


def response_body(model: str, tokens: int, previous: str = "") -> dict[str, object]:
    """Return the request body for ``/responses``; ``previous`` is the id of the preceding response."""
    body: dict[str, object] = {
        "model": model,
        "input": prompts.HELLO,
        "max_output_tokens": tokens,
    }
    return {**body, "previous_response_id": previous} if previous else body


def message_body(model: str) -> dict[str, object]:
    """Return the request body for ``/messages``."""
    messages = [{"role": "user", "content": prompts.HELLO}]
    return {"model": model, "max_tokens": MESSAGE_TOKENS, "messages": messages}


def judge_completion(reply: Reply) -> Finding:
    """Judge a reply of ``/completions``."""
    text = reply.choice.get("text")
    if reply.is_ok and isinstance(text, str):
        if reply.fault:
            return not_tried(reply.fault)
        return yes(texts.COMPLETES.format(text=shown(mend(text))))
    return _judge_other(reply, words.COMPLETIONS)


def wants_more_tokens(reply: Reply) -> bool:
    """Return whether the server refuses so low a limit, like OpenAI."""
    error = reply.error
    is_refused = reply.status is not None and not reply.is_ok
    return is_refused and "max_output_tokens" in f"{error.message} {error.parameter}"


def response_id(reply: Reply) -> str:
    """Return the id of a response; empty if there is none."""
    found = reply.whole.get("id")
    return found if isinstance(found, str) and _is_response(reply) else ""


def judge_response(reply: Reply, after: Reply | None) -> Finding:
    """Judge a reply of ``/responses``; ``after`` is the reply to the following request."""
    if not _is_response(reply):
        return _judge_other(reply, words.RESPONSES)
    return yes(texts.RESPONDS.format(memory=_memory(reply, after)))


def judge_message(reply: Reply) -> Finding:
    """Judge a reply of ``/messages``."""
    if reply.is_ok and reply.whole.get("type") == "message" and isinstance(reply.whole.get("content"), list):
        return yes(texts.WRITES_MESSAGE)
    return _judge_other(reply, words.MESSAGES)


def _is_response(reply: Reply) -> bool:
    is_response = reply.whole.get("object") == "response"
    return reply.is_ok and is_response and isinstance(reply.whole.get("output"), list)


def _memory(reply: Reply, after: Reply | None) -> str:
    """Return whether the server remembers earlier turns: only then the prompt has more tokens."""
    if after is None or after.status is None:
        return texts.MEMORY_UNKNOWN
    if not after.is_ok:
        is_refusal = after.status in (400, 404, 422, 501)
        return texts.STATELESS if is_refusal else texts.MEMORY_UNKNOWN
    before, now = _input_tokens(reply), _input_tokens(after)
    if before is None or now is None:
        return texts.MEMORY_UNKNOWN
    return texts.STATEFUL if now > before else texts.FORGETFUL


def _input_tokens(reply: Reply) -> int | None:
    usage = reply.whole.get("usage")
    return read_count(usage.get("input_tokens")) if isinstance(usage, dict) else None


def _judge_other(reply: Reply, names: re.Pattern[str]) -> Finding:
    """Judge a reply that does not have the format of its API."""
    if not reply.is_ok:
        return judge_error(reply, names, is_route=True)
    if reply.choices and "message" in reply.choice:
        return ignored(texts.AS_CHAT)
    if reply.value is None:
        return broken(texts.NO_JSON)
    fields = ", ".join(map(str, reply.whole)) or type(reply.value).__name__
    return broken(texts.OTHER_SHAPE.format(fields=safe_line(fields, _MOST_FIELDS)))
