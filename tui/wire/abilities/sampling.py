"""The tests of sampling parameters: log probabilities, several choices, seed, stop, token limit."""

from __future__ import annotations

import math
from collections.abc import Mapping

from tui.core.abilities import Finding
from tui.core.counted import Counted
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, broken, ignored, not_finished, not_tried, shown, yes
from tui.wire.numbers import read_number
from tui.wire.reasoning import find_reasoning, flatten

TOP_LOGPROBS = 5
LOGPROBS_TOKENS = 3
CHOICES = 2
N_TOKENS = 4
SEED_TOKENS = 10
STOP_TOKENS = 24
LIMIT = 5
_SUM_SLACK = 0.01
_SEEDS = (7, 7, 8)
Messages = list[dict[str, object]]


def prompt(text: str) -> Messages:
    """Return one user message."""
    return [{"role": "user", "content": text}]


# ── Log probabilities ───────────────────────────────────────────────────────────────────────────────────


def logprobs_fields() -> dict[str, object]:
    """Return the fields that request log probabilities; some servers send none without a number."""
    return {"logprobs": True, "top_logprobs": TOP_LOGPROBS}


def judge_logprobs(reply: Reply) -> Finding:
    """Judge whether each token has the requested alternatives with valid probabilities."""
    finding = judge_chat(reply, words.LOGPROBS)
    if finding is not None:
        return finding
    tokens = _logprob_tokens(reply)
    if not tokens:
        return ignored(texts.NO_LOGPROBS) if reply.content.strip() or not reply.is_cut else not_finished()
    counts = []
    for token in tokens:
        top = token.get("top_logprobs") if isinstance(token, dict) else None
        values = [_logprob(one) for one in top] if isinstance(top, list) else []
        known = [value for value in values if value is not None]
        if len(known) != len(values):
            return broken(texts.LOGPROBS_NO_NUMBERS)
        if sum(math.exp(min(0.0, value)) for value in known) > 1 + _SUM_SLACK or max(known, default=0.0) > 0:
            return broken(texts.LOGPROBS_SUM)
        counts.append(len(values))
    if min(counts) < TOP_LOGPROBS:
        return broken(texts.LOGPROBS_FEW.format(count=Counted(min(counts)), asked=TOP_LOGPROBS))
    return yes(texts.LOGPROBS.format(count=min(counts)))


def has_text_or_logprobs(reply: Reply) -> bool:
    """Return whether a truncated answer already shows whether it has log probabilities.

    A model with hidden reasoning has not written any text yet that could have them.
    """
    return bool(reply.content.strip() or _logprob_tokens(reply))


def _logprob_tokens(reply: Reply) -> list[object]:
    logprobs = reply.choice.get("logprobs")
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    return tokens if isinstance(tokens, list) else []


def _logprob(value: object) -> float | None:
    return _read_signed(value.get("logprob")) if isinstance(value, dict) else None


