"""Applies changes to the text of a TOML document, preserving comments, order and layout.

A text is parsed into statements, and each change is made in the statements that it concerns, in the layout
chosen by the user: below headers, in dotted keys or within braces, where tomlkit is used. The result is
parsed again and must be the wanted document; otherwise the whole text is rewritten, below its comments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, MutableMapping
from decimal import Decimal
from enum import Enum, auto
from itertools import groupby
from typing import cast

import tomli_w
import tomlkit
from tomlkit.exceptions import ConvertError, TOMLKitError
from tomlkit.items import Item

from tui.store.toml_lines import (
    Path,
    Statement,
    Table,
    comments_in,
    key_text,
    leaves_of,
    parse_exactly,
    section_text,
    statements_of,
    value_text,
)

_RECORDS = ("providers",)
"""The table whose entries can be renamed, and which can be missing if empty."""
_NOT_EDITABLE = (
    TOMLKitError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)
"""Exceptions for layouts that cannot be edited, mostly from tomlkit."""


class _Layout(Enum):
    """How the subtables of a table are written."""

    HEADERS = auto()
    DOTTED = auto()
    BRACES = auto()


def edit_text(text: str, wanted: Table) -> str:
    """Return a text that parses to ``wanted`` and preserves what did not change.

    A byte order mark and Windows line ends are preserved.
    """
    bare = text.removeprefix("\ufeff")
    is_crlf = 0 < bare.count("\n") == bare.count("\r\n")
    edited = _edit(bare.replace("\r\n", "\n") if is_crlf else bare, cast("Table", _plain(wanted)))
    return text[: len(text) - len(bare)] + (edited.replace("\n", "\r\n") if is_crlf else edited)


def _edit(text: str, wanted: Table) -> str:
    old = parse_exactly(text)
    if old is None:
        return tomli_w.dumps(_without_empty(wanted))
    try:
        edit = _Edit(*statements_of(text if text.endswith("\n") or not text else f"{text}\n"))
        wanted = wanted if _RECORDS[0] in old else _without_empty(wanted)
        old = edit.rename_record(old, wanted)
        edit.change((), old, wanted)
        edited = edit.text
        if _is_same(_without_empty(parse_exactly(edited) or {}), _without_empty(wanted)):
            return edited
    except _NOT_EDITABLE:
        pass
    return _anew(text, wanted)


def _anew(text: str, wanted: Table) -> str:
    comments = "".join(f"{comment}\n" for comment in comments_in(text))
    return f"{comments}\n{tomli_w.dumps(_without_empty(wanted))}".removeprefix("\n")


class _Edit:
    """The statements of a text being edited."""

    def __init__(self, statements: list[Statement], end: str = "") -> None:
        self._statements, self._end = statements, end

    @property
    def text(self) -> str:
        return "".join((*(item.text for item in self._statements), self._end))

    def rename_record(self, old: Table, wanted: Table) -> Table:
        """Rename the record that has a different name; return the resulting document."""
        before, after = old.get(_RECORDS[0]), wanted.get(_RECORDS[0])
        if not isinstance(before, dict) or not isinstance(after, dict):
            return old
        gone = [name for name in before if name not in after]
        new = [name for name in after if name not in before]
        if (len(gone), len(new)) != (1, 1) or [*before].index(gone[0]) != [*after].index(new[0]):
            return old
        path = (*_RECORDS, gone[0])
        found = [item for item in self._statements if item.is_at(path)]
        for item in found:
            item.rename(path, new[0])
        renamed = {new[0] if name == gone[0] else name: record for name, record in before.items()}
        return {**old, _RECORDS[0]: renamed} if found else old

    def change(self, path: Path, old: Table, wanted: Table) -> None:
        """Change the table ``old`` to the wanted one."""
        self._add(path, {key: value for key, value in wanted.items() if key not in old})
        changed = {key: old[key] for key in old if key in wanted and not _is_same(old[key], wanted[key])}
        if path == _RECORDS:
            self._change_apart(changed, wanted)
        for key, value in changed.items():
            self._change_value((*path, key), value, wanted[key])
        for key in [key for key in old if key not in wanted]:
            self._remove((*path, key), has_own_comments=isinstance(old[key], dict))
        if (
            not wanted
            and path not in ((), _RECORDS)
            and not any(item.is_at(path) for item in self._statements)
        ):
            self._add(path[:-1], {path[-1]: {}})

    def _change_apart(self, changed: Table, wanted: Table) -> None:
        """Change each record that stands in one piece, and take it from ``changed``.

        Searching the whole of a long file for every value of every record would take seconds.
        """
        pieces = [[*piece] for _, piece in groupby(self._statements, lambda item: item.path[:2])]
        counts = Counter(piece[0].path[:2] for piece in pieces)
        above = ""
        for piece in pieces:
            head = piece[0]
            path = head.path[:2]
            if not head.is_new:
                head.above, above = above + head.above, ""
            is_whole = (head.is_table and head.path == path) or all(item.makes(path) for item in piece)
            if path[:1] != _RECORDS or not is_whole or counts[path] > 1:
                continue
            before, after = changed.get(path[-1]), wanted.get(path[-1])
            if isinstance(before, dict) and isinstance(after, dict) and after:
                del changed[path[-1]]
                edit = _Edit(piece)
                edit.change(path, before, after)
                piece[:], above = edit._statements, edit._end
        self._statements, self._end = [item for piece in pieces for item in piece], above + self._end

    def _change_value(self, path: Path, old: object, wanted: object) -> None:
        item = next((item for item in self._statements if item.path == path and not item.is_table), None)
        if item is not None and not item.is_in_array:
            _set_value(item, old, wanted)
        elif item is None and isinstance(old, dict) and isinstance(wanted, dict):
            self.change(path, old, wanted)
        else:  # a table or an array of tables becomes a value
            lost = [text for item in self._statements if item.is_at(path) for text in comments_in(item.text)]
            self._remove(path, has_own_comments=True)
            self._add(path[:-1], {path[-1]: wanted})
            added = next(item for item in self._statements if item.is_at(path))
            added.above += "".join(f"{comment}\n" for comment in lost)

    def _remove(self, path: Path, *, has_own_comments: bool) -> None:
        """Remove a value or a table, together with the comments directly above it."""
        kept: list[Statement] = []
        above = ""
        for item in self._statements:
            if not item.is_at(path):
                if not item.is_new:
                    item.above, above = above + item.above, ""
                kept.append(item)
            elif not has_own_comments:
                above += item.above
            elif not item.value or item.header[: len(path)] != path:
                above += _split(item.above)[0]
        self._statements, self._end = kept, above + self._end

    # -- additions -----------------------------------------------------------------------------------

    def _add(self, parent: Path, values: Table) -> None:
        tables = {key: value for key, value in values.items() if isinstance(value, dict)}
        self._add_values(parent, [((key,), value) for key, value in values.items() if key not in tables])
        if not tables:
            return
        layout = self._layout(parent)
        if layout is _Layout.BRACES:
            self._add_values(parent, [((key,), table) for key, table in tables.items()])
        elif layout is _Layout.DOTTED:
            self._add_values(parent, leaves_of((), tables))
        else:
            sections = [section_text((*parent, key), table) for key, table in tables.items()]
            at = [place for place, item in enumerate(self._statements) if item.is_at(parent)]
            place = at[-1] + 1 if at else len(self._statements)
            while place < len(self._statements) and self._statements[place].value:
                place += 1
            self._insert(place, "\n".join(sections), gap="\n")

    def _layout(self, parent: Path) -> _Layout:
        """Return how the subtables of a table are written, or how it is written itself."""
        size = len(parent)
        inner = [item for item in self._statements if item.is_at(parent) and len(item.path) > size]
        if any(not item.value for item in inner):
            return _Layout.HEADERS
        if any(item.makes(item.path[: size + 1]) for item in inner):
            return _Layout.DOTTED
        if any(item.value.startswith("{") for item in inner):
            return _Layout.BRACES
        return _Layout.DOTTED if any(item.makes(parent) for item in inner) else _Layout.HEADERS

    def _add_values(self, parent: Path, values: Iterable[tuple[Path, object]]) -> None:
        """Add values behind the last one of their table, in lines like that one."""
        lines = [f"{key_text(*path)} = {value_text(value)}\n" for path, value in values]
        if not lines:
            return
        dotted = [item for item in self._statements if item.is_at(parent) and item.makes(parent)]
        own = dotted or [item for item in self._statements if item.header == parent and not item.is_in_array]
        if not own:
            at = [place for place, item in enumerate(self._statements) if item.is_at(parent)]
            place = at[0] if at else len(self._statements)
            head = f"[{key_text(*parent)}]\n" if parent else ""
            self._insert(place, "".join((head, *lines)), gap="\n")
            return
        last = own[-1]
        if last.value:
            until = last.names[len(parent) - len(last.header) - 1] + 1 if dotted else last.names[0]
            start = "".join(last.key[:until]) + ("." if dotted else "")
            lines = [start + line for line in lines]
        self._insert(self._statements.index(last) + 1, "".join(lines), last.header)

    def _insert(self, place: int, text: str, header: Path = (), gap: str = "") -> None:
        """Insert statements, after separate comments at the top of a file."""
        new, _ = statements_of(text, header)
        for item in new:
            item.is_new = True
        following = self._statements[place:]
        if place:
            new[0].above = gap
        elif following:
            new[0].above, own = _split(following[0].above)
            following[0].above = own if own.startswith("\n") else f"\n{own}"
        else:
            new[0].above, self._end = f"{self._end}\n" if self._end.strip() else "", ""
        self._statements[place:place] = new


def _split(above: str) -> tuple[str, str]:
    """Split the comments above a statement at a blank line: separate ones, and its own."""
    lines = above.splitlines(keepends=True)
    blank = max((place for place, line in enumerate(lines) if not line.strip()), default=-1) + 1
    apart = "".join(lines[:blank])
    return (apart, "".join(lines[blank:])) if apart.strip() else ("", above)


def _set_value(item: Statement, old: object, wanted: object) -> None:
    """Change the value of a key; comments inside the old value that do not fit move above it."""
    text = value_text(wanted)
    if isinstance(old, dict) and isinstance(wanted, dict):
        try:
            edited = _in_braces(item.value, old, wanted)
        except _NOT_EDITABLE:
            edited = ""
        if _is_same((parse_exactly(f"k = {edited}") or {}).get("k"), wanted):
            text = edited
    left = comments_in(text)
    indent = item.key[0] if not item.key[0].strip() else ""
    item.above += "".join(f"{indent}{note}\n" for note in comments_in(item.value) if note not in left)
    item.value = text


def _in_braces(text: str, old: Table, wanted: Table) -> str:
    document = tomlkit.parse(f"k = {text}")
    _apply(cast("MutableMapping[str, object]", document["k"]), old, wanted)
    return document.as_string().removeprefix("k = ")


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


def _without_empty(table: Table) -> Table:
    return {key: value for key, value in table.items() if value or key not in _RECORDS}


def _plain(value: object) -> object:
    """Return a value as parsed: binary floats as the decimals they are written as."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return Decimal(repr(value))
    return str.__str__(value) if isinstance(value, str) else value


def _is_same(one: object, other: object) -> bool:
    """Compare values with their types: ``true`` is not 1, and NaN equals itself."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return type(one) is type(other) and (one == other or str(one) == str(other))
