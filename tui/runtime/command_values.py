"""The possible arguments of chat commands, with and without screens."""

from __future__ import annotations

from collections.abc import Iterator

from tui.core.chat_settings import NAMES
from tui.core.commands import Command
from tui.core.safe_text import safe_line
from tui.runtime.chat_choice import usable_providers
from tui.runtime.chat_control import ChatControl
from tui.runtime.chat_queue import queue_values
from tui.runtime.chat_settings import setting_words

_MOST_MODEL = 60


def command_values(chat: ChatControl, command: Command) -> Iterator[tuple[str, str]]:
    """Yield the possible arguments of a command, each with a short description."""
    if command.name == "model":
        for provider in usable_providers(chat.runtime.directory):
            yield provider.name, safe_line(provider.model, _MOST_MODEL)
    elif command.name == "queue":
        yield from queue_values(chat.queue)
    elif command.name == "settings" and chat.target is not None:
        for name in NAMES:
            yield name, safe_line(setting_words(chat.target, name), _MOST_MODEL)
