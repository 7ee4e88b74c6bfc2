"""Why a server rejects a request with a schema: the form, a keyword, or the size.

Examples: vLLM and SGLang ``Grammar error``, llama.cpp ``failed to parse grammar``, OpenAI ``Invalid schema
for response_format``, LM Studio ``'response_format.type' must be``, TGI ``grammar is not valid``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tui.core.failure import Failure
from tui.core.lazy_pattern import lazy_pattern

_STATUSES: Final = (400, 422)
_FIELD: Final = "response_format"
_NAMES_FORM = lazy_pattern(r"(?i)response_format|json[_ ]?schema|json[_ ]?object|json mode|structured output")
_TOO_COMPLEX = lazy_pattern(
    r"(?i)grammar|repetitions exceed|too (?:complex|large|many|deep)|compil|exceeds .{0,40}limit"
)
_ALWAYS: Final = ("additionalProperties", "$ref", "$schema", "$defs", "required")
"""Keywords that strict services require or reject, even if the schema does not contain them."""
_NAMED: Final = ("properties", "$defs", "definitions", "patternProperties", "dependentSchemas")
_COMMON: Final = frozenset(
    {"type", "properties", "items", "title", "description", "required", "format", "default", "enum"}
    | {"pattern", "minimum", "maximum", "const", "examples", "not", "if", "then", "else"}
)
"""Common words, which only count as keywords if they are quoted."""


def is_form_refused(failure: Failure | None) -> bool:
    """Return whether a server rejects this form of ``response_format``, so that another is worth trying."""
    if failure is None or failure.status not in _STATUSES:
        return False
    parameter = failure.facts.get("parameter", "")
    return parameter.startswith(_FIELD) or bool(_NAMES_FORM.search(failure.server_message or ""))


def refused_keyword(failure: Failure | None, schema: Mapping[str, Any]) -> str | None:
    """Return the keyword of a schema that an error message names."""
    if failure is None or failure.status not in _STATUSES:
        return None
    words = failure.server_message or ""
    for keyword in sorted({*_keywords(schema), *_ALWAYS}, key=len, reverse=True):
        if any(f"{quote}{keyword}{quote}" in words for quote in "'\"`"):
            if keyword != "type" or "response_format" not in words:
                return keyword
        elif keyword not in _COMMON and re.search(rf"(?<![\w$.]){re.escape(keyword)}(?!\w)", words):
            return keyword
    return None


def is_too_complex(failure: Failure | None) -> bool:
    """Return whether a server could not convert the schema to a grammar."""
    if failure is None or failure.status not in (*_STATUSES, 500):
        return False
    return bool(_TOO_COMPLEX.search(failure.server_message or ""))


def _keywords(schema: object, *, are_names: bool = False) -> Iterator[str]:
    """Yield every keyword of a schema, but not the names of properties."""
    if isinstance(schema, Mapping):
        for name, value in schema.items():
            if not are_names:
                yield name
            yield from _keywords(value, are_names=not are_names and name in _NAMED)
    elif isinstance(schema, list):
        for item in schema:
            yield from _keywords(item)
