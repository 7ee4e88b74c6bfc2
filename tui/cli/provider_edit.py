"""``lmdeck providers add`` and ``set``: the fields of the form as options, with the same validation."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from tui.cli.output import Output
from tui.cli.provider_flags import FLAGGED, FROM_STDIN, flag_of, place_of
from tui.cli.runtime_action import provider_action
from tui.cli.stdin import read_text
from tui.core.api_key_reference import ApiKeyKind, disguised_reference, parse_api_key_reference
from tui.core.causes import explain
from tui.core.endpoint_url import inspect_url
from tui.core.extra_fields import read_headers, write_headers
from tui.core.failure import UsageError
from tui.core.provider import Provider
from tui.core.provider_field import NO, Kind, ProviderField
from tui.core.provider_names import is_same_name
from tui.core.provider_rules import FieldProblem
from tui.core.provider_schema import BY_NAME
from tui.core.provider_texts import read_form, text_of, values_of
from tui.core.safe_text import safe_line
from tui.core.secret_headers import is_secret_header
from tui.runtime.checked_url import checked_url
from tui.runtime.provider_changes import invalid
from tui.runtime.runtime import Runtime
from tui.texts import cli

_ALLOWED = BY_NAME["allow_unencrypted_key"]


@provider_action
def add_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Add a provider from the options."""
    if any(is_same_name(known.name, arguments.name) for known in runtime.directory.providers()):
        raise UsageError(explain("provider-exists", name=arguments.name))
    blank = Provider(arguments.name)
    provider, key_text = _read(changed(texts_of(blank), arguments), blank, runtime)
    saved = runtime.provider_changes.save(provider, key_text)
    _report_doubts(saved, blank, runtime, output)
    output.result(cli.ADDED.format(name=saved.name))
    return 0


