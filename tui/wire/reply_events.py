"""Reads the events and objects of a reply in sequence, and the failure that one of them may be."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping

from tui.core.causes import explain
from tui.core.events import (
    KEEP_ALIVE,
    AnswerDelta,
    ChunkSeen,
    MalformedEvent,
    Progress,
    ReasoningDelta,
    StreamEvent,
    ToolCallDelta,
)
from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern
from tui.core.secret import Redactor
from tui.core.usage import NOTHING_TOLD
from tui.texts import bodies
from tui.wire.chunk import ChunkReader
from tui.wire.error_body import is_error_object
from tui.wire.errors import Refusal, clean_message, read_refusal, read_refusal_object
from tui.wire.lenient_json import read_objects
from tui.wire.salvage import salvage
from tui.wire.sse import ServerSentEvent
from tui.wire.strict_json import StrictJsonError, is_json, parse_json_object
from tui.wire.surrogates import may_hold_surrogates
from tui.wire.unread_fields import holds_text
from tui.wire.usage_fields import find_replay, read_body_charge

_CHUNK_SEEN = ChunkSeen()
_TEXTS = frozenset((AnswerDelta, ReasoningDelta, ToolCallDelta))
_EMPTY_EVENT = lazy_pattern(
    r"null|true|false|\[\]|\"\"|[:\s]*(ping|pong|keep[-_ ]?alive|heart[-_ ]?beat|processing)[.…]*",
    re.IGNORECASE,
)
"""Keep-alive events of servers and gateways, which contain no text."""
_DONE = lazy_pattern(r"\[DONE\]|\"?\[?DONE\]?\"?\Z", re.IGNORECASE)
_REPEATED_FIELD = lazy_pattern(r"\A(?:data:\s*)+")
"""The beginning of an event that was wrapped in an event again."""
_PLAIN_ERROR = lazy_pattern(r"\A(?:\[ERROR\]:?|error:)", re.IGNORECASE)
"""The beginning of an event with an error as plain text instead of JSON."""
_SHOWN = 2_000
_EXCERPT = 120
_MOST_LINES = 5_000
"""The lines of one event that are read as separate events, if a server omits blank lines."""


class EventReader:
    """Reads events in order; ``failure`` is the first error among them."""

    __slots__ = (
        "_headers", "_is_foreign", "_malformed", "_redactor", "_status", "chunks", "failure", "last_words",
        "position", "refusal", "replay", "told",
    )  # fmt: skip

    def __init__(
        self, status: int, headers: Mapping[str, str], redactor: Redactor | None, answer_limit: int
    ) -> None:
        self._status = status
        self._headers = headers
        self._redactor = redactor
        self.replay = find_replay(headers)
        """The header in which a gateway marks a reply from its cache."""
        self.chunks = ChunkReader(answer_limit, is_replay=self.replay is not None)
        self.failure: Failure | None = None
        self.refusal: Refusal | None = None
        """The error reply that the failure was created from, if the server sent one."""
        self.told = NOTHING_TOLD
        """The usage and cost in a body that is not an answer."""
        self.position = 0
        """The number of events so far."""
        self._malformed = 0
        self._is_foreign = False
        """Whether complete events of another API were received."""
        self.last_words = ""
        """The last event, if it was text and not JSON."""

    def read(self, event: ServerSentEvent, events: list[StreamEvent]) -> None:
        """Add the events for an event of the stream."""
        if event.is_comment:
            self._add_sign_of_life(events)
            return
        data = event.data
        self.position += 1
        self.last_words = ""
        try:
            chunk = parse_json_object(data)
        except StrictJsonError as error:
            self._read_odd_event(event, str(error), events)
            return
        self.chunks.texts.mends = "\\u" in data and may_hold_surrogates(data)
        self.read_object(chunk, events, is_named_error=event.event == "error")

    def read_object(
        self, chunk: dict[str, object], events: list[StreamEvent], *, is_named_error: bool = False
    ) -> None:
        """Add the events for a chunk or another object."""
        before = len(events)
        if "choices" in chunk and "error" not in chunk and "base_resp" not in chunk:
            self.chunks.read(chunk, events)
            if self.chunks.outcome.error is not None:
                self._fail({"error": self.chunks.outcome.error})
        else:
            self.read_odd_chunk(chunk, events, is_named_error=is_named_error)
        if chunk.get("choices") and (len(events) == before or type(events[-1]) not in _TEXTS):
            events.append(_CHUNK_SEEN)

    def read_odd_chunk(
        self, chunk: dict[str, object], events: list[StreamEvent], *, is_named_error: bool = False
    ) -> None:
        """Add the events for an object that may be an error, or not a chunk at all."""
        self.chunks.read(chunk, events)
        if self.chunks.outcome.error is not None:
            self._fail({"error": self.chunks.outcome.error})
        elif (not chunk.get("choices") or chunk.get("error")) and is_error_object(chunk):
            self._fail(chunk)
        elif is_named_error:
            self._fail({"error": chunk})
        elif "choices" not in chunk:
            if holds_text(chunk):
                self._is_foreign = True
                self._add_malformed(bodies.NO_CHOICES, json.dumps(chunk)[:_SHOWN], events)
            else:
                self._add_sign_of_life(events)

    def _read_odd_event(self, event: ServerSentEvent, reason: str, events: list[StreamEvent]) -> None:
        """Read an event that is not a JSON object.

        Several objects without blank lines between them, the end mark, the truncated end of the stream, an
        error as plain text, or something malformed.
        """
        data = _REPEATED_FIELD.sub("", event.data.strip())
        lines = data.split("\n", _MOST_LINES)
        if 1 < len(lines) <= _MOST_LINES and not (data[0] == "[" and is_json(data)):
            self.position -= 1
            for line in lines[:-1]:
                self.read(event._replace(data=line, is_complete=True), events)
            self.read(event._replace(data=lines[-1]), events)
        elif not data or _DONE.match(data):
            self.position -= 1
            self.chunks.outcome.is_done |= bool(data)
        elif (body := _before_end_mark(data)) != data and (objects := read_objects(body)) is not None:
            self._read_objects(body, objects, event, events)
            self.chunks.outcome.is_done = True
        elif not event.is_complete and not is_json(data) and not _PLAIN_ERROR.match(data):
            self.chunks.outcome.was_cut = True
            self.salvage(data, events)
        elif (objects := read_objects(data)) is not None:
            self._read_objects(data, objects, event, events)
        elif event.event == "error" or _PLAIN_ERROR.match(data):
            self._fail({"error": _PLAIN_ERROR.sub("", data, count=1).strip() or data})
        elif (event.event == "message" or data.startswith("{")) and not _EMPTY_EVENT.fullmatch(data):
            self._add_malformed(reason, data, events)
            if data[:1].isalpha() and not is_json(data):
                self.last_words = data
            self.salvage(data, events)
        else:
            self._add_sign_of_life(events)

    def _read_objects(
        self,
        data: str,
        objects: Iterable[dict[str, object]],
        event: ServerSentEvent,
        events: list[StreamEvent],
    ) -> None:
        self.chunks.texts.mends = may_hold_surrogates(data)
        for chunk in objects:
            self.read_object(chunk, events, is_named_error=event.event == "error")

    def _add_malformed(self, reason: str, data: str, events: list[StreamEvent]) -> None:
        self._malformed += 1
        excerpt = clean_message(data, self._redactor, _EXCERPT)
        events.append(MalformedEvent(self.position, reason, excerpt))

    def _fail(self, error: dict[str, object]) -> None:
        """Record the first error; later ones are consequences."""
        if self.failure is None:
            self.refusal = read_refusal_object(self._status, self._headers, error, self._redactor)
            self.failure = self.refusal.failure()

    def _add_sign_of_life(self, events: list[StreamEvent]) -> None:
        if not events or type(events[-1]) is not Progress:
            events.append(Progress(KEEP_ALIVE))

    def refuse(self, body: bytes) -> None:
        """Treat the whole body as an error reply."""
        self.told = read_body_charge(body, self._headers)
        self.refusal = read_refusal(self._status, self._headers, body, self._redactor)
        self.failure = self.refusal.failure()

    def judge_strange_stream(self) -> Failure | None:
        """Return the failure of a stream without a single chat chunk."""
        if self._malformed and not self._is_foreign:
            return explain("malformed-event", position=str(self.position))
        if self.position:
            return explain("unexpected-response", status=self._status, content=bodies.OTHER_EVENTS)
        return None

    def salvage(self, text: str, events: list[StreamEvent]) -> None:
        """Add the texts in a truncated or malformed document."""
        for piece, is_reasoning in salvage(text):
            self.chunks.texts.add(piece, is_reasoning, events)


def _before_end_mark(data: str) -> str:
    """Return an event without an end mark that follows its JSON because line feeds were lost."""
    if data[-6:].upper() != "[DONE]":
        return data
    before = data[:-6].rstrip().removesuffix("data:").rstrip(" \t\r\n,")
    return before if before.endswith(("}", "]")) else data
