"""The options of ``providers add`` and ``providers set``: at least one per field."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from tui.cli.argument_parser import not_empty
from tui.core.provider import Provider
from tui.core.provider_field import YES, Kind, ProviderField
from tui.core.provider_schema import SETTABLE
from tui.core.provider_texts import text_of
from tui.texts import command_help as texts

FLAGGED = tuple(field for field in SETTABLE if field.kind is not Kind.TIME)
CLEARABLE = tuple(field for field in FLAGGED if field.name != "name")
_LONGEST_METAVAR = 36
"""Longer ones do not fit after the command in 80 columns."""
_METAVARS = {
    **dict.fromkeys((Kind.NUMBER, Kind.COUNT), "N"),
    Kind.PRICE: "P",
    Kind.MODEL: "M",
    Kind.PATH: "FILE",
    Kind.PIN: "SHA256",
    Kind.BODY: "JSON",
    Kind.HEADERS: "'NAME: VALUE'",
}
_KEY_FLAGS = (
    ("--key-env", "VAR", "env:{}", texts.FIELD_KEY_ENV),
    ("--key-file", "PATH", "file:{}", texts.FIELD_KEY_FILE),
    ("--key-command", "COMMAND", "cmd:{}", texts.FIELD_KEY_COMMAND),
)
FROM_STDIN = "-"


def add_flags(parser: argparse._ActionsContainer, *, is_new: bool) -> None:
    """Add an option for every field; a new provider requires a name, a URL and a model."""
    for field in FLAGGED:
        if field.kind is Kind.KEY:
            _add_key_flags(parser.add_mutually_exclusive_group())
        elif field.name != "name" or not is_new:
            _add_flag(parser, field, is_new=is_new)
    if not is_new:
        parser.add_argument(
            "--clear", action="append", default=[], type=_cleared, metavar="FIELD", help=texts.CLEAR
        )


def flag_of(field: ProviderField) -> str:
    """Return the option of a field that has its own."""
    return "--" + (field.flag or field.name).replace("_", "-")


def _add_flag(parser: argparse._ActionsContainer, field: ProviderField, *, is_new: bool) -> None:
    if field.name == "state":
        parser = parser.add_mutually_exclusive_group()
    text = _help(field, is_new=is_new)
    choices = ",".join(field.choices)
    if is_long := isinstance(field.words, type) and len(choices) > _LONGEST_METAVAR:
        text = texts.FIELD_ONE_OF.format(text=text, choices=", ".join(field.choices))
    add = partial(parser.add_argument, flag_of(field), dest=place_of(field), help=text.replace("%", "%%"))
    if field.kind is Kind.FLAG:
        add(action="store_const", const=YES)
    elif field.kind is Kind.CHOICE and isinstance(field.words, type):
        add(type=_word(field), metavar="LEVEL" if is_long else f"{{{choices}}}")
    elif field.kind is Kind.HEADERS:
        add(action="append", type=not_empty, metavar=_METAVARS[field.kind])
    else:
        # For an existing provider, an empty value clears the field.
        read = not_empty if is_new and field.kind in (Kind.PATH, Kind.PIN) else str
        is_required = is_new and field.flag in ("url", "model")
        shown = {"provider_url": "URL", "currency": "CODE", "name": "NAME"}
        add(
            type=read,
            required=is_required,
            metavar=shown.get(field.name) or _METAVARS.get(field.kind, "TEXT"),
        )
    if field.name == "state":
        parser.add_argument(
            "--inactive", dest="state", action="store_const", const="Inactive", help=texts.INACTIVE
        )


def _add_key_flags(group: argparse._ActionsContainer) -> None:
    for flag, metavar, written, text in _KEY_FLAGS:
        group.add_argument(flag, dest="api_key", type=written.format, metavar=metavar, help=text)
    group.add_argument(
        "--key-stdin", dest="api_key", action="store_const", const=FROM_STDIN, help=texts.FIELD_KEY_STDIN
    )


def _help(field: ProviderField, *, is_new: bool) -> str:
    text = field.help.removeprefix("Yes: ")
    text = text[:1].upper() + text[1:]
    match field.kind:
        case Kind.HEADERS:
            return texts.FIELD_HEADER_NEW if is_new else texts.FIELD_HEADER
        case Kind.BODY if not is_new:
            return texts.FIELD_REPLACED.format(text=text)
    return text


def _word(field: ProviderField) -> Callable[[str], str]:
    """Return a function that parses a choice, ignoring case; empty means unset."""
    unset = text_of(field, Provider(""))
    words = {**{word.casefold(): word for word in field.words}, unset.casefold(): unset, "": unset}

    def found(text: str) -> str:
        if text.casefold() in words:
            return words[text.casefold()]
        raise argparse.ArgumentTypeError(
            texts.UNKNOWN_CHOICE.format(text=text, choices=", ".join(field.choices))
        )

    return found


def _cleared(text: str) -> str:
    """Return the field with a name, possibly that of its option."""
    plain = not_empty(text).replace("-", "_")
    name = next((field.name for field in CLEARABLE if plain in (field.name, field.flag)), None)
    if name is None and plain == "key":
        return "api_key"
    if name is None:
        names = ", ".join(flag_of(field).removeprefix("--") for field in CLEARABLE)
        raise argparse.ArgumentTypeError(texts.NO_SUCH_FIELD.format(text=text, names=names))
    return name


def place_of(field: ProviderField) -> str:
    """Return the attribute of the parsed arguments for a field."""
    return field.flag or field.name
