"""Reads the Markdown pages that ``markdown_export`` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tui.core.lazy_pattern import lazy_pattern
from tui.session.history import shown_markdown
from tui.session.history.incoming import Incoming, malformed, own
from tui.session.history.markdown_export import FRONT, MARK_LINE, TEXTS
from tui.store.record_values import Record
from tui.store.records import delta_record
from tui.texts import history as texts
from tui.wire.strict_json import StrictJsonError, parse_json_object

_MARK = lazy_pattern(r"lmdeck-[0-9]{1,9}")


def from_markdown(page: str) -> Incoming:
    """Return the conversation on a page.

    Raises:
        UsageError: lmdeck did not write it, or it was changed beyond recognition.
    """
    lines = page.replace("\r\n", "\n").split("\n")
    reader = _Reader()
    for kind, value, body in _sections(lines, _mark_of(lines)):
        reader.take(kind, value, body)
    reader.end_turn()
    if not reader.records or reader.records[0].get("record") != "header":
        raise malformed(texts.NOT_OUR_PAGE)
    return own(reader.records)


class _Reader:
    """Creates records from the marked parts of a page."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self._turn: Record | None = None
        self._texts: dict[str, str] = {}
        self._end: Record = {}

    def take(self, kind: str, value: Record, body: list[str]) -> None:
        """Read one part."""
        if kind == "header":
            self.records.append(value)
        elif kind == "turn":
            self.end_turn()
            self._turn, self._end = _record(value, "turn"), _record(value, "end")
        elif kind in TEXTS:
            text = value.get("text")
            self._texts[kind] = text if isinstance(text, str) else _text_of(kind, body)

    def end_turn(self) -> None:
        """Add the records of the current turn."""
        turn, found = self._turn, self._texts
        self._turn, self._texts = None, {}
        if turn is None:
            return
        identity = str(turn.get("turn"))
        self.records.append({**turn, "prompt": found.get("prompt", "")})
        self.records += [delta_record(identity, kind, found[kind]) for kind in TEXTS[1:] if found.get(kind)]
        self.records.append(self._end)


def _mark_of(lines: list[str]) -> str:
    """Return the word that begins every marker of the page, from its front matter."""
    for line in lines[1:]:
        if line == FRONT:
            break
        if line.startswith(MARK_LINE) and _MARK.fullmatch(mark := line.removeprefix(MARK_LINE)):
            return mark
    raise malformed(texts.NOT_OUR_PAGE)


def _sections(lines: list[str], mark: str) -> Iterator[tuple[str, Record, list[str]]]:
    """Yield each marker with its value, and the lines after it."""
    pattern = re.compile(rf"<!-- {mark} (\w+)(?: (.*))? -->")
    kind, value, body = "", Record(), list[str]()
    for line in lines:
        found = pattern.fullmatch(line)
        if found is None:
            body.append(line)
            continue
        yield kind, value, body
        kind, value, body = found[1], _value(found[2]), []
    yield kind, value, body


def _value(text: str | None) -> Record:
    if text is None:
        return {}
    try:
        return parse_json_object(text)
    except StrictJsonError:
        raise malformed(texts.NOT_OUR_PAGE) from None


def _record(value: Record, kind: str) -> Record:
    record = value.get(kind)
    if not isinstance(record, dict) or record.get("record") != kind:
        raise malformed(texts.NOT_OUR_PAGE)
    return record


def _text_of(kind: str, body: list[str]) -> str:
    """Return a text without the surrounding empty lines."""
    first = 1 if body[:1] == [""] else 0
    last = len(body) - (1 if len(body) > first and body[-1] == "" else 0)
    text = "\n".join(body[first:last])
    return text if kind == "answer" else shown_markdown.unquoted(text)
