"""``lmdeck providers list`` and ``show``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tui.cli.argument_parser import window_columns
from tui.cli.output import Output
from tui.cli.runtime_action import provider_action
from tui.cli.table import cells, table
from tui.core.causes import CATALOGUE, explain
from tui.core.provider import Provider
from tui.core.provider_field import Kind, ProviderField
from tui.core.provider_marks import connection_marks
from tui.core.provider_schema import FIELDS
from tui.core.secret_fields import without_secrets
from tui.core.turn_report import plain_decimal
from tui.runtime.builtin import address_of, is_built_in, remote_words
from tui.runtime.runtime import Runtime
from tui.texts import provider_list as texts
from tui.texts.cli import IT_WORKS


@provider_action
def list_providers(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print all providers."""
    providers = runtime.directory.providers()
    if arguments.json:
        output.json({"providers": [_summary(provider, runtime) for provider in providers]})
        return 0
    for line in _lines(providers, runtime, output):
        output.line(line)
    return 0


def _lines(providers: Sequence[Provider], runtime: Runtime, output: Output) -> list[str]:
    """Return the table: complete, or with the address instead of the URL on a narrow terminal."""
    firsts = [("*" if provider.is_default else "", provider.name, provider.model) for provider in providers]
    states = [_state_words(provider) for provider in providers]
    whole = [
        (*first, provider.provider_url, runtime.key_label(provider), state)
        for first, provider, state in zip(firsts, providers, states, strict=True)
    ]
    lines = [*table(("", "NAME", "MODEL", "URL", "KEY", "STATE"), whole)]
    room = window_columns(output.stdout)
    if room is None or max(map(cells, lines)) <= room:
        return lines
    header, rows = (
        ("", "NAME", "MODEL", "ADDRESS"),
        [(*first, address_of(provider)) for first, provider in zip(firsts, providers, strict=True)],
    )
    ellipsis = "..." if output.is_ascii else "…"
    if len(set(states)) == 1:
        return [*table(header, rows, room=room, ellipsis=ellipsis)]
    stated = [(*row, state) for row, state in zip(rows, states, strict=True)]
    return [*table((*header, "STATE"), stated, room=room, ellipsis=ellipsis)]


@provider_action
def show_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print one provider."""
    provider = runtime.directory.get(arguments.name)
    details = _details(provider, runtime)
    if arguments.json:
        output.json({"provider": details})
        return 0
    details["last_check"] = _check_words(provider, runtime)
    width = max(len(name) for name in details)
    for name, value in {**details, "is_remote": remote_words(provider)}.items():
        output.line(f"{name.replace('_', ' '):<{width}}  {_shown(value)}")
    return 0


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return texts.YES if value else texts.NO
    if isinstance(value, dict):
        value = [
            f"{name}: {json.dumps(each) if isinstance(each, list | dict) else _shown(each)}"
            for name, each in value.items()
        ]
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    return "—" if value in (None, "") else value


def _check_words(provider: Provider, runtime: Runtime) -> str | None:
    last = _last_check(provider, runtime)
    return None if last is None else f"{last['at']}: {last['title'] or IT_WORKS}"


def _state_words(provider: Provider) -> str:
    group = texts.BUILT_IN if is_built_in(provider) else texts.SITE_WIDE
    marks = connection_marks(provider)
    return " · ".join((str(provider.state), *((group,) if provider.is_remote else ()), *marks))


def _summary(provider: Provider, runtime: Runtime) -> dict[str, object]:
    return {
        "name": provider.name,
        "display_name": provider.label,
        "url": provider.provider_url,
        "model": provider.model,
        "state": str(provider.state),
        "is_default": provider.is_default,
        "is_remote": provider.is_remote,
        "warnings": list(connection_marks(provider)),
        "last_check": _last_check(provider, runtime),
    }


def _last_check(provider: Provider, runtime: Runtime) -> dict[str, object] | None:
    """Return the result of the endpoint's last check; no request is sent."""
    last = next(reversed(runtime.past_checks(provider)), None)
    if last is None:
        return None
    title = explain(last.cause, model=last.model).title if last.cause in CATALOGUE else None
    return {"at": last.at, "ok": last.cause is None, "cause": last.cause, "title": title, "model": last.model}


def _details(provider: Provider, runtime: Runtime) -> dict[str, object]:
    found = _summary(provider, runtime)
    fields = [field for field in FIELDS if found.keys().isdisjoint((field.name, field.flag))]
    alone = {field.name: _value(field, provider) for field in fields if not field.toml_table}
    alone["api_key"] = runtime.key_label(provider)
    tls = {field.name: field.of(provider) for field in fields if field.toml_table}
    return {
        **found,
        **{"key" if name == "api_key" else name: value for name, value in alone.items()},
        "tls": {name: value for name, value in tls.items() if value} or None,
        "refused": [f"{refusal.setting} {refusal.message}" for refusal in provider.refusals],
    }


def _value(field: ProviderField, provider: Provider) -> object:
    """Return a value for display or a script, without the secrets in headers and bodies."""
    value: Any = provider.test_text if field.kind is Kind.TEST else field.of(provider)
    if field.kind is Kind.HEADERS:
        return dict.fromkeys(value, "•••") or None
    if field.kind is Kind.BODY:
        return without_secrets(value) or None
    return plain_decimal(value) if isinstance(value, Decimal) else value
