"""Cheap requests that identify servers, as data: ``net`` sends them, ``wire.fingerprint`` selects them.

Only bodies count, never a status alone: LM Studio responds with 200 to every path. Sources: the route tables
of vLLM, SGLang, llama.cpp, TGI, Ollama, LocalAI, LiteLLM, xinference and LM Studio's documentation.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tui.core.lazy_dataclass import dataclass
from tui.wire.numbers import read_count
from tui.wire.strict_json import StrictJsonError, parse_json


@dataclass(frozen=True, slots=True)
class Told:
    """What the response to a probe shows about the server."""

    version: str | None = None
    context_window: int | None = None
    """The effective context window, if this route reports it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A ``GET`` relative to the root of the host (not the base URL), with the key as usual."""

    path: str
    text: str = ""
    """A pattern for the beginning of the response, if it is not JSON."""
    signs: tuple[str, ...] = ("version",)
    """Any of these is in the response: names separated by dots for nested objects or lists of objects."""
    version: str = "version"
    windows: tuple[str, ...] = ()
    """The paths of the context window, in the form of ``signs``; valid if all values agree."""
    not_versions: tuple[str, ...] = ()
    """Versions that another server pretends to have."""
    tells_kind: bool = True
    """False: it only adds the version of a server identified by other means."""
    called: str = ""
    """The path named as evidence, if it differs: the first of several."""

    def at(self, path: str) -> Probe:
        """Return the same probe for another path."""
        return replace(self, path=path, called=self.path)

    def read(self, status: int, body: bytes) -> Told | None:
        """Return what a response shows, or ``None``. Never raises."""
        text = body[:200_000].decode("utf-8", "replace").strip()
        if self.text:
            return Told() if re.search(self.text, text[:100]) else None
        try:
            value = parse_json(text)
        except StrictJsonError:
            return None
        return None if status != 200 or _values(value, "error") else self._read_object(value)

    def _read_object(self, value: object) -> Told | None:
        named = next(iter(_values(value, self.version)), None)
        version = named[:100] if isinstance(named, str) and named not in self.not_versions else None
        if not any(version if sign == self.version else _values(value, sign) for sign in self.signs):
            return None
        windows = {read_count(found) for path in self.windows for found in _values(value, path)} - {None}
        return Told(version or None, windows.pop() if len(windows) == 1 else None)


def _values(value: object, path: str) -> list[object]:
    """Return the values at a path; several if the path leads through lists."""
    level = [value]
    for name in path.split("."):
        each = (item for one in level for item in (one if isinstance(one, list) else (one,)))
        level = [item[name] for item in each if isinstance(item, dict) and item.get(name) is not None]
    return level
