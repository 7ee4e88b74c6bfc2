"""A preset: a system prompt, a template, a provider and parameters with a name, read from a file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from typing import Any, Final

from tui.core.chat_settings import (
    PARAMETERS,
    OwnSettings,
    SettingError,
    is_value,
    read_parameter,
)
from tui.core.commands import command_of
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.provider import Thinking
from tui.core.safe_text import safe_line
from tui.texts import presets as texts

INPUT: Final = "{{input}}"
_TEXTS: Final = ("description", "prompt", "provider", "model", "system_prompt")
_NAME = lazy_pattern(r"[A-Za-z0-9_-]{1,40}")
_CALL = lazy_pattern(r"/([A-Za-z0-9_-]{1,40})(?:\s+(.*))?", re.DOTALL)
_PLACEHOLDER = lazy_pattern(r"\{\{[A-Za-z_]{1,40}\}\}")
_IGNORED: Final = ("schema",)


class PresetError(ValueError):
    """A file is not a valid preset; the message is the end of a sentence."""


@dataclass(frozen=True, slots=True)
class Preset:
    """The content of one preset file."""

    name: str
    description: str = ""
    prompt: str = ""
    """The template; if empty, the message is the input alone."""
    provider: str = ""
    """Empty uses the current provider."""
    model: str = ""
    own: OwnSettings = field(default_factory=OwnSettings)

    @property
    def needs_input(self) -> bool:
        """Whether the preset requires input."""
        return INPUT in self.prompt

    def message(self, text: str) -> str:
        """Return the message for an input, which is inserted as data and never expanded again."""
        if not self.prompt:
            return text
        if self.needs_input:
            return self.prompt.replace(INPUT, text)
        return "\n\n".join(filter(None, (self.prompt, text)))


def call_of(line: str) -> tuple[str, str] | None:
    """Return name and input of a line that may call a preset."""
    call = _CALL.fullmatch(line.strip())
    return (call[1].casefold(), call[2] or "") if call else None


def read_preset(name: str, table: Mapping[str, object]) -> Preset:
    """Parse the TOML table of a preset.

    Raises:
        PresetError: something in it is invalid.
    """
    if not _NAME.fullmatch(name):
        raise PresetError(texts.ODD_NAME)
    if command_of(name) is not None:
        raise PresetError(texts.TAKEN.format(name=name.casefold()))
    known = (*_TEXTS, "thinking", *PARAMETERS)
    for key in table:
        if key not in (*known, *_IGNORED):
            raise PresetError(texts.UNKNOWN_KEY.format(name=safe_line(key, 40), names=", ".join(known)))
    given = {key: _text(key, table[key]) for key in _TEXTS if key in table}
    for placeholder in _PLACEHOLDER.findall(given.get("prompt", "")):
        if placeholder != INPUT:
            raise PresetError(texts.UNKNOWN_PLACEHOLDER.format(name=placeholder, known=INPUT))
    system = given.pop("system_prompt", None)
    parameters = {key: _parameter(key, table[key]) for key in PARAMETERS if key in table}
    own = OwnSettings(_thinking(table.get("thinking")), system, parameters)
    return Preset(name.casefold(), own=own, **given)


def _text(key: str, value: object) -> str:
    if not isinstance(value, str):
        raise PresetError(texts.NO_TEXT.format(name=key))
    return value.strip()


def _thinking(value: object) -> Thinking | None:
    if value in (None, "default"):
        return None
    found = next((level for level in Thinking if level.value == value), None)
    if found is None:
        raise PresetError(texts.NO_VALUE.format(name="thinking"))
    return found


def _parameter(key: str, value: object) -> Any:
    """Return the value of a parameter; text is parsed as if it were entered."""
    found = _plain(value)
    try:
        if isinstance(found, str):
            found = read_parameter(key, found)
    except SettingError as problem:
        raise PresetError(str(problem).removesuffix(".")) from problem
    if not is_value(key, found):
        raise PresetError(texts.NO_VALUE.format(name=key))
    return found


def _plain(value: object) -> object:
    """Return a value with floats in place of exact TOML numbers; dates are not allowed."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value
    raise PresetError(texts.NO_VALUE.format(name=safe_line(str(value), 40)))
