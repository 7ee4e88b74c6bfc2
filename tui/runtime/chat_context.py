"""How full the context of a chat is, and whether the next prompt fits."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol

from tui.core.attachment import attachment_words, size_words
from tui.core.context_use import ANSWER, IMAGES_LIMIT, ContextUse, Share, context_use
from tui.core.counted import Counted
from tui.core.failure import LmdeckError
from tui.core.figures import format_tokens
from tui.core.parts import FilePart, ImagePart, Parts, parts_of
from tui.core.safe_text import safe_line
from tui.core.turn import Turn, TurnState
from tui.core.usage import Source
from tui.session.target import RequestDefaults
from tui.texts import context as texts

if TYPE_CHECKING:
    from tui.core.provider import Provider
    from tui.session.chat_session import ChatSession
    from tui.session.target import ChatTarget
    from tui.store.settings import Settings

_MOST_SHARES = 3
_TITLE_LENGTH = 40
_MUCH = 2_000
"""The request size in tokens from which an unknown context length is requested first: smaller ones fit nearly
anywhere."""
_LOOK_SECONDS = 2.0
"""The longest delay of a message for that."""


class Windows(Protocol):
    """What is known about the context lengths of models."""

    @property
    def settings(self) -> Settings:
        """The user's settings."""

    def context_window(self, provider: Provider, model: str) -> int | None:
        """Return the context length in tokens; ``None`` if unknown."""

    async def look(self, provider: Provider) -> object:
        """Request what a server reports without using tokens, including context lengths."""


class Chat(Protocol):
    """The part of a chat that its context uses."""

    @property
    def session(self) -> ChatSession | None:
        """The open conversation."""

    @property
    def target(self) -> ChatTarget | None:
        """The target of the chat."""

    @property
    def turns(self) -> Sequence[Turn]:
        """The turns of the conversation."""


