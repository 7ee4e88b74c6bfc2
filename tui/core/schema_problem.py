"""Errors in the references of a schema; does not import ``jsonschema``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class ReferenceProblemError(ValueError):
    """A reference cannot be resolved: its target is not in the schema."""

    def __init__(self, reference: str, error: ValidationError | None = None) -> None:
        """Create the error.

        Args:
            reference: the reference as written.
            error: why its target is not a schema, if it exists.
        """
        super().__init__(reference)
        self.reference = reference
        self.error = error


class EndlessReferenceError(ReferenceProblemError):
    """A reference leads back to itself without descending into the value, so evaluation would never end.

    Defined in section 9.4.1 of https://json-schema.org/draft/2020-12/json-schema-core.
    """
