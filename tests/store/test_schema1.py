"""Files written by lmdeck 0.1.0 are read as they were then; the expected result is next to each."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from tui.core.turn import TextBuffer, ToolCall, Turn
from tui.store.summaries import summarise
from tui.store.transcript_file import read_transcript

FILES = sorted((Path(__file__).parent / "schema1").glob("*.jsonl"))
NOT_THEN = (
    "variants",
    "progress",
    "parent",
    "settings",
    "phases",
    "learned",
    "unknown",
    "providers",
    "models",
    "is_pinned",
    "not_priced",
    "hidden_turns",
    "written_tokens",
    "learned",
    "connecting",
    "behind",
    "first_call",
    "last_call",
    "queue_ms",
    "ServerTimings.origin",
    "lacks_end",
    "requests",
    "is_replay",
)
"""Fields of a turn, or of a summary, that no file of that time has, or that are looked at apart."""
_LONGEST = 20_000


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, TextBuffer):
        return value.text
    if isinstance(value, ToolCall):
        return [value.name, value.arguments]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return str(value)
    if is_dataclass(value):
        kind = type(value).__name__
        names = [item.name for item in fields(value) if not {item.name, f"{kind}.{item.name}"} & {*NOT_THEN}]
        return {name: plain(getattr(value, name)) for name in names}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def shortened(turn: Turn) -> dict[str, Any]:
    """Return a turn as JSON; of a long answer its checksum."""
    found: dict[str, Any] = {**plain(turn), "prompt": turn.prompt.text}
    if len(found["answer"]) > _LONGEST:
        found["answer"] = f"sha256 {hashlib.sha256(found['answer'].encode()).hexdigest()}"
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_of_schema_1_reads_as_it_read_when_it_was_written(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text())
    found = read_transcript(path.read_bytes())
    told = {name: getattr(found, name) for name in ("identity", "title", "created_at", "forked_from")}
    told |= {"bad_lines": found.bad_lines, "recorded": found.recorded}
    told["turns"] = [
        {**shortened(turn), "variants": [other.identity for other in turn.variants]} for turn in found.turns
    ]
    told["dropped"] = [shortened(turn) for turn in found.dropped]
    assert {**told, "summary": plain(summarise(path))} == expected
