"""What is wrong with a reference in a schema, without the library that finds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError


class ReferenceProblemError(ValueError):
    """A reference cannot be followed: its target is not in the schema."""

    def __init__(self, reference: str, error: ValidationError | None = None) -> None:
        """``reference`` is as it is written; ``error`` says why what is there is no schema."""
        super().__init__(reference)
        self.reference = reference
        self.error = error


class EndlessReferenceError(ReferenceProblemError):
    """It leads back to itself without a step into the value, so no value ends it.

    The rule is section 9.4.1 of https://json-schema.org/draft/2020-12/json-schema-core.
    """
