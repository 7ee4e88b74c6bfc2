"""No parser of the standard library reads text from outside without a guard.

``tui.core.outside`` holds guarded ones. Elsewhere such a call must stand inside a ``try`` that catches what
the parser raises, or be named below with the reason why it cannot raise there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1] / "tui"
HELPERS = "core/outside.py"

_VALUE = frozenset({"ValueError"})
_DEEP = frozenset({"ValueError", "RecursionError"})
PARSERS: dict[str, frozenset[str]] = {
    "urlsplit": _VALUE,
    "urlparse": _VALUE,
    "urljoin": _VALUE,
    "parsedate_to_datetime": _VALUE,
    "parsedate_tz": _VALUE,
    "fromisoformat": _VALUE,
    "strptime": _VALUE,
    "ip_address": _VALUE,
    "ip_network": _VALUE,
    "ip_interface": _VALUE,
    "IPv4Address": _VALUE,
    "IPv6Address": _VALUE,
    "fromhex": _VALUE,
    "unhexlify": _VALUE,
    "b64decode": _VALUE,
    "urlsafe_b64decode": _VALUE,
    "literal_eval": _DEEP,
    "shlex.split": _VALUE,
    "json.loads": _DEEP,
    "json.load": _DEEP,
    "tomllib.loads": _DEEP,
    "tomllib.load": _DEEP,
    "encode:idna": frozenset({"UnicodeError"}),
    "decode:idna": frozenset({"UnicodeError"}),
}
"""What to look for, and what its ``try`` must catch."""
NUMBERS = ("int", "float", "Decimal")
"""Looked for below these folders alone, where nearly all text is a stranger's."""
NUMBER_FOLDERS = ("net", "wire")
GUARDED_BY = {
    "ValueError": {"Exception"},
    "RecursionError": {"Exception"},
    "UnicodeError": {"ValueError", "Exception"},
}

_OWN_URL = "the endpoint's own URL, which inspect_url has accepted"
_OF_DRIVER = "numbers that the driver's library has made"
_IN_CALLER = "documented: raises ValueError, which its callers catch"
REASONS = {
    "wire/strict_json.py:read_float": "a number that the parser has found",
    "core/escapes.py:_character": "pairs of hexadecimal digits, which the pattern has found",
    "core/schema_pattern.py:_pair": "digits that the pattern has found, and its caller takes a ValueError",
    "store/toml_lines.py:_name": "one key in quotation marks of a text that tomllib has read",
    "core/placeholders.py:_triples": "a constant of the program",
    "net/addresses.py:origin_of": _IN_CALLER,
    "net/addresses.py:replace_origin": _OWN_URL,
    "net/certificate.py:_moment": "inside read_certificate, which makes one ValueError of all",
    "net/certificate.py:_general_names": "bytes of one of the two lengths that it takes",
    "net/machine/gpus.py:read_gpus": _OF_DRIVER,
    "net/machine/gpus.py:_read_gpu": _OF_DRIVER,
    "net/machine/gpus.py:_read_processes": _OF_DRIVER,
    "net/machine/proc_files.py:_read_address": _IN_CALLER,
    "net/machine/sockets.py:is_local": "an address that the system has told",
    "net/elsewhere.py:other_bases": _OWN_URL,
    "net/probe/local.py:_answering_at": _OWN_URL,
    "net/probe/server.py:_root": _OWN_URL,
    "net/health.py:loading_words": _OWN_URL,
    "net/proxies.py:_covers": _IN_CALLER,
    "net/proxies.py:_split_port": _IN_CALLER,
    "core/api_key_reference.py:arguments": _IN_CALLER,
    "core/url_parts.py:_of_parts": "a number of 32 bits",
    "core/endpoint_url.py:_take_ipv6": "is_ipv6 was asked before",
    "wire/embeddings.py:_numbers": "numbers of JSON, whose overflow is caught",
    "wire/numbers.py:read_count": "a finite number",
}
"""File and function of what may stay as it is, and why."""


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    if not isinstance(function, ast.Attribute):
        return ""
    if function.attr in ("encode", "decode") and call.args and isinstance(call.args[0], ast.Constant):
        return f"{function.attr}:{call.args[0].value!s}"
    owner = function.value.id if isinstance(function.value, ast.Name) else ""
    dotted = f"{owner}.{function.attr}"
    return dotted if dotted in PARSERS else function.attr


