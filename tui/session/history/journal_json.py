"""The records of a journal as JSON or JSON lines: a complete conversation, including other branches."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tui import __version__
from tui.session.history.incoming import Incoming, malformed, own
from tui.store.joined_records import SavedConversation
from tui.store.record_values import Record
from tui.texts import history as texts

SCHEMA_VERSION = 1
KEY = "conversations"


def to_json(conversations: Iterable[SavedConversation]) -> str:
    """Return one document, in ASCII."""
    found = [
        {
            "id": saved.transcript.identity,
            "title": saved.transcript.title,
            "created_at": saved.transcript.created_at,
            "records": list(saved.records),
        }
        for saved in conversations
    ]
    document = {"schema_version": SCHEMA_VERSION, "lmdeck": __version__, KEY: found}
    return json.dumps(document, indent=1) + "\n"


def to_lines(conversations: Iterable[SavedConversation]) -> str:
    """Return one record per line, in ASCII; a header begins the next conversation."""
    return "".join(f"{json.dumps(record)}\n" for saved in conversations for record in saved.records)


def from_json(document: Record) -> list[Incoming]:
    """Return the conversations in a document.

    Raises:
        UsageError: one of them is invalid.
    """
    found: list[Incoming] = []
    for item in document[KEY]:
        records = item.get("records") if isinstance(item, dict) else None
        if not isinstance(records, list):
            raise malformed(texts.NO_RECORDS)
        found += from_records(records)
    return found


def from_records(records: Iterable[object]) -> list[Incoming]:
    """Return the conversations in a sequence of records, each beginning with a header.

    Raises:
        UsageError: one is not a record, or the first is not a header.
    """
    return [own(group) for group in _groups(records)]


def _groups(records: Iterable[object]) -> Iterator[list[Record]]:
    group: list[Record] = []
    for record in records:
        if not (isinstance(record, dict) and isinstance(record.get("record"), str)):
            raise malformed(texts.NO_RECORDS)
        if record["record"] == "header":
            if group:
                yield group
            group = [record]
        elif not group:
            raise malformed(texts.NO_HEADER)
        else:
            group.append(record)
    if group:
        yield group
