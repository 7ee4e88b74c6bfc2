"""Writes a changed TOML document into its old text, so that comments and order stay.

A text is cut at its ``[headers]`` into sections; only sections whose values changed are written anew.
The result is parsed again and must be the wanted document: where it is not (a layout that cutting at
headers does not understand), the whole document is written anew instead.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import tomli_w

Table = dict[str, object]
Unit = tuple[str, ...]
"""What is kept or rewritten as one: the top of the file ``()``, a table ``("defaults",)`` or a record
``("providers", "name")``, each with its sub-tables."""

_HEADER = re.compile(r"^\s*\[.+\]\s*(#.*)?$")


@dataclass(slots=True)
class _Section:
    unit: Unit
    comments: str
    """The comments and blank lines directly above the header belong to what they stand above."""
    body: str


def edit_text(text: str, wanted: Table) -> str:
    """Return a text that parses to ``wanted`` and keeps of the old text what did not change."""
    if not wanted.get("providers", True):
        wanted = {key: value for key, value in wanted.items() if key != "providers"}
    edited = _spliced(text, wanted) if text.strip() else None
    if edited is not None and _parse(edited) == _plain(wanted):
        return edited
    return tomli_w.dumps(wanted)


def _spliced(text: str, wanted: Table) -> str | None:
    """Return the old sections of what did not change and new ones of what did, in the wanted order."""
    current = _parse(text)
    if current is None:
        return None
    old, new = _units(current), _units(cast("Table", _plain(wanted)))
    sections, tail = _sections(text)
    own_sections: dict[Unit, list[_Section]] = {}
    for section in sections:
        own_sections.setdefault(section.unit, []).append(section)
    parts: list[str] = []
    for unit, value in new.items():
        own = own_sections.get(unit, [])
        if own and old.get(unit) == value:
            parts += [section.comments + section.body for section in own]
        elif own:
            parts.append(own[0].comments + _dump(unit, wanted))
        else:
            parts.append(("\n" if unit else "") + _dump(unit, wanted))
    parts.append(tail)
    return "".join(part if part.endswith("\n") or not part else part + "\n" for part in parts)


def _sections(text: str) -> tuple[list[_Section], str]:
    """Return the sections, and the comments after the last one."""
    sections = [_Section((), "", "")]
    comments = ""
    for line in text.splitlines(keepends=True):
        unit = _unit_of_header(line)
        if unit is not None and unit != sections[-1].unit:
            sections.append(_Section(unit, comments, line))
            comments = ""
        elif not line.strip() or line.lstrip().startswith("#"):
            comments += line
        else:
            sections[-1].body += comments + line
            comments = ""
    return sections, comments


def _unit_of_header(line: str) -> Unit | None:
    if not _HEADER.match(line):
        return None
    try:
        value: object = tomllib.loads(line)
    except (ValueError, RecursionError):
        return None
    path: list[str] = []
    while isinstance(value, dict) and value:
        (key,) = value
        path.append(key)
        value = value[key]
    return _unit(tuple(path))


def _unit(path: tuple[str, ...]) -> Unit:
    return path[:2] if path[0] == "providers" else path[:1]


def _units(table: Table) -> dict[Unit, object]:
    """Return the values of each unit, in the document's order."""
    units: dict[Unit, object] = {(): {key: value for key, value in table.items() if not _is_table(value)}}
    for key, value in table.items():
        if key == "providers" and isinstance(value, dict):
            units.update({(key, name): record for name, record in value.items()})
        elif _is_table(value):
            units[key,] = value
    return units


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _dump(unit: Unit, wanted: Table) -> str:
    if not unit:
        return tomli_w.dumps({key: value for key, value in wanted.items() if not _is_table(value)})
    value = wanted[unit[0]]
    if len(unit) == 1:
        return tomli_w.dumps({unit[0]: value})
    record = cast("Table", value)[unit[1]]
    if not isinstance(record, dict):
        raise TypeError("a record is a table")
    # An empty table in front of the record would be printed as a header of its own.
    text = tomli_w.dumps({unit[0]: {unit[1]: record}})
    return text.removeprefix(f"[{unit[0]}]\n")


def _parse(text: str) -> Table | None:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return None


def _plain(value: object) -> object:
    """Return a value as parsing gives it back: binary floats as the decimals they are written as."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return Decimal(repr(value))
    return value
