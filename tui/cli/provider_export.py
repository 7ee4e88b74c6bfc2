"""``lmdeck providers export``: Casibase's JSON on stdout, and on stderr what its records cannot hold."""

from __future__ import annotations

import argparse

from tui.cli.output import Output
from tui.core.failure import LmdeckError
from tui.core.provider import Provider
from tui.core.safe_text import safe_line
from tui.core.secret import Secret
from tui.runtime.runtime import Runtime
from tui.store.casibase_export import export_records, losses_of


def export_providers(arguments: argparse.Namespace, runtime: Runtime, output: Output) -> int:
    """Export, and return 1 where a key that was asked for could not be had."""
    chosen = [runtime.directory.get(name) for name in dict.fromkeys(arguments.names)] or [
        provider for provider in runtime.directory.providers() if not provider.is_remote
    ]
    keys, is_complete = _keys(chosen, runtime, output) if arguments.with_keys else ({}, True)
    output.text(export_records(chosen, keys))
    for provider in chosen:
        losses = losses_of(provider, with_key=provider.name in keys)
        if losses:
            output.aside(f"note: {safe_line(provider.name, 100)}: not exported: {', '.join(losses)}")
    return 0 if is_complete else 1


def _keys(chosen: list[Provider], runtime: Runtime, output: Output) -> tuple[dict[str, Secret], bool]:
    """Return the keys that can be had, and whether these are all."""
    keys: dict[str, Secret] = {}
    is_complete = True
    for provider in chosen:
        try:
            key = runtime.endpoints.keys.resolve(provider.name, provider.api_key)
        except LmdeckError as error:
            is_complete = False
            output.aside(
                f"note: {safe_line(provider.name, 100)}: {error.failure.title} {error.failure.advice}"
            )
        else:
            if key is not None:
                keys[provider.name] = key
    return keys, is_complete
