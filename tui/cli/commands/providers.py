"""``lmdeck providers``: list and change the providers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from tui.cli.ask_report import plain_decimal
from tui.cli.output import Output
from tui.cli.stdin import read_text
from tui.cli.table import table
from tui.core.causes import explain
from tui.core.failure import Failure, UsageError
from tui.core.provider import Category, Provider, State
from tui.core.provider_rules import FieldProblem, check_price
from tui.core.safe_text import safe_line
from tui.runtime.checked_url import checked_url
from tui.runtime.runtime import Runtime, open_runtime


def run(arguments: argparse.Namespace, output: Output) -> int:
    """Run one action and return the exit code."""
    runtime = open_runtime(os.environ)
    actions: dict[str, Callable[[argparse.Namespace, Runtime, Output], int]] = {
        "list": _list,
        "show": _show,
        "add": _add,
        "remove": _remove,
        "default": _default,
        "import": _import,
        "export": _export,
    }
    code = actions[arguments.action](arguments, runtime, output)
    for notice in runtime.directory.notices:
        output.aside(f"note: {safe_line(notice)}")
    return code


def _list(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    providers = runtime.directory.providers()
    if arguments.json:
        output.json({"providers": [_summary(provider) for provider in providers]})
        return 0
    rows = [
        (
            "*" if provider.is_default else "",
            provider.name,
            provider.compatible_provider,
            provider.provider_url,
            runtime.key_label(provider),
            str(provider.state) + (" · view-only" if provider.is_remote else ""),
        )
        for provider in providers
    ]
    for line in table(("", "NAME", "MODEL", "URL", "KEY", "STATE"), rows):
        output.line(line)
    return 0


def _show(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    provider = runtime.directory.get(arguments.name)
    details = _details(provider, runtime.key_label(provider))
    if arguments.json:
        output.json({"provider": details})
        return 0
    width = max(len(name) for name in details)
    for name, value in details.items():
        output.line(f"{name.replace('_', ' '):<{width}}  {'—' if value in (None, '') else value}")
    return 0


def _add(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    if any(known.name == arguments.name for known in runtime.directory.providers()):
        raise UsageError(explain("provider-exists", name=arguments.name))
    provider = Provider(
        name=arguments.name,
        display_name=arguments.display_name,
        category=Category(arguments.category),
        compatible_provider=arguments.model,
        input_price=_price(arguments.name, "input price", arguments.input_price),
        output_price=_price(arguments.name, "output price", arguments.output_price),
        currency=arguments.currency.upper(),
        provider_url=checked_url(arguments.url),
        state=State.INACTIVE if arguments.inactive else State.ACTIVE,
        is_default=arguments.make_default,
    )
    key_text = _key_text(arguments)
    saved = runtime.directory.save(provider, key_text)
    for problem in runtime.directory.problems(saved, saved.name, None):
        output.aside(f"note: {problem.message}")
    output.line(f"Added {saved.name}. Check it with: lmdeck check {saved.name}")
    return 0


def _remove(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    runtime.directory.delete(arguments.name)
    output.line(f"Removed {arguments.name} and its stored key. Its conversations are kept.")
    return 0


def _default(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    runtime.directory.set_default(arguments.name)
    output.line(f"{arguments.name} is the default now.")
    return 0


def _import(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    from tui.store.casibase import import_records

    text = read_text() if arguments.file == "-" else _file_text(arguments.file)
    imported = import_records(text)
    taken = {provider.name for provider in runtime.directory.providers()}
    count = 0
    for record in imported.records:
        if record.provider.name in taken and not arguments.replace:
            output.aside(f"kept as it is: {record.provider.name} (give --replace to overwrite it)")
            continue
        key_text = record.key.reveal() if record.key is not None else None
        previous = record.provider.name if record.provider.name in taken else None
        runtime.directory.save(record.provider, key_text, previous)
        count += 1
    for notice in imported.notices:
        output.aside(f"note: {notice}")
    output.line(f"Imported {count} of {len(imported.records)} providers.")
    return 0


def _export(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    from tui.store.casibase import export_records

    chosen = [runtime.directory.get(name) for name in arguments.names] or [
        provider for provider in runtime.directory.providers() if not provider.is_remote
    ]
    keys = None
    if arguments.with_keys:
        found = {
            provider.name: runtime.endpoints.keys.resolve(provider.name, provider.api_key)
            for provider in chosen
        }
        keys = {name: key for name, key in found.items() if key is not None}
    output.text(export_records(chosen, keys))
    return 0


def _summary(provider: Provider) -> dict[str, object]:
    return {
        "name": provider.name,
        "display_name": provider.label,
        "url": provider.provider_url,
        "model": provider.compatible_provider,
        "state": str(provider.state),
        "is_default": provider.is_default,
        "is_remote": provider.is_remote,
    }


def _details(provider: Provider, key_label: str) -> dict[str, object]:
    return {
        **_summary(provider),
        "category": str(provider.category),
        "type": provider.type,
        "sub_type": provider.sub_type,
        "input_price": _decimal(provider.input_price),
        "output_price": _decimal(provider.output_price),
        "currency": provider.currency,
        "key": key_label,
        "thinking": str(provider.thinking) if provider.thinking else None,
        "send_back": str(provider.send_back),
        "extra_headers": dict.fromkeys(provider.extra_headers, "•••") or None,
        "extra_body": dict(provider.extra_body) or None,
    }


def _decimal(price: Decimal | None) -> str | None:
    return None if price is None else plain_decimal(price)


def _price(name: str, field: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    price, problem = check_price(text)
    if problem is not None and problem.is_error:
        raise UsageError(_invalid(name, field, problem))
    return price


def _invalid(name: str, field: str, problem: FieldProblem) -> Failure:
    return explain("provider-invalid", name=name, field=field, reason=problem.message)


def _key_text(arguments: argparse.Namespace) -> str | None:
    if arguments.key_env:
        return f"env:{arguments.key_env}"
    if arguments.key_file:
        return f"file:{arguments.key_file}"
    if arguments.key_command:
        return f"cmd:{arguments.key_command}"
    return read_text().strip() if arguments.key_stdin else None


def _file_text(path: str) -> str:
    try:
        return Path(path).expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is not UTF-8 text"
        raise UsageError(explain("import-malformed", reason=reason)) from None
