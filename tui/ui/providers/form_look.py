"""The answer of a form's server, requested while the URL is typed; outdated requests are cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from textual.content import Content
from textual.screen import Screen

from tui.core.safe_text import safe_line
from tui.net.reachability import Reachability
from tui.runtime.form_control import FormControl
from tui.texts import discover, provider_list
from tui.texts import form as texts
from tui.ui.background import in_background

_PAUSE_SECONDS = 0.5
"""The pause in typing before a half-typed URL is queried."""
_MOST_MODELS = 8


class ServerLook:
    """Queries the server of a form, one request at a time. ``shown`` is called after an answer."""

    def __init__(self, screen: Screen[Any], form: FormControl, shown: Callable[[], object]) -> None:
        self._screen = screen
        self._form = form
        self._shown = shown
        self._address: str | None = None

    def typed(self) -> bool:
        """Query after a pause in typing; return whether it will.

        Without the key, since the host may be incomplete.
        """
        return self._ask(with_key=False, pause=_PAUSE_SECONDS)

    def now(self) -> bool:
        """Query at once, unless the answer is known; return whether it does."""
        return self._ask(with_key=True, pause=0)

    def _ask(self, *, with_key: bool, pause: float) -> bool:
        address = self._form.server.address_to_ask(with_key=with_key)
        if address is not None:
            self._address = address
            in_background(self._screen, self._look, with_key, pause, group="look", exclusive=True)
        return address is not None

    async def _look(self, with_key: bool, pause: float) -> None:
        await asyncio.sleep(pause)
        await self._form.server.look(with_key=with_key)
        self._shown()

    @property
    def facts(self) -> Content:
        """Return the server's answer, one fact per line."""
        seen = self._form.server.seen
        if seen is not None:
            facts = list(_facts(seen, self._form.server.context_window))
            if self._form.server.is_key_held_back:
                facts.append(Content.styled(texts.KEY_LATER, "dim"))
            return Content("\n").join(facts)
        if self._form.server.address is None:
            return Content.styled(texts.ENTER_URL, "dim")
        if not self._form.server.is_asked:
            return Content.styled(texts.KEY_LATER, "dim")
        return Content.styled(texts.ASKING.format(address=safe_line(self._address or "")), "dim")

    @property
    def summary(self) -> Content | None:
        """Return the answer on one line; ``None`` if there is nothing to show."""
        seen = self._form.server.seen
        return _summary(seen, self._form.server.context_window) if seen is not None else None


def _state(seen: Reachability) -> Content:
    if seen.failure is None:
        time = f" · {seen.milliseconds:.0f} ms" if seen.milliseconds is not None else ""
        return Content.styled(texts.REACHABLE, "$text-success") + Content.styled(time, "dim")
    if seen.is_reachable:
        return Content.styled(texts.REACHABLE_BUT, "$text-warning")
    if seen.is_reachable is None:
        return Content.styled(texts.ANSWERS, "$text-warning")
    return Content.styled(f"✗ {safe_line(seen.failure.title)}", "$text-error")


def _facts(seen: Reachability, window: int | None) -> Iterator[Content]:
    yield _state(seen)
    if seen.failure is not None:
        if seen.is_reachable is not False:
            yield Content(safe_line(seen.failure.title))
        yield Content(safe_line(seen.failure.advice))
    if (kind := _kind(seen)) or seen.is_reachable:
        yield _fact(texts.KIND, kind or texts.UNKNOWN)
    if seen.models is not None:
        shown = [safe_line(model, 80) for model in seen.models[:_MOST_MODELS]] or [texts.NO_MODELS]
        if (more := len(seen.models) - _MOST_MODELS) > 0:
            shown.append(texts.MORE_MODELS.format(count=more))
        for position, model in enumerate(shown):
            yield _fact("" if position else discover.MODELS, model)
        yield _fact(provider_list.CONTEXT, texts.TOKENS.format(count=window) if window else texts.UNKNOWN)


def _summary(seen: Reachability, window: int | None) -> Content:
    if seen.failure is not None:
        return _state(seen) if seen.is_reachable is False else Content(safe_line(seen.failure.title))
    count = len(seen.models or ())
    parts = (
        _kind(seen),
        texts.ONE_MODEL if count == 1 else texts.MODELS.format(count=count) if count else texts.NO_MODELS,
        texts.CONTEXT_OF.format(count=window) if window else "",
    )
    return _state(seen) + Content.styled("".join(f" · {part}" for part in parts if part), "dim")


def _kind(seen: Reachability) -> str:
    server = seen.server
    if server is None or server.kind is None:
        return ""
    return safe_line(f"{server.kind} {server.version or ''}".strip(), 60)


def _fact(label: str, text: str) -> Content:
    return Content.styled(f"{label:<9}", "dim") + Content(text)
