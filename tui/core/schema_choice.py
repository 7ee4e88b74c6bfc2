"""Selects the error to report: the first that can be fixed, rather than its consequences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from jsonschema.exceptions import ValidationError

from tui.core.schema_keywords import Conditional

_OF_PARTS = (
    "not",
    "anyOf",
    "oneOf",
    "contains",
    "minContains",
    "maxContains",
    "unevaluatedProperties",
    "unevaluatedItems",
)
"""Keywords that are also violated by an invalid part, which is reported by itself."""
_OF_KIND = ("const", "enum")
"""Keywords that distinguish the alternatives of a value, usually by one of its properties."""
_FORMS = ("anyOf", "oneOf")


def told_error(value: Any, errors: Sequence[ValidationError]) -> ValidationError:
    """Return the error to report, the first in document order."""
    direct = [list(error.absolute_path) for error in errors if not _follows_from_parts(error)]
    real = [
        error for error in errors if not _follows_from_parts(error) or not _has_one(_scope(error), direct)
    ]
    first = min(real or errors, key=lambda error: _place(value, error.absolute_path))
    return _in_form(value, first) if first.context and first.validator in _FORMS else first


def _follows_from_parts(error: ValidationError) -> bool:
    return error.validator in _OF_PARTS or any(
        isinstance(step, Conditional) for step in error.relative_schema_path
    )


def _scope(error: ValidationError) -> list[str | int]:
    """Return the path of the part that determines whether an error applies."""
    path = list(error.absolute_path)
    deepest = max((step for step in error.relative_schema_path if isinstance(step, Conditional)), default=0)
    return path[: len(path) - deepest]


def _has_one(scope: Sequence[str | int], paths: Iterable[Sequence[str | int]]) -> bool:
    return any(path[: len(scope)] == scope for path in paths)


def _in_form(value: Any, error: ValidationError) -> ValidationError:
    """Return the error in the alternative that was probably intended; otherwise the error itself."""
    forms: dict[Any, list[ValidationError]] = {}
    for wrong in error.context:
        if wrong.relative_schema_path:  # an alternative that is false has none
            forms.setdefault(wrong.relative_schema_path[0], []).append(wrong)
    told = [(errors, told_error(value, errors)) for errors in forms.values()]
    near = [(errors, first) for errors, first in told if not _is_at(error, first, "type")]
    same_kind = [(errors, first) for errors, first in near if _other_kind(error, errors) is None]
    if same_kind:
        return min(same_kind, key=lambda form: len(form[0]))[1]
    if near:
        kinds = [kind for errors, _ in near if (kind := _other_kind(error, errors)) is not None]
        return _merged(error, kinds, "enum")
    return _merged(error, [first for _, first in told], "type")


def _is_at(error: ValidationError, inner: ValidationError, keyword: str) -> bool:
    return inner.validator == keyword and list(inner.absolute_path) == list(error.absolute_path)


def _other_kind(error: ValidationError, errors: Iterable[ValidationError]) -> ValidationError | None:
    """Return the error that shows that a value is meant for a different alternative."""
    depth = len(error.absolute_path) + 1
    return next(
        (each for each in errors if each.validator in _OF_KIND and len(each.absolute_path) <= depth), None
    )


def _merged(error: ValidationError, wrong: Sequence[ValidationError], keyword: str) -> ValidationError:
    """Merge the errors of all alternatives if they concern the same part."""
    first = wrong[0] if wrong else error
    if not wrong or any(list(each.absolute_path) != list(first.absolute_path) for each in wrong):
        return error
    allowed: list[Any] = []
    for each in wrong:
        values = [each.validator_value] if each.validator == "const" else each.validator_value
        allowed += [
            item for item in (values if isinstance(values, list) else [values]) if item not in allowed
        ]
    return ValidationError(
        "",
        keyword if len(wrong) > 1 else first.validator,
        path=first.absolute_path,
        validator_value=allowed if len(wrong) > 1 else first.validator_value,
        instance=first.instance,
        schema=first.schema,
    )


def _place(value: Any, path: Iterable[str | int]) -> tuple[int, ...]:
    """Return the position of a part in a value as a sort key."""
    places = []
    for step in path:
        places.append(step if isinstance(step, int) else list(value).index(step))
        value = value[step]
    return tuple(places)
