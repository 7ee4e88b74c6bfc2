"""Writes docs/providers.md and the JSON schema of providers.toml from the table of a provider's fields.

``python tools/provider_pages.py``
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tui.cli.provider_flags import add_flags, place_of  # noqa: E402 - the path comes first
from tui.core.provider import Category  # noqa: E402
from tui.core.provider_field import Kind, ProviderField, Section  # noqa: E402
from tui.core.provider_schema import BY_NAME, FIELDS, IN_TOML  # noqa: E402

PAGE = ROOT / "docs" / "providers.md"
SCHEMA = ROOT / "tui" / "cli" / "schemas" / "providers.schema.json"
HEAD = """\
# The fields of a provider

*Key*: in `providers.toml`, under `[providers.NAME]`, those of `tls.` under `[providers.NAME.tls]`.
*Flag*: of `lmdeck providers add` and `lmdeck providers set`. *Casibase*: the key in the records that
`lmdeck providers import` and `export` use. The JSON schema of the file is
[providers.schema.json](../tui/cli/schemas/providers.schema.json).
"""


def page() -> str:
    """Return ``docs/providers.md``."""
    parser = ArgumentParser(add_help=False)
    add_flags(parser, is_new=False)
    flags: dict[str, list[str]] = {}
    for action in parser._actions:
        flags.setdefault(action.dest, []).extend(action.option_strings)
    parts = [HEAD]
    titles = {Section.MAIN: "In the form", Section.ADVANCED: "Advanced", Section.NONE: "Not in the form"}
    for section, title in titles.items():
        rows = [_row(field, flags) for field in FIELDS if field.section is section]
        table = "\n".join(("| field | key | flag | Casibase | description |", "|---|---|---|---|---|", *rows))
        parts.append(f"## {title}\n\n{table}\n")
    return "\n".join(parts)


def _row(field: ProviderField, flags: dict[str, list[str]]) -> str:
    key = f"`{field.toml_key}`" if field in IN_TOML else ""
    options = ", ".join(f"`{flag}`" for flag in flags.get(place_of(field), []))
    casibase = f"`{field.casibase}`" if field.casibase else ""
    cells = (field.label, key, options, casibase, " ".join(_said(field)))
    return "| " + " | ".join(cell.replace("|", "\\|").replace("<", "&lt;") for cell in cells) + " |"


def _said(field: ProviderField) -> Iterator[str]:
    yield field.help
    if field.kind is Kind.CHOICE:
        yield f"One of {', '.join(field.choices)}."
    if isinstance(field.default, str) and field.default and field.kind is not Kind.LOCKED:
        yield f"Default: {field.default}"


def schema() -> dict[str, Any]:
    """Return the JSON schema of ``providers.toml``."""
    record: dict[str, Any] = {}
    for field in IN_TOML:
        table = record
        if field.toml_table:
            empty = {"type": "object", "additionalProperties": False, "properties": {}}
            table = record.setdefault(field.toml_table, empty)["properties"]
        table[field.name] = {"description": field.help, **_type(field)}
    record["is_default"] = {"description": BY_NAME["is_default"].help, "type": "boolean"}
    default = {"description": "The provider used where none is named.", "type": "string"}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "lmdeck's providers.toml, schema 1",
        "type": "object",
        "properties": {
            "schema": {"const": 1},
            "providers": {"type": "object", "additionalProperties": {"type": "object", "properties": record}},
            "defaults": {"type": "object", "properties": dict.fromkeys(map(str, Category), default)},
        },
    }


def _type(field: ProviderField) -> dict[str, Any]:
    lowest, highest = field.bounds
    match field.kind:
        case Kind.CHOICE:
            return {"type": "string", "enum": [str(word) for word in field.choices]}
        case Kind.FLAG:
            return {"type": "boolean"}
        case Kind.PRICE:
            return {"type": ["string", "number"]}
        case Kind.NUMBER:
            return {"type": "number", "minimum": lowest, "maximum": highest}
        case Kind.COUNT:
            return {"type": "integer", "minimum": lowest, "maximum": highest}
        case Kind.HEADERS:
            return {"type": "object", "additionalProperties": {"type": "string"}}
        case Kind.BODY:
            return {"type": ["object", "string"]}
        case Kind.KEY:
            return {"type": "string", "pattern": "^((env|cmd|file):.*|stored|)$"}
    return {"type": "string"}


def schema_text() -> str:
    """Return the JSON schema as its file has it."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    SCHEMA.write_text(schema_text(), encoding="utf-8")