class ChatContext:
    """The context of one chat."""

    def __init__(self, chat: Chat, windows: Windows) -> None:
        self._chat = chat
        self._windows = windows
        self._allowed: tuple[object, ...] = ()
        """The conversation and model for which the user allowed sending what does not fit."""
        self._asked: set[tuple[str, str]] = set()
        """The servers and models whose context length was requested after an answer."""
        self._asked_before: set[tuple[str, str]] = set()
        """Those whose context length was requested before a large request."""

    def use(self, draft: str | Parts = "", turns: Sequence[Turn] | None = None) -> ContextUse | None:
        """Return the context used by the next request; ``None`` without a model.

        ``turns`` are sent before the draft.
        """
        target = self._chat.target
        if target is None:
            return None
        provider = target.provider
        return context_use(
            self._chat.turns if turns is None else turns,
            parts_of(draft),
            system_prompt=provider.system_prompt if target.system_prompt is None else target.system_prompt,
            provider=provider.name,
            model=target.model_name,
            window=self._windows.context_window(provider, target.model_name) or self._refused(target),
            answer=target.answer_limit(RequestDefaults(self._windows.settings.max_tokens)),
        )

    def unlearned(self) -> ChatTarget | None:
        """Return, once per model, a target that has just answered and whose context length is unknown."""
        target, turns = self._chat.target, self._chat.turns
        if target is None or not turns or turns[-1].state is not TurnState.DONE:
            return None
        place = _place_of(target)
        use = self.use() if place not in self._asked and self._windows.settings.check_reachability else None
        if use is None or use.window:
            return None
        self._asked.add(place)
        return target

    def needs_look(self, draft: str | Parts) -> bool:
        """Return whether a request is so large that an unknown context length should be requested first."""
        target = self._chat.target
        if target is None or not self._windows.settings.check_reachability:
            return False
        use = self.use(draft) if _place_of(target) not in self._asked_before else None
        return use is not None and not use.window and use.whole > _MUCH

    async def look_before(self, draft: str | Parts) -> None:
        """Request the context length if necessary, once per model, and briefly wait for it."""
        target = self._chat.target
        if target is None or not self.needs_look(draft):
            return
        self._asked_before.add(_place_of(target))
        with suppress(TimeoutError, LmdeckError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self.learn(target)

    async def learn(self, target: ChatTarget) -> bool:
        """Request the context length of a model; return whether the server reported it."""
        await self._windows.look(target.provider)
        return bool(self._windows.context_window(target.provider, target.model_name))

    def _refused(self, target: ChatTarget) -> int | None:
        """Return the limit from the server's rejection of a prompt in this conversation."""
        for turn in reversed(self._chat.turns):
            if (turn.provider, turn.model) == (target.provider.name, target.model_name) and turn.failure:
                limit = turn.failure.facts.get("limit", "")
                if turn.failure.cause == "context-too-long" and limit.isdecimal():
                    return int(limit)
        return None

    def excess(self, draft: str | Parts, turns: Sequence[Turn] | None = None) -> ContextUse | None:
        """Return the context use of a request that cannot fit, unless the user allowed sending it."""
        use = self.use(draft, turns) if self._allowed != self._place else None
        return use if use is not None and (use.excess or use.is_heavy) else None

    def allow(self) -> None:
        """Allow this without asking again, in this conversation and for this model."""
        self._allowed = self._place

    @property
    def _place(self) -> tuple[object, ...]:
        target, session = self._chat.target, self._chat.session
        model = None if target is None else (target.provider.name, target.model_name)
        return (session, model)


def _place_of(target: ChatTarget) -> tuple[str, str]:
    return target.provider.provider_url, target.model_name


def excess_words(use: ContextUse, turns: Sequence[Turn], draft: Parts) -> str:
    """Return by how much a request is too large, and its largest parts."""
    lines: list[str] = []
    if use.excess:
        whole, window = _count(use.whole), f"{use.window or 0:,}"
        lines.append(texts.TOO_LONG.format(tokens=whole, window=window, excess=_count(use.excess)))
        lines += [_share_words(share, turns) for share in use.shares[:_MOST_SHARES]]
        lines += _largest_file(use.stretch, draft, *(turn.prompt for turn in turns))
    if use.is_heavy:
        limit = size_words(IMAGES_LIMIT)
        lines.append(texts.TOO_HEAVY.format(size=size_words(use.image_bytes), limit=limit))
        lines += _largest_images(
            [*((number, turn.prompt) for number, turn in enumerate(turns, 1)), (0, draft)]
        )
    return "\n".join(lines)


def _largest_images(prompts: Sequence[tuple[int, Parts]]) -> Iterator[str]:
    """Yield the largest images, each with the number of its message; 0 is the draft."""
    images = [(number, part) for number, prompt in prompts for part in prompt if isinstance(part, ImagePart)]
    for number, image in sorted(images, key=lambda pair: -pair[1].size)[:_MOST_SHARES]:
        place = texts.OF_MESSAGE.format(number=number) if number else texts.OF_DRAFT
        name = safe_line(image.name, _TITLE_LENGTH)
        yield texts.IMAGE.format(place=place, name=name, size=size_words(image.size))


def _largest_file(stretch: float, *prompts: Parts) -> Iterator[str]:
    files = [part for prompt in prompts for part in prompt if isinstance(part, FilePart)]
    if files:
        largest = max(files, key=lambda part: part.size)
        yield texts.FILE.format(words=attachment_words(largest, stretch=stretch))


def _share_words(share: Share, turns: Sequence[Turn]) -> str:
    if share.number == ANSWER:
        return texts.SHARE_ANSWER.format(tokens=Counted(f"{share.tokens:,}"))
    if not share.number:
        return texts.SHARE_DRAFT.format(tokens=Counted(_count(share.tokens)))
    words = " ".join(turns[share.number - 1].prompt.text.split())
    title = safe_line(words, _TITLE_LENGTH)
    return texts.SHARE.format(number=share.number, tokens=Counted(_count(share.tokens)), title=title)


def gauge_forms(use: ContextUse | None) -> tuple[str, ...]:
    """Return the forms of the gauge in the header, longest first; none if the context length is unknown."""
    if use is None or not use.window or not use.used + use.draft:
        return ()
    percent, is_over = _share_of(use.used + use.draft, use.window)
    drafted = texts.DRAFT.format(tokens=_count(use.draft)) if use.draft else ""
    words = {
        "percent": percent,
        "images": texts.IMAGES if use.has_images else "",
        "used": _count(use.used),
        "window": f"{use.window:,}",
        "draft": drafted,
    }
    whole = (texts.GAUGE_OVER if is_over else texts.GAUGE).format(**words)
    answer = texts.ANSWER.format(tokens=f"{use.answer:,}") if use.answer else ""
    short = (texts.GAUGE_SHORT_OVER if is_over else texts.GAUGE_SHORT).format(**words)
    return (*([whole + answer] if answer else []), whole, short)


def context_words(use: ContextUse | None) -> str:
    """Return a line on the context; empty if nothing was sent yet."""
    if use is None or not use.used:
        return ""
    if not use.window:
        return texts.LINE_UNKNOWN.format(used=_count(use.used))
    percent, is_over = _share_of(use.used, use.window)
    line = texts.LINE_OVER if is_over else texts.LINE
    return line.format(used=_count(use.used), window=f"{use.window:,}", percent=percent)


def _share_of(tokens: int, window: int) -> tuple[int, bool]:
    """Return the percentage of the context that tokens take, and whether they exceed it."""
    return round(100 * tokens / window), tokens > window


def how_words(use: ContextUse) -> str:
    """Return what can be done about a request that is too large."""
    return texts.HOW_ANSWER if use.excess and use.whole - use.answer <= (use.window or 0) else texts.HOW


def _count(tokens: int) -> str:
    return format_tokens(tokens, Source.ESTIMATED)
