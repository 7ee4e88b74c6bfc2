"""``lmdeck providers``: list and change the providers."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from decimal import Decimal

from tui.cli.ask_report import plain_decimal
from tui.cli.confirm import confirmed
from tui.cli.output import Output
from tui.cli.stdin import read_text
from tui.cli.table import table
from tui.core.causes import CATALOGUE, explain
from tui.core.failure import Failure, UsageError
from tui.core.key_reference import disguised_reference
from tui.core.provider import Category, Provider, State
from tui.core.provider_marks import connection_marks
from tui.core.provider_names import is_same_name
from tui.core.provider_rules import FieldProblem, check_price
from tui.core.safe_text import safe_line
from tui.core.secret_fields import without_secrets
from tui.runtime.builtin import remote_words
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
        "trust": _trust,
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
        output.json({"providers": [_summary(provider, runtime) for provider in providers]})
        return 0
    rows = [
        (
            "*" if provider.is_default else "",
            provider.name,
            provider.compatible_provider,
            provider.provider_url,
            runtime.key_label(provider),
            _state_words(provider),
        )
        for provider in providers
    ]
    for line in table(("", "NAME", "MODEL", "URL", "KEY", "STATE"), rows):
        output.line(line)
    return 0


def _show(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
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


def _add(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    if any(is_same_name(known.name, arguments.name) for known in runtime.directory.providers()):
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
    output.result(f"Added {saved.name}. Check it with: lmdeck check {saved.name}")
    return 0


def _remove(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    name, directory = arguments.name, runtime.directory
    is_known = any(known.name == name for known in directory.providers())
    if arguments.only_key or (not is_known and name in directory.keys_without_provider):
        return _remove_key(name, runtime, output)
    name = directory.get(name).name
    has_key = directory.has_stored_key(name)
    directory.delete(name)
    if directory.key_refusal is not None:
        output.result(f"Removed {name}. A key stored for it is still in the file that cannot be used.")
        return 0
    key = " and its stored key" if has_key else ""
    output.result(f"Removed {name}{key}. Conversations with it are kept.")
    return 0


def _remove_key(name: str, runtime: Runtime, output: Output) -> int:
    directory = runtime.directory
    is_used = directory.is_key_used(name)
    if not directory.delete_key(name):
        if directory.key_refusal is not None:
            raise UsageError(directory.key_refusal)
        output.result(f"There was no stored key of {name} to remove.")
    elif is_used:
        output.result(f"Removed the stored key of {name}, which has no key now.")
    else:
        output.result(f"Removed the stored key of {name}, which no provider used.")
    return 0


def _default(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    runtime.directory.set_default(arguments.name)
    provider = runtime.directory.get(arguments.name)
    what = "the default for embeddings" if provider.is_embedding else "the default"
    output.result(f"{provider.name} is {what} now.")
    if not provider.is_active:
        output.aside("note: It is inactive: until it is active, lmdeck asks nobody by default.")
    return 0


def _trust(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Show what the files would do that others can write, and rely on them once the person says so."""
    distrusted = runtime.directory.distrusted_files()
    if not distrusted:
        output.line("Nobody else can write your providers files: there is nothing to confirm.")
        return 0
    for distrust in distrusted:
        output.line(f"{distrust.reason[0].upper()}{distrust.reason[1:]}.")
    for provider in runtime.directory.providers():
        if runtime.directory.command_refusal(provider.name) is not None:
            key = f"key {provider.api_key}" if provider.api_key is not None else "no key"
            output.line(f"  {provider.name}: {key}, sent to {provider.provider_url}")
    if not arguments.yes and not confirmed(output, "Use these keys, with these addresses?", "--yes"):
        output.text("Nothing was changed.")
        return 1
    runtime.directory.trust_files()
    output.result("These files are used as they are now. Asked again when others change them.")
    return 0


def _import(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    from tui.cli.provider_import import import_providers

    return import_providers(arguments, runtime, output)


def _export(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    from tui.cli.provider_export import export_providers

    return export_providers(arguments, runtime, output)


def _shown(value: object) -> object:
    if isinstance(value, list):
        value = "; ".join(str(item) for item in value)
    return "—" if value in (None, "") else value


def _check_words(provider: Provider, runtime: Runtime) -> str | None:
    last = _last_check(provider, runtime)
    return None if last is None else f"{last['at']}: {last['title'] or 'it works'}"


def _state_words(provider: Provider) -> str:
    remote = ("view-only",) if provider.is_remote else ()
    return " · ".join((str(provider.state), *remote, *connection_marks(provider)))


def _summary(provider: Provider, runtime: Runtime) -> dict[str, object]:
    return {
        "name": provider.name,
        "display_name": provider.label,
        "url": provider.provider_url,
        "model": provider.compatible_provider,
        "state": str(provider.state),
        "is_default": provider.is_default,
        "is_remote": provider.is_remote,
        "warnings": list(connection_marks(provider)),
        "last_check": _last_check(provider, runtime),
    }


def _last_check(provider: Provider, runtime: Runtime) -> dict[str, object] | None:
    """Return what the last check of the endpoint found; nobody is asked for that now."""
    from tui.runtime.diagnosing import past_checks

    last = next(reversed(past_checks(runtime.endpoint_memory, provider)), None)
    if last is None:
        return None
    title = explain(last.cause, model=last.model).title if last.cause in CATALOGUE else None
    return {"at": last.at, "ok": last.cause is None, "cause": last.cause, "title": title, "model": last.model}


def _details(provider: Provider, runtime: Runtime) -> dict[str, object]:
    return {
        **_summary(provider, runtime),
        "category": str(provider.category),
        "type": provider.type,
        "sub_type": provider.sub_type,
        "input_price": _decimal(provider.input_price),
        "output_price": _decimal(provider.output_price),
        "currency": provider.currency,
        "key": runtime.key_label(provider),
        "thinking": str(provider.thinking) if provider.thinking else None,
        "send_back": str(provider.send_back) if provider.send_back else None,
        "tls": _tls(provider),
        "refused": [f"{refusal.setting} {refusal.message}" for refusal in provider.refusals],
        "extra_headers": dict.fromkeys(provider.extra_headers, "•••") or None,
        "extra_body": without_secrets(provider.extra_body) or None,
    }


def _tls(provider: Provider) -> dict[str, object] | None:
    """Return the settings that differ from the usual judgement; paths and a fingerprint are no secrets."""
    tls = provider.tls
    found = {
        "ca_file": tls.ca_file,
        "client_certificate": tls.client_certificate,
        "client_key": tls.client_key,
        "pinned_sha256": tls.pinned_sha256,
        "insecure": tls.insecure or None,
    }
    return {name: value for name, value in found.items() if value} or None


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
    return _piped_key() if arguments.key_stdin else None


def _piped_key() -> str:
    """Return the key on stdin; what another program prints is a key, never a command or another secret."""
    text = read_text().strip()
    if disguised_reference(text) is not None:
        reason = "stdin has a reference in place of a key: give --key-env, --key-file or --key-command"
        raise UsageError(explain("usage", reason=reason))
    return text
