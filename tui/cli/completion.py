"""Shell completion: the possible arguments of a command line, and the script for a shell."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

import argcomplete
from argcomplete.completers import BaseCompleter, FilesCompleter
from argcomplete.shell_integration import shellcode

from tui.cli.command import load
from tui.cli.output import Output
from tui.cli.parser import build_parser
from tui.cli.provider_flags import CLEARABLE, flag_of
from tui.core.abilities import Ability
from tui.core.provider import Thinking
from tui.core.safe_text import safe_line
from tui.core.usage import CURRENCIES
from tui.runtime.runtime import Runtime, open_runtime
from tui.store.presets import PresetStore
from tui.texts import completion as texts

if TYPE_CHECKING:
    Suggestions = Mapping[str, str]
    """Completions, and their descriptions for shells that show them."""

_MOST = 200
_LONGEST = 60
_NEW = (("lmdeck providers add", "name"), ("lmdeck providers set", "rename"))
"""Arguments called ``NAME`` that are new names, so that no provider is suggested."""


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Print the script for a shell."""
    output.text(shellcode(["lmdeck"], shell=arguments.shell).strip())
    output.text(texts.WHERE[arguments.shell])
    return 0


def complete() -> None:
    """Answer a completion request of a shell, and exit; see the documentation of argcomplete.

    Options are suggested only if there is nothing else.
    """
    words = os.environ.get("COMP_LINE", "").split()[1:]
    found = StringIO()
    with suppress(SystemExit):
        _answer(words, False, output_stream=found, exit_method=sys.exit)
    _answer(words, False if found.getvalue() else "long")


def _answer(words: list[str], options: bool | Literal["long"], **where: Any) -> None:
    parser = build_parser(words or None)
    argcomplete.autocomplete(parser, options, default_completer=_Suggested(), **where)


class _Suggested(BaseCompleter):
    def __call__(
        self, *, prefix: str, action: argparse.Action, parser: argparse.ArgumentParser, **shell: Any
    ) -> Suggestions | Sequence[str]:
        """Suggest the values of an argument, by its name in the help."""
        value = str(action.metavar)
        if value.startswith(("FILE", "PATH")):
            return list(FilesCompleter()(prefix))
        if value.startswith("{"):
            return value.strip("{}").split(",")
        if value == "NAMES":
            return _abilities(prefix)
        place = (parser.prog, action.dest)
        suggest = _BY_PLACE.get(place) or _BY_VALUE.get(value)
        if suggest is None or place in _NEW:
            return {}
        known = suggest(open_runtime(os.environ))
        return {name: safe_line(words, _LONGEST) for name, words in islice(known, _MOST)}


def _providers(runtime: Runtime) -> Iterator[tuple[str, str]]:
    for provider in runtime.directory.providers():
        yield provider.name, provider.model


def _own_providers(runtime: Runtime) -> Iterator[tuple[str, str]]:
    for provider in runtime.directory.providers():
        if not provider.is_remote:
            yield provider.name, provider.model


def _models(runtime: Runtime) -> Iterator[tuple[str, str]]:
    for provider in runtime.directory.providers():
        yield safe_line(provider.model, _LONGEST), provider.name


def _conversations(runtime: Runtime) -> Iterator[tuple[str, str]]:
    yield "last", texts.NEWEST
    for summary in runtime.conversations.listing.each():
        yield summary.identity, summary.title


def _deleted(runtime: Runtime) -> Iterator[tuple[str, str]]:
    yield "last", texts.NEWEST_DELETED
    for summary in runtime.chat_history.deleted():
        yield summary.identity, summary.title


def _presets(runtime: Runtime) -> Iterator[tuple[str, str]]:
    for preset in PresetStore(runtime.paths).known().presets.values():
        yield preset.name, preset.description


def _faults(_runtime: Runtime) -> Iterator[tuple[str, str]]:
    for fault in load("tui.demo.faults:known_faults")():
        yield fault.cause, fault.summary


def _abilities(prefix: str) -> list[str]:
    """Return the names of tests to append to those already in a list."""
    before = prefix[: prefix.rfind(",") + 1]
    return [f"{before}{ability}" for ability in Ability if ability not in before.split(",")]


def _currencies(_runtime: Runtime) -> Iterator[tuple[str, str]]:
    yield from ((currency, "") for currency in CURRENCIES)


def _levels(_runtime: Runtime) -> Iterator[tuple[str, str]]:
    yield from ((level, "") for level in Thinking)


def _clearable(_runtime: Runtime) -> Iterator[tuple[str, str]]:
    yield from ((flag_of(field).removeprefix("--"), field.label) for field in CLEARABLE)


_BY_VALUE: Mapping[str, Callable[[Runtime], Iterator[tuple[str, str]]]] = {
    "NAME": _providers,
    "PROVIDER": _providers,
    "NAME|URL": _providers,
    "M": _models,
    "CHAT": _conversations,
    "ID": _conversations,
    "PRESET": _presets,
    "CAUSE": _faults,
    "CODE": _currencies,
    "FIELD": _clearable,
    "LEVEL": _levels,
}
_BY_PLACE: Mapping[tuple[str, str], Callable[[Runtime], Iterator[tuple[str, str]]]] = {
    ("lmdeck history restore", "name"): _deleted,
    ("lmdeck providers set", "name"): _own_providers,
    ("lmdeck providers remove", "name"): _own_providers,
}
