"""The settings of one chat: how they are entered, shown, saved with a turn and read back.

A parameter has three states: inherited from the provider (not in the mapping), a value, or ``None``: not
sent, whatever the provider's setting.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from typing import Any, Final

from tui.core.lazy_dataclass import dataclass
from tui.core.provider import Provider, Thinking
from tui.core.provider_rules import check_number, plain_number
from tui.core.schema_check import SchemaProblemError, check_schema, read_schema_text
from tui.core.schema_request import schema_of
from tui.core.sent_body import sent_body
from tui.texts import chat_settings as texts

Parameters = Mapping[str, Any]
"""Values by name, as in ``PARAMETERS``."""

SAMPLING: Final = ("temperature", "top_p", "max_tokens")
PARAMETERS: Final = (*SAMPLING, "seed", "stop", "json_schema")
NAMES: Final = ("thinking", "system_prompt", *PARAMETERS)
"""All settings, in display order."""
LABELS: Final = dict(zip(NAMES, texts.LABELS, strict=True))
BODY_FIELDS: Final = {
    **{name: (name,) for name in PARAMETERS},
    "max_tokens": ("max_tokens", "max_completion_tokens", "max_new_tokens", "n_predict"),
    "json_schema": ("response_format",),
}
"""The names of the parameters in a request."""

NOT_SENT: Final = "none"
INHERITED: Final = "default"
_OTHER_NAMES: Final = {"system": "system_prompt", "schema": "json_schema", "response_format": "json_schema"}
_BOUNDS: Final = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "max_tokens": (1, 100_000_000),
    "seed": (0, 999_999_999),
}
_WHOLE: Final = ("max_tokens", "seed")
_LONGEST_SCHEMA = 100_000
_MOST_STOPS = 16
_LONGEST_STOP = 500


class SettingError(ValueError):
    """An invalid value for a setting; the message is a sentence."""

    name = ""
    """The name of the parameter, if several were read."""


def name_of(typed: str) -> str | None:
    """Return the setting for a name as entered; ``None`` if there is none."""
    name = typed.casefold().replace("-", "_")
    name = _OTHER_NAMES.get(name, name)
    return name if name in NAMES else None


def read_parameters(texts_by_name: Mapping[str, str]) -> dict[str, Any]:
    """Parse parameters as entered; an empty text or ``default`` inherits the provider's setting.

    Raises:
        SettingError: one of the values is invalid.
    """
    found = {}
    for name in PARAMETERS:
        text = texts_by_name.get(name, "")
        try:
            if not _is_unset(text):
                found[name] = read_parameter(name, text)
        except SettingError as problem:
            problem.name = name
            raise
    return found


def _is_unset(text: str) -> bool:
    return text.strip().casefold() in ("", INHERITED)


def read_parameter(name: str, text: str) -> Any:
    """Parse the value of one parameter; ``none`` gives ``None``: not sent.

    Raises:
        SettingError: the value is invalid.
    """
    if text.strip().casefold() == NOT_SENT:
        return None
    if name == "stop":
        return _read_stop(text)
    if name == "json_schema":
        return _read_schema(text)
    value, problem = check_number(name, LABELS[name], _BOUNDS[name], text, is_whole=name in _WHOLE)
    if problem is not None:
        raise SettingError(problem.message)
    return value


def _read_stop(text: str) -> list[str]:
    """Read one stop sequence, or a JSON list of them; ``\\n`` in a single one is a line feed."""
    bare = text.strip()
    if not bare.startswith("["):
        found: object = [bare.replace("\\n", "\n").replace("\\t", "\t")]
    else:
        found = _sent_json(bare)
    if not isinstance(found, list) or not is_stop(found):
        raise SettingError(texts.STOP.format(reason=texts.STOP_FORM))
    return found


def _read_schema(text: str) -> dict[str, Any]:
    if len(text) > _LONGEST_SCHEMA:
        raise SettingError(texts.SCHEMA.format(reason=texts.SCHEMA_LONG.format(most=_LONGEST_SCHEMA)))
    try:
        found = read_schema_text(text)
        schema = schema_of(found)
        check_schema({} if schema is None else schema)
    except SchemaProblemError as problem:
        raise SettingError(texts.SCHEMA.format(reason=problem)) from problem
    return found


def _sent_json(text: str) -> object:
    """Parse JSON that can be sent; ``None`` if it cannot."""
    try:
        found: object = json.loads(text)
        json.dumps(found, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return None
    return found


def is_stop(value: object) -> bool:
    """Return whether a value is a list of stop sequences."""
    return (
        isinstance(value, list)
        and 0 < len(value) <= _MOST_STOPS
        and all(isinstance(item, str) and 0 < len(item) <= _LONGEST_STOP for item in value)
    )


def shown_parameter(value: Any) -> str:
    """Return a parameter in the form that ``read_parameter`` reads."""
    if value is None:
        return NOT_SENT
    if isinstance(value, float):
        return plain_number(value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return _shown_stop(value)
    return str(value)


def _shown_stop(value: list[str]) -> str:
    if len(value) == 1:
        plain = value[0].replace("\n", "\\n").replace("\t", "\\t")
        try:
            if not _is_unset(plain) and read_parameter("stop", plain) == value:
                return plain
        except SettingError:  # would be read as something else; the list is not
            pass
    return json.dumps(value, ensure_ascii=False)


def provider_value(provider: Provider, name: str) -> Any:
    """Return a provider's value for a parameter: from its extra body, which wins in a request, or its field.

    ``None`` leaves the parameter to the server.
    """
    extra = sent_body(provider.extra_body)
    own = getattr(provider.sampling, name) if name in SAMPLING else None
    return next((extra[key] for key in BODY_FIELDS[name] if key in extra), own)


# ── Stored with a turn ──────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OwnSettings:
    """The settings of a chat that differ from those of its provider."""

    thinking: Thinking | None = None
    system_prompt: str | None = None
    parameters: Parameters = field(default_factory=dict)

    def to_json(self) -> dict[str, object]:
        """Return them in the format of the journal; a parameter that is not sent is null."""
        values: dict[str, object] = {}
        if self.thinking is not None:
            values["thinking"] = self.thinking.value
        if self.system_prompt is not None:
            values["system_prompt"] = self.system_prompt
        sampling = {name: self.parameters[name] for name in SAMPLING if name in self.parameters}
        others = {name: value for name, value in self.parameters.items() if name not in SAMPLING}
        return {**values, **({"sampling": sampling} if sampling else {}), **others}

    @classmethod
    def from_json(cls, kept: Mapping[str, object]) -> OwnSettings:
        """Read the result of ``to_json``; invalid values are inherited from the provider."""
        thinking, system, sampling = kept.get("thinking"), kept.get("system_prompt"), kept.get("sampling")
        given = {**(sampling if isinstance(sampling, dict) else {}), **kept}
        return cls(
            next((level for level in Thinking if level.value == thinking), None),
            system if isinstance(system, str) else None,
            {name: given[name] for name in PARAMETERS if name in given and is_value(name, given[name])},
        )


def is_value(name: str, value: object) -> bool:
    """Return whether a stored value is valid for a parameter."""
    if value is None:
        return True
    if name == "stop":
        return is_stop(value)
    if name == "json_schema":
        return isinstance(value, dict)
    if isinstance(value, bool) or not isinstance(value, int if name in _WHOLE else int | float):
        return False
    lowest, highest = _BOUNDS[name]
    return lowest <= value <= highest
