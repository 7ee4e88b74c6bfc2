"""The settings of one chat as text, shown and changed with ``/settings NAME VALUE``."""

from __future__ import annotations

from dataclasses import replace

from tui.core.chat_settings import (
    INHERITED,
    LABELS,
    NAMES,
    NOT_SENT,
    SettingError,
    name_of,
    provider_value,
    read_parameters,
    shown_parameter,
)
from tui.core.provider import Thinking
from tui.core.safe_text import safe_line
from tui.runtime.chat_control import ChatControl
from tui.session.target import ChatTarget
from tui.texts import chat_settings as texts

_LONGEST_NAME = 40


def setting_words(target: ChatTarget, name: str) -> str:
    """Return the value of a setting, and whether it comes from the chat, its provider or the server."""
    own: str | None
    given: str | None
    if name == "thinking":
        own, given = target.thinking, target.provider.thinking
    elif name == "system_prompt":
        own, given = target.system_prompt, target.provider.system_prompt or None
        if own == "":
            own = texts.NO_SYSTEM
    elif name in target.parameters:
        value = target.parameters[name]
        return texts.NOT_SENT if value is None else texts.OF_CHAT.format(value=shown_parameter(value))
    else:
        own, value = None, provider_value(target.provider, name)
        given = None if value is None else shown_parameter(value)
    if own is not None:
        return texts.OF_CHAT.format(value=own)
    if given is not None:
        return texts.FROM_PROVIDER.format(value=given)
    return texts.NO_SYSTEM if name == "system_prompt" else texts.FROM_SERVER


def set_by_words(chat: ChatControl, words: str) -> str:
    """Change one setting of a chat with a target, and return the new value.

    Raises:
        SettingError: unknown setting, or invalid value.
    """
    typed, _, value = words.strip().partition(" ")
    name = name_of(typed)
    if name is None:
        raise SettingError(texts.UNKNOWN.format(name=safe_line(typed, _LONGEST_NAME), names=", ".join(NAMES)))
    target = chat.both()[1]
    if value.strip():
        chat.target = target = _with(target, name, value.strip())
    return texts.SET.format(label=LABELS[name], value=setting_words(target, name))


def _with(target: ChatTarget, name: str, value: str) -> ChatTarget:
    word = value.casefold()
    if name == "thinking":
        return replace(target, thinking=_level(word))
    if name == "system_prompt":
        return replace(target, system_prompt=_system_prompt(value))
    others = {key: known for key, known in target.parameters.items() if key != name}
    return replace(target, parameters={**others, **read_parameters({name: value})})


def _system_prompt(value: str) -> str | None:
    word = value.casefold()
    return None if word == INHERITED else "" if word == NOT_SENT else value


def _level(word: str) -> Thinking | None:
    if word == INHERITED:
        return None
    try:
        return Thinking(word)
    except ValueError:
        raise SettingError(texts.LEVELS.format(levels=", ".join(Thinking))) from None
