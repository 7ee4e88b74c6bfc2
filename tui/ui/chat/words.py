"""The texts around the transcript: why nothing can be sent, the model, notices."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tui.core.provider_marks import connection_marks
from tui.core.safe_text import safe_line
from tui.core.server_words import failure_text
from tui.core.turn import Turn
from tui.runtime.chat_control import ChatControl
from tui.runtime.obstacles import Blocked, Obstacle
from tui.session.target import ChatTarget
from tui.texts import chat as texts
from tui.texts import queue as queue_texts
from tui.texts.fields import BLOCKED as BLOCKED_MARK

Way = Callable[[str], str]
"""Returns the key or command of an action, or the key of a binding."""


def blocked_words(blocked: Blocked, way: Way) -> str:
    """Return why no request is possible, and what to press or type."""
    if blocked.failure is not None and blocked.failure.cause == "config-malformed":
        return failure_text(blocked.failure)  # other models are not available either
    if blocked.failure is not None:
        return texts.CHOOSE_MODEL.format(problem=blocked.failure.title, model=way("pick"))
    if blocked.obstacle is Obstacle.STREAMING:
        return texts.DRAFT_KEPT.format(stop=way("chat.stop"))
    if blocked.obstacle is Obstacle.READ_ONLY:
        return texts.OPENED_ELSEWHERE.format(fork=way("fork"))
    if blocked.obstacle is Obstacle.OPENING:
        return texts.STILL_OPENING
    return texts.NO_PROVIDER.format(providers=way("back"))


def invitation(chat: ChatControl, way: Way) -> str:
    """Return the placeholder of the prompt: the target, and how to send."""
    if chat.is_read_only:
        return texts.READ_ONLY.format(fork=way("fork"))
    if chat.target is None:
        return blocked_words(chat.no_target(), way)
    name = safe_line(chat.target.provider.label, 100)
    words = queue_texts.PLACEHOLDER if chat.is_busy else texts.PLACEHOLDER
    return words.format(provider=name, send=way("prompt.send"), newline=way("prompt.newline"))


def header_words(chat: ChatControl) -> str:
    """Return the next provider and model."""
    if chat.target is None:
        return texts.NO_PROVIDER_NAME
    parts = (chat.target.provider.label, chat.target.model_name)
    return " · ".join(dict.fromkeys(safe_line(part, 60) for part in parts if part))


def banner_words(chat: ChatControl, way: Way) -> str:
    """Return the notices about the conversation, if any."""
    copy = (texts.READ_ONLY.format(fork=way("fork")),) if chat.is_read_only else ()
    return chat.storage_error or " ".join((*chat.notices, *copy))


def marks(chat: ChatControl) -> Iterator[tuple[str, str]]:
    """Yield the permanent warnings in the status bar, with their styles."""
    if chat.target is not None:
        provider = chat.target.provider
        for mark in connection_marks(provider):
            yield mark, "error" if mark == BLOCKED_MARK else "warning"
        if chat.runtime.proxy_label(provider):
            yield texts.MARK_PROXY, "muted"
        if (budgets := chat.runtime.budgets) is not None:
            yield budgets.mark(provider.name)
    if chat.storage_error:
        yield texts.MARK_DISK, "error"
    elif chat.is_read_only:
        yield texts.MARK_READ_ONLY, "warning"
    elif chat.session is not None and not chat.is_saved:
        yield texts.MARK_UNSAVED, "warning"


def is_other_model(turn: Turn | None, target: ChatTarget | None) -> bool:
    """Return whether a turn was answered by another model than the next one."""
    if turn is None or target is None:
        return False
    return turn.provider != target.provider.name or turn.model not in ("", target.model_name)
