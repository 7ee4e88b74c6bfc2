"""Which format a file to import has, and the conversations in it."""

from __future__ import annotations

from tui.session.history.incoming import Incoming, malformed
from tui.session.history.journal_json import KEY, from_json, from_records
from tui.session.history.llm_logs import from_logs, is_log
from tui.session.history.markdown_import import from_markdown
from tui.session.history.messages import from_messages
from tui.texts import history as texts
from tui.wire.strict_json import StrictJsonError, is_json, parse_json


def read_conversations(text: str, moment: str) -> list[Incoming]:
    """Return the conversations of a text; ``moment`` dates those of a format without times.

    Raises:
        UsageError: it has none, or has no format that is known.
    """
    bare = text.lstrip("\ufeff \t\r\n")
    if not bare:
        raise malformed(texts.EMPTY_FILE)
    if bare.startswith("---"):
        return [from_markdown(bare)]
    found = _of_value(_value(bare), moment)
    if not found:
        raise malformed(texts.NO_CONVERSATION)
    return found


def _value(text: str) -> object:
    """Return the JSON of a text; of JSON lines a list."""
    lines = text.rstrip().split("\n")
    if len(lines) > 1 and is_json(lines[0]) and lines[0].lstrip().startswith("{"):
        return [_parsed(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    return _parsed(text)


def _parsed(text: str, line: int | None = None) -> object:
    try:
        return parse_json(text)
    except StrictJsonError:  # its message may quote the text, which may hold keys
        reason = texts.NOT_JSON if line is None else texts.NOT_JSON_LINE.format(line=line)
        raise malformed(reason) from None


def _of_value(value: object, moment: str) -> list[Incoming]:
    if isinstance(value, dict):
        if isinstance(value.get(KEY), list):
            return from_json(value)
        value = [value]
    if not isinstance(value, list) or not value:
        raise malformed(texts.NO_CONVERSATION)
    first = value[0] if isinstance(value[0], dict) else {}
    if "record" in first:
        return from_records(value)
    if "messages" in first:
        return [from_messages(item, moment) for item in value]
    if "role" in first:
        return [from_messages(value, moment)]
    if all(map(is_log, value)):
        return from_logs(value)
    raise malformed(texts.NO_CONVERSATION)
