"""What a chat says around its transcript: why nothing can be sent, whom it asks, what there is to know."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.provider_marks import BLOCKED, connection_marks
from tui.core.safe_text import safe_line
from tui.core.turn import Turn
from tui.runtime.chat_control import Blocked, ChatControl, Obstacle
from tui.session.target import ChatTarget

STILL_STREAMING = "An answer is still streaming. Esc stops it."
_CHOOSE = "Press F2 to choose a provider."
_OBSTACLES = {
    Obstacle.STREAMING: "An answer is still streaming. Your prompt stays here; Esc stops the answer.",
    Obstacle.READ_ONLY: "Another session has this conversation open. Press F8 to go on in a copy.",
    Obstacle.OPENING: "The conversation is still being opened. Your prompt stays here.",
    Obstacle.NO_PROVIDER: "No provider is active. Press Ctrl+L and add one.",
}
_HOW = "Enter sends, Ctrl+J makes a new line"
_CUT = "Ctrl+G goes on with the answer that was cut, Ctrl+R asks again"
_VARIANTS = "Several answers are kept: Tab, then [ and ] show and use them"


def blocked_words(blocked: Blocked) -> str:
    """Return why nothing can be asked now, and what to press."""
    if blocked.failure is not None:
        return f"{blocked.failure.title} {_CHOOSE}"
    return _OBSTACLES[blocked.obstacle]


def invitation(chat: ChatControl) -> str:
    """Return what the empty prompt says: whom it would ask, and how."""
    if chat.is_read_only:
        return "Read only. F8 goes on in a copy."
    if chat.target is None:
        return blocked_words(chat.no_target())
    whom = safe_line(f"{chat.target.provider.label} · {chat.target.model_name}", 100)
    last = chat.last
    how = _CUT if chat.is_cut else _VARIANTS if last is not None and last.variants else _HOW
    return f"Ask {whom}\n{how}"


def banner_words(chat: ChatControl) -> str:
    """Return what is to be said of the conversation; empty: nothing."""
    copy = ("F8 goes on in a copy.",) if chat.is_read_only else ()
    return chat.storage_error or " ".join((*chat.notices, *copy))


def marks(chat: ChatControl) -> Iterator[tuple[str, str]]:
    """Yield the warnings that stay in the status bar, and their styles."""
    if chat.target is not None:
        provider = chat.target.provider
        for mark in connection_marks(provider):
            yield mark, "error" if mark == BLOCKED else "warning"
        if chat.runtime.proxy_label(provider):
            yield "via proxy", "muted"
    if chat.storage_error:
        yield "disk trouble", "error"
    elif chat.is_read_only:
        yield "read only", "warning"
    elif chat.session is not None and not chat.is_saved:
        yield "not saved", "warning"
    last = chat.last
    if last is not None and last.failure is not None and not is_other_model(last, chat.target):
        yield "F11 explains", "busy"


def is_other_model(turn: Turn | None, target: ChatTarget | None) -> bool:
    """Return whether a turn was answered by another model than the one that is asked next."""
    if turn is None or target is None:
        return False
    return turn.provider != target.provider.name or turn.model not in ("", target.model_name)
