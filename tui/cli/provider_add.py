"""``lmdeck providers add``."""

from __future__ import annotations

import argparse
from decimal import Decimal

from tui.cli.output import Output
from tui.cli.provider_action import provider_action
from tui.cli.stdin import read_text
from tui.core.causes import explain
from tui.core.failure import Failure, UsageError
from tui.core.key_reference import disguised_reference
from tui.core.provider import Category, Provider, State
from tui.core.provider_names import is_same_name
from tui.core.provider_rules import FieldProblem, check_price
from tui.runtime.checked_url import checked_url
from tui.runtime.runtime import Runtime


@provider_action
def add_provider(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Add what the arguments describe."""
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
