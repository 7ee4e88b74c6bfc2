"""The statements of a TOML text with their exact spelling: joined, they are the text, byte for byte."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from decimal import Decimal

import tomli_w

from tui.core.lazy_dataclass import dataclass
from tui.core.lazy_pattern import lazy_pattern

Table = dict[str, object]
Path = tuple[str, ...]

_TOKEN = lazy_pattern(
    r'"""(?:\\.|[^\\])*?"{3,5}|'
    r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\])*"|'
    r"'[^']*'|#[^\n]*|[^\S\n]+|[\w-]+|.",
    re.DOTALL,
)
_NO_NAME = frozenset("[].=")


@dataclass(slots=True, eq=False)
class Statement:
    """A header, or a key with its value."""

    above: str
    """The blank lines and comments directly above it."""
    key: list[str]
    """The tokens of a header, or from a key up to its value."""
    names: list[int]
    """The positions of the name's parts in ``key``."""
    value: str
    """Empty for a header."""
    tail: str
    """The rest of its last line, including a comment."""
    header: Path
    """The table of this header, or that of the header above."""
    path: Path
    """The full name; inside an array of tables, that of the array."""
    is_in_array: bool = False
    is_new: bool = False
    """It was not in the text: a comment that loses its key is not about it."""

    @property
    def is_table(self) -> bool:
        """Return whether it is the header of a table, not of an element of an array."""
        return not self.value and not self.is_in_array

    @property
    def text(self) -> str:
        """Return the source text."""
        return "".join((self.above, *self.key, self.value, self.tail))

    def is_at(self, path: Path) -> bool:
        """Return whether it has this name, or one inside."""
        return self.path[: len(path)] == path

    def makes(self, path: Path) -> bool:
        """Return whether a dotted key creates this table: ``a.b = 1`` below a header creates ``a``."""
        return bool(self.value) and not self.is_in_array and len(self.header) < len(path) < len(self.path)

    def rename(self, path: Path, name: str) -> None:
        """Rename the table with that path."""
        place = len(path) - 1
        own = place - (len(self.header) if self.value else 0)
        if own >= 0:
            self.key[self.names[own]] = key_text(name)
        if len(self.header) > place:
            self.header = (*self.header[:place], name, *self.header[place + 1 :])
        self.path = (*self.path[:place], name, *self.path[place + 1 :])


def statements_of(text: str, header: Path = ()) -> tuple[list[Statement], str]:
    """Return the statements of a valid text below a header, and the comments after the last one."""
    found: list[Statement] = []
    arrays: set[Path] = set()
    above, line, depth = "", list[str](), 0
    for part in (*_TOKEN.findall(text), "\n"):
        line.append(part)
        depth += (part in ("[", "{")) - (part in ("]", "}"))
        if part != "\n" or depth:
            continue
        if all(map(_is_blank, line)):
            above += "".join(line)
        else:
            found.append(_statement(above, line, found[-1].header if found else header, arrays))
            above = ""
        line = []
    # Remove the line end added above.
    if above:
        return found, above[:-1]
    found[-1].tail = found[-1].tail[:-1]
    return found, ""


def _statement(above: str, line: list[str], header: Path, arrays: set[Path]) -> Statement:
    solid = [place for place, token in enumerate(line) if not _is_blank(token)]
    end = solid[-1] + 1
    is_header = line[solid[0]] == "["
    start = end if is_header else line.index("=") + 1
    while start < end and not line[start].strip():
        start += 1
    key, value, tail = line[:start], "".join(line[start:end]), "".join(line[end:])
    names = [place for place in solid if place < start and line[place] not in _NO_NAME]
    own = tuple(_name(key[place]) for place in names)
    header = own if is_header else header
    path = own if is_header else (*header, *own)
    if is_header and line[solid[1]] == "[":
        arrays.add(own)
    array = next((path[:size] for size in range(1, len(path) + 1) if path[:size] in arrays), None)
    return Statement(above, key, names, value, tail, header, array or path, array is not None)


def _is_blank(token: str) -> bool:
    return not token.strip() or token.startswith("#")


def _name(token: str) -> str:
    return str(tomllib.loads(f"k = {token}")["k"]) if token[0] in "\"'" else token


def comments_in(text: str) -> list[str]:
    """Return the comments in a text or a value, including ``#``."""
    return [token.rstrip() for token in _TOKEN.findall(text) if token.startswith("#")]


def key_text(*names: str) -> str:
    """Format a key, quoted if necessary."""
    return ".".join(tomli_w.dumps({name: 0}).removesuffix(" = 0\n") for name in names)


def value_text(value: object) -> str:
    """Format a value on one line."""
    if isinstance(value, dict):
        items = ", ".join(f"{key_text(key)} = {value_text(item)}" for key, item in value.items())
        return f"{{ {items} }}" if items else "{}"
    if isinstance(value, list):
        return f"[{', '.join(map(value_text, value))}]"
    return tomli_w.dumps({"k": value}).removeprefix("k = ").removesuffix("\n")


def section_text(path: Path, table: Table) -> str:
    """Format a table below its header, with its subtables below theirs."""
    own = [
        f"{key_text(key)} = {value_text(item)}\n" for key, item in table.items() if not isinstance(item, dict)
    ]
    inner = [section_text((*path, key), item) for key, item in table.items() if isinstance(item, dict)]
    return "\n".join((*([f"[{key_text(*path)}]\n{''.join(own)}"] if own or not inner else []), *inner))


def leaves_of(path: Path, value: object) -> Iterable[tuple[Path, object]]:
    """Return the dotted keys for a value."""
    if not isinstance(value, dict) or not value:
        return [(path, value)]
    return [leaf for key, item in value.items() for leaf in leaves_of((*path, key), item)]


def parse_exactly(text: str) -> Table | None:
    """Parse a text with exact decimals; ``None`` if it is not TOML."""
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return None