def _read_signed(value: object) -> float | None:
    """Return a finite number with either sign."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    size = read_number(abs(value))
    return None if size is None else math.copysign(size, value)


# ── Several choices ─────────────────────────────────────────────────────────────────────────────────────


def n_fields() -> dict[str, object]:
    """Return the fields that request two choices; with greedy sampling, vLLM refuses more than one."""
    return {"n": CHOICES, "temperature": 1}


def judge_n(reply: Reply) -> Finding:
    """Judge the number of choices."""
    finding = judge_chat(reply, words.N)
    if finding is not None:
        return finding
    count = len(reply.choices)
    if count == 1:
        return ignored(texts.ONE_CHOICE.format(asked=CHOICES))
    if count != CHOICES:
        return broken(texts.OTHER_CHOICES.format(count=count, asked=CHOICES))
    if not lacks_no_text(reply):
        return not_finished() if reply.is_cut else broken(texts.EMPTY_CHOICE)
    return yes(texts.TWO_CHOICES.format(count=count))


def lacks_no_text(reply: Reply) -> bool:
    """Return whether all requested choices have text, or fewer were returned."""
    return len(reply.choices) != CHOICES or all(map(_has_content, reply.choices))


def _has_content(choice: Mapping[str, object]) -> bool:
    message = choice.get("message")
    return isinstance(message, dict) and bool(flatten(message.get("content")) or find_reasoning(message)[0])


# ── Seed ────────────────────────────────────────────────────────────────────────────────────────────────


def seed_fields() -> list[dict[str, object]]:
    """Return the fields of three requests: the same seed twice, and another one that must differ."""
    return [{"seed": seed, "temperature": 1} for seed in _SEEDS]


def is_settled(reply: Reply) -> bool:
    """Return whether a reply ends the test of the seed because it has no text to compare."""
    return judge_chat(reply, words.SEED) is not None or not _compared(reply)


def was_cut_before_text(reply: Reply) -> bool:
    """Return whether the token limit was too low for any text, because of hidden reasoning."""
    is_judged = reply.is_ok and judge_chat(reply, words.SEED) is not None
    return not is_judged and reply.is_cut and not _compared(reply)


def judge_seed(replies: list[Reply]) -> Finding:
    """Judge the replies to ``seed_fields``, or the last one if it is not an answer."""
    finding = judge_chat(replies[-1], words.SEED)
    if finding is not None:
        return finding
    if not _compared(replies[-1]):
        return judge_empty(replies[-1]) or not_finished()
    first, second, other = map(_compared, replies)
    if first != second:
        return ignored(texts.SEED_DIFFERS.format(first=shown(first), second=shown(second)))
    if first == other:
        return ignored(texts.SEED_SAME.format(text=shown(first)))
    return yes(texts.SEED.format(text=shown(first)))


def _compared(reply: Reply) -> str:
    """Return the text to compare: the reasoning, if the model reasons."""
    return reply.content.strip() or reply.reasoning.strip()


# ── Stop sequence ───────────────────────────────────────────────────────────────────────────────────────


def stop_fields() -> dict[str, object]:
    """Return the field with a stop sequence."""
    return {"stop": [prompts.STOP]}


def is_past_stop(reply: Reply) -> bool:
    """Return whether a truncated answer continued past the stop sequence."""
    return prompts.STOP in reply.content


def judge_stop(reply: Reply) -> Finding:
    """Judge whether the answer ends before the stop sequence."""
    finding = judge_chat(reply, words.STOP)
    if finding is not None:
        return finding
    content = reply.content
    if content.rstrip().endswith(prompts.STOP):
        return broken(texts.STOP_SENT.format(text=shown(content)))
    if prompts.STOP in content:
        return ignored(texts.STOP_PASSED.format(text=shown(content)))
    if reply.is_cut:
        return not_finished()
    if prompts.BEFORE_STOP in content:
        return yes(texts.STOPPED.format(text=shown(content)))
    return judge_empty(reply) or not_tried(texts.NOT_COUNTED.format(text=shown(content)))


# ── Token limit ─────────────────────────────────────────────────────────────────────────────────────────


def judge_limit(reply: Reply) -> Finding:
    """Judge whether a longer answer ends at the token limit with the right finish reason."""
    if reply.ended_at_limit:
        return yes(texts.LIMITED_WITH_ERROR.format(limit=LIMIT))
    finding = judge_chat(reply, words.MAX_TOKENS)
    if finding is not None:
        return finding
    count = reply.completion_tokens
    if count is not None and count > LIMIT:
        return ignored(texts.LIMIT_PASSED.format(count=count, limit=LIMIT))
    if reply.finish_reason == "length":
        return yes(texts.LIMITED.format(limit=LIMIT))
    text = reply.content
    if count is None and len(text) > LIMIT * 8:
        return ignored(texts.PROSE.format(text=shown(text)))
    if count == LIMIT:
        return broken(texts.LIMIT_UNSAID.format(limit=LIMIT, reason=shown(reply.finish_reason)))
    return not_tried(texts.TOO_SHORT.format(text=shown(text)))
