"""Extra headers and extra body of a provider as a user writes them in a field of several lines."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

from tui.core.provider_rules import FieldProblem
from tui.texts import fields as texts

LONGEST_TEXT = 100_000


def read_headers(text: str) -> tuple[dict[str, str], FieldProblem | None]:
    """Read one ``Name: value`` a line. What the names and values may be is checked by ``check_headers``."""
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
    """Return headers as ``read_headers`` reads them."""
    return "\n".join(f"{name}: {value}" for name, value in headers.items())


def read_body(text: str) -> tuple[dict[str, object], FieldProblem | None]:
    """Read parameters of the request body: a JSON object, or lines of TOML such as ``top_k = 20``."""
    bare = text.strip()
    if not bare:
        return {}, None
    if len(bare) > LONGEST_TEXT:
        return {}, FieldProblem("extra_body", texts.BODY_LONG.format(most=LONGEST_TEXT))
    if not bare.startswith("{") and _is_json(bare):  # [1] would be a table of TOML
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
    """Return an extra body as ``read_body`` reads it; empty for an empty one."""
    return json.dumps(body, ensure_ascii=False, indent=2) if body else ""


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _refuse(constant: str) -> object:
    raise ValueError(texts.NO_JSON_NUMBER.format(constant=constant))
