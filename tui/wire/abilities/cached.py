"""The test of cached token counts: whether a repeated prefix is reported as cached."""

from __future__ import annotations

from tui.core.abilities import Finding
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat
from tui.wire.abilities.reply import Reply, broken, ignored, not_tried, refused, yes
from tui.wire.numbers import read_count

ROWS = 64
"""About 20 tokens each: OpenAI and others cache prompts from 1,024 tokens."""
INPUT_TOKENS = 1_400
_FEWEST = 1_024
Messages = list[dict[str, object]]


def messages() -> Messages:
    """Return a prompt that is long enough for prefix caches."""
    rows = [prompts.LONG_TEXT_LINE.format(number=number, count=number * 7) for number in range(1, ROWS + 1)]
    return [{"role": "user", "content": "\n".join([*rows, prompts.LONG_TEXT_END])}]


def fits(context_window: int | None) -> bool:
    """Return whether the prompt fits into a context window, as far as known."""
    return context_window is None or context_window > INPUT_TOKENS + 200


def judge(replies: list[Reply]) -> Finding:
    """Judge the replies to the same prompt sent twice, or only the last one if it is not an answer."""
    finding = judge_chat(replies[-1], words.NOTHING)
    if finding is not None:
        return finding
    first, second = (_prompt_tokens(reply) for reply in replies)
    usage = replies[-1].usage
    if first is None or second is None or usage is None:
        return refused(texts.NO_COUNTS)
    if usage.cached_tokens is None:
        return refused(texts.NO_DETAILS.format(tokens=second))
    if abs(first - second) > 1:
        return broken(texts.COUNTS_DIFFER.format(first=first, second=second))
    if usage.cached_tokens == 0:
        if second < _FEWEST:
            return not_tried(texts.SHORT_PROMPT.format(tokens=second))
        return ignored(texts.NONE_CACHED.format(tokens=second))
    return yes(texts.CACHED.format(cached=usage.cached_tokens, tokens=second))


def _prompt_tokens(reply: Reply) -> int | None:
    """Return the server's prompt count, before it is reconciled with the cached tokens."""
    usage = reply.whole.get("usage")
    return read_count(usage.get("prompt_tokens")) if isinstance(usage, dict) else None
