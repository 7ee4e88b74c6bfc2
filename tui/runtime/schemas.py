"""The schema of a command: read from its file, validated, and rewritten with ``--strict``."""

from __future__ import annotations

from pathlib import Path

from tui.core.causes import explain
from tui.core.failure import UsageError
from tui.core.safe_text import safe_line
from tui.core.schema_check import SchemaProblemError, check_schema
from tui.core.schema_request import AskedSchema, schema_name
from tui.core.schema_strict import NotStrictError, StrictSchema, strict_schema
from tui.store.schema_file import SchemaFileError, read_schema, read_schema_file


def load_schema(path: str, content: bytes | None = None) -> AskedSchema:
    """Return the schema in a file, or in its given content. Blocks.

    Raises:
        UsageError: there is none.
    """
    try:
        schema = read_schema_file(Path(path).expanduser()) if content is None else read_schema(content)
        check_schema(schema)
    except (SchemaFileError, SchemaProblemError) as problem:
        raise _refused(path, problem) from problem
    return AskedSchema(schema_name(Path(path).stem), schema)


def rewrite_strictly(asked: AskedSchema, path: str) -> tuple[AskedSchema, StrictSchema]:
    """Return a schema in its strict form, and the changes.

    Raises:
        UsageError: it has no strict form.
    """
    try:
        strict = strict_schema(asked.schema)
        check_schema(strict.schema)  # unknown keywords may contain references to parts that have moved
    except (NotStrictError, SchemaProblemError) as problem:
        raise _refused(path, problem) from problem
    return AskedSchema(asked.name, strict.schema, is_strict=True), strict


def _refused(path: str, problem: ValueError) -> UsageError:
    return UsageError(explain("schema-file", name=safe_line(Path(path).name, 40), reason=str(problem)))
