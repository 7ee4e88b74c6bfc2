"""A journal with the text of each turn in one piece, for exports and imports.

This finds keys that were split over several lines before they were known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern
from tui.core.turn import Turn
from tui.store.record_values import Record
from tui.store.records import decode_line, delta_record, encode_line, header_record
from tui.store.transcript_file import Transcript, complete_lines, read_transcript

_TEXT = ("delta", "reclassify")
_PAIR = lazy_pattern("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True, slots=True)
class SavedConversation:
    """A conversation, and its journal as records that may leave the program."""

    transcript: Transcript
    records: tuple[Record, ...]

    @classmethod
    def of(
        cls, identity: str, data: bytes, redact: Callable[[str], str], notices: tuple[str, ...] = ()
    ) -> SavedConversation:
        """Parse a journal, with known keys erased."""
        records = tuple(without_keys(_headed(joined_records(data), identity), redact))
        transcript = transcript_of(records)
        transcript.identity, transcript.notices = identity, notices
        return cls(transcript, records)


def joined_records(data: bytes) -> list[Record]:
    """Return the records of a journal, each text at the position of its last piece. Never raises."""
    records = [record for line in complete_lines(data) if (record := decode_line(line)) is not None]
    transcript = read_transcript(data)
    turns = {turn.identity: turn for turn in (*transcript.turns, *transcript.dropped)}
    last_pieces = _last_pieces(records)
    last_queue = max(
        (place for place, record in enumerate(records) if record["record"] == "queue"), default=0
    )
    joined: list[Record] = []
    for index, record in enumerate(records):
        if record["record"] == "queue" and index != last_queue:
            continue  # it contains prompts that were sent or removed
        if record["record"] not in _TEXT:
            joined.append(record)
        elif last_pieces.get(str(record.get("turn"))) == index:
            joined += _texts(turns[str(record["turn"])])
    return joined


def _headed(records: list[Record], identity: str) -> list[Record]:
    """Return the records with a header that matches the file name."""
    if records and records[0]["record"] == "header":
        return [{**records[0], "identity": identity}, *records[1:]]
    return [header_record(identity, "", ""), *(each for each in records if each["record"] != "header")]


def without_keys(records: Iterable[Record], redact: Callable[[str], str]) -> list[Record]:
    """Return records with all known keys erased; the result never overwrites a file."""

    def clean(value: Any) -> Any:
        if isinstance(value, str):
            return redact(value)
        if isinstance(value, dict):
            return {redact(name): clean(item) for name, item in value.items()}
        return [clean(item) for item in value] if isinstance(value, list) else value

    return [clean(record) for record in records]


def transcript_of(records: Iterable[Record]) -> Transcript:
    """Return the conversation in the records."""
    return read_transcript(b"".join(map(encode_line, records)))


def _last_pieces(records: Iterable[Record]) -> dict[str, int]:
    """Return the record with the last piece of each turn's text; nothing after a drop."""
    found: dict[str, int] = {}
    complete: set[str] = set()
    for index, record in enumerate(records):
        identity = record.get("turn")
        if not isinstance(identity, str):
            continue
        if record["record"] == "drop":
            complete.add(identity)
        elif record["record"] in _TEXT and identity not in complete:
            found[identity] = index
    return found


def _texts(turn: Turn) -> Iterator[Record]:
    for kind, text in (("reasoning", turn.reasoning.text), ("answer", turn.answer.text)):
        if text:
            # As when reading: joins a surrogate pair that was split between pieces.
            yield delta_record(turn.identity, kind, _PAIR.sub(_whole, text))


def _whole(pair: re.Match[str]) -> str:
    return pair[0].encode("utf-16", "surrogatepass").decode("utf-16")
