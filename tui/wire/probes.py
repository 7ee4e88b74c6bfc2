"""Cheap requests that distinguish servers, as data: ``net`` sends them, ``wire.fingerprint`` chooses them.

Only bodies count, never a status alone: LM Studio answers 200 to every path. Sources: the route
tables of vLLM, SGLang, llama.cpp, TGI, Ollama, LocalAI, LiteLLM, xinference and LM Studio's documents.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tui.core.lazy_dataclass import dataclass
from tui.wire.numbers import read_count
from tui.wire.strict_json import StrictJsonError, parse_json


@dataclass(frozen=True, slots=True)
class Told:
    """What the answer to a probe says about the server that the probe is for."""

    version: str | None = None
    context_window: int | None = None
    """The window as served, if this route reports it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One ``GET``, below the root of the host (not below the base URL), with the key as usual."""

    path: str
    text: str = ""
    """A pattern of the answer's beginning, where that is no JSON."""
    signs: tuple[str, ...] = ("version",)
    """Any of these is in the answer: names, with dots from one object, or list of objects, to the next."""
    version: str = "version"
    windows: tuple[str, ...] = ()
    """Where the context window stands, in the form of ``signs``; it is known where all agree."""
    not_versions: tuple[str, ...] = ()
    """Versions that another server pretends to."""
    tells_kind: bool = True
    """False: it adds a version to a server that has to be known from elsewhere."""
    called: str = ""
    """The address that is named as the evidence, where it is not the path: the first of several."""

    def at(self, path: str) -> Probe:
        """Return the same probe of another address."""
        return replace(self, path=path, called=self.path)

    def read(self, status: int, body: bytes) -> Told | None:
        """Return what an answer shows, or ``None``. Never raises."""
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
    """Return the values at a path: all of them if the path leads through lists."""
    level = [value]
    for name in path.split("."):
        each = (item for one in level for item in (one if isinstance(one, list) else (one,)))
        level = [item[name] for item in each if isinstance(item, dict) and item.get(name) is not None]
    return level
