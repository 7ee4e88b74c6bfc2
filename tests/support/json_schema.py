"""Validates the output of commands against published JSON schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator


def violations(value: Any, schema: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong, one sentence each; nothing where the value is valid."""
    Draft202012Validator.check_schema(schema)
    for error in Draft202012Validator(schema).iter_errors(value):
        yield f"{error.json_path}: {error.message}"
