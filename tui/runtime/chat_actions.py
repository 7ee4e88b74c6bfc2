"""Which actions a chat currently allows, and why not the others."""

from __future__ import annotations

from collections.abc import Callable

from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.texts import branches, commands, queue

_NEEDS_REST = frozenset({"again", "edit", "go_on", "fork", "export", "new", "new_unsaved", "diagnose"})
"""Actions that are not possible while an answer streams."""


def _is_writable(chat: ChatControl) -> bool:
    return not chat.is_read_only


def _last(chat: ChatControl) -> Turn | None:
    return chat.last


_KEPT = ((_last, commands.NOTHING_SENT), (lambda chat: chat.can_fork, commands.NOT_SAVED))
_NEEDS: dict[str, tuple[tuple[Callable[[ChatControl], object], str], ...]] = {
    "again": ((_last, commands.NOTHING_SENT), (_is_writable, commands.READ_ONLY)),
    "rename": ((_last, commands.NOTHING_SENT), (_is_writable, commands.READ_ONLY)),
    "details": ((_last, commands.NOTHING_SENT),),
    "search": ((_last, commands.NOTHING_SENT),),
    "find": ((_last, commands.NOTHING_SENT),),
    "go_on": (
        (lambda chat: chat.last and chat.last.answer, commands.NOTHING_TO_CONTINUE),
        (lambda chat: chat.is_cut, commands.IS_COMPLETE),
        (_is_writable, commands.READ_ONLY),
    ),
    "variant": ((lambda chat: chat.has_variants, branches.NONE),),
    "branches": ((lambda chat: chat.has_variants, branches.NONE),),
    "edit": ((_last, commands.NOTHING_SENT), (_is_writable, commands.READ_ONLY)),
    "fork": _KEPT,
    "pin": _KEPT,
    "export": _KEPT,
    "example": ((lambda chat: not chat.turns, commands.HAS_BEGUN),),
    "edit_provider": ((lambda chat: chat.target, commands.NO_PROVIDER),),
    "take_back": ((lambda chat: chat.queue.prompts, queue.EMPTY),),
    "editor": ((_is_writable, commands.READ_ONLY),),
    "attach": ((_is_writable, commands.READ_ONLY),),
}
"""The requirements of an action, each with the message if it is not met."""


def why_not(chat: ChatControl, action: str) -> str:
    """Return why an action is not possible now, as a sentence; empty if it is."""
    if chat.is_busy and action in _NEEDS_REST:
        return commands.STREAMING
    return next((reason for is_there, reason in _NEEDS.get(action, ()) if not is_there(chat)), "")
