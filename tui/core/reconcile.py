"""Reconciles a server's token counts with each other and with the received text.

Servers contradict themselves: reasoning tokens not included in the completion tokens (xAI), or 0 of them
despite reasoning text (vLLM 0.32), cached tokens outside the prompt tokens (the Anthropic format), thinking
only in the total (Gemini), 0 completion tokens despite an answer. Counts that can be corrected by arithmetic
are corrected; others become unknown or are marked as estimates. Each correction adds a note, so that no
inexact figure is shown as exact.
"""

from __future__ import annotations

from dataclasses import replace

from tui.core.counted import Counted
from tui.core.turn import TextBuffer
from tui.core.usage import Source, Usage
from tui.texts import answers

_LONGEST_TOKEN = 64
"""In characters; no token is longer on average: the longest runs of spaces that tokenizers merge."""
_SLACK_CHARACTERS = 256


def reconcile_counts(usage: Usage, total_tokens: int | None = None) -> Usage:
    """Return counts that are consistent with each other.

    Args:
        usage: the counts from the server, with cached tokens assumed to be part of the prompt.
        total_tokens: the server's own total, ``None`` if it reports none.
    """
    usage = _settle_prompt(usage)
    usage = _fill_from_total(usage, total_tokens)
    usage, is_settled = _settle_reasoning(usage, total_tokens)
    usage, is_settled = _settle_cached(usage, total_tokens, is_settled)
    return usage if is_settled or not total_tokens else _settle_rest(usage, total_tokens)


def _settle_rest(usage: Usage, total: int) -> Usage:
    """Count tokens that only appear in the server's total as completion tokens.

    Gemini's compatible API does this with thinking tokens, which are billed as output
    (https://ai.google.dev/gemini-api/docs/thinking#pricing).
    """
    prompt, completion = usage.prompt_tokens, usage.completion_tokens
    if prompt is None or completion is None or prompt + completion == total:
        return usage
    more = total - prompt - completion
    if more == usage.cached_tokens:
        return replace(usage, prompt_tokens=prompt + more, notes=_with(usage, answers.CACHED_BESIDE))
    if more < 0:
        note = answers.PARTS_DIFFER.format(total=Counted(total), prompt=prompt, completion=completion)
        return _marked(usage, note)
    note = answers.UNNAMED_TOKENS.format(
        total=Counted(total), prompt=prompt, completion=completion, more=more
    )
    reasoning = more if usage.reasoning_tokens is None else usage.reasoning_tokens
    return _marked(replace(usage, completion_tokens=total - prompt, reasoning_tokens=reasoning), note)


def complete_counts(usage: Usage, earlier: Usage | None) -> Usage:
    """Return the later usage of an answer, with counts of the prompt that only the earlier one has."""
    if earlier is None or usage.prompt_tokens is not None:
        return usage
    return replace(
        usage,
        prompt_tokens=earlier.prompt_tokens,
        cached_tokens=earlier.cached_tokens,
        written_tokens=earlier.written_tokens,
    )


def reconcile_with_text(usage: Usage, reasoning: TextBuffer, answer: TextBuffer) -> Usage:
    """Return counts that are consistent with the received text; consistent ones are returned unchanged.

    An impossible completion count is replaced by our estimate; impossible reasoning tokens become unknown,
    and are estimated for display.
    """
    if reasoning and usage.reasoning_tokens == 0:
        note = answers.NO_REASONING_COUNTED
        usage = replace(usage, reasoning_tokens=None, notes=_with(usage, note))
    completion = usage.completion_tokens
    if completion is None:
        return usage
    if _is_too_few(completion, len(reasoning) + len(answer)):
        note = answers.TOO_FEW_COMPLETION.format(count=Counted(completion))
        usage = _marked(replace(usage, completion_tokens=reasoning.tokens + answer.tokens), note)
    counted = usage.reasoning_tokens
    if counted is not None and _is_too_few(counted, len(reasoning)):
        note = answers.TOO_FEW_REASONING.format(count=Counted(counted))
        usage = _marked(replace(usage, reasoning_tokens=None), note)
    elif counted and _is_too_few(completion - counted, len(answer)):
        note = answers.ONLY_REASONING.format(reasoning=counted, completion=Counted(completion))
        usage = _marked(replace(usage, reasoning_tokens=None), note)
    return usage


def _is_too_few(tokens: int, characters: int) -> bool:
    return characters > max(0, tokens) * _LONGEST_TOKEN + _SLACK_CHARACTERS * (tokens > 0)


def _settle_prompt(usage: Usage) -> Usage:
    if usage.prompt_tokens == 0:
        note = answers.NO_PROMPT_COUNTED
        return replace(usage, prompt_tokens=None, notes=_with(usage, note))
    return usage


def _fill_from_total(usage: Usage, total: int | None) -> Usage:
    """Fill in one missing count from the other one and the total."""
    prompt, completion = usage.prompt_tokens, usage.completion_tokens
    if not total or (prompt is None) == (completion is None):
        return usage
    if prompt is None and completion is not None and total > completion:
        return replace(usage, prompt_tokens=total - completion)
    if completion is None and prompt is not None and total >= prompt:
        return replace(usage, completion_tokens=total - prompt)
    return usage


def _settle_reasoning(usage: Usage, total: int | None) -> tuple[Usage, bool]:
    """Count reasoning tokens as completion tokens if the server reports them separately.

    Returns:
        The counts, and whether they explain ``total``.
    """
    prompt, completion, reasoning = usage.prompt_tokens, usage.completion_tokens, usage.reasoning_tokens
    if not reasoning or completion is None:
        return usage, False
    is_beside = total is not None and (prompt or 0) + completion + reasoning == total
    if is_beside:
        note = answers.REASONING_BESIDE
        return replace(usage, completion_tokens=completion + reasoning, notes=_with(usage, note)), True
    if reasoning <= completion:
        return usage, False

    def tell(added: str) -> str:
        return answers.MORE_REASONING.format(
            reasoning=Counted(reasoning), completion=Counted(completion), added=added
        )

    if total is not None and (prompt or 0) + completion == total:
        return replace(usage, reasoning_tokens=None, notes=_with(usage, tell(""))), True
    usage = replace(usage, completion_tokens=completion + reasoning)
    return _marked(usage, tell(answers.ADDED)), total is None


def _settle_cached(usage: Usage, total: int | None, is_settled: bool) -> tuple[Usage, bool]:
    """Count cached tokens as prompt tokens if the server reports them separately."""
    prompt, cached = usage.prompt_tokens, usage.cached_tokens
    if not cached or prompt is None or cached <= prompt:
        return usage, is_settled

    def tell(added: str) -> str:
        return answers.MORE_CACHED.format(cached=Counted(cached), prompt=Counted(prompt), added=added)

    if total is not None and prompt + (usage.completion_tokens or 0) == total:
        return replace(usage, cached_tokens=None, notes=_with(usage, tell(""))), True
    usage = replace(usage, prompt_tokens=prompt + cached)
    if total is not None and prompt + cached + (usage.completion_tokens or 0) == total:
        return replace(usage, notes=_with(usage, tell(answers.ADDED))), True
    return _marked(usage, tell(answers.ADDED)), is_settled or total is None


def _marked(usage: Usage, note: str) -> Usage:
    return replace(usage, source=Source.ESTIMATED, notes=_with(usage, note))


def _with(usage: Usage, note: str) -> tuple[str, ...]:
    return usage.notes if note in usage.notes else (*usage.notes, note)
