"""A conversation being imported: the records of its journal, and its id."""

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
"""The maximum nesting of a value: more could not be written again."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One conversation of an imported file."""

    identity: str
    """The same whenever the same conversation is imported."""
    records: tuple[Record, ...]
    """The header comes first. Every turn with a cost is a copy: it was paid for elsewhere."""
    remarks: tuple[str, ...] = ()
    """What is omitted, one sentence each."""


BEFORE = ""
"""The preceding turn in the file."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A conversation that cannot be imported; this does not affect others in the file."""

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
    """The preceding turn; ``None`` for the first."""
    figures: Mapping[str, Any] = field(default_factory=dict)
    """Values of the ``end`` record."""


def own(records: Iterable[Record]) -> Incoming:
    """Return a conversation that was exported by lmdeck.

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
    """Return a conversation of another program; ``shown`` is the last turn of the current branch.

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
    """Return an id based on another program's ``name``, or on the content without a name."""
    plain = f"{origin}-{name}"
    if isinstance(name, str) and name and _IDENTITY.fullmatch(plain):
        return plain
    text = json.dumps(content if name is None else name, sort_keys=True)
    return f"{origin}-{hashlib.sha256(text.encode('ascii')).hexdigest()[:24]}"


def malformed(reason: str) -> UsageError:
    """Return the error for a file that cannot be imported; ``reason`` is the end of a sentence."""
    return UsageError(replace(explain("import-malformed", reason=reason), advice=texts.IMPORT_ADVICE))


def require_writable(value: object) -> None:
    """Reject a value that cannot be converted to JSON: nested too deeply, or with an infinite number.

    Raises:
        UsageError: it cannot be converted.
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