@provider_action
def set_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Change the given fields and no others."""
    before = runtime.provider_changes.editable(arguments.name)
    cleared = [BY_NAME[name].toml_key for name in arguments.clear]
    unread = {
        known
        for known in runtime.directory.unreadable_fields(before.name)
        if any(f"{known}.".startswith(f"{key}.") or key.startswith(f"{known}.") for key in cleared)
    }
    before = replace(before, refusals=tuple(item for item in before.refusals if item.setting not in unread))
    texts = changed(texts_of(before), arguments)
    hosts = {inspect_url(url).host for url in (texts["provider_url"], before.provider_url)}
    if len(hosts) > 1 and arguments.allow_unencrypted_key is None:
        texts[_ALLOWED.name] = NO  # this was decided for another host
    provider, key_text = _read(texts, before, runtime)
    if provider == before and key_text is None and not unread:
        output.line(cli.UNCHANGED.format(name=before.name))
        return 0
    saved = runtime.provider_changes.save(provider, key_text, before.name, cleared, before)
    _report_doubts(saved, before, runtime, output)
    text = cli.RENAMED_PROVIDER if saved.name != before.name else cli.CHANGED_PROVIDER
    output.result(text.format(name=saved.name, before=before.name))
    return 0


def texts_of(provider: Provider) -> dict[str, str]:
    """Return the texts that options can change: those of the form, and of its questions."""
    allowed = {_ALLOWED.name: text_of(_ALLOWED, provider)}
    return {**values_of(provider), **allowed, "test_prompt": provider.test_prompt}


def _read(texts: Mapping[str, str], before: Provider, runtime: Runtime) -> tuple[Provider, str | None]:
    """Return the provider in these texts, and the text of its key if it changes.

    Raises:
        UsageError: a field is invalid.
    """
    others = {known.name for known in runtime.directory.providers() if known.name != before.name}
    reading = read_form(texts, before, others)
    if reading.errors:
        problem = reading.errors[0]
        raise UsageError(
            replace(invalid(before.name, problem), advice=_advice(problem, is_new=not before.model))
        )
    key_text = texts["api_key"]
    return reading.provider, key_text if key_text != text_of(BY_NAME["api_key"], before) else None


def _advice(problem: FieldProblem, *, is_new: bool) -> str:
    field = BY_NAME[problem.field]
    if is_new and field.name == "name":
        return cli.CHOOSE_OTHER_NAME
    return cli.CHANGE_FLAG.format(flag=cli.THE_KEY if field.kind is Kind.KEY else flag_of(field))


def _report_doubts(saved: Provider, before: Provider, runtime: Runtime, output: Output) -> None:
    for problem in runtime.provider_changes.problems(saved, saved.name, None):
        output.aside(cli.NOTE.format(text=problem.message))
    path = runtime.paths.shown(runtime.paths.providers_file)
    for name, value in saved.extra_headers.items():
        if is_secret_header(name) and before.extra_headers.get(name) != value:
            output.aside(cli.NOTE.format(text=cli.HEADER_IN_CLEAR.format(name=name, path=path)))


def changed(values: Mapping[str, str], arguments: argparse.Namespace) -> dict[str, str]:
    """Return the texts of a provider as changed by the options; others are unchanged.

    Raises:
        UsageError: no option was given, the URL is unusable, or stdin has a reference instead of a key.
    """
    texts = dict(values)
    cleared: list[str] = getattr(arguments, "clear", [])
    for name in cleared:
        texts[name] = text_of(BY_NAME[name], Provider(""))
    given = {field: getattr(arguments, place_of(field), None) for field in FLAGGED}
    for field, value in given.items():
        if value is None:
            continue
        if any("\ud800" <= character <= "\udfff" for character in "".join(value)):
            raise UsageError(explain("usage", reason=cli.FIELD_NOT_UTF8.format(field=field.label)))
        if value and field.name in cleared and field.kind is not Kind.HEADERS:  # headers can have both
            reason = cli.CLEARED_AND_GIVEN.format(name=flag_of(field).removeprefix("--"))
            raise UsageError(explain("usage", reason=reason, command="providers set"))
        if isinstance(value, list):
            texts[field.name] = _with_headers(
                texts[field.name], value, is_new=not hasattr(arguments, "clear")
            )
        else:
            texts[field.name] = _text(field, value)
    if not cleared and all(value is None for value in given.values()):
        raise UsageError(explain("usage", reason=cli.NO_CHANGE_GIVEN, command="providers set"))
    return texts


def _text(field: ProviderField, given: str) -> str:
    if given == "" and (field.kind is Kind.TEST or field.default):
        return text_of(field, Provider(""))
    if field.kind is Kind.KEY and given == FROM_STDIN:
        return _piped_key()
    if field.name == "provider_url":
        return checked_url(given)
    if field.kind is Kind.PATH:
        return _full_path(given)
    if field.kind is Kind.KEY and (reference := parse_api_key_reference(given)) is not None:
        is_file = reference.kind is ApiKeyKind.FILE
        return str(replace(reference, value=_full_path(reference.value))) if is_file else given
    return given.upper() if field.name == "currency" else given


def _full_path(given: str) -> str:
    """Return an absolute path; ``~`` is kept as typed."""
    return given if given.startswith("~") or not given.strip() else str(Path(given).absolute())


def _with_headers(text: str, lines: list[str], *, is_new: bool) -> str:
    """Return the headers with new ones added; for an existing provider, empty ones are removed.

    An existing name, in any case, gets the new value.
    """
    headers = read_headers(text)[0]
    for line in lines:
        given, problem = read_headers(line)
        if problem is not None or len(given) != 1:
            raise UsageError(explain("usage", reason=cli.NOT_A_HEADER))
        ((name, value),) = given.items()
        stored = [known for known in headers if known.casefold() == name.casefold()]
        if not value and not stored and not is_new:
            raise UsageError(
                explain("usage", reason=cli.NO_HEADER_TO_REMOVE.format(name=safe_line(name, 40)))
            )
        headers = {known: old for known, old in headers.items() if known not in stored}
        headers |= given if value or is_new else {}
    return write_headers(headers)


def _piped_key() -> str:
    """Return the key on stdin; the output of another program is always a literal key, never a reference."""
    text = read_text().strip()
    if not text:
        raise UsageError(explain("usage", reason=cli.STDIN_WITHOUT_KEY))
    if disguised_reference(text) is not None:
        raise UsageError(explain("usage", reason=cli.STDIN_REFERENCE))
    return text