def _caught(handlers: list[ast.ExceptHandler]) -> set[str]:
    found: set[str] = set()
    for handler in handlers:
        if handler.type is None:
            found.add("Exception")
            continue
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        found |= {kind.attr if isinstance(kind, ast.Attribute) else getattr(kind, "id", "") for kind in kinds}
    return found


def _is_caught(needed: frozenset[str], caught: set[str]) -> bool:
    return all(error in caught or GUARDED_BY[error] & caught for error in needed)


class _Finder(ast.NodeVisitor):
    """Collects the calls that nothing guards, by the function they stand in."""

    def __init__(self, *, with_numbers: bool) -> None:
        self._with_numbers = with_numbers
        self._functions: list[str] = []
        self._caught: list[set[str]] = []
        self.found: list[tuple[str, int, str]] = []

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._functions.append(node.name)
        outer, self._caught = self._caught, []  # a guard around a definition guards no call of it
        self.generic_visit(node)
        self._caught = outer
        self._functions.pop()

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast looks for

    def visit_Try(self, node: ast.Try) -> None:
        self._caught.append(_caught(node.handlers))
        for statement in node.body:
            self.visit(statement)
        self._caught.pop()
        for other in (*node.handlers, *node.orelse, *node.finalbody):
            self.visit(other)

    def visit_Call(self, node: ast.Call) -> None:
        name = _name(node)
        needed = PARSERS.get(name)
        if self._with_numbers and name in NUMBERS:
            needed = _VALUE
        if all(isinstance(argument, ast.Constant) for argument in node.args):
            needed = None
        if needed is not None and not _is_caught(needed, set().union(*self._caught)):
            self.found.append((self._functions[-1] if self._functions else "", node.lineno, name))
        self.generic_visit(node)


def unguarded(source: str, *, with_numbers: bool = True) -> list[tuple[str, int, str]]:
    """Return function, line and parser of each call that nothing guards."""
    finder = _Finder(with_numbers=with_numbers)
    finder.visit(ast.parse(source))
    return finder.found


def _everywhere() -> Iterator[tuple[str, int, str]]:
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT).as_posix()
        if relative == HELPERS or relative.startswith("demo/"):
            continue
        with_numbers = relative.startswith(NUMBER_FOLDERS)
        imported = _imported_from_helpers(path.read_text())
        for function, line, name in unguarded(path.read_text(), with_numbers=with_numbers):
            if name not in imported:
                yield f"{relative}:{function}", line, name


def _imported_from_helpers(source: str) -> set[str]:
    """The guarded function of the same name."""
    modules = ("tui.core.outside", "tui.net.addresses")
    return {
        alias.asname or alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module in modules
        for alias in node.names
    }


def test_every_parser_of_outside_data_is_guarded() -> None:
    found = [f"{place}, line {line}: {name}" for place, line, name in _everywhere() if place not in REASONS]
    assert not found, "use tui.core.outside, or catch what it raises"


def test_no_reason_outlives_its_call() -> None:
    assert set(REASONS) - {place for place, _, _ in _everywhere()} == set()


def test_the_search_finds_what_it_is_for() -> None:
    bare = "import json\ndef f(x):\n    return json.loads(x)\n"
    half = "def f(x):\n    try:\n        return json.loads(x)\n    except ValueError:\n        return None\n"
    whole = half.replace("ValueError", "(ValueError, RecursionError)")
    outer = "try:\n    def f(x):\n        return urljoin(x, x)\nexcept ValueError:\n    pass\n"
    assert [name for _, _, name in unguarded(bare)] == ["json.loads"]
    assert [name for _, _, name in unguarded(half)] == ["json.loads"]
    assert unguarded(whole) == []
    assert [name for _, _, name in unguarded(outer)] == ["urljoin"]
    assert [name for _, _, name in unguarded("def f(x):\n    return int(x)\n")] == ["int"]
