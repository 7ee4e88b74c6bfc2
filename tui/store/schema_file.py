"""Reads a JSON Schema from a file, or from bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui.core.schema_check import SchemaProblemError, read_schema_text
from tui.store.errors import reason_of
from tui.texts import schemas as texts

_LARGEST = 1 << 20
_BOM = "\ufeff"


class SchemaFileError(ValueError):
    """A file has no usable schema; the message is the reason."""


def read_schema_file(path: Path) -> dict[str, Any]:
    """Read the JSON object in a file. Blocks.

    Raises:
        SchemaFileError: there is none.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except FileNotFoundError as error:
        raise SchemaFileError(texts.NOT_FOUND) from error
    except OSError as error:
        raise SchemaFileError(texts.NOT_READABLE.format(reason=reason_of(error))) from error
    return read_schema(data)


def read_schema(data: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        SchemaFileError: there is none.
    """
    if len(data) > _LARGEST:
        raise SchemaFileError(texts.TOO_LARGE.format(most=f"{_LARGEST:,}"))
    try:
        return read_schema_text(data.decode().removeprefix(_BOM))
    except UnicodeDecodeError as error:
        raise SchemaFileError(texts.NOT_JSON.format(reason=texts.NOT_UTF8)) from error
    except SchemaProblemError as problem:
        raise SchemaFileError(str(problem)) from problem
