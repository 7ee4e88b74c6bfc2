"""A conversation being imported: the records of its journal, and its identity."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field, replace
from typing import Any

from tui.core.causes import explain
from tui.core.failure import Failure, UsageError
from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.store.record_values import Record
from tui.store.records import delta_record, header_record, path_record
from tui.texts import history as texts
from tui.texts.bodies import TOO_LARGE

_IDENTITY = lazy_pattern(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_DEEPEST = 40
"""Levels of a value: more is no conversation, and could not be written again."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One conversation of an imported file."""

    identity: str
    """The same whenever the same conversation is imported."""
    records: tuple[Record, ...]
    """The header first. Every turn that cost something is a copy: it was paid for elsewhere."""
    remarks: tuple[str, ...] = ()
    """What is left out, a sentence each."""


BEFORE = ""
"""The previous turn, in the order of the file."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A conversation of a file that cannot be imported; the others of the file can."""

    title: str
    failure: Failure


@dataclass(frozen=True, slots=True)
class ForeignTurn:
    """One prompt and its answer, from another program."""

    identity: str
    prompt: str
    answer: str = ""
    reasoning: str = ""
    model: str = ""
    started_at: str = ""
    system_prompt: str | None = None
    parent: str | None = BEFORE
    """The turn that it follows; ``None``: it is a first one."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Values of the ``end`` record."""


def own(records: Iterable[Record]) -> Incoming:
    """Return a conversation that lmdeck exported.

    Raises:
        UsageError: it cannot be written again.
    """
    checked = [_copied(record) for record in records]
    for record in checked:
        require_writable(record)
        if not isinstance(record.get("turn", ""), str):
            raise malformed(texts.NO_TURN)
    header = checked[0]
    identity = header.get("identity")
    if not (isinstance(identity, str) and _IDENTITY.fullmatch(identity)):
        identity = stable_identity("import", checked[1:])
    return Incoming(identity, ({**header, "identity": identity}, *checked[1:]))


def foreign(
    identity: str,
    title: str,
    created_at: str,
    turns: Iterable[ForeignTurn],
    remarks: Iterable[str] = (),
    shown: str | None = None,
) -> Incoming:
    """Return a conversation of another program; ``shown`` is the last turn of the branch that is shown.

    Raises:
        UsageError: it has no turn.
    """
    records = [header_record(identity, title, created_at)]
    before: str | None = None
    for turn in turns:
        records += _turn_records(turn, before if turn.parent == BEFORE else turn.parent)
        before = turn.identity
    if before is None:
        raise malformed(texts.NO_CONVERSATION)
    if shown is not None:
        records.append(path_record(shown))
    return Incoming(identity, tuple(records), tuple(dict.fromkeys(remarks)))


def stable_identity(origin: str, content: object, name: object = None) -> str:
    """Return an identity for what another program calls ``name``; without a name, for this content."""
    plain = f"{origin}-{name}"
    if isinstance(name, str) and name and _IDENTITY.fullmatch(plain):
        return plain
    text = json.dumps(content if name is None else name, sort_keys=True)
    return f"{origin}-{hashlib.sha256(text.encode('ascii')).hexdigest()[:24]}"


def malformed(reason: str) -> UsageError:
    """Return the error for a file that cannot be imported; ``reason`` ends a sentence."""
    return UsageError(replace(explain("import-malformed", reason=reason), advice=texts.IMPORT_ADVICE))


def require_writable(value: object) -> None:
    """Refuse a value that JSON cannot be made of again: nested too deeply, or with a number without end.

    Raises:
        UsageError: it is.
    """
    level: list[object] = [value]
    for _ in range(_DEEPEST):
        if any(isinstance(item, float) and not math.isfinite(item) for item in level):
            raise malformed(TOO_LARGE)
        level = [inner for item in level for inner in _inner(item)]
        if not level:
            return
    raise malformed(texts.TOO_DEEP)


def _inner(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _copied(record: Record) -> Record:
    return {**record, "copy": True} if record.get("record") in ("end", "sent") else record


def _turn_records(turn: ForeignTurn, parent: str | None) -> Iterator[Record]:
    settings = {} if turn.system_prompt is None else {"settings": {"system_prompt": turn.system_prompt}}
    yield {
        "record": "turn",
        "turn": turn.identity,
        "prompt": turn.prompt,
        "parent": parent,
        "provider": "",
        "model": turn.model,
        "started_at": turn.started_at,
        **settings,
    }
    for kind, text in (("reasoning", turn.reasoning), ("answer", turn.answer)):
        if text:
            yield delta_record(turn.identity, kind, text)
    yield {
        "record": "end",
        "turn": turn.identity,
        "state": "done",
        "provider": "",
        "model": turn.model,
        **turn.figures,
        "copy": True,
    }
