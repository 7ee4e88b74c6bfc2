"""Imports the output of ``llm logs --json``: one object per answer, with its conversation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.core.titles import title_of
from tui.session.history.incoming import ForeignTurn, Incoming, foreign, require_writable, stable_identity
from tui.store.record_values import count_of, number_of, text_of
from tui.texts import history as texts


def is_log(value: object) -> bool:
    """Return whether a value is an entry of such a log."""
    return isinstance(value, dict) and {"prompt", "response", "model"} <= value.keys()


def from_logs(entries: list[Mapping[str, Any]]) -> list[Incoming]:
    """Return the conversations, with their turns in chronological order."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        require_writable(entry)
        name = text_of(entry.get("conversation_id")) or text_of(entry.get("id")) or ""
        groups.setdefault(name, []).append(entry)
    return [_conversation(name, group) for name, group in groups.items()]


def _conversation(name: str, entries: list[Mapping[str, Any]]) -> Incoming:
    ordered = sorted(entries, key=lambda entry: (_moment(entry), str(entry.get("id", ""))))
    turns = [_turn(entry, index) for index, entry in enumerate(ordered, 1)]
    title = text_of(ordered[0].get("conversation_name")) or title_of(turns[0].prompt)
    with_attachments = any(entry.get("attachments") for entry in ordered)
    remarks = [texts.ATTACHMENTS_LEFT_OUT] if with_attachments else []
    identity = stable_identity("llm", [dict(entry) for entry in ordered], name or None)
    return foreign(identity, title, turns[0].started_at, turns, remarks)


def _turn(entry: Mapping[str, Any], index: int) -> ForeignTurn:
    counts = {
        "prompt_tokens": count_of(entry.get("input_tokens")),
        "completion_tokens": count_of(entry.get("output_tokens")),
    }
    usage = {name: count for name, count in counts.items() if count is not None}
    milliseconds = number_of(entry.get("duration_ms"))
    return ForeignTurn(
        text_of(entry.get("id")) or f"l{index}",
        text_of(entry.get("prompt")) or "",
        answer=text_of(entry.get("response")) or "",
        reasoning=text_of(entry.get("reasoning")) or "",
        model=text_of(entry.get("model")) or "",
        started_at=_moment(entry),
        system_prompt=text_of(entry.get("system")) or None,
        figures={
            **({"usage": {**usage, "source": "reported"}} if usage else {}),
            **({} if milliseconds is None else {"timings": {"ended": milliseconds / 1000}}),
        },
    )


def _moment(entry: Mapping[str, Any]) -> str:
    """Return when it was asked, with the time zone that the log omits."""
    stamp = text_of(entry.get("datetime_utc")) or ""
    return stamp if not stamp or stamp.endswith("Z") or "+" in stamp else f"{stamp}+00:00"
