"""The numbers in an error about too many tokens: the prompt, the requested answer, and the limit."""

from __future__ import annotations

import re

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.outside import read_whole
from tui.wire.error_body import ErrorBody
from tui.wire.numbers import read_count

_THOUSANDS = lazy_pattern(r"(?<=\d),(?=\d{3}\b)")
_N = r"(\d{1,9})"


def _patterns(*texts: str) -> tuple[re.Pattern[str], ...]:
    return tuple(map(lazy_pattern, texts))


_LIMITS = _patterns(
    rf"(?:context|sequence) (?:length|window|size) (?:is|of|\()\s*(?:only )?{_N}",
    rf"context size \({_N}",
    rf"must be <= {_N}",
    rf"input length should be \[\d+, ?{_N}",
    rf"> {_N} maximum",
    rf"maximum (?:of|is) {_N}",
    rf"(?:limit|limited to|at most) (?:is |of )?{_N} tokens",
    rf"max_model_len ?[=(:] ?{_N}",
)
_PROMPTS = _patterns(
    rf"(?:contains|has) (at least )?{_N}(?: input)? tokens",
    rf"contains (at least )?{_N}",
    rf"(){_N} (?:tokens )?(?:from|in) the (?:input )?(?:messages|prompt)",
    rf"(?:request|input|prompt) (?:has |is |of |\()\s*(at least )?{_N}",
    rf"given: (){_N} `inputs`",
    rf"resulted in (){_N} tokens",
    rf"requested (?:a total of )?(){_N} tokens(?! for)",
    rf"too long: (){_N} tokens",
)
_ANSWERS = _patterns(
    rf"requested {_N} output tokens",
    rf"(?:max_tokens|max_completion_tokens|max_new_tokens)['\"`]? is too large: {_N}",
    rf"{_N} (?:tokens )?(?:in|for) the completion",
    rf"and {_N} `max_new_tokens`",
    rf"you provided {_N}",
    rf"max_tokens: {_N} >",
    rf"max_(?:completion_|new_)?tokens ?[=(:] ?{_N}",
)
_ANSWER_LIMITS = _patterns(
    rf"at most {_N} (?:completion|output) tokens",
    rf"valid range of max_(?:completion_)?tokens is \[\d+, ?{_N}",
    rf"tokens['\"`]? (?:must|should) be (?:between|in|within) \D{{0,12}}\d+\D{{1,6}}{_N}",
    rf"(?<!\+ [`'\"])max_(?:completion_|new_)?tokens['\"`]? (?:must|should) be"
    rf"(?! (?:at least|greater|larger|more|above|>))[^.\d]{{0,40}}{_N}",
    rf"max_(?:completion_|new_)?tokens['\"`]? (?:cannot|can't|may not) be[^.\d]{{0,40}}{_N}",
    rf"> {_N}, which is the maximum allowed number of output tokens",
)
_LEAST = _patterns(rf"(?:at least|greater than or equal to|>=) ?{_N}")
_CAN_BE = frozenset({"context-too-long", "invalid-request", "unsupported-param"})


@dataclass(frozen=True, slots=True)
class TokenLimits:
    """The numbers in an error; ``None`` if it has none."""

    prompt: int | None = None
    is_at_least: bool = False
    """The server stopped counting there: the prompt is longer."""
    limit: int | None = None
    """For prompt and answer together."""
    answer: int | None = None
    """The requested max tokens."""
    answer_limit: int | None = None
    answer_least: int | None = None

    @property
    def prompt_text(self) -> str | None:
        """The prompt's size for display: ``at least 2049`` is not ``2049``."""
        if self.prompt is None:
            return None
        return f"at least {self.prompt}" if self.is_at_least else str(self.prompt)

    @property
    def room(self) -> int | None:
        """The largest max tokens possible with this prompt."""
        if self.answer_limit is not None:
            return self.answer_limit
        if self.limit is None or self.prompt is None or self.is_at_least or self.prompt >= self.limit:
            return None
        return self.limit - self.prompt

    @property
    def blames_answer(self) -> bool:
        """Whether the prompt itself fits, so that lowering max tokens is enough."""
        if self.answer_limit is not None:
            return self.answer is None or self.answer > self.answer_limit
        if self.answer is None or self.limit is None:
            return False
        return (self.prompt or 0) < self.limit < (self.prompt or 0) + self.answer


def read_token_limits(body: ErrorBody) -> TokenLimits:
    """Return the numbers of an error, from llama.cpp's fields or from its message."""
    wording = _THOUSANDS.sub("", body.message.lower())
    answer_limit, answer = _first(_ANSWER_LIMITS, wording), _first(_ANSWERS, wording)
    prompt, is_at_least = read_count(body.fields.get("n_prompt_tokens")), False
    if prompt is None:
        prompt, is_at_least = _prompt(wording)
    limit = read_count(body.fields.get("n_ctx"))
    if limit is None and answer_limit is None:
        limit = _first(_LIMITS, wording)
    return TokenLimits(prompt, is_at_least, limit, answer, answer_limit, _first(_LEAST, wording))


def refine_cause(cause: str, body: ErrorBody) -> str:
    """Return ``max-tokens-too-large`` instead of a cause that would blame the prompt or the request."""
    return "max-tokens-too-large" if cause in _CAN_BE and read_token_limits(body).blames_answer else cause


def _prompt(wording: str) -> tuple[int | None, bool]:
    for pattern in _PROMPTS:
        if found := pattern.search(wording):
            return read_whole(found[2]), bool(found[1])
    return None, False


def _first(patterns: tuple[re.Pattern[str], ...], wording: str) -> int | None:
    for pattern in patterns:
        if found := pattern.search(wording):
            return read_whole(found[1])
    return None
