"""The actions that a chat offers, for its last answer or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui.core.turn import TurnState
from tui.runtime.chat_control import ChatControl
from tui.texts import chat as texts
from tui.ui.chat.words import is_other_model
from tui.ui.transcript.lines import EMPTY_LINE, Line, Role, Span
from tui.ui.transcript.offers import Offer

_WORDS = {
    "diagnose": texts.OFFER_DIAGNOSE,
    "again": texts.OFFER_RETRY,
    "go_on": texts.OFFER_CONTINUE,
    "pick": texts.OFFER_MODEL,
    "edit_provider": texts.OFFER_EDIT,
}


def offers_of(chat: ChatControl, way: Callable[[str], str]) -> tuple[Offer, ...]:
    """Return the actions for the last answer.

    ``way`` returns the key or command of an action; empty if there is none.
    """
    ways = ((action, way(action)) for action in _actions(chat))
    return tuple(Offer(action, _label(printed, _WORDS[action])) for action, printed in ways if printed)


def _label(way: str, words: str) -> str:
    """Return a command, which is self-explanatory, or a key with a label."""
    return way if way.startswith("/") else f"{way} {words}"


def _actions(chat: ChatControl) -> Iterator[str]:
    last = chat.last
    if last is None or chat.is_busy or chat.is_read_only:
        return
    has_failed = last.failure is not None and last.state is not TurnState.STOPPED
    is_here = not is_other_model(last, chat.target)
    if has_failed and is_here:
        yield "diagnose"
    if chat.target is not None and chat.is_cut:
        yield "go_on"
    if chat.target is not None and (has_failed or chat.is_cut or last.state in _UNFINISHED):
        yield "again"
    if has_failed:
        yield "pick"
        if chat.target is not None and is_here and not chat.target.provider.is_remote:
            yield "edit_provider"


_UNFINISHED = (TurnState.STOPPED, TurnState.INTERRUPTED)


def welcome_lines(chat: ChatControl, way: Callable[[str], str], *, typing: bool) -> tuple[Line, ...]:
    """Return the lines of a chat without turns: three examples, each an offer."""
    if chat.target is None or chat.is_read_only:
        return ()
    keys = [way(f"reading.example_{number}") for number in range(1, len(texts.EXAMPLES) + 1)]
    examples = [
        Line((Span(f"{key}  ", Role.MARKER), Span(text, Role.OFFER, f"example({number})")))
        for number, (key, text) in enumerate(zip(keys, texts.EXAMPLES, strict=True), 1)
    ]
    how = texts.EXAMPLES_TYPING if typing else texts.EXAMPLES_READING
    return (
        Line((Span(texts.WELCOME, Role.TEXT),)),
        EMPTY_LINE,
        *examples,
        EMPTY_LINE,
        Line((Span(how.format(focus=way("chat.focus"), first=keys[0], last=keys[-1]), Role.FOOTER),)),
    )
