"""How much of a model's context the next request uses: an estimate based on the server's last count.

Each server counts with its own tokenizer and template. Its count for the last request of this chat is used
unchanged; only what was added since is estimated, scaled by that request's ratio of count to estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.core.attachment import estimated_tokens
from tui.core.lazy_dataclass import dataclass
from tui.core.parts import ImagePart, Parts
from tui.core.turn import Turn
from tui.core.usage import Source, estimate_tokens

_FRAME = 4
"""Tokens that common templates add per message."""
IMAGES_LIMIT = 20_000_000
"""Bytes in Base64: OpenAI and Anthropic refuse larger requests, gateways often smaller ones."""
ANSWER = -1
"""The number of the share reserved for the answer."""
_STRETCH = (0.25, 4.0)
"""Beyond this range, a server's count measures something other than our estimate."""


@dataclass(frozen=True, slots=True)
class Share:
    """The tokens of one message of the conversation and its answer."""

    number: int
    """The message, from 1; 0 is the draft, ``ANSWER`` the part reserved for the answer."""
    tokens: int


@dataclass(frozen=True, slots=True)
class ContextUse:
    """The tokens of the next request; all counts are estimates."""

    used: int
    """The conversation so far."""
    draft: int = 0
    """The draft."""
    window: int | None = None
    """The context length reported by the server; ``None`` if unknown."""
    shares: tuple[Share, ...] = ()
    """The messages that are sent, largest first."""
    has_images: bool = False
    """Whether there are images, which are not counted."""
    image_bytes: int = 0
    """The size of all images in the request, in Base64."""
    answer: int = 0
    """The part reserved for the answer (max_tokens): servers refuse a request if it does not fit."""
    stretch: float = 1.0
    """The factor that was applied to our estimates to match the server's counts."""

    @property
    def is_heavy(self) -> bool:
        """Whether the images of the request exceed what most servers accept."""
        return self.image_bytes > IMAGES_LIMIT

    @property
    def excess(self) -> int:
        """How many tokens do not fit; 0 if it may fit."""
        return 0 if self.window is None else max(0, self.whole - self.window)

    @property
    def whole(self) -> int:
        """The tokens of the request and its answer."""
        return self.used + self.draft + self.answer


def context_use(
    turns: Sequence[Turn],
    draft: Parts,
    *,
    system_prompt: str = "",
    provider: str = "",
    model: str = "",
    window: int | None = None,
    answer: int | None = None,
) -> ContextUse:
    """Return what the next request uses: the turns of the conversation and the draft.

    Args:
        answer: the maximum length of the answer in tokens, if set.
    """
    counted = _last_counted(turns, provider, model)
    known = turns[: counted + 1] if counted is not None else []
    stretch, used = 1.0, float(_system(system_prompt))
    if counted is not None:
        last = turns[counted]
        prompt_tokens = last.usage.prompt_tokens if last.usage is not None else None
        guess = _system(_system_of(last, system_prompt)) + sum(map(_sent, turns[:counted])) + _asked(last)
        stretch = min(max((prompt_tokens or 0) / guess, _STRETCH[0]), _STRETCH[1])
        used = (prompt_tokens or 0) + _answer(last, stretch)
        used += stretch * (_system(system_prompt) - _system(_system_of(last, system_prompt)))
    used += stretch * sum(map(_sent, turns[len(known) :]))
    drafted = _whole(stretch * estimated_tokens(draft))
    shares = [Share(number, round(stretch * _sent(turn))) for number, turn in enumerate(turns, 1)]
    shares += [Share(0, drafted), Share(ANSWER, answer or 0)]
    return ContextUse(
        round(used),
        drafted,
        window,
        tuple(sorted((share for share in shares if share.tokens), key=lambda share: -share.tokens)),
        bool(_images((draft, *(turn.prompt for turn in turns[len(known) :] if _is_sent(turn))))),
        sum(-(-image.size // 3) * 4 for image in _images((draft, *map(_prompt, filter(_is_sent, turns))))),
        answer or 0,
        stretch,
    )


def _whole(tokens: float) -> int:
    """Round a number of tokens; anything above 0 is at least 1."""
    return max(1, round(tokens)) if tokens else 0


def _prompt(turn: Turn) -> Parts:
    return turn.prompt


def _last_counted(turns: Sequence[Turn], provider: str, model: str) -> int | None:
    """Return the index of the last turn whose request was counted by the server."""
    for place in range(len(turns) - 1, -1, -1):
        turn = turns[place]
        usage = turn.usage
        if usage is None or not usage.prompt_tokens or usage.source is not Source.REPORTED:
            continue
        if turn.answer and not turn.state.is_live and (turn.provider, turn.model) == (provider, model):
            return place
    return None


def _is_sent(turn: Turn) -> bool:
    """Return whether a turn is sent with the next prompt: it has an answer, or is being answered."""
    return bool(turn.answer) or turn.state.is_live


def _sent(turn: Turn) -> int:
    return _asked(turn) + turn.answer.tokens + _FRAME if _is_sent(turn) else 0


def _asked(turn: Turn) -> int:
    return estimated_tokens(turn.prompt) + _FRAME


def _answer(turn: Turn, stretch: float) -> float:
    """Return the tokens of an answer when it is sent back, without its reasoning."""
    usage = turn.usage
    if usage is not None and usage.completion_tokens is not None:
        if usage.reasoning_tokens is not None:
            return max(0, usage.completion_tokens - usage.reasoning_tokens) + _FRAME
        if not turn.reasoning:
            return usage.completion_tokens + _FRAME
    return stretch * (turn.answer.tokens + _FRAME)


def _system(text: str) -> int:
    return estimate_tokens(text) + _FRAME if text.strip() else 0


def _system_of(turn: Turn, otherwise: str) -> str:
    """Return the system prompt of a turn, if the chat had its own."""
    own = turn.settings.get("system_prompt")
    return own if isinstance(own, str) else otherwise


def _images(prompts: Iterable[Parts]) -> list[ImagePart]:
    return [part for prompt in prompts for part in prompt if isinstance(part, ImagePart)]
