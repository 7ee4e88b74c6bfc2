"""Writes a changed TOML document into its old text, so that comments, order and layout stay.

A text is cut at its ``[headers]`` into sections; those whose values did not change stay byte for byte, in
the others tomlkit changes the values that did. A layout that cutting at headers does not understand, such
as inline tables, is edited as a whole. Either result is parsed again and must be the wanted document:
where none is, the whole document is written anew.
"""

from __future__ import annotations

import io
import tomllib
from collections.abc import MutableMapping
from decimal import Decimal
from typing import cast

import tomli_w
import tomlkit
from tomlkit.exceptions import ConvertError, TOMLKitError
from tomlkit.items import Item

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

Table = dict[str, object]
Unit = tuple[str, ...]
"""What is kept or edited as one: the top of the file ``()``, a table ``("defaults",)`` or a record
``("providers", "name")``, each with its sub-tables."""

_HEADER = lazy_pattern(r"(\s*\[+).+?(\]+\s*(?:#.*)?\n?)")
_NOT_EDITABLE = (
    TOMLKitError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""What tomlkit raises for layouts that it cannot edit."""


@dataclass(slots=True)
class _Section:
    path: Unit
    comments: str
    """The comments and blank lines directly above the header belong to what they stand above."""
    header: str
    body: str = ""

    @property
    def unit(self) -> Unit:
        return self.path[: 2 if self.path[:1] == ("providers",) else 1]


def edit_text(text: str, wanted: Table) -> str:
    """Return a text that parses to ``wanted`` and keeps of the old text what did not change.

    A byte order mark and the line ends of Windows stay.
    """
    if not wanted.get("providers", True):
        wanted = {key: value for key, value in wanted.items() if key != "providers"}
    bare = text.removeprefix("\ufeff")
    is_crlf = 0 < bare.count("\n") == bare.count("\r\n")
    edited = _edit(bare.replace("\r\n", "\n") if is_crlf else bare, cast("Table", _plain(wanted)))
    return text[: len(text) - len(bare)] + (edited.replace("\n", "\r\n") if is_crlf else edited)


def _edit(text: str, wanted: Table) -> str:
    old = _parse(text) if text.strip() else None
    for edit in (_edit_sections, _edit_values):
        try:
            edited = edit(text, old, wanted) if old is not None else None
        except _NOT_EDITABLE:
            continue
        if edited is not None and _is_same(_parse(edited), wanted):
            return edited
    return tomli_w.dumps(wanted)


def _edit_sections(text: str, old: Table, wanted: Table) -> str | None:
    """Edit the sections that changed; ``None`` where values stand outside their sections."""
    sections, tail = _sections(text)
    own: dict[Unit, list[_Section]] = {}
    for section in sections:
        own.setdefault(section.unit, []).append(section)
    before, after = _units(old), _units(wanted)
    if not before.keys() <= own.keys():
        return None
    renamed = _renamed(before, after)
    parts: list[str] = []
    places: dict[Unit, int] = {}
    """Which part holds a unit, or the last one of a table such as ``("providers",)``."""
    for section in sections:
        unit = renamed.get(section.unit, section.unit)
        if unit not in after:  # what a blank line sets apart from the header is about more than this
            parts.append("".join(section.comments.rpartition("\n\n")[:2]))
            continue
        if unit == section.unit and _is_same(before[unit], after[unit]):
            parts.append(section.comments + section.header + section.body)
        elif unit not in places:
            parts.append(_edit_unit(own[section.unit], unit, after[unit]))
        places[unit] = places[unit[:1]] = len(parts) - 1
    for unit, value in after.items():
        if unit not in places:
            place = places.setdefault(unit[:1], len(parts) - 1)
            gap = "\n" if any(parts[: place + 1]) else ""
            parts[place] = _ended(parts[place]) + gap + _dump(unit, value)
    return "".join(_ended(part) for part in (*parts, tail))


def _edit_unit(sections: list[_Section], unit: Unit, value: object) -> str:
    """Return the sections of a unit with its new values, and its new name in their headers."""
    if not unit and not sections[0].body:
        return f"{_dump(unit, value)}\n"
    # Comments are set aside: a key that is added goes to the end of its table, not below those of the next.
    comments = [(_named(section, unit), section.comments) for section in sections]
    bare = "".join(_named(section, unit) + _ended(section.body) for section in sections)
    lines: list[str] = []
    for line in io.StringIO(_edit_values(bare, _parse(bare) or {}, _nest(unit, value))):
        place = next((place for place, (header, _) in enumerate(comments) if header == line), None)
        if place is not None:
            above = comments[place][1]
            del comments[: place + 1]
            lines += [above.removeprefix("\n") if lines[-1:] == ["\n"] else above]
        lines.append(line)
    return "".join(lines)


def _named(section: _Section, unit: Unit) -> str:
    """Return a section's header under the unit's name."""
    parts = _HEADER.fullmatch(section.header)
    if parts is None or section.unit == unit:
        return _ended(section.header)
    keys = (tomli_w.dumps({key: 0}).removesuffix(" = 0\n") for key in (*unit, *section.path[len(unit) :]))
    return _ended(f"{parts[1]}{'.'.join(keys)}{parts[2]}")


def _edit_values(text: str, old: Table, wanted: Table) -> str:
    """Change values in a text that parses to ``old``."""
    document = tomlkit.parse(text)
    _apply(document, old, wanted)
    return document.as_string()


def _apply(table: MutableMapping[str, object], old: Table, wanted: Table) -> None:
    for key in old.keys() - wanted.keys():
        del table[key]
    for key, value in wanted.items():
        before, inner = old.get(key), table.get(key)
        if isinstance(before, dict) and isinstance(value, dict) and isinstance(inner, MutableMapping):
            _apply(inner, before, value)
        elif key not in old or not _is_same(before, value):
            table[key] = value


@tomlkit.register_encoder
def _exact_decimal(value: object) -> Item:
    if not isinstance(value, Decimal):
        raise ConvertError
    return cast("Item", tomlkit.parse(tomli_w.dumps({"value": value}))["value"])


def _sections(text: str) -> tuple[list[_Section], str]:
    """Return the sections, one for each header, and the comments after the last one."""
    sections = [_Section((), "", "")]
    comments = ""
    for line in io.StringIO(text):
        path = _path_of_header(line)
        if path is not None:
            sections.append(_Section(path, comments, line))
            comments = ""
        elif not line.strip() or line.lstrip().startswith("#"):
            comments += line
        else:
            sections[-1].body += comments + line
            comments = ""
    return sections, comments


def _path_of_header(line: str) -> Unit | None:
    if not _HEADER.fullmatch(line):
        return None
    value: object = _parse(line)
    path: list[str] = []
    while isinstance(value, dict) and value:
        (key,) = value
        path.append(key)
        value = value[key]
    return tuple(path) or None


def _units(table: Table) -> dict[Unit, object]:
    """Return the values of each unit, in the document's order."""
    units: dict[Unit, object] = {(): {key: value for key, value in table.items() if not _is_table(value)}}
    for key, value in table.items():
        if key == "providers" and isinstance(value, dict):
            units.update({(key, name): record for name, record in value.items()})
        elif _is_table(value):
            units[key,] = value
    return units


def _renamed(before: dict[Unit, object], after: dict[Unit, object]) -> dict[Unit, Unit]:
    """Return the record that has another name, in its old place."""
    gone = [unit for unit in before if unit not in after]
    new = [unit for unit in after if unit not in before]
    if (len(gone), len(new)) != (1, 1) or not len(gone[0]) == len(new[0]) == 2:
        return {}
    return {gone[0]: new[0]} if [*before].index(gone[0]) == [*after].index(new[0]) else {}


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and bool(value) and isinstance(value[0], dict))


def _dump(unit: Unit, value: object) -> str:
    text = tomli_w.dumps(_nest(unit, value))
    # An empty table in front of the record would be printed as a header of its own.
    return text.removeprefix(f"[{unit[0]}]\n") if len(unit) == 2 else text


def _nest(unit: Unit, value: object) -> Table:
    for key in reversed(unit):
        value = {key: value}
    return cast("Table", value)


def _ended(text: str) -> str:
    return text if text.endswith("\n") or not text else f"{text}\n"


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
    return str.__str__(value) if isinstance(value, str) else value


def _is_same(one: object, other: object) -> bool:
    """Compare values with their types: ``true`` is not 1, and a number that is none is itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return type(one) is type(other) and (one == other or str(one) == str(other))
