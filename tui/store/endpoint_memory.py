"""What was learned about endpoints: rejections, past checks, abilities. Bounded, and cheap to lose.

Never raises: what cannot be written is remembered until the program ends, and reported to ``OptionalFiles``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from tui.store.files import keep_aside, read_file, write_atomically
from tui.store.lock import locked
from tui.store.optional import OptionalFiles
from tui.store.paths import Paths
from tui.texts import store as texts

Document = dict[str, Any]

_SCHEMA = 1
ADAPTATION_LIMIT = 500
ENDPOINT_LIMIT = 200
CHECKS_PER_ENDPOINT = 20


class EndpointMemory:
    """The file ``endpoints.json``. Values are JSON objects that are not interpreted here.

    Reading blocks briefly, even while others write. Writing may wait for another process: never call it on an
    event loop.
    """

    def __init__(self, paths: Paths, optional: OptionalFiles | None = None) -> None:
        self._path = paths.endpoints_file
        self._shown = paths.shown(self._path)
        self._optional = optional or OptionalFiles()
        self._document: Document | None = None
        self._guard = threading.Lock()
        """Held while the document in memory is used, never while waiting for a file."""
        self._writing = threading.Lock()
        self._unwritten: list[Callable[[Document], None]] = []
        """Changes that are only in memory, oldest first."""

    def get_json(self, base_url: str, model: str) -> dict[str, object] | None:
        """Return the value for an endpoint and a model."""
        return self._value("adaptations", base_url, model)

    def learn_json(self, base_url: str, model: str, value: Mapping[str, object]) -> None:
        """Set the value for an endpoint and a model, replacing the previous one; an empty one is removed.

        In memory only; call ``write`` afterwards. Does not wait for other processes.
        """

        def change(document: Document) -> None:
            known = _part(document, "adaptations")
            known.pop(_key(base_url, model), None)
            if value:
                known[_key(base_url, model)] = dict(value)
            _shorten(known, ADAPTATION_LIMIT)

        self._learn(change)

    def add_checks(self, checks: Sequence[tuple[str, Mapping[str, object]]]) -> None:
        """Add checks to the histories of their endpoints; the file is written once."""

        def change(document: Document) -> None:
            known = _part(document, "checks")
            for base_url, check in checks:
                before = known.pop(base_url, [])
                history = [*(before if isinstance(before, list) else []), dict(check)]
                known[base_url] = history[-CHECKS_PER_ENDPOINT:]
            _shorten(known, ENDPOINT_LIMIT)

        if checks:
            self._learn(change)
            self.write()

    def checks(self, base_url: str) -> list[dict[str, object]]:
        """Return an endpoint's past checks, oldest first."""
        with self._guard:
            known = _part(self._loaded(), "checks").get(base_url, [])
        return [check for check in known if isinstance(check, dict)] if isinstance(known, list) else []

    def add_abilities(self, base_url: str, model: str, value: Mapping[str, object]) -> None:
        """Store the test results for a model of an endpoint, replacing the previous ones."""

        def change(document: Document) -> None:
            known = _part(document, "abilities")
            known.pop(_key(base_url, model), None)
            known[_key(base_url, model)] = dict(value)
            _shorten(known, ENDPOINT_LIMIT)

        self._learn(change)
        self.write()

    def abilities(self, base_url: str, model: str) -> dict[str, object] | None:
        """Return the test results for a model of an endpoint."""
        return self._value("abilities", base_url, model)

    def _value(self, part: str, base_url: str, model: str) -> dict[str, object] | None:
        with self._guard:
            value = _part(self._loaded(), part).get(_key(base_url, model))
        return cast("dict[str, object]", value) if isinstance(value, dict) else None

    def _loaded(self) -> Document:
        if self._document is None:
            self._document = {}
            with self._optional.attempt(self._shown, texts.MEMORY_ONLY, is_read=True):
                document, broken, _ = self._read()
                self._document = document
                if broken:
                    self._optional.note(self._shown, texts.NOT_JSON, texts.MEMORY_ONLY, is_read=True)
        return self._document

    def reload(self) -> None:
        """Read the file again, for changes by other processes."""
        with self._guard:
            self._document = None
            document = self._loaded()
            for change in self._unwritten:
                change(document)

    def _learn(self, change: Callable[[Document], None]) -> None:
        with self._guard:
            change(self._loaded())
            self._unwritten.append(change)

    def write(self) -> None:
        """Write what is only in memory. May wait for another process that writes the file."""
        with (
            self._writing,
            self._optional.attempt(self._shown, texts.MEMORY_ONLY),
            locked(self._path) as check,
        ):
            with self._guard:
                changes = tuple(self._unwritten)
            document, broken, is_newer = self._read()
            if is_newer or not changes:
                return
            if broken:
                keep_aside(self._path, broken)
            for waiting in changes:
                waiting(document)
            data = json.dumps({**document, "schema": _SCHEMA}, indent=1).encode("ascii")
            write_atomically(self._path, data, before_replace=check)
            self._take_over(document, len(changes))

    def _take_over(self, document: Document, written: int) -> None:
        """Adopt the content of the file, with changes by other processes and those made meanwhile."""
        with self._guard:
            del self._unwritten[:written]
            for change in self._unwritten:
                change(document)
            self._document = document

    def _read(self) -> tuple[Document, bytes, bool]:
        """Return the document, its content if that is invalid, and whether a newer version wrote it."""
        content = read_file(self._path)
        if content is None:
            return {}, b"", False
        try:
            value = json.loads(content.data)
        except (ValueError, RecursionError):
            return {}, content.data, False
        if not isinstance(value, dict):
            return {}, content.data, False
        schema = value.get("schema", _SCHEMA)
        return value, b"", not isinstance(schema, int) or schema > _SCHEMA


def _part(document: Document, name: str) -> Document:
    part = document.get(name)
    if not isinstance(part, dict):
        part = document[name] = {}
    return part


def _shorten(known: Document, limit: int) -> None:
    """Remove the entries that were not written for longest."""
    for key in list(known)[: max(0, len(known) - limit)]:
        del known[key]


def _key(base_url: str, model: str) -> str:
    return f"{base_url} {model}"
