"""Extra headers and extra body of a provider in the form of multi-line text fields."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

from tui.core.provider_rules import FieldProblem
from tui.texts import fields as texts

LONGEST_TEXT = 100_000


def read_headers(text: str) -> tuple[dict[str, str], FieldProblem | None]:
    """Parse one ``Name: value`` per line. ``check_headers`` validates the names and values."""
    headers: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            message = texts.HEADER_LINE.format(number=number)
            return headers, FieldProblem("extra_headers", message)
        headers[name.strip()] = value.strip()
    return headers, None


def write_headers(headers: Mapping[str, str]) -> str:
    """Format headers for ``read_headers``."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def read_body(text: str) -> tuple[dict[str, object], FieldProblem | None]:
    """Parse parameters of the request body: a JSON object, or lines of TOML such as ``top_k = 20``."""
    bare = text.strip()
    if not bare:
        return {}, None
    if len(bare) > LONGEST_TEXT:
        return {}, FieldProblem("extra_body", texts.BODY_LONG.format(most=LONGEST_TEXT))
    if not bare.startswith("{") and _is_json(bare):  # [1] would be a TOML table
        return {}, FieldProblem("extra_body", texts.BODY_FORM.format(reason=texts.BODY_NO_OBJECT))
    try:
        found = json.loads(bare, parse_constant=_refuse) if bare.startswith("{") else tomllib.loads(bare)
    except (ValueError, RecursionError) as error:
        reason = str(error).partition("\n")[0]
        message = texts.BODY_FORM.format(reason=reason)
        return {}, FieldProblem("extra_body", message)
    try:
        json.dumps(found, ensure_ascii=False, allow_nan=False).encode()
    except UnicodeEncodeError:
        return {}, FieldProblem("extra_body", texts.BODY_SURROGATE)
    except ValueError:
        return {}, FieldProblem("extra_body", texts.BODY_INFINITE)
    except TypeError:
        return {}, FieldProblem("extra_body", texts.BODY_DATE)
    return found, None


def write_body(body: Mapping[str, object]) -> str:
    """Format an extra body for ``read_body``; empty for an empty one."""
    return json.dumps(body, ensure_ascii=False, indent=2) if body else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> object:
    raise ValueError(texts.NO_JSON_NUMBER.format(constant=constant))
