"""The tests of JSON answers: any object, and an object that follows a schema."""

from __future__ import annotations

import re

from tui.core.abilities import Finding
from tui.core.lazy_pattern import lazy_pattern
from tui.texts import abilities as texts
from tui.wire.abilities import prompts, words
from tui.wire.abilities.refusal import judge_chat, judge_empty
from tui.wire.abilities.reply import Reply, broken, ignored, not_finished, shown, yes
from tui.wire.strict_json import StrictJsonError, parse_json

MAX_TOKENS = 32
SCHEMA_TOKENS = 24
_FENCED = lazy_pattern(r"\A\s*```(?:json)?\s*(.+?)\s*```\s*\Z", re.DOTALL | re.IGNORECASE)
Messages = list[dict[str, object]]
_NONE = object()


def messages() -> Messages:
    """Return a prompt that mentions JSON without asking for it."""
    return [{"role": "user", "content": prompts.GREET_JSON}]


def fields() -> dict[str, object]:
    """Return the field that requests any JSON object."""
    return {"response_format": {"type": "json_object"}}


def schema_messages() -> Messages:
    """Return a prompt without the schema, so that only the server can make the answer follow it."""
    return [{"role": "user", "content": prompts.GREET}]


def schema_fields() -> dict[str, object]:
    """Return the field that requests the schema; vLLM and OpenAI refuse a schema without a name."""
    schema = {"name": prompts.SCHEMA_NAME, "strict": True, "schema": prompts.SCHEMA}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}


def judge_object(reply: Reply) -> Finding:
    """Judge a reply that must be a JSON object."""
    finding, value = _value_of(reply)
    if finding is not None:
        return finding
    if not isinstance(value, dict):
        return broken(texts.NO_OBJECT.format(text=shown(reply.content)))
    return yes(texts.IS_OBJECT.format(text=shown(reply.content)))


def judge_schema(reply: Reply) -> Finding:
    """Judge a reply that must follow the schema."""
    finding, value = _value_of(reply)
    if finding is not None:
        return finding
    fits = (
        isinstance(value, dict)
        and value.keys() == prompts.SCHEMA["properties"].keys()  # type: ignore[attr-defined]
        and value["word"] in prompts.NONSENSE
        and isinstance(value["count"], int)
        and not isinstance(value["count"], bool)
    )
    if not fits:
        return broken(texts.OUTSIDE_SCHEMA.format(text=shown(reply.content)))
    return yes(texts.FITS_SCHEMA.format(text=shown(reply.content)))


def is_enough(reply: Reply) -> bool:
    """Return whether a truncated answer already shows that it is not JSON."""
    text = reply.content.lstrip()
    return bool(text) and not text.startswith(("{", "[", "`"))


def _value_of(reply: Reply) -> tuple[Finding | None, object]:
    """Return the JSON value of a reply, or the finding if there is none."""
    finding = judge_chat(reply, words.RESPONSE_FORMAT)
    if finding is not None:
        return finding, None
    content = reply.content
    value = _parsed(content)
    if value is not _NONE:
        return None, value
    if reply.is_cut and not is_enough(reply):
        return not_finished(), None
    if not content.strip():
        if _parsed(reply.reasoning) is not _NONE:
            return broken(texts.JSON_IN_REASONING), None
        return judge_empty(reply), None
    fenced = _FENCED.match(content)
    if fenced is not None and _parsed(fenced[1]) is not _NONE:
        return broken(texts.FENCED), None
    if is_enough(reply):
        return ignored(texts.PROSE.format(text=shown(content))), None
    return broken(texts.NO_JSON_TEXT.format(text=shown(content))), None


def _parsed(text: str) -> object:
    try:
        return parse_json(text)
    except StrictJsonError:
        return _NONE
