"""The interface to ``jsonschema``, whose import takes 100 ms; used through ``core.schema_check``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jsonschema import FormatChecker
from jsonschema.exceptions import ValidationError
from jsonschema.validators import (
    Draft3Validator,
    Draft4Validator,
    Draft6Validator,
    Draft7Validator,
    Draft201909Validator,
    Draft202012Validator,
    extend,
    validator_for,
)

from tui.core.schema_choice import told_error
from tui.core.schema_keywords import own_keywords
from tui.core.schema_pattern import compiled
from tui.core.schema_references import check_references, own_registry

_FORMATS = FormatChecker(formats=())
"""The formats checked in a schema itself; none are checked in a value."""
_FORMATS.checks("regex", raises=ValueError)(lambda value: not isinstance(value, str) or compiled(value))


def _registered(dialect: Any) -> Any:
    """Register a dialect with our keywords under its ``$schema``.

    The library selects the dialect by ``$schema`` whenever it enters a schema, including when a reference
    leads back to the outermost one: only a registered dialect applies everywhere.
    """
    keywords = own_keywords(dialect.VALIDATORS)
    name = f"lmdeck {dialect.META_SCHEMA['$schema']}"
    return extend(dialect, keywords, version=name, format_checker=_FORMATS)


_DIALECTS = [
    _registered(dialect)
    for dialect in (
        Draft3Validator,
        Draft4Validator,
        Draft6Validator,
        Draft7Validator,
        Draft201909Validator,
        Draft202012Validator,
    )
]


def _dialect_of(schema: Mapping[str, Any]) -> Any:
    return validator_for(schema, default=_DIALECTS[-1])


def error_in_schema(schema: Mapping[str, Any]) -> ValidationError | None:
    """Return the error that makes a schema invalid in its dialect."""
    return _error_in_part(schema, _dialect_of(schema))


def _error_in_part(rules: Any, dialect: Any) -> ValidationError | None:
    judge = dialect(dialect.META_SCHEMA, registry=own_registry(), format_checker=_FORMATS)
    errors = list(judge.iter_errors(rules))
    return told_error(rules, errors) if errors else None


def refuse_references(schema: Mapping[str, Any]) -> None:
    """Check that all references of a schema can be resolved.

    Raises:
        ReferenceProblemError: a reference cannot be resolved.
        ValueError: an address in it is invalid.
    """
    check_references(schema, _dialect_of(schema), _error_in_part)


def first_error(schema: Mapping[str, Any], value: Any) -> ValidationError | None:
    """Return the first error in a value, in document order."""
    errors = list(_dialect_of(schema)(schema, registry=own_registry()).iter_errors(value))
    return told_error(value, errors) if errors else None
