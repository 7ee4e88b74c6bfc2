"""Detects the format of a file to import, and reads its conversations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tui.core.failure import UsageError
from tui.session.history.chat_exports import (
    from_chatgpt,
    from_open_webui,
    is_chatgpt,
    is_open_webui,
    record_of,
)
from tui.session.history.incoming import Incoming, Skipped, malformed
from tui.session.history.journal_json import KEY, from_json, from_records
from tui.session.history.llm_logs import from_logs, is_log
from tui.session.history.markdown_import import from_markdown
from tui.session.history.messages import from_messages
from tui.store.record_values import text_of
from tui.texts import history as texts
from tui.wire.strict_json import StrictJsonError, is_json, parse_json


def read_conversations(text: str, moment: str) -> Sequence[Incoming | Skipped]:
    """Return the conversations in a text; ``moment`` is used for formats without times.

    In an export with hundreds of conversations, unreadable ones are skipped.

    Raises:
        UsageError: it has none, or its format is unknown.
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        raise malformed(texts.EMPTY_FILE)
    if bare.startswith("---"):
        return [from_markdown(bare)]
    found = _of_value(_value(bare), moment)
    if all(isinstance(one, Skipped) for one in found):
        raise malformed(texts.NO_CONVERSATION)
    return found


def _value(text: str) -> object:
    """Parse JSON, or JSON lines to a list."""
    lines = text.rstrip().split("\n")
    if len(lines) > 1 and is_json(lines[0]) and lines[0].lstrip().startswith("{"):
        return [_parsed(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    return _parsed(text)


def _parsed(text: str, line: int | None = None) -> object:
    try:
        return parse_json(text)
    except StrictJsonError:  # its message may quote the text, which may contain keys
        reason = texts.NOT_JSON if line is None else texts.NOT_JSON_LINE.format(line=line)
        raise malformed(reason) from None


def _of_value(value: object, moment: str) -> Sequence[Incoming | Skipped]:
    if isinstance(value, dict):
        if isinstance(value.get(KEY), list):
            return from_json(value)
        value = [value]
    if not isinstance(value, list) or not value:
        raise malformed(texts.NO_CONVERSATION)
    first = value[0] if isinstance(value[0], dict) else {}
    if "record" in first:
        return from_records(value)
    if any(is_chatgpt(item) or is_open_webui(item) for item in value):
        return [_or_skipped(_of_tree, item, moment) for item in value]
    if "messages" in first:
        if len(value) == 1:
            return [from_messages(first, moment)]
        return [_or_skipped(from_messages, item, moment) for item in value]
    if "role" in first:
        return [from_messages(value, moment)]
    if all(map(is_log, value)):
        return from_logs(value)
    raise malformed(texts.NO_CONVERSATION)


def _of_tree(value: object, moment: str) -> Incoming:
    if is_open_webui(value):
        return from_open_webui(record_of(value), moment)
    return from_chatgpt(record_of(value), moment)


def _or_skipped(read: Callable[[Any, str], Incoming], value: object, moment: str) -> Incoming | Skipped:
    try:
        return read(value, moment)
    except UsageError as error:
        return Skipped(text_of(record_of(value).get("title")) or "", error.failure)
