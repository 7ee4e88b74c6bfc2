"""``lmdeck providers list`` and ``show``."""

from __future__ import annotations

import argparse
from decimal import Decimal

from tui.cli.ask_report import plain_decimal
from tui.cli.output import Output
from tui.cli.provider_action import provider_action
from tui.cli.table import table
from tui.core.causes import CATALOGUE, explain
from tui.core.provider import Provider
from tui.core.provider_marks import connection_marks
from tui.core.secret_fields import without_secrets
from tui.runtime.builtin import remote_words
from tui.runtime.runtime import Runtime


@provider_action
def list_providers(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Print every provider."""
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
    last = next(reversed(runtime.past_checks(provider)), None)
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
